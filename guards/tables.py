"""Tables that leave the house: CSV and XLSX in which no cell can ever act as a formula.

What a CSV cell may hold stands in `guards.cells`. XLSX cells carry their type, so text is written as text and needs no
apostrophe.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, Any, Literal, TypeVar

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.utils.translation import get_language, override

from guards.cells import csv_cell, csv_column, safe_cell
from guards.chunks import in_chunks
from guards.sheets import XlsxTable

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)
Format = Literal["csv", "xlsx"]
FORMATS: tuple[Format, ...] = ("csv", "xlsx")
_ROWS_PER_CHUNK = 200


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
        yield b"\xef\xbb\xbf" + buffer.getvalue().encode()
        for rows in in_chunks(self.rows, _ROWS_PER_CHUNK):
            buffer.seek(0)
            buffer.truncate()
            writer.writerows(_safe_rows(rows))
            yield buffer.getvalue().encode()


def _safe_rows(rows: list[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    if len(set(map(len, rows))) > 1:  # rows of no table, such as those that an import has left out
        return [list(map(csv_cell, row)) for row in rows]
    return zip(*map(csv_column, zip(*rows, strict=True)), strict=True)


def table_response(fmt: str, filename: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """Answer with a table to download. `fmt` is "csv" (streamed) or "xlsx"; `filename` has no extension.

    Raises ValueError for another format: check the format of a request before calling.
    """
    if fmt == "csv":
        return csv_response(filename, headers, rows)
    if fmt != "xlsx":
        raise ValueError(f"no table format {fmt!r}")
    return file_response(filename, "xlsx", XlsxTable.content_type, XlsxTable(headers, rows).write)


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
    filename = filename.replace(" – ", " ")
    name = f"{get_valid_filename(filename) if filename.strip('. ') else 'table'}.{extension}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
