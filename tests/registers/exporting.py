"""Seven people to take out of a register, and how that is done."""

import datetime as dt
import io

from pypdf import PdfReader

from registers.absences import set_absence, today
from registers.companies import employ, find_or_make_company
from registers.contacts import save_contact
from registers.couples import make_couple
from tests.registers.addresses import url

HOME = {"street": "Koulukatu 5 A 1", "postcode": "00100", "city": "Helsinki", "country": "Finland"}
BASIS = {"purpose": "Newsletter by post"}


def person(register, first, last="", **more):
    return save_contact(register=register, values={"first_name": first, "last_name": last, **more}, source="test")


def make_people(register):
    """A couple, a widow, somebody abroad, somebody with a name like a formula, one on leave, one without an address."""
    found = {
        "anna": person(register, "Anna", "Virtanen", email="anna@example.fi", **HOME),
        "pekka": person(register, "Pekka", "Virtanen", email="PEKKA@example.fi", **HOME),
        "dead": person(register, "Kauko", "Manner", email="kauko@example.fi", deceased=True, **HOME),
        "ivan": person(register, "Иван", "Петров", email="ivan@example.org", street="ул. Ленина 1", city="Псков",
                       country="Russia", phone="+358401234567"),
        "formula": person(register, '=HYPERLINK("http://x")', "A\u202eB", email="f@example.fi", street="@katu 1",
                          city="Åbo"),
        "away": person(register, "Leena", "Leave", email="leena@example.fi", **HOME),
        "bare": person(register, "Bare", "Name"),
    }  # fmt: skip
    make_couple(first=found["anna"], second=found["pekka"])
    set_absence(contacts=[found["away"].pk], until=today() + dt.timedelta(days=9))
    employ(contact=found["anna"], company=find_or_make_company(name="Öljy & Öylätti Oy"), role="Toimitusjohtaja")
    return found


def take(client, register, kind, data, query=""):
    """(answer, its bytes)."""
    answer = client.post(f"{url('export', register)}?as={kind}{query}", {**BASIS, **data})
    assert answer.status_code == 200, answer.content.decode()
    return answer, b"".join(answer)


def pdf_text(body):
    reader = PdfReader(io.BytesIO(body))
    return [page.extract_text() for page in reader.pages]


def pdf_pages(body):
    return len(PdfReader(io.BytesIO(body)).pages)


LISTED = {"columns": ["first_name", "last_name", "city"]}
GIVEN = {
    "table": {**LISTED, "format": "csv"}, "pdf": LISTED, "labels": {"sheet": "L7160", "start": "1"},
    "badges": {"size": "90x60", "under": "both"}, "emails": {"shape": "named"},
    "merge": {**LISTED, "delimiter": ";", "together": "on"}, "vcard": {"parts": ["email"], "version": "3.0"},
}  # fmt: skip
