"""Reading tables: rows of cells out of XLSX, ODS, XLS, CSV, TSV, web pages and vCards, whatever their encoding.

Values of formulas and of merged cells are taken as the program that saved the file computed them; no formula
is ever evaluated here. Files have passed guards.uploads.check_spreadsheet before.
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
from typing import Any, NamedTuple, TextIO

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from guards.cells import bare_cell
from guards.uploads import SpreadsheetKind, UploadError
from registers.imports.address_lines import split_addresses
from registers.imports.cards import card_rows
from registers.imports.encodings import encoding_labels, legacy_encoding
from registers.imports.error_cells import without_errors
from registers.imports.heads import count_titles, is_data, is_list, letter, say_titles, take_head, unique_headers
from registers.imports.mending import find_broken, mend_cells, say_mended
from registers.imports.mixed_encodings import mixed_encoding, say_mixed
from registers.imports.percents import as_percent, percent_columns
from registers.imports.web_tables import declared_encoding, table_names, table_rows
from registers.imports.xml_books import book_names, book_rows
from registers.values import Cell

MAX_COLUMNS = 100
_SAMPLE_BYTES = 1 << 20
_SAMPLE_ROWS = 200
_MOST_SHEETS = 10  # looked at for a list of people
_WIDE = 4  # columns
_DELIMITERS = (";", ",", "\t", "|")
csv.field_size_limit(1 << 20)
# Characters: as many columns as there can be, each as full as a spreadsheet program lets it be. A file of nothing but
# separators would be taken apart into gigabytes.
MAX_ROW = MAX_COLUMNS * 32_767


class Row(NamedTuple):
    number: int  # as the spreadsheet program numbers it, the header row included
    cells: list[Cell]
    mistake: str = ""  # why the row as a whole cannot be taken


@dataclass(frozen=True, slots=True)
class TextFormat:
    encoding: str
    delimiter: str = ""  # cards have none
    skip: int = 0  # lines before the table (`sep=;`)
    is_line: bool = False  # whether all is a line of addresses, as they are copied from an e-mail


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its headers (unique, never empty) and where its rows begin."""

    headers: list[str]
    sheet: str
    sheets: list[str]
    first_row: int  # number of the first row that is data
    notes: list[str]
    has_headers: bool = True  # those of the file, not A, B, C…
    form: TextFormat | None = None  # found once: it takes a look at the whole file
    is_broken: bool = False  # whether its letters are to be mended


def open_table(path: Path, kind: str, *, sheet: str = "", encoding: str = "") -> Table:
    """Find out what stands in a file; `sheet` picks one, and texts are read in `encoding`, else in the likeliest.
    Raises UploadError in a person's words."""
    form = _form(path, kind, encoding)
    sheets = _sheet_names(path, kind, form)
    name = sheet if sheet in sheets else _likeliest(path, kind, sheets, form)
    numbered = _rows(path, kind, name, form)
    first = [row._replace(cells=_trim(row.cells)) for row in islice(numbered, 1 + _SAMPLE_ROWS)]
    if not first:
        raise UploadError(_("There is nothing in this sheet. Upload a table with one row per person."))
    if broken := find_broken([row.cells for row in first]):
        first = [row._replace(cells=mend_cells(row.cells)) for row in first]
    titles = count_titles([row.cells for row in first]) if kind != SpreadsheetKind.CARDS else 0
    head, *below = first[titles:]
    above, cells = take_head([row.cells for row in first], titles)
    sample = [row.cells for row in below]
    width = max(len(cells), Counter(map(len, sample)).most_common(1)[0][0] if sample else 0)
    if width > MAX_COLUMNS:
        raise UploadError(
            _("This sheet has %(count)s columns; at most %(limit)s can be read. Delete those you do not need.")
            % {"count": width, "limit": MAX_COLUMNS}
        )
    notes = [say_titles(above)] if titles else []
    if broken:
        notes.append(say_mended(broken))
    if form and (mixed := say_mixed(form.encoding)):
        notes.append(mixed)
    has_headers = not is_data(cells)
    if not has_headers:
        notes.append(_("The first row holds a person, not column names, so the columns are called A, B, C…"))
        headers, first_row = [letter(at) for at in range(width)], head.number
    else:
        headers, first_row = unique_headers(cells, width, notes), head.number + 1
        if not sample:
            raise UploadError(
                _("There are column names but no rows below them. Upload a table with one row per person.")
            )
    return Table(headers, name, sheets, first_row, notes, has_headers, form, bool(broken))


def read_rows(path: Path, kind: str, table: Table) -> Iterator[Row]:
    """Yield the rows with anything in them, in order, cells beyond the last filled one cut off."""
    for row in _rows(path, kind, table.sheet, table.form):
        if row.number >= table.first_row:
            cells = _trim(mend_cells(row.cells) if table.is_broken else row.cells)
            yield row if cells is row.cells else row._replace(cells=cells)


def _likeliest(path: Path, kind: str, sheets: Sequence[str], form: TextFormat | None) -> str:
    """The first sheet with a list of people, else the first: in front stand remarks, or figures drawn from it."""
    if len(sheets) > 1 and kind != SpreadsheetKind.HTML:
        for name in sheets[:_MOST_SHEETS]:
            if is_list([row.cells for row in islice(_rows(path, kind, name, form), _SAMPLE_ROWS)]):
                return name
    return sheets[0] if sheets else ""


def sheet_names(path: Path, kind: str) -> list[str]:
    """Return the names of the sheets that hold anything; [] for text files."""
    return _sheet_names(path, kind, _form(path, kind, "") if kind == SpreadsheetKind.HTML else None)


def _sheet_names(path: Path, kind: str, form: TextFormat | None) -> list[str]:
    if kind == SpreadsheetKind.XML:
        return book_names(path)
    if form is not None and kind == SpreadsheetKind.HTML:
        return table_names(path, form.encoding)
    if kind in (SpreadsheetKind.TEXT, SpreadsheetKind.CARDS):
        return []
    book = _open_book(path)
    try:
        filled = [name for name in book.sheet_names if book.get_sheet_by_name(name).total_height]
    except CalamineError as error:
        raise _damaged() from error
    return filled or book.sheet_names[:1]


def _form(path: Path, kind: str, encoding: str) -> TextFormat | None:
    if kind in (SpreadsheetKind.CARDS, SpreadsheetKind.HTML):
        with path.open("rb") as file:
            raw = file.read(_SAMPLE_BYTES)
        found = encoding or _encoding(path, raw)
        if kind == SpreadsheetKind.HTML and not encoding and found in encoding_labels():
            found = declared_encoding(raw) or found
        return TextFormat(found)
    return text_format(path, encoding) if kind == SpreadsheetKind.TEXT else None


def _rows(path: Path, kind: str, sheet: str, form: TextFormat | None) -> Iterator[Row]:
    if form is not None and kind == SpreadsheetKind.CARDS:
        yield from _card_rows(path, form.encoding)
        return
    rows: Iterable[Row]
    if kind == SpreadsheetKind.XML:
        rows = (Row(number, cells) for number, cells in book_rows(path, sheet))
    elif form is not None and kind == SpreadsheetKind.HTML:
        rows = (Row(number, list(cells)) for number, cells in table_rows(path, form.encoding, sheet))
    else:
        rows = _text_rows(path, form) if form is not None else _book_rows(path, kind, sheet)
    for row in rows:
        last = row.cells[-1] if row.cells else ""
        if isinstance(last, str) and last[:1].isalnum():
            yield row  # as almost all do: full to the last column
        elif any(cell is not None and cell != "" and str(cell).strip() for cell in row.cells):
            yield row


def _open_book(path: Path) -> CalamineWorkbook:
    if not path.exists():
        raise FileNotFoundError(path)  # calamine does not say why
    try:
        return CalamineWorkbook.from_path(str(path))
    except PasswordError as error:
        raise UploadError(_("This file is protected by a password. Save it again without one.")) from error
    except CalamineError as error:
        raise _damaged() from error


def _damaged() -> UploadError:
    return UploadError(_("This file is damaged and cannot be opened. Save it again, or save it as CSV."))


def _book_rows(path: Path, kind: str, sheet: str) -> Iterator[Row]:
    book = _open_book(path)
    try:
        found = book.get_sheet_by_name(sheet)
        start, left = found.start or (0, 0)
        percents = percent_columns(path, kind, sheet)
        for number, line in enumerate(found.iter_rows(), start=start + 1):
            cells = without_errors(line)
            for at in percents:
                if left <= at < left + len(cells):
                    cells[at - left] = as_percent(cells[at - left])
            yield Row(number, cells)
    except CalamineError as error:
        raise UploadError(_("The sheet “%(sheet)s” cannot be read. Save it as CSV.") % {"sheet": sheet}) from error


def _card_rows(path: Path, encoding: str) -> Iterator[Row]:
    """Cards are numbered from one, as a person counts them."""
    for number, (cells, mistake) in enumerate(card_rows(path, encoding)):
        yield Row(number, list(cells), mistake)


def _text_rows(path: Path, form: TextFormat) -> Iterator[Row]:
    with path.open(encoding=form.encoding, errors="replace", newline="") as file:
        if form.is_line:
            yield from (Row(at, [address]) for at, address in enumerate(split_addresses(file.read()), start=1))
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
                yield Row(number, cells)
        except _RowTooLong as error:
            raise UploadError(
                _("Row %(row)s is too long for a table of people. Save it again as CSV, with one row per person.")
                % {"row": number + 1}
            ) from error
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
        if not (line := self.file.readline(MAX_ROW + 1)):
            raise StopIteration
        self.length += len(line)
        if self.length > MAX_ROW:
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
        raw = file.read(_SAMPLE_BYTES)
    encoding = encoding or _encoding(path, raw)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(raw)
    first = text[:8].lstrip("\ufeff")
    if first.lower().startswith("sep=") and len(first) > 4:
        return TextFormat(encoding, first[4], skip=1)
    delimiter = _delimiter(text)
    return TextFormat(encoding, delimiter, is_line=len(raw) < _SAMPLE_BYTES and bool(split_addresses(text)))


def _encoding(path: Path, raw: bytes) -> str:
    if raw.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if raw.count(0) > len(raw) // 5:
        return "utf-16-le" if raw[1::2].count(0) > raw[::2].count(0) else "utf-16-be"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            while file.read(_SAMPLE_BYTES):
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


def _trim(cells: list[Cell]) -> list[Cell]:
    end = len(cells)
    if end and isinstance(cells[-1], str) and cells[-1][:1].isalnum():
        return cells
    while end and (cells[end - 1] is None or not str(cells[end - 1]).strip()):
        end -= 1
    return cells[:end] if end < len(cells) else cells
