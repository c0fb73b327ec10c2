"""What stands in cells that are merged over several rows counts for all of them."""

import io

import pytest
import xlsxwriter

from registers.models import Contact
from tests.registers.importing import check, confirm, open_document, outcome, upload

HEAD = ["Last name", "First name", "E-mail", "Street", "Town"]
# The last row holds nothing of its own: what reaches down to it stands behind the list.
ROWS = [
    ["Virtanen", "Aino", "aino@example.fi", "Koivukatu 1", "Oulu"],
    ["", "Ville", "", "", ""],
    ["", "Liisa", "liisa@example.fi", "", "Kemi"],
    ["Laine", "Kalle", "kalle@example.fi", "", ""],
    ["", "", "", "", ""],
]
MERGED = {(0, 0): 3, (0, 3): 3, (3, 0): 2}  # by row and column: how many rows


def excel():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 1, 0, 5, "The club")
        for at, row in enumerate([HEAD, *ROWS], start=1):
            sheet.write_row(at, 1, row)
        for (row, column), count in MERGED.items():
            sheet.merge_range(row + 2, column + 1, row + count + 1, column + 1, ROWS[row][column])
    return file, "family.xlsx"


def marked_up(rows, cell, covered):
    for row, values in enumerate([HEAD, *ROWS], start=-1):
        cells = []
        for at, value in enumerate(values):
            if any(row in range(top + 1, top + count) and at == column for (top, column), count in MERGED.items()):
                cells.append(covered(at))
            else:
                cells.append(cell(at, value, MERGED.get((row, at), 1)))
        yield rows % "".join(cells)


def libre():
    rows = marked_up(
        "<table:table-row>%s</table:table-row>",
        lambda _at, value, count: (
            f'<table:table-cell table:number-rows-spanned="{count}" office:value-type="string">'
            f"<text:p>{value}</text:p></table:table-cell>"
        ),
        lambda _at: "<table:covered-table-cell/>",
    )
    names = " ".join(
        f'xmlns:{each}="urn:oasis:names:tc:opendocument:xmlns:{each}:1.0"' for each in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet>'
        '<table:table table:name="Notes"><table:table-row><table:table-cell table:number-rows-spanned="2"/>'
        '</table:table-row></table:table><table:table table:name="Us &amp; them"><table:table-rows>'
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        f"{''.join(rows)}</table:table-rows></table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return open_document(content), "family.ods"


def web_page():
    rows = marked_up("<tr>%s</tr>", lambda _at, value, count: f"<td rowspan={count}>{value}</td>", lambda _at: "")
    return io.BytesIO(f"<html><table>{''.join(rows)}</table></html>".encode()), "family.xls"


def old_xml():
    rows = marked_up(
        "<Row>%s</Row>",
        lambda at, value, count: (
            f'<Cell ss:Index="{at + 1}" ss:MergeDown="{count - 1}"><Data ss:Type="String">{value}</Data></Cell>'
        ),
        lambda _at: "",
    )
    names = (
        'xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"'
    )
    table = f'<Worksheet ss:Name="L"><Table>{"".join(rows)}</Table></Worksheet>'
    return io.BytesIO(f'<?xml version="1.0"?><Workbook {names}>{table}</Workbook>'.encode()), "family.xml"


@pytest.mark.django_db
@pytest.mark.parametrize("made", [excel, libre, web_page, old_xml])
def test_a_merged_cell_counts_for_each_of_its_rows(register, made):
    file, name = made()
    file.seek(0)
    batch = check(upload(register, file, name=name))
    dry = outcome(batch)
    remarks = [why for _number, _status, why in dry if why]
    assert [" ".join(why).partition(": from a merged cell")[0] for why in remarks] == ["Last name, Street"] * 2
    assert dry[0][0] == (4 if made is libre else 3 if made is excel else 2), "empty rows on top count"
    assert outcome(confirm(batch)) == dry
    people = Contact.objects.order_by("pk").values_list("last_name", "first_name", "street", "city")
    assert list(people) == [
        ("Virtanen", "Aino", "Koivukatu 1", "Oulu"),
        ("Virtanen", "Ville", "Koivukatu 1", ""),
        ("Virtanen", "Liisa", "Koivukatu 1", "Kemi"),
        ("Laine", "Kalle", "", ""),
    ]
