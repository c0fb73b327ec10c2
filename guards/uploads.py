"""The upload door: what a file is, is read from its bytes; how big it gets, is known before it is opened."""

from __future__ import annotations

import re
import zipfile
import zlib
from enum import StrEnum
from pathlib import PurePath
from typing import IO

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

MEBIBYTE = 1024 * 1024
MAX_TEXT_BYTES = 250 * MEBIBYTE  # two million people; read line by line, so it takes no more memory than one
MAX_BOOK_BYTES = 50 * MEBIBYTE  # packed, and read as a whole
MAX_UNZIPPED_BYTES = 600 * MEBIBYTE
MAX_ZIP_RATIO = 200
MAX_ZIP_ENTRIES = 5_000
MAX_CELLS = 30_000_000  # from A1 to the farthest cell; the parser makes room for all of them, empty ones too
SPREADSHEET_ENDINGS = (
    ".xlsx", ".xlsm", ".ods", ".xls", ".xml", ".html", ".htm", ".csv", ".tsv", ".tab", ".txt", ".vcf", ".vcard",
)  # fmt: skip
_RATIO_MATTERS_FROM = 8 * MEBIBYTE
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_NOT_TEXT = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"MZ", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b",
    b"BZh", b"{\\rtf", b"SQLite format 3",
)  # fmt: skip
# Where a row or a cell says it stands: one number for each row, and of the cells only those far to the right or
# far down, for there are millions of the others.
_POSITION = re.compile(rb"""\sr\s*=\s*["'](?:([A-Za-z]{2,})(\d+)|[A-Za-z]?(\d{6,})|(\d+))["']""")
_POSITION_BYTES = 64
_OF_WORKBOOK = re.compile(rb"<(?:\w+:)?workbook\s[^>]*urn:schemas-microsoft-com:office:spreadsheet")
# What pages begin with, and those that are no whole ones: a table, or what a program says before it.
_WEB_PAGE = re.compile(
    rb"<(?:!doctype\s+html|!--|(?:html|head|body|meta|title|style|script|link|base|table|thead|tbody|tr|div|center|font|"
    rb"span|p|br|b|h[1-6]|form)[\s/>])"
)


class SpreadsheetKind(StrEnum):
    XLSX = "xlsx"
    ODS = "ods"
    XLS = "xls"
    HTML = "html"  # a web page with a table, under whatever name
    XML = "xml"  # a workbook as Excel 2003 writes it in XML
    TEXT = "csv"
    CARDS = "vcf"  # an address book: vCards


# What zipfile raises at one time or another where an archive is broken, encrypted or forged.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError)


class UploadError(Exception):
    """The file is not taken. The message says why and what to do, in words for the person who uploaded it."""


def check_spreadsheet(file: IO[bytes], *, name: str = "") -> SpreadsheetKind:
    """Say what kind of spreadsheet the seekable `file` is, or raise UploadError.

    Neither name nor Content-Type is believed; but a text whose name ends like something else than a table is
    refused, because any text could be read as one. Zip containers are unpacked once without being kept, so that
    neither a declared nor a real size beyond the limit (a "zip bomb") reaches the parser.
    """
    size = _size(file)
    if size == 0:
        raise UploadError(_("This file is empty (0 bytes). Save it again from your program and upload it once more."))
    head = file.read(4096)
    file.seek(0)
    marked_up = _markup_kind(head)
    is_book = head.startswith((_OLE, b"PK")) or bool(marked_up)
    most = MAX_BOOK_BYTES if is_book else MAX_TEXT_BYTES
    if size > most:
        what_to_do = _("Save it as CSV.") if is_book and size <= MAX_TEXT_BYTES else _("Split it into smaller files.")
        says = _("This file is %(size)s; at most %(limit)s can be uploaded.")
        raise UploadError(f"{says % {'size': filesizeformat(size), 'limit': filesizeformat(most)}} {what_to_do}")
    if head.startswith(_OLE):
        return SpreadsheetKind.XLS
    if head.startswith(b"PK"):
        return _check_zip(file, compressed=size)
    if head.startswith(_NOT_TEXT) or _looks_binary(head):
        raise _not_a_spreadsheet()
    if marked_up:
        return marked_up
    if _marked_up(head).startswith(b"<?xml"):
        raise UploadError(
            _("This file is XML, not a spreadsheet. Open it in your spreadsheet program and save it as Excel or CSV.")
        )
    if _marked_up(head).startswith((b"mime-version:", b"from: <saved by")):
        raise UploadError(
            _("This is a saved web page. Open it in your spreadsheet program and save it as Excel or CSV.")
        )
    ending = PurePath(name).suffix.lower()
    if _begins_with_card(head) or ending in (".vcf", ".vcard"):
        return SpreadsheetKind.CARDS
    if ending[1:2].isalpha() and ending not in SPREADSHEET_ENDINGS:  # “members 21.11.2026” has none
        raise UploadError(
            _("Files that end in “%(ending)s” are not tables. Upload one that ends in %(known)s.")
            % {"ending": ending[:20], "known": ", ".join(SPREADSHEET_ENDINGS)}
        )
    return SpreadsheetKind.TEXT


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size


def _looks_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False  # UTF-16 with a byte order mark
    head = head.rstrip(b"\0")  # what a failing disk leaves behind the last line
    # UTF-16 without a mark: nearly every second byte is zero, always on the same side.
    on_one_side = max(head[::2].count(0), head[1::2].count(0))
    if len(head) // 3 < on_one_side and head.count(0) <= len(head) * 0.6:
        return False
    return sum(byte < 9 or 13 < byte < 32 for byte in head) > len(head) // 20


def _marked_up(head: bytes) -> bytes:
    """The beginning of a file as it can be compared: in small letters, and of UTF-16 every second byte."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").replace(b"\0", b"").lower()


def _markup_kind(head: bytes) -> SpreadsheetKind | None:
    text = _marked_up(head)
    if _OF_WORKBOOK.search(text) and text.startswith((b"<?xml", b"<workbook")):
        return SpreadsheetKind.XML
    if _WEB_PAGE.match(text) or (text.startswith(b"<?xml") and b"<html" in text):
        return SpreadsheetKind.HTML
    return None


def _begins_with_card(head: bytes) -> bool:
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:64].replace(b"\0", b"")  # UTF-16, too
    return text.upper().replace(b" ", b"").startswith(b"BEGIN:VCARD")


def _not_a_spreadsheet() -> UploadError:
    return UploadError(
        _("This file is not a spreadsheet. Upload an Excel (.xlsx), OpenDocument (.ods), CSV or vCard (.vcf) file.")
    )


def _check_zip(file: IO[bytes], *, compressed: int) -> SpreadsheetKind:
    too_big = UploadError(
        _(
            "This file unpacks to far more than a list of people needs, so it was not opened."
            " Save the list as CSV and upload that."
        )
    )
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            kind = _zip_kind(archive, names)
            declared = sum(entry.file_size for entry in entries)
            if len(entries) > MAX_ZIP_ENTRIES or declared > MAX_UNZIPPED_BYTES:
                raise too_big
            if declared > _RATIO_MATTERS_FROM and declared > compressed * MAX_ZIP_RATIO:
                raise too_big
            # Overlapping entries ("better zip bomb") declare the same compressed bytes many times.
            if sum(entry.compress_size for entry in entries) > compressed:
                raise too_big
            # Declared sizes can lie: zipfile stops at the declared size and then finds the checksum wrong.
            for entry in entries:
                _check_extent(archive, entry)
    except BROKEN_ZIP as error:
        raise _damaged() from error
    finally:
        file.seek(0)
    return kind


def _check_extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Read an entry to its end, and refuse a sheet with a cell so far away that a few bytes would fill the memory."""
    rows, columns = 1, 26
    rest = b""
    with archive.open(entry) as file:
        while part := file.read(MEBIBYTE):
            for letters, *digits in _POSITION.findall(rest + part):
                rows = max(rows, int(b"".join(digits)[:12]))
                columns = max(columns, _column_number(letters))
            rest = part[-_POSITION_BYTES:]
    if rows * columns > MAX_CELLS:
        raise UploadError(
            _(
                "Something stands far outside the table: the sheet reaches down to row %(row)s and %(columns)s columns "
                "to the right. Delete what lies outside, or save the list as CSV."
            )
            % {"row": rows, "columns": columns}
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _zip_kind(archive: zipfile.ZipFile, names: set[str]) -> SpreadsheetKind:
    if {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        return SpreadsheetKind.XLSX
    is_ods = {"mimetype", "content.xml"} <= names and archive.getinfo("mimetype").file_size < 200
    if is_ods and archive.read("mimetype").startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return SpreadsheetKind.ODS
    raise _not_a_spreadsheet()


def _damaged() -> UploadError:
    return UploadError(_("This file is damaged or protected and cannot be opened. Save it again without a password."))
