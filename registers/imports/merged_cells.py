"""Cells that are merged over several rows: what stands in them counts for each of these rows, as people read it.

ODF 1.3 part 3, 19.678 (table:number-rows-spanned); of other workbooks the ranges are known, of web pages each cell.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lxml import etree

from guards.uploads import BROKEN_ZIP
from registers.values import Cell, cell_text

# Of the cells of a row, by their place: how many rows further down they reach.
Reaches = dict[int, int]
Range = tuple[tuple[int, int], tuple[int, int]]  # row and column of the first and the last cell, from 0
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_SHEET, _ROW = f"{_TABLE}table", f"{_TABLE}table-row"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_SPANS_ROWS = re.compile(rb'number-rows-spanned="(?!1")')
_PIECE, _LONGEST_SPAN = 1 << 20, 64


class Merged:
    """Rows one after the other, with what reaches down to them from those above."""

    def __init__(self) -> None:
        self.open: dict[int, tuple[int, Cell]] = {}  # by place: up to which row, and what stands there

    def fill(self, number: int, cells: list[Cell], reaches: Reaches | None) -> tuple[list[Cell], list[int]]:
        """The cells of a row in which anything stands, and the places that are filled from above."""
        self.open = {at: (last, cell) for at, (last, cell) in self.open.items() if last >= number}
        filled = [at for at in self.open if at >= len(cells) or not cell_text(cells[at])]
        if filled:
            cells = [*cells, *[None] * (max(filled) + 1 - len(cells))]
            for at in filled:
                cells[at] = self.open[at][1]
        for at, down in (reaches or {}).items():
            if at < len(cells) and cell_text(cells[at]):
                self.open[at] = number + down, cells[at]
        return cells, sorted(filled)


def reaches_of(ranges: Iterable[Range] | None, left: int) -> dict[int, Reaches]:
    """By the number of a row, of a sheet whose first column is the one with the index `left`."""
    found: dict[int, Reaches] = {}
    for (row, column), (last, _column) in ranges or ():
        if last > row and column >= left:
            found.setdefault(row + 1, {})[column - left] = last - row
    return found


def ranges_of_ods(path: Path, sheet: str) -> Sequence[Range]:
    """The merged cells of a sheet that calamine does not tell of. Most have none: that is seen in the bytes."""
    try:
        with zipfile.ZipFile(path) as book:
            if not _spans_rows(book):
                return ()
            with book.open("content.xml") as file:
                return list(_ranges(etree.iterparse(
                    file, events=("start", "end"), tag=(_SHEET, _ROW, *_CELLS), no_network=True,
                    resolve_entities=False, load_dtd=False,
                ), sheet))  # fmt: skip
    except (*BROKEN_ZIP, KeyError, etree.XMLSyntaxError):
        return ()  # what cannot be told: the cells below stay empty


def _spans_rows(book: zipfile.ZipFile) -> bool:
    with book.open("content.xml") as file:
        before = b""
        while piece := file.read(_PIECE):
            if _SPANS_ROWS.search(before + piece):
                return True
            before = piece[-_LONGEST_SPAN:]
    return False


def _ranges(events: Iterable[tuple[str, Any]], sheet: str) -> Iterable[Range]:
    row = at = 0
    inside = False
    for event, element in events:
        if event == "start":
            if element.tag == _SHEET:
                inside, row = element.get(f"{_TABLE}name") == sheet, 0
            elif element.tag == _ROW:
                at = 0
        elif element.tag == _ROW:
            row += _number(element, "number-rows-repeated")
            element.clear()
            while (before := element.getprevious()) is not None:  # or a million empty ones are kept
                element.getparent().remove(before)
        elif element.tag in _CELLS:
            down = _number(element, "number-rows-spanned")
            if inside and down > 1:
                yield (row, at), (row + down - 1, at)
            at += _number(element, "number-columns-repeated")


def _number(element: Any, name: str) -> int:
    text = element.get(f"{_TABLE}{name}", "1")
    return int(text) if text.isdecimal() and len(text) < 8 else 1
