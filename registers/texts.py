"""Text as people type and paste it, made fit to store, compare and sort."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from typing import Any

# NUL and other controls cannot be stored or shown; bidi and zero-width marks hide what a text says.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    "\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")
_LINE_SPACES = re.compile(r"[^\S\n]+")
# Å, Ä and Ö come after Z; in code-point order `{`, `|` and `}` do.
_AFTER_Z = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "{": " ", "|": " ", "}": " "})
_SHARP_S = re.compile("ß|ẞ|ss", re.IGNORECASE)
_MOST_SHARP = 4
_APOSTROPHE = re.compile("['’‘ʼ`]")
_MARKS = re.compile("[\u0300-\u036f]")
# Letters that Unicode does not take apart.
_BARE = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i"})
_REMEMBERED = 16_384  # names: a register of a million people has no more first names, and few more last names


def _is_clean(text: str) -> bool:
    """Most text is: what is printable holds neither controls, line breaks nor invisible marks."""
    return text.isprintable() and "  " not in text and (text.isascii() or unicodedata.is_normalized("NFC", text))


def clean_line(text: str) -> str:
    """Return `text` on one line, composed (NFC), without invisible marks and superfluous space."""
    if _is_clean(text):
        return text.strip()
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def clean_lines(text: str) -> str:
    """As clean_line, with line breaks kept."""
    if _is_clean(text):
        return text.strip()
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text)).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(_LINE_SPACES.sub(" ", line).strip() for line in text.split("\n")).strip()


def fold(text: str) -> str:
    """Return what is left of a header or an option when case, encoding and punctuation are ignored."""
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold().replace("_", " ")))


def plain(text: str) -> str:
    """Return `text` as search compares it: without case and accents, so that Aijala finds Äijälä and the other way."""
    return text.lower() if text.isascii() else _plain(text)


@lru_cache(maxsize=_REMEMBERED)
def _plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKD", text.casefold().translate(_BARE)))


def apostrophes(text: str) -> list[str]:
    """The text with the apostrophe of keyboards, and with the one that word processors put: O'Connor, O’Connor."""
    return list(dict.fromkeys(_APOSTROPHE.sub(sign, text) for sign in "'’"))


def spellings(text: str) -> list[str]:
    """The text as it is written with ß and with ss, which capitals do not tell apart, and with either apostrophe."""
    return [spelling for each in apostrophes(text) for spelling in _sharp(each)]


def _sharp(text: str) -> list[str]:
    parts = _SHARP_S.split(text)
    if len(parts) == 1:
        return [text]
    if len(parts) > _MOST_SHARP:
        return list(dict.fromkeys([text, "ss".join(parts), "ß".join(parts)]))
    found = product(*([part] for part in parts[:1]), *(("ss" + part, "ß" + part) for part in parts[1:]))
    return ["".join(pieces) for pieces in found]


def sort_key(*parts: str) -> str:
    """Return a key whose code-point order is the Finnish and Swedish alphabet (…z å ä ö), accents ignored.

    The database's own collations cannot be counted on for this: the embedded server comes without ICU.
    """
    return "\x1f".join(map(_sorted, parts))


@lru_cache(maxsize=_REMEMBERED)
def _sorted(text: str) -> str:
    mapped = unicodedata.normalize("NFC", clean_line(text)).casefold().translate(_AFTER_Z)
    if mapped.isascii():
        return mapped
    plain = unicodedata.normalize("NFD", mapped)
    latin = "".join(char for char in plain if not "\u0300" <= char <= "\u036f")
    return unicodedata.normalize("NFC", latin)


_SPECIAL = re.compile(r'[,;"]')
_LABEL = re.compile(r'\s*"((?:[^"]|"")+)"\s*(?=[,;\n]|\Z)|([^,;\n]+)')


def read_labels(text: str) -> list[str]:
    """What stands in one line with commas between: red, "green, or nearly", blue."""
    found = (quoted.replace('""', '"') or plain for quoted, plain in _LABEL.findall(text))
    return [label for label in map(clean_line, found) if label]


def write_labels(labels: Iterable[str]) -> str:
    """The line that `read_labels` reads back."""
    return ", ".join('"{}"'.format(label.replace('"', '""')) if _SPECIAL.search(label) else label for label in labels)


def in_quotes(names: Iterable[Any]) -> str:
    """Names for a sentence: “Board”, “Members”."""
    return ", ".join(f"“{name}”" for name in names)
