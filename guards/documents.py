"""The upload door for documents: letters, scans, tables and pictures that are kept as they are and never run.

What a file is, is read from its bytes. Its name is only believed where the bytes leave it open, and never for more than
an ending of the same family. Nothing is unpacked or drawn here, so no bomb goes off.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from guards.uploads import BROKEN_ZIP, UploadError

MAX_NAME = 150
_MAX_ENTRIES = 5_000
_HEAD = 8_192
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"


@dataclass(frozen=True, slots=True)
class DocumentKind:
    ending: str
    content_type: str


PDF = DocumentKind(".pdf", "application/pdf")
_BEGINNINGS = {
    b"%PDF-": PDF,
    b"\x89PNG\r\n\x1a\n": DocumentKind(".png", "image/png"),
    b"\xff\xd8\xff": DocumentKind(".jpg", "image/jpeg"),
    b"GIF87a": DocumentKind(".gif", "image/gif"),
    b"GIF89a": DocumentKind(".gif", "image/gif"),
    b"II*\x00": DocumentKind(".tiff", "image/tiff"),
    b"MM\x00*": DocumentKind(".tiff", "image/tiff"),
    b"{\\rtf": DocumentKind(".rtf", "application/rtf"),
}
_OLD_OFFICE = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
_NEW_OFFICE = {
    "word/document.xml": DocumentKind(".docx", f"{_OFFICE}.wordprocessingml.document"),
    "xl/workbook.xml": DocumentKind(".xlsx", f"{_OFFICE}.spreadsheetml.sheet"),
    "ppt/presentation.xml": DocumentKind(".pptx", f"{_OFFICE}.presentationml.presentation"),
}
_OPEN_DOCUMENTS = {
    f"{_OPEN}.text": DocumentKind(".odt", f"{_OPEN}.text"),
    f"{_OPEN}.spreadsheet": DocumentKind(".ods", f"{_OPEN}.spreadsheet"),
    f"{_OPEN}.presentation": DocumentKind(".odp", f"{_OPEN}.presentation"),
}
_TEXTS = {".txt": "text/plain", ".md": "text/plain", ".csv": "text/csv", ".tsv": "text/tab-separated-values"}
_SAME = {".jpeg": ".jpg", ".tif": ".tiff"}


def check_document(file: IO[bytes], *, name: str, max_bytes: int) -> DocumentKind:
    """Say what the seekable `file` is, or raise UploadError with what to do, in words for the person."""
    size = file.seek(0, 2)
    file.seek(0)
    if size == 0:
        raise UploadError(_("This file is empty (0 bytes)."))
    if size > max_bytes:
        raise UploadError(
            _("This file is %(size)s; at most %(limit)s can be kept.")
            % {"size": filesizeformat(size), "limit": filesizeformat(max_bytes)}
        )
    head = file.read(_HEAD)
    file.seek(0)
    ending = PurePath(name).suffix.lower()
    for beginning, kind in _BEGINNINGS.items():
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return DocumentKind(".webp", "image/webp")
    if head.startswith(_OLE) and ending in _OLD_OFFICE:
        return DocumentKind(ending, _OLD_OFFICE[ending])
    if head.startswith(b"PK"):
        return _check_zip(file)
    if ending in _TEXTS and _is_plain_text(head):
        return DocumentKind(ending, _TEXTS[ending])
    raise _unknown()


def fitting_name(name: str, kind: DocumentKind) -> str:
    """The last part of `name`, shortened, with an ending that is true."""
    last = PurePath(name.replace("\\", "/")).name.strip(". ") or _("document")
    ending = PurePath(last).suffix.lower()
    stem = last[: -len(ending)] if _SAME.get(ending, ending) == kind.ending else last
    return f"{stem[: MAX_NAME - len(kind.ending)].rstrip('. ') or _('document')}{kind.ending}"


def _is_plain_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True  # UTF-16 with its mark
    controls = any(byte < 9 or 13 < byte < 32 for byte in head)
    return not controls and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _check_zip(file: IO[bytes]) -> DocumentKind:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            if len(names) > _MAX_ENTRIES:
                raise _unknown()
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise UploadError(_("This file holds macros, which are programs. Save it without them, or as PDF."))
            if "[Content_Types].xml" in names:
                for part, kind in _NEW_OFFICE.items():
                    if part in names:
                        return kind
            if "mimetype" in names and archive.getinfo("mimetype").file_size < _HEAD:
                kind_said = archive.read("mimetype").decode("ascii", "replace").strip()
                if kind_said in _OPEN_DOCUMENTS:
                    return _OPEN_DOCUMENTS[kind_said]
    except BROKEN_ZIP as error:
        raise UploadError(_("This file is damaged. Save it again and upload it once more.")) from error
    finally:
        file.seek(0)
    raise _unknown()


def _unknown() -> UploadError:
    return UploadError(
        _(
            "This kind of file cannot be kept. Upload a PDF, a picture, a Word, Excel, PowerPoint or OpenDocument "
            "file, or plain text."
        )
    )
