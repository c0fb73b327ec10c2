"""The tables of a web page: what programs write that “export to Excel” by giving HTML the name of a workbook.

The page is read piece by piece, and no tree is made of it: nothing is fetched, no entity is expanded but those of HTML,
and no more of it is held than a row. What stands in a cell is text, as it is shown: 00100 keeps its zeros.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _
from lxml import etree

from guards.cells import bare_cell
from guards.uploads import UploadError
from registers.imports.encodings import encoding_labels
from registers.imports.error_cells import is_error
from registers.imports.merged_cells import Reaches

MAX_DEPTH = 500  # tags within each other; those of programs have some dozens
MAX_TABLES = 10_000  # layouts put one into each row
OFFERED = 100  # of which one is chosen, the largest ones
MAX_CELLS = 5_000_000  # those that other ones reach over too
MAX_EMPTY = 2_000_000  # cells behind the last one of their row in which anything stands
WIDEST = 1_000  # cells of a row, far more than are read of it
LONGEST = 3_276_700  # characters of a row
_PIECE = 1 << 16
_Row = tuple[int, list[str], Reaches]  # the number of the table, the cells
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_BREAK = "\x1f"  # stands for the end of a line, which in the source of a page is but a space
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_AROUND_BREAKS = re.compile(r" *\x1f[ \x1f]*")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_NOT_SHOWN = frozenset(["style", "script", "template", "noscript"])
_BREAKS = frozenset(["br", "p", "div", "li"])
# What a spreadsheet program writes where a column is too narrow; the number stands beside it.
_TOO_NARROW = re.compile(r"#+\Z|\d(?:[.,]\d+)?E\+\d+\Z")
_TABLE = re.compile(r"(\d+)")
# Of the names that pages give, those of which browsers and spreadsheet programs know a larger one.
_LARGER = {
    "iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-2": "iso8859_2", "iso8859-5": "iso8859_5", "iso8859-7": "cp1253",
    "iso8859-8": "cp1255", "iso8859-9": "cp1254", "iso8859-13": "cp1257", "iso8859-15": "iso8859_15",
    "tis-620": "cp874", "koi8-r": "koi8_r", "koi8-u": "koi8_r", "shift_jis": "cp932", "euc_kr": "cp949",
    "big5": "cp950", "gb2312": "gb18030", "gbk": "gb18030",
}  # fmt: skip


def declared_encoding(raw: bytes) -> str:
    """Which of the encodings from before Unicode a page says it is in; "" where it does not."""
    if match := _CHARSET.search(raw):
        try:
            name = codecs.lookup(match[1].decode("ascii", "replace")).name
        except LookupError:
            return ""
        name = _LARGER.get(name, name)
        return name if name in encoding_labels() else ""
    return ""


def table_names(path: Path, encoding: str) -> list[str]:
    """One for each table in which anything stands, the one with the most rows first: its number, and how large it is.

    Raises UploadError where there is none.
    """
    sizes = _sizes(path, encoding, path.stat().st_mtime_ns)
    if not sizes:
        raise UploadError(
            _("This is a web page without a table. Open it in your spreadsheet program and save it as Excel or CSV.")
        )
    ordered = sorted(sizes, key=lambda number: (-sizes[number][0], -sizes[number][1], number))
    return [f"{number} ({sizes[number][0]} × {sizes[number][1]})" for number in ordered[:OFFERED]]


def table_rows(path: Path, encoding: str, name: str) -> Iterator[tuple[int, list[str], Reaches]]:
    """Number and cells of each row of a table, of one of `table_names`, and which of them reach over rows below."""
    match = _TABLE.match(name)
    wanted = int(match[1]) if match else 1
    number = 0
    for table, cells, reaches in _read(path, encoding):
        if table == wanted:
            number += 1
            yield number, cells, reaches


@lru_cache(maxsize=16)
def _sizes(path: Path, encoding: str, _changed: int) -> dict[int, tuple[int, int]]:
    """Rows and columns of each table by its number. Asked several times of each file."""
    sizes: dict[int, tuple[int, int]] = {}
    for table, cells, _reaches in _read(path, encoding):
        if any(cells):
            rows, columns = sizes.get(table, (0, 0))
            sizes[table] = rows + 1, max(columns, len(cells))
    return sizes


def _read(path: Path, encoding: str) -> Iterator[_Row]:
    """The rows of all tables, each with the number of its table; one within another one comes before the row it is in.

    Raises UploadError where no program could have written that.
    """
    page = _Page()
    parser = etree.HTMLParser(target=page, encoding="utf-8", no_network=True, huge_tree=False)
    with path.open(encoding=encoding, errors="replace") as file:
        while piece := file.read(_PIECE):
            parser.feed(piece.encode("utf-8", "replace"))
            yield from page.take_rows()
    try:
        parser.close()
    except etree.XMLSyntaxError:  # as it says of an empty page
        return
    page.end_tables()
    yield from page.take_rows()


@dataclass
class Room:
    """How many tables and cells have been read of a file: no list of people needs more than there may be."""

    tables: int = 0
    cells: int = 0
    empty: int = 0

    def begin_table(self, most: int) -> None:
        self.tables += 1
        if self.tables > most:
            raise self._too_much()

    def end_row(self, width: int, begun: int, reached: int = 0) -> None:
        """`width` cells up to the last filled one, of `begun` in all, and as many as are reached by other rows'."""
        self.cells += width + reached
        self.empty += begun - width if begun > width else not width
        if self.cells > MAX_CELLS or self.empty > MAX_EMPTY:
            raise self._too_much()

    def _too_much(self) -> UploadError:
        return UploadError(
            _(
                "This file unpacks to far more than a list of people needs, so it was not opened."
                " Save the list as CSV and upload that."
            )
        )


@dataclass
class _Table:
    number: int
    rows: int = 0
    cells: dict[int, str] | None = None  # of the row that is being read, by place
    place: int = 0  # where the cell that is being read stands
    at: int = 0  # and the next one
    text: list[str] | None = None  # of the cell that is being read
    taken: dict[int, int] = field(default_factory=dict)  # by cells from above: for how many more rows, by place
    below: dict[int, str] = field(default_factory=dict)  # column names that reach down, as they stand in the last row
    has_values: bool = False  # whether there is a cell in the row that is no column name
    coming: dict[int, int] = field(default_factory=dict)  # the same by cells of the row that is being read


class _Page:
    """Collects rows while lxml reads a page."""

    def __init__(self) -> None:
        self.rows: list[_Row] = []
        self.tables: list[_Table] = []  # those that are open, each within the one before
        self.depth = self.length = 0
        self.room = Room()
        self.hidden: int | None = None  # how deep the tag is of which nothing is shown

    def take_rows(self) -> list[_Row]:
        rows, self.rows = self.rows, []
        return rows

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UploadError(
                _(
                    "The tags of this file stand too deeply within each other for a table."
                    " Open it in your spreadsheet program and save it as Excel or CSV."
                )
            )
        if self.hidden is not None:
            return
        table = self.tables[-1] if self.tables else None
        if table is not None and tag in ("td", "th"):
            table.has_values = table.has_values or tag == "td"
            self._start_cell(table, attributes)
        elif tag == "table":
            self.room.begin_table(MAX_TABLES)
            self.tables.append(_Table(self.room.tables))
        elif table is None or tag in _NOT_SHOWN:
            self.hidden = self.depth if tag in _NOT_SHOWN else None
        elif tag == "tr":
            self._end_row(table)
            table.cells, table.at = {}, 0
        elif table.text is not None:
            if tag in _BREAKS:
                table.text.append(_BREAK)
            elif _HIDDEN.search(attributes.get("style", "")):
                self.hidden = self.depth

    def end(self, tag: str) -> None:
        self.depth -= 1
        if self.hidden is not None:
            self.hidden = self.hidden if self.depth >= self.hidden else None
            return
        if not self.tables:
            return
        table = self.tables[-1]
        if tag in ("td", "th"):
            _end_cell(table)
        elif tag == "tr":
            self._end_row(table)
        elif tag == "table":
            self._end_row(table)
            self.tables.pop()
        elif tag in _BREAKS and tag != "br" and table.text is not None:
            table.text.append(_BREAK)

    def data(self, text: str) -> None:
        if self.hidden is None and self.tables and (texts := self.tables[-1].text) is not None:
            texts.append(text)
            self.length += len(text)
            if self.length > LONGEST:
                raise too_long(self.tables[-1].rows + 1)

    def comment(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass

    def end_tables(self) -> None:
        while self.tables:
            self._end_row(self.tables.pop())

    def _start_cell(self, table: _Table, attributes: dict[str, str]) -> None:
        _end_cell(table)
        if table.cells is None:
            table.cells, table.at = {}, 0
        while table.at in table.taken:
            table.at += 1
        width = _span(attributes, "colspan") if "colspan" in attributes else 1
        height = _span(attributes, "rowspan") if "rowspan" in attributes else 1
        end = table.at + width
        if end > WIDEST:
            raise too_long(table.rows + 1)
        if height > 1:
            table.coming |= dict.fromkeys(range(table.at, end), height - 1)
        table.text, table.place = [], table.at
        table.cells[table.at] = attributes.get("x:num", "")
        table.at = end

    def _end_row(self, table: _Table) -> None:
        _end_cell(table)
        if table.cells is None:
            return
        table.rows += 1
        for at in [at for at in table.below if table.taken.get(at) == 1]:
            table.cells[at] = table.below.pop(at)
        if not table.has_values:
            down = [at for at in table.coming if at in table.cells]
            table.below |= {at: table.cells.pop(at) for at in down}
        last = max((at for at, text in table.cells.items() if text), default=-1)
        self.room.end_row(last + 1, len(table.cells), len(table.taken) + len(table.coming))
        reaches = {at: down for at, down in table.coming.items() if table.cells.get(at)}
        self.rows.append((table.number, [table.cells.get(at, "") for at in range(last + 1)], reaches))
        table.taken = {at: left - 1 for at, left in table.taken.items() if left > 1} | table.coming
        table.cells, table.coming, table.has_values, self.length = None, {}, False, 0


def _end_cell(table: _Table) -> None:
    if table.text is None or table.cells is None:
        return
    text = "".join(table.text)
    if not text.isprintable() or "  " in text:
        text = _AROUND_BREAKS.sub("\n", _SPACES.sub(" ", text))
    text = text.strip()
    number = table.cells[table.place]  # as the page says it in full
    text = number if number and _TOO_NARROW.match(text) else bare_cell(text)
    table.cells[table.place] = "" if is_error(text) else text
    table.text = None


def _span(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "").strip()
    return max(1, min(int(text), WIDEST * 100)) if text.isdecimal() and len(text) < 8 else 1


def too_long(row: int) -> UploadError:
    return UploadError(
        _("Row %(row)s is too long for a table of people. Save it again as CSV, with one row per person.")
        % {"row": row}
    )
