"""Workbooks in the XML of Excel 2002 and 2003 (SpreadsheetML), as older programs still export them under .xls and .xml.

They are read piece by piece, without a tree: nothing is fetched, and a document type, with which entities come, is
refused.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from lxml import etree

from registers.imports.damage import damaged
from registers.imports.error_cells import is_error
from registers.imports.merged_cells import Reaches
from registers.imports.percents import as_percent, is_percent_format
from registers.imports.web_tables import LONGEST, WIDEST, Room, too_long
from registers.values import Cell

MAX_DEPTH = 60
MOST_ROWS = 1_048_576
MOST_SHEETS = 1_000
SAMPLE_ROWS = 200
_PIECE = 1 << 16
_Row = tuple[str, int, list[Cell], Reaches]  # name of the sheet, number and cells


class _Share(float):
    """A number in a cell whose format shows it as a percentage."""

    __slots__ = ()


def book_names(path: Path) -> list[str]:
    """The names of the sheets in which anything stands, else of the first one. Raises UploadError."""
    return list(_names(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=16)
def _names(path: Path, _changed: int) -> tuple[str, ...]:
    """Asked several times of each file."""
    found = dict.fromkeys((sheet for sheet, _number, cells, _reaches in _read(path) if any(cells)), None)
    return tuple(found) or ("",)


def book_rows(path: Path, name: str) -> Iterator[tuple[int, list[Cell], Reaches]]:
    """Number and cells of each row of a sheet, and which of them reach over rows below."""
    rows = ((number, cells, reaches) for sheet, number, cells, reaches in _read(path) if sheet == name)
    first = list(islice(rows, SAMPLE_ROWS))
    numbers, shares = Counter[int](), Counter[int]()
    for _number, cells, _reaches in first:
        for at, cell in enumerate(cells):
            numbers[at] += isinstance(cell, float)
            shares[at] += isinstance(cell, _Share)
    percents = {at for at, count in numbers.items() if count and count == shares[at]}
    for number, cells, reaches in chain(first, rows):
        yield number, [_settle(cell, is_share=at in percents) for at, cell in enumerate(cells)], reaches


def _settle(cell: Cell, *, is_share: bool) -> Cell:
    if type(cell) is _Share:
        cell = float(cell)
    return as_percent(cell) if is_share else cell


def _read(path: Path) -> Iterator[_Row]:
    """The rows of all sheets. Raises UploadError."""
    book = _Book()
    parser = etree.XMLParser(target=book, no_network=True, resolve_entities=False, load_dtd=False, huge_tree=False)
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                parser.feed(piece)
                yield from book.take_rows()
        parser.close()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged() from error
    yield from book.take_rows()


@dataclass
class _Cell:
    kind: str = ""
    is_share: bool = False
    text: list[str] = field(default_factory=list)


class _Book:
    """Collects rows while lxml reads a workbook."""

    def __init__(self) -> None:
        self.rows: list[_Row] = []
        self.path: list[str] = []  # the tags that are open, without their namespaces
        self.parents: dict[str, str] = {}  # of styles
        self.shares: set[str] = set()  # the styles that show percentages
        self.style = self.sheet = ""
        self.number = self.at = self.across = self.length = 0
        self.cells: dict[int, Cell] = {}
        self.reaches: Reaches = {}
        self.cell: _Cell | None = None
        self.room = Room()

    def take_rows(self) -> list[_Row]:
        rows, self.rows = self.rows, []
        return rows

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise damaged()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _bare(tag)
        self.path.append(name)
        if len(self.path) > MAX_DEPTH:
            raise damaged()
        said = {_bare(key): value for key, value in attributes.items()}
        match name:
            case "Style":
                self.style = said.get("ID", "")
                self.parents[self.style] = said.get("Parent", "")
            case "NumberFormat" if is_percent_format(said.get("Format", "")):
                self.shares.add(self.style)
            case "Worksheet":
                self.room.begin_table(MOST_SHEETS)
                self.sheet, self.number = said.get("Name", "")[:200], 0
            case "Row":
                self.number, self.at, self.cells, self.reaches = _place(said, self.number + 1), 0, {}, {}
                if self.number > MOST_ROWS:
                    raise damaged()
                self.number += _many(said, "Span")
            case "Cell":
                self.at = _place(said, self.at + 1)
                if self.at > WIDEST:
                    raise too_long(self.number)
                style = said.get("StyleID", "")
                self.cell = _Cell(is_share=style in self.shares or self.parents.get(style, "") in self.shares)
                self.cells[self.at - 1] = None
                self.across = _many(said, "MergeAcross")
                if down := _many(said, "MergeDown"):
                    self.reaches[self.at - 1] = down
            case "Data" if self.cell is not None and self.path[-2] == "Cell":
                self.cell.kind = said.get("Type", "String")

    def end(self, tag: str) -> None:
        name = self.path.pop()
        if name == "Data" and self.cell is not None and self.path[-1:] == ["Cell"]:
            self.cells[self.at - 1] = _value(self.cell)
        elif name == "Cell":
            self.at += self.across
            self.cell = None
        elif name == "Row":
            last = max((at for at, cell in self.cells.items() if cell is not None), default=-1)
            self.room.end_row(last + 1, len(self.cells))
            self.rows.append((self.sheet, self.number, [self.cells.get(at) for at in range(last + 1)], self.reaches))
            self.length = 0

    def data(self, text: str) -> None:
        if self.cell is None or "Data" not in self.path or "Comment" in self.path:
            return
        self.cell.text.append(text)
        self.length += len(text)
        if self.length > LONGEST:
            raise too_long(self.number)

    def close(self) -> None:
        pass


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _place(said: dict[str, str], otherwise: int) -> int:
    """Where a row or a cell says it stands, counted from one; it never goes back."""
    return max(_many(said, "Index"), otherwise)


def _many(said: dict[str, str], name: str) -> int:
    text = said.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 8 else 0


def _value(cell: _Cell) -> Cell:
    text = "".join(cell.text)
    if cell.kind == "Error" or is_error(text):
        return None
    try:
        match cell.kind:
            case "Number":
                return _Share(text) if cell.is_share else float(text)
            case "Boolean":
                return text.strip() in ("1", "true")
            case "DateTime":
                day = dt.datetime.fromisoformat(text.strip())
                return day.time() if day.year < 1900 else day
    except ValueError:
        pass  # as it stands there
    return text
