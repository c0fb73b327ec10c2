"""Cells that are merged over several rows: what stands in them counts for each of these rows, as people read it.

ODF 1.3 part 3, 19.678 (table:number-rows-spanned); of other workbooks the ranges are known, of web pages each cell.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from html import unescape
from pathlib import Path

from guards.uploads import BROKEN_ZIP
from registers.values import Cell, cell_text

# Of the cells of a row, by their place: how many rows further down they reach.
Reaches = dict[int, int]
Range = tuple[tuple[int, int], tuple[int, int]]  # row and column of the first and the last cell, from 0
# As every program writes it. To parse the whole takes ten times as long, and of most rows nothing is asked.
_ROW = b"<table:table-row"
_SHEET = re.compile(rb'<table:table [^>]*?table:name="([^"]*)"')
_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^>]*)>")
_SPANS_ROWS = re.compile(rb'number-rows-spanned="(?!1")')
_PIECE, _LONGEST_SPAN, _LONGEST_ROW = 1 << 20, 64, 1 << 24


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
            return list(_ranges(book, sheet)) if _spans_rows(book) else ()
    except (*BROKEN_ZIP, KeyError):
        return ()  # what cannot be told: the cells below stay empty


def _spans_rows(book: zipfile.ZipFile) -> bool:
    with book.open("content.xml") as file:
        before = b""
        while piece := file.read(_PIECE):
            if _SPANS_ROWS.search(before + piece):
                return True
            before = piece[-_LONGEST_SPAN:]
    return False


def _ranges(book: zipfile.ZipFile, sheet: str) -> Iterator[Range]:
    row, inside = 0, False
    for number, part in enumerate(_parts(book)):
        if number and part[:1] in b" />\t\r\n":  # another one is no row: “table-rows”
            tag, _end, cells = part.partition(b">")
            if inside and _SPANS_ROWS.search(cells):
                yield from _in_row(row, cells)
            row += _number(tag, b"number-rows-repeated")
        if names := _SHEET.findall(part):  # begins behind the row, if there is one
            row, inside = 0, unescape(names[-1].decode("utf-8", "replace")) == sheet


def _parts(book: zipfile.ZipFile) -> Iterator[bytes]:
    """What stands before the first row, and behind the name of the tag of each; up to one that is endless."""
    rest = b""
    with book.open("content.xml") as file:
        while len(rest) < _LONGEST_ROW and (piece := file.read(_PIECE)):
            *whole, rest = (rest + piece).split(_ROW)
            yield from whole
    yield rest


def _in_row(row: int, cells: bytes) -> Iterator[Range]:
    at = 0
    for cell in _CELL.findall(cells):
        down = _number(cell, b"number-rows-spanned")
        if down > 1:
            yield (row, at), (row + down - 1, at)
        at += _number(cell, b"number-columns-repeated")


def _number(tag: bytes, name: bytes) -> int:
    found = re.search(name + rb'="(\d{1,7})"', tag)
    return int(found[1]) if found else 1
