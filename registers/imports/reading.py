"""Reading tables: rows of cells out of XLSX, ODS, XLS, CSV, TSV, web pages and vCards, whatever their encoding.

Values of formulas are taken as the program that saved the file computed them; no formula is ever evaluated here.
What stands in merged cells counts for all their rows. Files have passed guards.uploads.check_spreadsheet before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, starmap
from pathlib import Path
from typing import NamedTuple

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from guards.uploads import SpreadsheetKind, UploadError
from registers.imports.cards import card_rows
from registers.imports.cells import Remark
from registers.imports.damage import damaged
from registers.imports.encodings import encoding_labels
from registers.imports.error_cells import without_errors
from registers.imports.heads import count_titles, is_data, is_list, letter, say_titles, take_head, unique_headers
from registers.imports.mending import find_broken, mend_cells, say_mended
from registers.imports.merged_cells import Merged, Reaches, ranges_of_ods, reaches_of
from registers.imports.mixed_encodings import say_mixed
from registers.imports.percents import as_percent, percent_columns
from registers.imports.text_tables import SAMPLE_BYTES, TextFormat, say_zeros, text_encoding, text_format, text_rows
from registers.imports.web_tables import declared_encoding, table_names, table_rows
from registers.imports.xml_books import book_names, book_rows
from registers.values import Cell

MAX_COLUMNS = 100
_SAMPLE_ROWS = 200
_MOST_SHEETS = 10  # looked at for a list of people


class Row(NamedTuple):
    number: int  # as the spreadsheet program numbers it, the header row included
    cells: list[Cell]
    mistake: str = ""  # why the row as a whole cannot be taken
    reaches: Reaches | None = None


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
    if form:
        notes += filter(None, [say_mixed(form.encoding), say_zeros(form)])
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
    merged = Merged()
    for row in _rows(path, kind, table.sheet, table.form):
        if row.number >= table.first_row:
            cells = _trim(mend_cells(row.cells) if table.is_broken else row.cells)
            if merged.open or row.reaches:
                cells, filled = merged.fill(row.number, cells, row.reaches)
                yield row._replace(cells=cells, mistake=_say_filled(table, filled))
            else:
                yield row if cells is row.cells else row._replace(cells=cells)


def _say_filled(table: Table, filled: Sequence[int]) -> str:
    names = ", ".join(table.headers[at] for at in filled if at < len(table.headers))
    return Remark(_("%(columns)s: from a merged cell that begins further up.") % {"columns": names}) if names else ""


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
        raise damaged() from error
    return filled or book.sheet_names[:1]


def _form(path: Path, kind: str, encoding: str) -> TextFormat | None:
    if kind in (SpreadsheetKind.CARDS, SpreadsheetKind.HTML):
        with path.open("rb") as file:
            raw = file.read(SAMPLE_BYTES)
        found = encoding or text_encoding(path, raw)
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
        rows = (Row(number, cells, reaches=reaches) for number, cells, reaches in book_rows(path, sheet))
    elif form is not None and kind == SpreadsheetKind.HTML:
        read = table_rows(path, form.encoding, sheet)
        rows = (Row(number, list(cells), reaches=reaches) for number, cells, reaches in read)
    else:
        rows = starmap(Row, text_rows(path, form)) if form is not None else _book_rows(path, kind, sheet)
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
        raise damaged() from error


def _book_rows(path: Path, kind: str, sheet: str) -> Iterator[Row]:
    book = _open_book(path)
    try:
        found = book.get_sheet_by_name(sheet)
        _top, left = found.start or (0, 0)
        percents = percent_columns(path, kind, sheet)
        ranges = ranges_of_ods(path, sheet) if kind == SpreadsheetKind.ODS else found.merged_cell_ranges
        reaches = reaches_of(ranges, left)
        for number, line in enumerate(found.iter_rows(), start=1):  # the empty rows on top as well
            cells = without_errors(line)
            for at in percents:
                if left <= at < left + len(cells):
                    cells[at - left] = as_percent(cells[at - left])
            yield Row(number, cells, reaches=reaches.get(number))
    except CalamineError as error:
        raise UploadError(_("The sheet “%(sheet)s” cannot be read. Save it as CSV.") % {"sheet": sheet}) from error


def _card_rows(path: Path, encoding: str) -> Iterator[Row]:
    """Cards are numbered from one, as a person counts them."""
    for number, (cells, mistake) in enumerate(card_rows(path, encoding)):
        yield Row(number, list(cells), mistake)


def _trim(cells: list[Cell]) -> list[Cell]:
    end = len(cells)
    if end and isinstance(cells[-1], str) and cells[-1][:1].isalnum():
        return cells
    while end and (cells[end - 1] is None or not str(cells[end - 1]).strip()):
        end -= 1
    return cells[:end] if end < len(cells) else cells
