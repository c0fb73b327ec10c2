"""What a register gives away comes back as it was: a table that is imported again changes nothing."""

import io

import pytest

from guards.tables import CsvTable, XlsxTable
from registers.books import create_register
from registers.contacts import save_contact
from registers.exports.rows import pieces_of, rows_of
from registers.models import Contact
from tests.registers.importing import check, outcome, upload

pytestmark = pytest.mark.django_db
# Each is alone in its column, so that nothing beside it tells how it is to be read.
EDGES = {
    "text": [
        "=1+1", "+358401234567", "'x'", "'0123456", "-", "n/a", "00123", "1.2.2020", "yes", 'a "b", c; d', '="00123"',
        "@x",
        "1,250", "ei ole", "1e5", "0x1F", "'", "''t Hof", "Kyllä", "\t", "PÃ¤ivi", "=", "a\u00a0b", "_x000D_", "12 %",
        "'-1",
        "Ring: now", "''=1", "''x", "'''0123456", "'+1-2-3", "'=1", "true", "#N/A",
    ],
    "long_text": ["a\nb", "=1\n+2", "- one\n- two", "a;b,c\t|"],
    "number": ["12.345", "-12.345", "1.5", "1250", "0", "-3", "0.125", "123456789.125", "99999999999999", "1234567.891",
        "0.1"],
    "money": ["12.345 EUR", "-12.345 EUR", "1.250 KWD", "12.50 EUR", "1250 JPY", "0.1234 USD", "-0.50 SEK",
        "1234567.891 EUR",
        "0.00 EUR"],
    "date": ["1986-12-18", "2026-02-03", "2200-12-31", "1850-01-01", "1899-12-31", "1900-02-28"],
    "yes_no": ["yes", "no"],
    "email": ["o'neil@example.fi", "x+y@example.fi"],
    "phone": ["+358401234567", "+16175550123"],
    "phones": ["+358401234567, +16175550123"],
    "url": ["https://example.fi/?a=1,2&b=3;4"],
    "country": ["FI", "US", "AX"],
    "language": ["sv", "se", "zh"],
    "company": ["=Yhtiö, Oy; \"x\""],
    "choice": ["a"],
    "multiple_choice": ["a, no"],
}  # fmt: skip
OPTIONS = ["a", "b, c", "1,5", "no"]
CORE = {
    "first_name": "Dr. Anna", "last_name": "van der Berg-O'Neil", "alternative_name": "Анна",
    "email": "anna@example.fi",
    "phone": "+14165550123", "external_id": "0012", "street": "c/o Ek\n1 Main St", "postcode": "00100", "city": "=Oulu",
    "country": "FI", "language": "se", "birth_date": "1980-02-01", "deceased": True,
}  # fmt: skip


def test_a_table_that_comes_back_changes_nothing(organisation):
    fields = [
        {"label": f"{kind} {at}", "type": kind, "options": OPTIONS if "choice" in kind else ()}
        for kind, edges in EDGES.items()
        for at in range(len(edges))
    ]
    register = create_register(name="Edges", fields=fields)
    values = {f"{kind}_{at}": edge for kind, edges in EDGES.items() for at, edge in enumerate(edges)}
    save_contact(register=register, values={**CORE, **values}, source="test")
    pieces = [piece for piece in pieces_of(register) if piece.column and piece.key != "source"]
    for region, made in (("FI", CsvTable), ("US", CsvTable), ("DE", CsvTable), ("DE", XlsxTable)):
        organisation.region = region
        organisation.save()
        table = made([piece.label for piece in pieces], rows_of(Contact.objects.all(), pieces))
        file = io.BytesIO()
        if made is XlsxTable:
            table.write(file)
        else:
            file.write(b"".join(table))
        file.seek(0)
        batch = check(upload(register, file))
        assert [entry["target"] for entry in batch.mapping] == [piece.key for piece in pieces]
        assert outcome(batch) == [(2, "unchanged", [])], (region, made)
