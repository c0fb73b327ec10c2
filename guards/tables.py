"""Tables that leave the house: CSV and XLSX in which no cell can ever act as a formula.

The rule for CSV cells that hold text: a cell whose first visible character is one of = + - @ (also
in full width), or that begins with a tab or line break, gets an apostrophe in front. Two shapes are let
through unchanged, because they are data and cannot call anything: a plain number (`-5`, `+12,50`) and
a phone number in international form (`+358401234567`, `+358 40 123 4567`). So `+1+cmd` is defused and
`+358401234567` stays a phone number.
XLSX cells carry their type, so text is written as text and needs no apostrophe.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import IO, Any, Literal, TypeVar

import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.utils.translation import get_language, override

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)
Format = Literal["csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx")
EXCEL_CELL_LIMIT = 32_767
_TRIGGERS = "=+-@＝＋－﹣−＠"
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?\Z")
_PHONE = re.compile(r"\+\d{1,3}(?: ?\d){4,14}\Z")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROWS_PER_CHUNK = 200
# Text that begins with none of these, and holds printable signs only, needs no closer look.
_LOOK_CLOSER = frozenset(_TRIGGERS + " ")


def safe_cell(text: str) -> str:
    """Return `text` so that a spreadsheet program shows it and never runs it (rule: see the module)."""
    text = _CONTROL.sub("", text)
    visible = text.lstrip()
    risky = text[:1] in ("\t", "\r", "\n") or visible[:1] in tuple(_TRIGGERS)
    if risky and visible and not _PLAIN_NUMBER.match(text) and not _PHONE.match(text):
        return "'" + text
    return text


def cell_text(value: Any) -> str:
    """Write a value the way every table of the product does: ISO dates, decimal point, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (list, tuple, set)):
        return ", ".join(map(str, value))
    return str(value)


class CsvTable:
    """Streams CSV (RFC 4180, UTF-8 with byte order mark so that Excel reads å and ж) as chunks of bytes."""

    content_type = "text/csv; charset=utf-8"

    def __init__(self, headers: Sequence[str], rows: Iterable[Sequence[Any]], *, delimiter: str = ",") -> None:
        self.headers = headers
        self.rows = rows
        self.delimiter = delimiter

    def __iter__(self) -> Iterator[bytes]:
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=self.delimiter)
        writer.writerow([safe_cell(header) for header in self.headers])
        mark = b"\xef\xbb\xbf"
        for count, row in enumerate(self.rows, start=1):
            writer.writerow(
                [
                    value
                    if type(value) is str and value.isprintable() and value[:1] not in _LOOK_CLOSER
                    else _csv_cell(value)
                    for value in row
                ]
            )
            if count % _ROWS_PER_CHUNK == 0:
                yield mark + buffer.getvalue().encode()
                mark = b""
                buffer.seek(0)
                buffer.truncate()
        yield mark + buffer.getvalue().encode()


def _csv_cell(value: Any) -> str | int | float | Decimal:
    # First what there is most of: days, and phone numbers, which begin like a formula.
    if type(value) is dt.date:
        return value.isoformat()
    if type(value) is str:
        return value if _PHONE.match(value) else safe_cell(value)
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return value
    return safe_cell(cell_text(value))


class XlsxTable:
    """Writes an XLSX file row by row without holding the sheet in memory."""

    content_type = _XLSX_TYPE

    def __init__(self, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self.headers = headers
        self.rows = rows

    def write(self, target: IO[bytes]) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "remove_timezone": True,
        }
        with xlsxwriter.Workbook(target, options) as book:
            sheet = book.add_worksheet()
            bold = book.add_format({"bold": True})
            date, moment = (
                book.add_format({"num_format": pattern}) for pattern in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss")
            )
            sheet.freeze_panes(1, 0)
            for column, header in enumerate(self.headers):
                sheet.write_string(0, column, _xlsx_text(header), bold)
                sheet.set_column(column, column, min(40, max(12, len(header) + 2)))
            for number, row in enumerate(self.rows, start=1):
                for column, value in enumerate(row):
                    if value is None or value == "":
                        continue
                    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
                        sheet.write_number(number, column, value)
                    elif isinstance(value, dt.datetime) and value.year >= 1900:
                        sheet.write_datetime(number, column, value, moment)
                    elif isinstance(value, dt.date) and value.year >= 1900:
                        sheet.write_datetime(number, column, value, date)
                    else:
                        sheet.write_string(number, column, _xlsx_text(cell_text(value)))


def _xlsx_text(text: str) -> str:
    return _CONTROL.sub("", text)[:EXCEL_CELL_LIMIT]


def table_response(fmt: str, filename: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """Answer with a table to download. `fmt` is "csv" (streamed) or "xlsx"; `filename` has no extension.

    Raises ValueError for another format: check the format of a request before calling.
    """
    if fmt == "csv":
        return csv_response(filename, headers, rows)
    if fmt != "xlsx":
        raise ValueError(f"no table format {fmt!r}")
    return file_response(filename, "xlsx", _XLSX_TYPE, XlsxTable(headers, rows).write)


def file_response(
    filename: str, extension: str, content_type: str, write: Callable[[IO[bytes]], object]
) -> FileResponse:
    """What `write` writes, as a download; complete before its first byte leaves. `filename` has no extension."""
    target = tempfile.TemporaryFile()  # noqa: SIM115  FileResponse closes it
    write(target)
    target.seek(0)
    return file_headers(FileResponse(target, content_type=content_type), filename, extension)


def csv_response(
    filename: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], *, delimiter: str = ","
) -> StreamingHttpResponse:
    """Answer with CSV, row by row as they come."""
    table = CsvTable(headers, _in_language(get_language(), rows), delimiter=delimiter)
    return file_headers(StreamingHttpResponse(table, content_type=CsvTable.content_type), filename, "csv")


def _in_language(language: str | None, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows as they are in the language of the request: its own has ended when a stream is read."""
    source = iter(rows)
    while True:
        with override(language):
            chunk = list(islice(source, _ROWS_PER_CHUNK))
        if not chunk:
            return
        yield from chunk


def file_headers(response: ResponseT, filename: str, extension: str) -> ResponseT:
    """Let `response` be a download of this name that nobody keeps or takes for something else."""
    name = f"{get_valid_filename(filename) if filename.strip('. ') else 'table'}.{extension}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
