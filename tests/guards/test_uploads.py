"""The upload door believes bytes, not names, and never unpacks a bomb."""

import errno
import io
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from guards.uploads import SpreadsheetKind, UploadError, check_spreadsheet

DATA = Path(__file__).parents[1] / "data"


def workbook() -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        book.add_worksheet().write(0, 0, "Etunimi")
    return target.getvalue()


def workbook_with_cells(*cells: tuple[int, int]) -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        sheet = book.add_worksheet()
        for row, column in cells:
            sheet.write(row, column, "x")
    return target.getvalue()


def with_entry(name: str, content: bytes) -> bytes:
    target = io.BytesIO(workbook())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("members.xlsx", SpreadsheetKind.XLSX),
        ("crm-export-utf8-bom.csv", SpreadsheetKind.TEXT),
        ("members-latin1-semicolon.csv", SpreadsheetKind.TEXT),
        ("cyrillic-tab-utf16.txt", SpreadsheetKind.TEXT),
    ],
)
def test_it_knows_a_spreadsheet_by_its_bytes(name, kind):
    with (DATA / name).open("rb") as file:
        assert check_spreadsheet(file) is kind
        assert file.tell() == 0


def test_utf16_without_a_mark_is_text():
    assert check_spreadsheet(io.BytesIO("Etunimi\tSukunimi\n".encode("utf-16-le") * 9)) is SpreadsheetKind.TEXT


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "0 bytes"),
        (b"%PDF-1.7 ...", "not a spreadsheet"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "not a spreadsheet"),
        (bytes(range(256)) * 20, "not a spreadsheet"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"<?xml version='1.0'?><rss/>", "is XML"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "a saved web page"),
        (workbook()[:-30], "damaged"),
        (with_entry("xl/media/zeros.xml", b"0" * 60_000_000), "unpacks"),
    ],
)
def test_it_says_why_a_file_is_not_taken(content, words):
    with pytest.raises(UploadError, match=words):
        check_spreadsheet(io.BytesIO(content))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<!DOCTYPE html><table></table>", SpreadsheetKind.HTML),
        ("\ufeff\n<meta charset=utf-8><table>", SpreadsheetKind.HTML),
        ("<br />\n<b>Notice</b>: Undefined index<table border=1>", SpreadsheetKind.HTML),
        ('<?xml version="1.0"?><!DOCTYPE html><html>', SpreadsheetKind.HTML),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', SpreadsheetKind.XML),
        ("<anna@example.fi>, <bo@example.fi>\n", SpreadsheetKind.TEXT),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_it_knows_marked_up_tables_by_their_beginning(text, kind, encoding):
    assert check_spreadsheet(io.BytesIO(text.encode(encoding)), name="members.csv") is kind


def test_a_zip_that_is_no_workbook_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "x")
    with pytest.raises(UploadError, match="not a spreadsheet"):
        check_spreadsheet(target)


def test_a_bomb_that_lies_about_its_size_is_refused():
    raw = bytearray(with_entry("xl/media/zeros.xml", b"0" * 60_000_000))
    size = struct.pack("<I", 60_000_000)
    while (at := raw.find(size)) >= 0:
        raw[at : at + 4] = struct.pack("<I", 100)
    with pytest.raises(UploadError, match="damaged"):
        check_spreadsheet(io.BytesIO(bytes(raw)))


@pytest.mark.parametrize(
    ("content", "megabytes", "says"),
    [
        (b"a;b\n1;2\n", 300, r"300.0.MB; at most 250.0.MB can be uploaded\. Split it"),
        (b"PK\x03\x04", 60, r"60.0.MB; at most 50.0.MB can be uploaded\. Save it as CSV"),
        (b"<html><table>", 60, r"60.0.MB; at most 50.0.MB can be uploaded\. Save it as CSV"),
        (b"PK\x03\x04", 300, r"300.0.MB; at most 50.0.MB can be uploaded\. Split it"),
    ],
)
def test_too_large_a_file_is_refused_with_both_sizes(tmp_path, content, megabytes, says):
    with (tmp_path / "large").open("w+b") as file:
        file.write(content)
        file.truncate(megabytes << 20)  # a hole: nothing is written
        with pytest.raises(UploadError, match=says):
            check_spreadsheet(file)


def test_a_text_with_a_million_people_is_taken(tmp_path):
    with (tmp_path / "people.csv").open("w+b") as file:
        file.write(b"a;b\n" * 1024)
        file.truncate(120 << 20)
        assert check_spreadsheet(file, name="people.csv") == SpreadsheetKind.TEXT


@pytest.mark.parametrize("far", [(1_048_575, 16_383), (40_000, 16_383), (1_048_575, 40)])
def test_one_cell_far_away_does_not_fill_the_memory(far):
    with pytest.raises(UploadError, match="far outside the table"):
        check_spreadsheet(io.BytesIO(workbook_with_cells((0, 0), far)))


@pytest.mark.parametrize("far", [(1_048_575, 9), (3_000, 5_000), (5_000, 100)])
def test_a_long_or_a_wide_sheet_is_opened(far):
    assert check_spreadsheet(io.BytesIO(workbook_with_cells((0, 0), far))) == SpreadsheetKind.XLSX


@pytest.mark.parametrize("name", ["server.log", "notes.md", "letter.DOC"])
def test_a_text_of_another_kind_is_refused_by_its_ending(name):
    with pytest.raises(UploadError, match=r"Upload one that ends in \.xlsx, .*\.csv"):
        check_spreadsheet(io.BytesIO(b"a;b\n1;2\n"), name=name)


@pytest.mark.parametrize("name", ["members.csv", "MEMBERS.TXT", "members", "members 21.11.2026"])
def test_a_table_is_taken_by_its_ending_or_without_one(name):
    assert check_spreadsheet(io.BytesIO(b"a;b\n1;2\n"), name=name) is SpreadsheetKind.TEXT


@pytest.mark.parametrize("kept", ["default", "private"])
def test_a_file_that_finds_no_room_leaves_nothing(settings, tmp_path, kept):
    class TooLarge(ContentFile):
        def chunks(self, chunk_size=None):
            yield b"half"
            raise OSError(errno.ENOSPC, "No space left on device")

    class Overtaken(TooLarge):
        def chunks(self, chunk_size=None):
            if not storage.exists("people.csv"):
                storage.save("people.csv", ContentFile(b"whole"))
            yield b"later"

    storage = type(storages[kept])(location=tmp_path)
    with pytest.raises(OSError, match="No space left"):
        storage.save("people.csv", TooLarge(b"half of it"))
    assert not list(tmp_path.iterdir())
    name = storage.save("people.csv", Overtaken(b"later"))  # somebody else takes the name meanwhile
    with pytest.raises(OSError, match="No space left"):
        storage._save("people.csv", TooLarge(b"half of it"))  # as one whose name was free a moment ago
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"people.csv": b"whole", name: b"later"}
