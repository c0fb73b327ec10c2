"""Tables that are text: CSV, TSV and what else stands between separators, in whatever encoding.

Of a file of nothing but separators a row would be taken apart into gigabytes: it has a longest length.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext as _

from guards.cells import bare_cell
from guards.uploads import UploadError
from registers.imports.address_lines import split_addresses
from registers.imports.encodings import legacy_encoding
from registers.imports.error_cells import without_errors
from registers.imports.mixed_encodings import mixed_encoding
from registers.imports.web_tables import LONGEST, too_long
from registers.values import Cell

SAMPLE_BYTES = 1 << 20
_WIDE = 4  # columns
_DELIMITERS = (";", ",", "\t", "|")
csv.field_size_limit(1 << 20)


@dataclass(frozen=True, slots=True)
class TextFormat:
    encoding: str
    delimiter: str = ""  # cards have none
    skip: int = 0  # lines before the table (`sep=;`)
    is_line: bool = False  # whether all is a line of addresses, as they are copied from an e-mail
    has_zeros: bool = False  # bytes that are no letters, as programs and disks that fail leave them


def text_rows(path: Path, form: TextFormat) -> Iterator[tuple[int, list[Cell]]]:
    """Number and cells of each row. Raises UploadError."""
    with path.open(encoding=form.encoding, errors="replace", newline="") as file:
        if form.is_line:
            for at, address in enumerate(split_addresses(_without_zeros(file.read())), start=1):
                yield at, [address]
            return
        for _line in range(form.skip):
            file.readline()
        number, lines, of_last = 0, _Lines(file), [""]
        try:
            for number, cells in enumerate(_reader(lines, form.delimiter), start=1 + form.skip):
                if lines.is_guarded:
                    cells = [bare_cell(cell) for cell in cells]
                if lines.may_tell_errors:
                    cells = without_errors(cells)
                of_last = lines.end_row()
                yield number, cells
        except _RowTooLong as error:
            raise too_long(number + 1) from error
        except csv.Error as error:
            raise _never_closed(number + 1) from error
        if len(of_last) > 1 and _is_open(of_last, form.delimiter):
            raise _never_closed(number)


def _is_open(lines: Sequence[str], delimiter: str) -> bool:
    """Whether a quotation mark in the last row is never closed, so that all the rows below it stand in its cell."""
    return len(list(_reader([*lines, "next"], delimiter))) == 1


def _never_closed(row: int) -> UploadError:
    return UploadError(
        _("From row %(row)s on the file cannot be read: a quotation mark that opens is never closed.") % {"row": row}
    )


class _RowTooLong(Exception):
    """There is more text in a row than a table of people can have."""


class _Lines:
    """The lines of a file; a row has several where there are line breaks in its cells."""

    def __init__(self, file: TextIO) -> None:
        self.file, self.lines, self.length = file, list[str](), 0
        self.is_guarded = False  # whether a cell of the row may be
        self.may_tell_errors = False

    def end_row(self) -> list[str]:
        """Return the lines of the row that has been read."""
        lines, self.lines, self.length = self.lines, [], 0
        self.is_guarded = self.may_tell_errors = False
        return lines

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not (line := self.file.readline(LONGEST + 1)):
            raise StopIteration
        line = _without_zeros(line)
        self.length += len(line)
        if self.length > LONGEST:
            raise _RowTooLong
        self.lines.append(line)
        self.is_guarded = self.is_guarded or "'" in line or '="' in line
        self.may_tell_errors = self.may_tell_errors or "#" in line or ":5" in line
        return line


def _reader(lines: Iterable[str], delimiter: str) -> Iterator[list[Any]]:
    if delimiter == "\t":
        # Tables copied from a program have bare quotation marks in their cells.
        return csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL)
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def text_format(path: Path, encoding: str = "") -> TextFormat:
    """Find encoding and delimiter of a text file from its first megabyte; an UTF-8 check reads all of it."""
    with path.open("rb") as file:
        raw = file.read(SAMPLE_BYTES)
    encoding = encoding or text_encoding(path, raw)
    decoded = codecs.getincrementaldecoder(encoding)("replace").decode(raw)
    text = _without_zeros(decoded)
    has_zeros = text != decoded
    first = text[:8].lstrip("\ufeff")
    if first.lower().startswith("sep=") and len(first) > 4:
        return TextFormat(encoding, first[4], skip=1, has_zeros=has_zeros)
    delimiter = _delimiter(text)
    is_line = len(raw) < SAMPLE_BYTES and bool(split_addresses(text))
    return TextFormat(encoding, delimiter, is_line=is_line, has_zeros=has_zeros)


def _without_zeros(text: str) -> str:
    return text.replace("\0", "")


def say_zeros(form: TextFormat) -> str:
    """What is said of a file with bytes that are no letters; "" for all others."""
    says = _("There are zero bytes among the letters of this file, as damaged ones have. They are left out.")
    return says if form.has_zeros else ""


def text_encoding(path: Path, raw: bytes) -> str:
    """The likeliest encoding of a text that begins with these bytes."""
    if raw.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    raw = raw.rstrip(b"\0")
    if raw.count(0) > len(raw) // 5:
        return "utf-16-le" if raw[1::2].count(0) > raw[::2].count(0) else "utf-16-be"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            while file.read(SAMPLE_BYTES):
                pass
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    lost = codecs.getincrementaldecoder("utf-8")("replace").decode(raw).count("\ufffd")
    if lost * 20 < sum(byte > 0x7F for byte in raw):
        return "utf-8"  # a few broken letters in a file that is otherwise UTF-8: those rows are shown
    return mixed_encoding(raw) or legacy_encoding(raw)


def _delimiter(text: str) -> str:
    def score(delimiter: str) -> tuple[float, int]:
        try:
            widths = Counter(len(row) for row in islice(_reader(io.StringIO(text, newline=""), delimiter), 60) if row)
        except csv.Error:
            return (0, 0)
        if not widths:
            return (0, 0)
        single = widths.pop(1, 0)  # the title of a report, or all of a list that has another delimiter
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        if single > widths.total() and (count < 2 or width < _WIDE):  # else there is a long remark below a short list
            return (0, 0)
        return (count / (single + widths.total()), width)

    return max(_DELIMITERS, key=score)
