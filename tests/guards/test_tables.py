"""Tables that leave the house never carry a formula, and carry data unchanged."""

import csv
import datetime as dt
import io
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from guards.tables import CsvTable, safe_cell, table_response

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


def test_xlsx_keeps_types_and_writes_formulas_as_text():
    response = table_response("xlsx", "Jäsenet 2026", HEADERS, ROWS)
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


def test_a_download_is_never_kept_or_guessed():
    response = table_response("csv", "../../etc/passwd", ["a"], [])
    assert response["Content-Disposition"] == 'attachment; filename="....etcpasswd.csv"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    with pytest.raises(ValueError, match="exe"):
        table_response("exe", "x", ["a"], [])
