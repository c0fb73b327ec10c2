"""Addresses as they are copied from an e-mail: “Anna Ek <anna@example.fi>; bo@example.fi, …”, in a line or a few."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registers.addresses import read_address

_FEWEST = 3  # in one line are those of different people
_LONGEST = 300  # characters of a name
_PIECES = re.compile(r'"[^"]*(?:""[^"]*)*"|<[^<>]*>|[^",;，；|\t\n<]+|.', re.DOTALL)
_BETWEEN = frozenset(",;，；|\t\n")
_IN_NAMES = {",": ",", "，": ",", "\n": " "}  # “Ek, Anna”, or the line is folded there
_QUOTED = re.compile(r'"((?:[^"]|"")*)"\Z')
# The fields of an e-mail are copied with what they hold.
_FIELD = re.compile(
    r"^[^\S\n]*(?:to|cc|bcc|vastaanottajat?|kopio|piilokopio|till|kopia|hemlig kopia|an|à|para|til|aan)[ \xa0]?[:：]",
    re.IGNORECASE | re.MULTILINE,
)


def split_addresses(text: str) -> list[str]:
    """The addresses in such a text, with the names beside them; [] if there is anything else in it, or too little."""
    if text.count("@") < _FEWEST:
        return []
    lines = _FIELD.sub("", text.lstrip("\ufeff").strip()).splitlines()
    if any("@" not in line and line.strip() for line in lines[:-1]):
        return []  # the name of a column
    found, ends = list[str](), ""
    for address, end in _take_apart("\n".join([*lines, ""])):
        if not read_address(address):
            return []
        found.append(address)
        ends += "\n" if end == "\n" else ","
    is_list = "\n" in ends[:-1] and all(len(line) + 1 < _FEWEST for line in ends.split("\n"))  # a person in each line
    return found if len(found) >= _FEWEST and not is_list else []


def _take_apart(text: str) -> Iterator[tuple[str, str]]:
    """What stands between commas, semicolons and ends of lines, and which of them is behind it."""
    read = ""
    for match in _PIECES.finditer(text):
        piece = match[0]
        if piece not in _BETWEEN:
            read += piece.replace("\n", "" if piece[0] == "<" else " ")
        elif piece in _IN_NAMES and len(read) < _LONGEST and read.strip() and "@" not in read:
            read = read.rstrip() + _IN_NAMES[piece]
        else:
            if read := read.strip():
                quoted = _QUOTED.match(read)
                yield quoted[1].replace('""', '"') if quoted else read, piece
            read = ""
    if read.strip():
        yield read, ""
