"""What only the format of a cell tells: 0.5 that is shown as 50 %, and a day that has a time."""

import datetime as dt
import io
import struct

import pytest
import xlsxwriter
from django.urls import reverse
from pytest_django.asserts import assertContains

from registers.imports.percents import as_percent, percent_columns
from registers.imports.uploading import choose_sheet
from registers.models import Contact
from tests.registers.importing import check, confirm, open_document, outcome, upload

pytestmark = pytest.mark.django_db
HEAD = ["Email", "Share", "Part", "Sum", "Mixed"]
LAST, NONE = 0xFFFFFFFE, 0xFFFFFFFF
ROWS = [["a@example.fi", 0.5, 0.125, 0.5, 0.5], ["b@example.fi", 1, 0.07, 0.75, 0.5]]


def excel():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        book.add_worksheet("Cover").write(0, 0, "0.5")
        sheet = book.add_worksheet("People & co")
        percent, finer = book.add_format({"num_format": "0%"}), book.add_format({"num_format": '0.0 % "of all"'})
        quoted = book.add_format({"num_format": '0.00 "%"'})
        sheet.write_row(2, 1, HEAD)
        for at, row in enumerate(ROWS, start=3):
            sheet.write(at, 1, row[0])
            sheet.write(at, 2, row[1], percent)
            sheet.write(at, 3, row[2], finer)
            sheet.write(at, 4, row[3], quoted)
            sheet.write(at, 5, row[4], percent if at == 3 else None)
    return file


def libre():
    def cell(value, at):
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        kind = "percentage" if at in (1, 2) or (at == 4 and row is ROWS[0]) else "float"
        return f'<table:table-cell office:value-type="{kind}" office:value="{value}"/>'

    lines = ""
    for row in [HEAD, *ROWS]:
        lines += f"<table:table-row>{''.join(cell(value, at) for at, value in enumerate(row))}"
        lines += '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<office:document-content {spaces} office:version="1.3"><office:body><office:spreadsheet>'
        f'<table:table table:name="People">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return open_document(content)


def old_excel():
    """In the records of Excel 97, in a file of one stream."""

    def record(kind, data=b""):
        return struct.pack("<HH", kind, len(data)) + data

    def text(value):
        return value.encode("latin-1")

    formats = {164: '0.0 % "of all"', 165: '0.00 "%"'}
    book = record(0x0809, struct.pack("<HH12x", 0x0600, 5)) + record(0x42, struct.pack("<H", 1200))
    for number, code in formats.items():
        book += record(0x041E, struct.pack("<HHB", number, len(code), 0) + text(code))
    for number in (0, 9, 164, 165):
        book += record(0xE0, struct.pack("<HH16x", 0, number))
    sheets = []
    for name, rows in (("Cover", [["0.5"]]), ("People", [HEAD, *ROWS])):
        cells = record(0x0809, struct.pack("<HH12x", 0x0600, 0x10))
        for row, values in enumerate(rows):
            for at, value in enumerate(values):
                style = [0, 1, 2, 3, 1 if row == 1 else 0][at] if row else 0
                place = struct.pack("<HHH", row, at, style)
                if isinstance(value, str):
                    cells += record(0x0204, place + struct.pack("<HB", len(value), 0) + text(value))
                elif at == 1 and value == 1:
                    cells += record(0x027E, place + struct.pack("<I", 1 << 2 | 2))
                else:
                    cells += record(0x0203, place + struct.pack("<d", value))
        sheets.append((name, cells + record(0x0A)))
    start = len(book) + sum(4 + 8 + len(name) for name, _cells in sheets) + 4
    for name, cells in sheets:
        book += record(0x85, struct.pack("<IHBB", start, 0, len(name), 0) + text(name))
        start += len(cells)
    book = (book + record(0x0A) + b"".join(cells for _name, cells in sheets)).ljust(4096, b"\0")
    count = len(book) // 512

    def entry(name, kind, child, first, size):
        return struct.pack(
            "<64sHBBIII36xIQ", name.encode("utf-16-le"), 2 * len(name) + 2, kind, 1, NONE, NONE, child, first, size
        )

    head = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII", bytes.fromhex("d0cf11e0a1b11ae1"), 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, LAST, 0,
        LAST, 0, 0,
    ) + struct.pack("<I", NONE) * 108  # fmt: skip
    table = struct.pack("<II", 0xFFFFFFFD, LAST) + struct.pack(f"<{count}I", *range(3, count + 2), LAST)
    entries = entry("Root Entry", 5, 1, LAST, 0) + entry("Workbook", 2, NONE, 2, len(book))
    return io.BytesIO(head + table.ljust(512, b"\xff") + entries.ljust(512, b"\0") + book)


@pytest.mark.parametrize(
    ("made", "name", "sheet"),
    [(old_excel, "p.xls", "People"), (excel, "p.xlsx", "People & co"), (libre, "p.ods", "People")],
)
def test_percentages_are_read_as_they_are_shown(register, made, name, sheet):
    file = made()
    file.seek(0)
    batch = choose_sheet(batch=upload(register, file, name=name), sheet=sheet)
    assert [entry["type"] for entry in batch.mapping] == ["email", "number", "number", "number", "number"]
    assert batch.mapping[1]["samples"] == ["50 %", "100 %"]
    batch = check(batch, types=["email", "number", "text", "number", "number"])
    dry = outcome(batch)
    assert outcome(confirm(batch)) == dry
    found = [contact.attributes for contact in Contact.objects.order_by("pk")]
    assert found == [
        {"share": 50, "part": "12.5 %", "sum": 0.5, "mixed": 0.5},
        {"share": 100, "part": "7 %", "sum": 0.75, "mixed": 0.5},
    ]


def test_what_an_old_workbook_does_not_tell_is_left_as_it_is(tmp_path):
    whole = old_excel().getvalue()
    for at in range(0, len(whole), 7):
        for broken in (whole[:at], whole[:at] + b"\x00\xff\x01\x02" + whole[at + 4 :]):
            (tmp_path / "a").write_bytes(broken)
            assert percent_columns(tmp_path / "a", "xls", "People") <= set(range(600))
    (tmp_path / "a").write_bytes(whole)
    assert percent_columns(tmp_path / "a", "xls", "People") == {1, 2}


@pytest.mark.parametrize("number", [1e25, float("inf")])
def test_a_percentage_too_large_to_be_kept_stays_what_it_is(number):
    assert as_percent(number) == number


def test_the_time_of_day_is_kept_where_there_is_one(register):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet, timed = book.add_worksheet(), book.add_format({"num_format": "d.m.yyyy h:mm"})
        sheet.write_row(0, 0, ["Email", "Day", "When", "Written", "Zoned"])
        for at in range(1, 7):
            sheet.write(at, 0, f"p{at}@example.fi")
            sheet.write_datetime(at, 1, dt.date(2026, 5, at), timed)
            sheet.write_number(at, 2, 46142 + at + (10 * 60 + 30 + at) / 1440, timed)
            sheet.write(at, 3, f"{at}.5.2026 klo 10.3{at}")
            sheet.write_number(at, 4, 46142 + at + 3 / 24, timed)
    file.seek(0)
    batch = upload(register, file, name="times.xlsx")
    assert [entry["type"] for entry in batch.mapping] == ["email", "date", "text", "text", "date"]
    assert batch.notes == [
        "There are times of day in: When, Written. A column of texts keeps them, a date is the day alone."
    ]
    confirm(check(batch))
    assert Contact.objects.order_by("pk")[0].attributes == {
        "day": "2026-05-01",
        "when": "2026-05-01 10:31:00",
        "written": "1.5.2026 klo 10.31",
        "zoned": "2026-05-01",
    }


def test_postcodes_that_became_numbers_get_their_zeros_back(register):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        lines = [(100, ""), (2650, "Finland"), (1067, "Germany"), (150, "Norja"), (2108, "US"), (8001, "Switzerland")]
        for at, row in enumerate([("E-mail", "Postcode", "Country"), *lines]):
            sheet.write_row(at, 0, row if at == 0 else (f"p{at}@example.com", *row))
    file.seek(0)
    confirm(check(upload(register, file, name="p.xlsx")))
    found = Contact.objects.order_by("pk").values_list("postcode", flat=True)
    assert list(found) == ["00100", "02650", "01067", "0150", "02108", "8001"]


def test_postcodes_that_a_spreadsheet_wrote_to_a_csv_without_their_zeros_get_them_back(editor, register):
    text = "E-mail,Postcode,Country\na@x.fi,180,\nb@x.fi,33100,\nc@x.fi,2108,US\nd@x.fi,2100,Denmark\ne@x.fi,12,\n"
    batch = upload(register, io.BytesIO(text.encode()))
    page = editor.get(reverse("registers:import_step", args=[batch.pk]))
    assertContains(page, "Postcodes such as “180” have lost their zeros in a spreadsheet: it is read as “00180”.")
    confirm(check(batch))
    found = Contact.objects.order_by("pk").values_list("postcode", flat=True)
    assert list(found) == ["00180", "33100", "02108", "2100", "12"]


@pytest.mark.parametrize("kept", ["00100", "SW1A 1AA\nb@x.fi,EC1A 1BB\nc@x.fi,K1A 0B1"])
def test_shorter_postcodes_beside_such_as_have_their_zeros_or_letters_stay(register, kept):
    batch = upload(register, io.BytesIO(f"E-mail,Postcode\na@x.fi,{kept}\nz@x.fi,2100\n".encode()))
    confirm(check(batch))
    assert Contact.objects.get(email="z@x.fi").postcode == "2100"
