"""Which columns of a sheet hold percentages: the cells say 0.5, and only their format tells that people read 50 %.

ECMA-376 part 1, 18.8.30 (number formats 9 and 10, and own ones with a percent sign) and ODF 1.3 part 3, 19.385.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree

from guards.uploads import BROKEN_ZIP, SpreadsheetKind
from registers.imports.old_books import number_formats
from registers.values import Cell
from registers.values.cells import Percent

_ROWS = 200
_REF = re.compile(r"([A-Z]+)\d+\Z")
_QUOTED = re.compile(r'"[^"]*"|\\.')
_PERCENT_FORMATS = frozenset({"9", "10"})
_MOST_REPEATS = 1_000  # a row of an ODS ends with one cell that stands for the thousand empty ones after it
MAX_COLUMNS = 100


def percent_columns(path: Path, kind: str, sheet: str) -> frozenset[int]:
    """The places of the columns of which each number among the first rows is a percentage."""
    numbers, percents = Counter[int](), Counter[int]()
    try:
        for at, is_percent in _cells(path, kind, sheet):
            numbers[at] += 1
            percents[at] += is_percent
    except (*BROKEN_ZIP, KeyError, ParseError, ValueError, IndexError, struct.error):
        return frozenset()  # what cannot be told: the numbers stay as they are
    return frozenset(at for at, count in numbers.items() if percents[at] == count)


def _cells(path: Path, kind: str, sheet: str) -> Iterator[tuple[int, bool]]:
    """For each number in the first rows its column, and whether it is a percentage."""
    if kind == SpreadsheetKind.XLS:
        yield from number_formats(path, sheet, _is_percent)
        return
    with zipfile.ZipFile(path) as book:
        yield from _xlsx(book, sheet) if kind == SpreadsheetKind.XLSX else _ods(book, sheet)


def as_percent(cell: Cell) -> Cell:
    if type(cell) not in (int, float):
        return cell
    try:
        return Percent(round(Decimal(repr(cell)) * 100, 8))
    except InvalidOperation:  # a number of more than 20 digits is none that could be kept
        return cell


def is_percent_format(code: str) -> bool:
    """Whether a number is shown as a percentage in this format; Excel 2003 has a name for the usual one."""
    return code == "Percent" or "%" in _QUOTED.sub("", code)


def _is_percent(number: int, code: str) -> bool:
    return str(number) in _PERCENT_FORMATS or is_percent_format(code)


def _xlsx(book: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int, bool]]:
    styles = _percent_styles(book)
    if not styles:
        return
    with book.open(_sheet_path(book, sheet)) as file:
        for cell in _elements(file, "c", per="row"):
            found = _REF.match(cell.get("r", ""))
            if found and cell.get("t", "n") == "n" and any(_tag(child) == "v" for child in cell):
                yield _column(found[1]), cell.get("s", "0") in styles


def _percent_styles(book: zipfile.ZipFile) -> set[str]:
    """The numbers of the cell styles that show percentages."""
    with book.open("xl/styles.xml") as file:
        root = ElementTree.parse(file).getroot()
    own = {
        str(each.get("numFmtId"))
        for each in root.iter()
        if _tag(each) == "numFmt" and is_percent_format(each.get("formatCode", ""))
    }
    styles = next((each for each in root if _tag(each) == "cellXfs"), ())
    return {str(at) for at, style in enumerate(styles) if style.get("numFmtId") in _PERCENT_FORMATS | own}


def _sheet_path(book: zipfile.ZipFile, sheet: str) -> str:
    with book.open("xl/workbook.xml") as file:
        sheets = [each for each in ElementTree.parse(file).getroot().iter() if _tag(each) == "sheet"]
    wanted = next(each for each in [*sheets, None] if each is None or each.get("name") == sheet)
    if wanted is None:
        raise KeyError(sheet)
    relation = next((value for key, value in wanted.items() if key.endswith("}id")), "")
    with book.open("xl/_rels/workbook.xml.rels") as file:
        targets = {each.get("Id"): each.get("Target", "") for each in ElementTree.parse(file).getroot()}
    target = targets[relation]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _ods(book: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int, bool]]:
    with book.open("content.xml") as file:
        row, at = None, 0
        for cell in _elements(file, "table-cell", per="table-row", within=("table", sheet)):
            if cell.get("row") != row:
                row, at = cell.get("row"), 0
            kind = _attribute(cell, "value-type")
            repeats = min(int(_attribute(cell, "number-columns-repeated") or 1), _MOST_REPEATS)
            for place in range(at, min(at + repeats, MAX_COLUMNS) if kind in ("float", "percentage") else at):
                yield place, kind == "percentage"
            at += repeats


def _elements(file: IO[bytes], name: str, *, per: str, within: tuple[str, str] | None = None) -> Iterator[Element]:
    """The elements of a name in the first rows; each is told of which row it is, by the attribute "row"."""
    rows, inside = 0, within is None
    for event, element in ElementTree.iterparse(file, events=("start", "end")):
        tag = _tag(element)
        if event == "start":
            if within and tag == within[0]:
                inside = _attribute(element, "name") == within[1]
            continue
        if tag == name and inside:
            element.set("row", str(rows))
            yield element
        elif tag == per:
            rows += inside
            element.clear()
            if rows > _ROWS:
                return


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _column(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1
