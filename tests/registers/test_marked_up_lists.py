"""Lists as programs write them that “export to Excel” without a workbook: web pages, and the XML of Excel 2003."""

import datetime as dt
import time
from io import BytesIO

import pytest
from django.urls import reverse

from guards.uploads import SpreadsheetKind, UploadError
from registers.imports import web_tables
from registers.imports.reading import open_table, read_rows
from registers.models import Contact
from tests.registers.importing import check, confirm, outcome, upload

HTML, XML = SpreadsheetKind.HTML, SpreadsheetKind.XML
PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>
<meta http-equiv=Content-Type content="text/html; charset=windows-1252"><title>Members</title>
<style>td {mso-number-format:General}</style><!--[if gte mso 9]><xml><x:Name>Blad1</x:Name></xml><![endif]--></head>
<body><table id=menu><tr><td>Home<td>Log out</tr></table>
<table border=1><thead><tr><th colspan=2>Förening</th><th rowspan=2>E-post</th><th rowspan=2>Postnr</th><th>Född</th>
</tr><tr><th>Förnamn</th><th>Efternamn</th><th>den</th></tr></thead>
<tr><td>Åsa<td><b>Öberg</b>
<td><a href="mailto:x@y.se">asa@example.se</a><td style='mso-number-format:"\\@"'>00100<td>1980-02-01
<tr><td rowspan=2> Bo
 Erik</td><td>Ek&nbsp;&amp;&#8203; Ås</td><td>bo@example.se</td><td>="00200"</td><td>
<span style="display:none">19</span></td></tr>
<tr><td>Alm</td><td>alm@example.se</td><td x:num="20100">2,01E+4</td><td><table><tr><td>1.2.<br>1990</table></td></tr>
</table></body></html>"""


def rows_of(path, kind, text, encoding="utf-8", **chosen):
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    table = open_table(path, kind, **chosen)
    return table, [row.cells for row in read_rows(path, kind, table)]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-16", "utf-8-sig"])
def test_the_largest_table_of_a_page_is_read_as_it_is_shown(tmp_path, encoding):
    table, rows = rows_of(tmp_path / "a", HTML, PAGE, encoding)
    assert table.sheets == ["2 (5 × 5)", "1 (1 × 2)", "3 (1 × 1)"]
    assert table.headers == ["Förnamn", "Efternamn", "E-post", "Postnr", "den"]
    assert rows == [
        ["Åsa", "Öberg", "asa@example.se", "00100", "1980-02-01"],
        ["Bo Erik", "Ek &\u200b Ås", "bo@example.se", "00200"],
        ["Bo Erik", "Alm", "alm@example.se", "20100"],
    ]
    with pytest.raises(UploadError, match="no rows below"):
        rows_of(tmp_path / "a", HTML, PAGE, encoding, sheet="3 (1 × 1)")


BOOK = """<?xml version="1.0" encoding="ISO-8859-1"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="p"><NumberFormat ss:Format="Percent"/></Style><Style ss:ID="c" ss:Parent="p"/></Styles>
<Worksheet ss:Name="Empty"><Table/></Worksheet><Worksheet ss:Name="Jäsenet"><Table>
<Row ss:Index="3"><Cell><Data ss:Type="String">Email</Data></Cell><Cell ss:MergeAcross="1">
<Data ss:Type="String">Nimi</Data>
</Cell><Cell><Data ss:Type="String">Share</Data></Cell><Cell><Data ss:Type="String">Born</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">a@example.fi</Data><Comment><ss:Data>Who?</ss:Data></Comment></Cell>
<Cell><ss:Data ss:Type="String"><B>Anna</B> Ek</ss:Data></Cell>
<Cell ss:Index="4" ss:StyleID="c"><Data ss:Type="Number">0.125</Data></Cell>
<Cell><Data ss:Type="DateTime">1980-02-01T00:00:00.000</Data></Cell><Cell ss:StyleID="c"/></Row>
<Row><Cell><Data ss:Type="Error">#REF!</Data></Cell><Cell><Data ss:Type="Error">#N/A</Data></Cell></Row>
<Row ss:Index="6"><Cell><Data ss:Type="String">b@example.fi</Data></Cell>
<Cell><Data ss:Type="String">00123</Data></Cell>
<Cell ss:Index="4" ss:StyleID="p"><Data ss:Type="Number">1</Data></Cell></Row></Table></Worksheet></Workbook>"""


@pytest.mark.django_db
def test_the_xml_of_excel_2003_goes_in_by_its_types(register):
    batch = check(upload(register, BytesIO(BOOK.encode("latin-1")), name="members.xls"))
    assert (batch.kind, batch.sheet) == ("xml", "Jäsenet")
    assert [entry["samples"] for entry in batch.mapping][3:] == [["12.5 %", "100 %"], ["1980-02-01"]]
    dry = outcome(batch)
    confirm(batch)
    assert outcome(batch) == dry == [(4, "created", []), (6, "created", [])]
    anna, bo = Contact.objects.order_by("pk")
    assert (anna.first_name, anna.last_name, anna.birth_date) == ("Anna", "Ek", dt.date(1980, 2, 1))
    assert (anna.attributes, bo.attributes, bo.first_name) == ({"share": 12.5}, {"share": 100}, "00123")


@pytest.mark.django_db
def test_a_page_is_imported_and_another_table_or_other_letters_can_be_chosen(register, editor):
    page = PAGE.replace("charset=windows-1252", "")
    batch = upload(register, BytesIO(page.encode("cp1252")), name="members.xls")
    shown = editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()
    assert "2 (5 × 5)" in shown
    assert "Western European (ISO)" in shown
    batch = confirm(check(batch))
    assert Contact.objects.values_list("first_name", "last_name").get(email="asa@example.se") == ("Åsa", "Öberg")


DEEP = "<div>" * 100_000 + "</b>" * 100_000
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'

WIDE = '<Row><Cell ss:Index="1000"><Data ss:Type="String">x</Data></Cell></Row>'
BLANK = f"<Row>{'<Cell/>' * 100}</Row>"


BOMBS = [
    (HTML, "<html>" + DEEP, "too deeply"),
    (HTML, "<table>" * 1_000, "too deeply"),
    (HTML, "<table><tr><td colspan=99999>a<td>b", "Row 1 is too long"),
    (HTML, "<table><tr>" + "<td>a" * 1_001, "Row 1 is too long"),
    (HTML, "<table><tr><td>" + "a" * 3_300_000, "Row 1 is too long"),
    (HTML, "<table><tr><td colspan=999 rowspan=99999>a" + "<tr>" * 200, "unpacks to far more"),
    (HTML, "<table><tr><td>Name<td>Email" + ("<tr>" + "<td>" * 99) * 102, "unpacks to far more"),
    (HTML, f"<table>{'<tr>' * 10_002}", "unpacks to far more"),
    (HTML, "<table><tr><td>a</table>" * 10_001, "unpacks to far more"),
    (HTML, "<p>Log in", "without a table"),
    (HTML, "<br>", "without a table"),
    (XML, BOMB + BOOK.partition("?>")[2].replace("Anna", "&b;"), "damaged"),
    (XML, "<Workbook>" + "<a>" * 100_000, "damaged"),
    (XML, BOOK.replace("</Row>", "").partition("?>")[2], "damaged"),
    (XML, BOOK.replace('ss:Index="6"', 'ss:Index="9999999"').partition("?>")[2], "damaged"),
    (XML, BOOK.replace('ss:Index="4"', 'ss:Index="9999"').partition("?>")[2], "too long"),
    (XML, BOOK.partition("?>")[2].replace("</Table></W", f"{WIDE * 101}</Table></W"), "unpacks to far more"),
    (XML, BOOK.partition("?>")[2].replace("</Table></W", f"{BLANK * 101}</Table></W"), "unpacks to far more"),
    (XML, BOOK.partition("?>")[2].replace("<Worksheet", f"{'<Worksheet/>' * 1_000}<Worksheet", 1), "far more"),
    (XML, BOOK.replace("Anna", "&#0;").partition("?>")[2], "damaged"),
]


@pytest.mark.parametrize("at", range(len(BOMBS)))
def test_bombs_are_refused_in_words_and_soon(tmp_path, monkeypatch, at):
    kind, text, words = BOMBS[at]
    monkeypatch.setattr(web_tables, "MAX_CELLS", 100_000)
    monkeypatch.setattr(web_tables, "MAX_EMPTY", 10_000)
    before = time.monotonic()
    with pytest.raises(UploadError, match=words):
        rows_of(tmp_path / "a", kind, text)
    assert time.monotonic() - before < 10


def test_entities_of_a_page_stay_what_they_are(tmp_path):
    page = f"{BOMB}<table><tr><td>Name<td>b@example.fi<tr><td>&b;&eacute;<td>c@example.fi</table>"
    assert rows_of(tmp_path / "a", HTML, page)[1][-1] == ["&b;é", "c@example.fi"]
