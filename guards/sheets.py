"""Tables as XLSX.

xlsxwriter makes the workbook, but takes a table cell by cell. Here each row becomes a line of its XML, in a quarter of
the time; and every text stays text: xlsxwriter puts one between <r> and </r> into the file as it is.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from itertools import islice
from typing import IO, Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from guards.cells import cell_text, without_control

CELL_LIMIT = 32_767  # UTF-16 units
MOST_COLUMNS = 16_384
_ODD = frozenset("&<>_")  # what XML has a use for, and how an escape of a spreadsheet begins


class RowSheet(Worksheet):
    """A worksheet of a workbook with `constant_memory`, which takes rows as wholes."""

    styles: dict[type, str]

    def write_rows(self, rows: Iterable[Sequence[Any]], *, day: Format, moment: Format) -> None:
        """Write rows below the first one until the sheet is full; days and moments are shown in these formats."""
        self._write_single_row(1)  # the first one, which waits for its last cell
        self.styles = {dt.date: f' s="{day._get_xf_index()}"', dt.datetime: f' s="{moment._get_xf_index()}"'}
        letters, write, number, widest = _letters(), self.fh.write, 1, 0
        for number, row in enumerate(islice(rows, self.xls_rowmax - 1), start=2):
            # What there is most of is written here: text in which nothing is odd, and nothing.
            cells = [
                f'<c r="{letter}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
                if type(value) is str
                and value.isprintable()
                and _ODD.isdisjoint(value)
                and value.strip() == value
                and len(value) <= CELL_LIMIT // 2
                else self._cell(f"{letter}{number}", value)
                for letter, value in zip(letters, row, strict=False)
                if value is not None and value != ""
            ]
            widest = max(widest, len(row))
            if cells:
                write(f'<row r="{number}">{"".join(cells)}</row>')
        self._check_dimensions(number - 1, max(widest, 1) - 1)

    def _cell(self, place: str, value: Any) -> str:
        if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) and math.isfinite(value):
            return f'<c r="{place}"><v>{value:.16G}</v></c>'
        if isinstance(value, dt.date) and value.year >= 1900:
            style = self.styles[dt.datetime if isinstance(value, dt.datetime) else dt.date]
            return f'<c r="{place}"{style}><v>{self._convert_date_time(value):.16G}</v></c>'
        # Of the two signs with which forms end a line, a spreadsheet knows one and spells out the other.
        text = _cut(without_control(cell_text(value)).replace("\r\n", "\n"))
        space = "" if text.strip() == text else ' xml:space="preserve"'
        text = self._escape_data(self._escape_control_characters(text))
        return f'<c r="{place}" t="inlineStr"><is><t{space}>{text}</t></is></c>'


class XlsxTable:
    """Writes an XLSX file row by row without holding the sheet in memory."""

    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def __init__(self, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self.headers = headers
        self.rows = rows

    def write(self, target: IO[bytes]) -> None:
        with xlsxwriter.Workbook(target, {"constant_memory": True, "remove_timezone": True}) as book:
            sheet = book.add_worksheet(worksheet_class=RowSheet)
            bold = book.add_format({"bold": True})
            day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
            sheet.freeze_panes(1, 0)
            for column, header in enumerate(self.headers):
                sheet.write_string(0, column, _cut(without_control(header)), bold)
                sheet.set_column(column, column, min(40, max(12, len(header) + 2)))
            sheet.write_rows(self.rows, day=day, moment=moment)


def _cut(text: str) -> str:
    return text.encode("utf-16-le")[: 2 * CELL_LIMIT].decode("utf-16-le", "ignore")


@cache
def _letters() -> tuple[str, ...]:
    """The names of all columns there can be: A, B, … XFD."""
    return tuple(map(xl_col_to_name, range(MOST_COLUMNS)))
