"""Tables that leave the house never carry a formula, and carry data unchanged."""

import csv
import datetime as dt
import io
import zipfile
from decimal import Decimal

import pytest
import xlsxwriter
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from guards.cells import cell_text, safe_cell, without_control
from guards.sheets import XlsxTable
from guards.tables import CsvTable, table_response

ROWS = [
    [
        '=HYPERLINK("http://evil.example","x")',
        "+358401234567",
        5,
        Decimal("-2.50"),
        dt.date(1986, 12, 18),
        None,
    ],
    [
        "<script>alert(1)</script>",
        "+1+cmd|' /C calc'!A0",
        -3,
        1.25,
        dt.datetime(2026, 11, 24, 11, 7, tzinfo=dt.UTC),
        ["a", "b"],
    ],
]
HEADERS = ["=name", "phone", "whole", "decimal", "date", "list"]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1+cmd",
        "-1+1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "＝1+1",
        "+358 40-1+1",
        "--1",
        "-2-3",
        "+",
    ],
)
def test_it_defuses_what_a_spreadsheet_would_run(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Åsa",
        "-5",
        "+12,50",
        "-0.5",
        "+358401234567",
        "+358 40 123 4567",
        "a=b",
        "x@example.fi",
        "O'Neill",
    ],
)
def test_it_leaves_data_alone(text):
    assert safe_cell(text) == text


def test_csv_is_read_back_by_any_reader():
    raw = b"".join(CsvTable(HEADERS, ROWS))
    assert raw.startswith(b"\xef\xbb\xbf")
    table = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert table[0][0] == "'=name"
    assert table[1] == ["'" + ROWS[0][0], "+358401234567", "5", "-2.50", "1986-12-18", ""]
    assert table[2][5] == "a, b"


def test_csv_streams_in_chunks_with_one_byte_order_mark():
    chunks = list(CsvTable(["n"], ([number] for number in range(1_000))))
    assert len(chunks) > 2
    assert b"".join(chunks).count(b"\xef\xbb\xbf") == 1
    assert len(b"".join(chunks).split()) == 1_001


def test_csv_keeps_rows_of_different_lengths_and_columns_of_different_types():
    rows = [["=a", 1, None], ["b"], [], ["+358401234567", "-5", "+1+cmd", "\x00x", dt.date(2026, 11, 22)]]
    expected = [["'=a", "1", ""], ["b"], [], ["+358401234567", "-5", "'+1+cmd", "x", "2026-11-22"]]
    assert list(csv.reader(io.StringIO(b"".join(CsvTable(["h"], rows)).decode("utf-8-sig"))))[1:] == expected
    mixed = [["plain", "=risky", 1], ["plain", "fine", "x"], ["plain", "fine", None]]
    expected = [["plain", "'=risky", "1"], ["plain", "fine", "x"], ["plain", "fine", ""]]
    assert list(csv.reader(io.StringIO(b"".join(CsvTable(["h"], mixed)).decode("utf-8-sig"))))[1:] == expected


def test_xlsx_keeps_types_and_writes_formulas_as_text():
    response = table_response("xlsx", "Jäsenet – 2026", HEADERS, ROWS)
    raw = b"".join(response)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()
    assert rows[1][:5] == [ROWS[0][0], "+358401234567", 5.0, -2.5, dt.date(1986, 12, 18)]
    assert b"<f>" not in raw
    assert "filename*=utf-8''J%C3%A4senet_2026.xlsx" in response["Content-Disposition"]


def test_xlsx_survives_control_characters_and_endless_cells():
    raw = b"".join(table_response("xlsx", "x", ["a"], [["a\x00\x01b" + "z" * 40_000]]))
    value = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()[1][0]
    assert value.startswith("abzz")
    assert len(value) == 32_767


@pytest.mark.parametrize(
    "text",
    [
        "<r>",
        "<r>x</r>",
        "</t><f>1+1</f>",
        "a & b",
        "]]>",
        "_",
        " x ",
        "a\tb",
        "two\nlines",
        "\u00a0",
        "😀" * 99,
    ],
)
def test_xlsx_keeps_every_text_as_it_is(text):
    raw = b"".join(table_response("xlsx", "x", ["a"], [[text, "next"]]))
    sheet = load_workbook(io.BytesIO(raw)).active
    assert [cell.value for cell in sheet[2]] == [text, "next"]


def test_xlsx_ends_the_lines_of_forms_as_spreadsheets_do():
    raw = b"".join(table_response("xlsx", "x", ["a"], [["two\r\nlines"]]))
    assert b"two\nlines<" in zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml")


def test_xlsx_writes_what_xlsxwriter_would():
    values = [
        *ROWS[0], *ROWS[1], "", True, 0, 1 / 3, 1e20, dt.date(1900, 2, 28), dt.date(1900, 3, 1), dt.date(1899, 12, 31),
        dt.datetime(1900, 1, 1, 5, tzinfo=dt.UTC), dt.datetime(2026, 1, 1, 12, 30, 15, 500, dt.UTC), dt.time(3, 4),
        "a\rb", "x\u2003", "\x00", "<q>", "_x000D_", "é😀" * 10_000, "z" * 32_766 + "😀",
    ]  # fmt: skip
    rows = [values, [], [None], *([value] for value in values)]
    ours, theirs = io.BytesIO(), io.BytesIO()
    XlsxTable(["a", "b"], rows).write(ours)
    with xlsxwriter.Workbook(theirs, {"constant_memory": True, "remove_timezone": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
        sheet.freeze_panes(1, 0)
        for column, header in enumerate(["a", "b"]):
            sheet.write_string(0, column, header, bold)
            sheet.set_column(column, column, 12)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if type(value) in (int, float, Decimal):
                    sheet.write_number(number, column, value)
                elif isinstance(value, dt.date) and value.year >= 1900:
                    style = moment if isinstance(value, dt.datetime) else day
                    sheet.write_datetime(number, column, value, style)
                elif value not in (None, ""):
                    sheet.write_string(number, column, without_control(cell_text(value)))
    name = "xl/worksheets/sheet1.xml"
    assert zipfile.ZipFile(ours).read(name) == zipfile.ZipFile(theirs).read(name)


def test_a_download_is_never_kept_or_guessed():
    response = table_response("csv", "../../etc/passwd", ["a"], [])
    assert response["Content-Disposition"] == 'attachment; filename="....etcpasswd.csv"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    with pytest.raises(ValueError, match="exe"):
        table_response("exe", "x", ["a"], [])
