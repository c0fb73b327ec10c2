"""What is in the files that people take out: tables, lists, labels, badges, address books, letters."""

import csv
import io
from collections import Counter

import pytest
import vobject
from python_calamine import CalamineWorkbook

from registers.consents import record_consent
from registers.contacts import save_contact
from registers.exports.cards import qr_code
from registers.exports.emails import named_address
from registers.exports.merging import field_names
from registers.models import AccessLog, Contact, Export, Purpose
from registers.printing.sheets import BADGES, LABELS
from registers.purposes import set_purposes
from registers.suppression import suppress
from tests.registers.exporting import BASIS, GIVEN, HOME, LISTED, make_people, pdf_pages, pdf_text, person, take, url


@pytest.fixture
def people(register):
    return make_people(register)


def test_a_table_holds_what_is_chosen_and_no_formula(people, register, editor):
    columns = ["first_name", "last_name", "phone", "company", "greeting"]
    _answer, body = take(editor, register, "table", {"columns": columns, "format": "csv"})
    header, *rows = csv.reader(io.StringIO(body.decode("utf-8-sig")))
    assert header == ["First name", "Last name", "Phone", "Company", "Greeting (of both, for a couple)"]
    assert ["Anna", "Virtanen", "", "Öljy & Öylätti Oy", "Anna and Pekka"] in rows
    assert ["Иван", "Петров", "+358401234567", "", "Иван"] in rows
    assert any(row[0] == '\'=HYPERLINK("http://x")' for row in rows)
    _answer, body = take(editor, register, "table", {"columns": columns, "format": "xlsx"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert sheet[0] == header
    assert {row[0] for row in sheet[1:]} == {contact.first_name for contact in people.values()}


def test_an_odd_name_stays_in_its_cell(register, editor):
    odd = ["two\nlines", "tab\there", 'quo"te,comma;', "\u2066bidi\u2069", " =1+1", "\uff1d1+1", "-5", "@x", "ж" * 90]
    for name in odd:
        Contact.objects.create(register=register, first_name=name)
    _answer, body = take(editor, register, "table", {"columns": ["first_name"], "format": "csv"})
    rows = [row[0] for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))][1:]
    safe = {" =1+1": "' =1+1", "\uff1d1+1": "'\uff1d1+1", "@x": "'@x"}
    assert Counter(rows) == Counter(safe.get(name, name) for name in odd)
    for kind in ("pdf", "labels", "badges", "emails", "merge", "vcard"):
        take(editor, register, kind, GIVEN[kind])


def test_an_email_list_leaves_out_who_must_not_be_written_to(people, register, editor, organisation):
    suppress(organisation_id=organisation.pk, channel="email", address="pekka@example.fi", kind="unsubscribed")
    Contact.objects.create(register=register, first_name="Anna's", last_name="Son", email="ANNA@example.fi")
    _answer, body = take(editor, register, "emails", {"shape": "plain"})
    assert body.decode().splitlines() == ["anna@example.fi", "f@example.fi", "ivan@example.org"]
    export = Export.objects.get()
    assert (export.count, export.left_out, export.fields) == (3, 5, ["email"])
    said = editor.get(url("export", register)).content.decode()
    for text in ("3 contacts", "1 deceased", "1 on leave", "1 without an e-mail", "1 asked not", "1 the same address"):
        assert text in said, text
    _answer, body = take(editor, register, "emails", {"shape": "named", "everybody": "on"})
    lines = body.decode().split("\r\n")[:-1]
    assert len(lines) == 6
    assert "Иван Петров <ivan@example.org>" in lines
    assert '"=HYPERLINK(\\"http://x\\") AB" <f@example.fi>' in lines


def test_an_email_list_for_a_purpose_of_consent_holds_who_has_agreed(people, register, editor, organisation):
    purpose = Purpose.objects.create(name="Newsletter")
    anna, ivan = (Contact.objects.get(email_key=key) for key in ("anna@example.fi", "ivan@example.org"))
    for contact, acts in ((anna, [True]), (ivan, [True, False])):
        for granted in acts:
            record_consent(contact=contact, purpose=purpose, channel="email", granted=granted, how="x")

    def listed(**chosen):
        _answer, body = take(editor, register, "emails", {"shape": "plain", "purpose": "newsletter", **chosen})
        return body.decode().lower().split()

    without = ["anna@example.fi", "f@example.fi", "pekka@example.fi"]
    assert listed() == without
    set_purposes(register=register, rows=[{"purpose": purpose, "legal_basis": "consent"}])
    assert listed() == ["anna@example.fi"]
    assert "3 without consent to “Newsletter”" in editor.get(url("export", register)).content.decode()
    assert listed(purpose="To count them") == sorted([*without, "ivan@example.org"])
    assert len(listed(everybody="on")) == 6


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Aino Ääkkönen", "Aino Ääkkönen <a@example.fi>"),
        ("Virtanen, Aino", '"Virtanen, Aino" <a@example.fi>'),
        ("x\r\nBcc: b@example.fi", '"x Bcc: b@example.fi" <a@example.fi>'),
        ("", "a@example.fi"),
    ],
)
def test_a_name_cannot_break_out_of_its_line(name, line):
    assert named_address(name, "a@example.fi") == line


def test_a_pdf_list_has_its_header_and_number_on_every_page(register, editor):
    rows = [
        Contact(register=register, first_name=f"Nimi{at}", last_name="Ж" * 60, city="Äänekoski") for at in range(120)
    ]
    Contact.objects.bulk_create(rows)
    long = "sana " * 1_500 + "loppu"
    Contact.objects.create(register=register, first_name="Long", attributes={"company": long})
    columns = ["first_name", "last_name", "city", "attributes.company"]
    _answer, body = take(editor, register, "pdf", {"columns": columns})
    pages = pdf_text(body)
    assert len(pages) > 4
    for number, page in enumerate(pages, start=1):
        assert "First\nname" in page
        assert f"{number} / {len(pages)}" in page
        assert "Newsletter by post" in page
    whole = "\n".join(pages)
    assert all(f"Nimi{at}" in whole for at in range(120))
    assert (whole.count("sana"), "loppu" in whole) == (1_500, True), (
        "a cell longer than a page goes on, and loses nothing"
    )
    assert whole.replace("\n", "").count("Ж") == 120 * 60
    assert "Äänekoski" in whole


def test_labels_name_couples_once_and_countries_abroad(people, register, editor):
    street = "c/o Aalto\nул. Ленина 1"
    save_contact(register=register, values={"street": street}, source="test", contact=people["ivan"])
    _answer, body = take(editor, register, "labels", GIVEN["labels"])
    (page,) = pdf_text(body)
    assert {"c/o Aalto", "ул. Ленина 1"} <= set(map(str.strip, page.splitlines()))
    assert page.count("Anna and Pekka Virtanen") == 1
    assert "RUSSIA" in page
    assert "Finland" not in page
    assert "FINLAND" not in page
    assert "00100 Helsinki" in page
    for left_out in ("Kauko", "Leena", "Bare"):
        assert left_out not in page
    export = Export.objects.get()
    assert (export.count, export.left_out) == (4, 3)
    assert "3 labels, couples together" in editor.get(url("export", register)).content.decode()


def test_a_couple_of_whom_one_is_chosen_gets_that_one_s_label(people, register, editor):
    _answer, body = take(editor, register, "labels", GIVEN["labels"], f"&contact={people['pekka'].pk}")
    (page,) = pdf_text(body)
    assert "Pekka Virtanen" in page
    assert "Anna" not in page


def test_labels_begin_where_the_sheet_does(register, editor):
    for at in range(21):
        person(register, f"Nimi{at}", **HOME)
    assert pdf_pages(take(editor, register, "labels", {"sheet": "L7160", "start": "1"})[1]) == 1
    assert pdf_pages(take(editor, register, "labels", {"sheet": "L7160", "start": "2"})[1]) == 2
    page = f"{url('export', register)}?as=labels"
    for start in ("0", "22", "x", ""):
        assert editor.post(page, {**BASIS, "sheet": "L7160", "start": start}).status_code == 422, start
    assert editor.post(page, {**BASIS, "sheet": "nosuch", "start": "1"}).status_code == 422


@pytest.mark.parametrize("sheet", [*LABELS, *BADGES], ids=lambda sheet: sheet.key)
def test_a_sheet_fits_its_paper(sheet):
    wide, high = sheet.paper
    for left, top in sheet.corners():
        assert left >= 0
        assert top >= 0
        assert left + sheet.size[0] <= wide + 0.1
        assert top + sheet.size[1] <= high + 0.1
    assert sheet.pitch >= sheet.size


def test_badges_show_names_and_companies(people, register, editor):
    _answer, body = take(editor, register, "badges", {**GIVEN["badges"], "above": "Kesäjuhla"})
    (page,) = pdf_text(body)
    for text in ("Anna\nVirtanen", "Toimitusjohtaja", "Öljy & Öylätti Oy", "Иван\nПетров", "Kesäjuhla"):
        assert text in page, text
    assert "Kauko" not in page
    for sheet in BADGES:
        take(editor, register, "badges", {"size": sheet.key, "under": ""})


@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_several_people_are_in_one_address_book(people, register, editor, version):
    parts = ["email", "phone", "address", "company", "birth_date"]
    answer, body = take(editor, register, "vcard", {"parts": parts, "version": version})
    assert answer["Content-Disposition"].endswith('.vcf"')
    found = {card.fn.value: card for card in vobject.readComponents(body.decode())}
    assert len(found) == 7
    anna = found["Anna Virtanen"]
    assert (anna.version.value, anna.email.value, anna.title.value) == (version, "anna@example.fi", "Toimitusjohtaja")
    assert anna.org.value == ["Öljy & Öylätti Oy"]
    assert anna.adr.value.street == "Koulukatu 5 A 1"
    assert found["Иван Петров"].tel.value == "+358401234567"
    _answer, body = take(editor, register, "vcard", {"version": version})
    assert "EMAIL" not in body.decode()
    assert "TEL" not in body.decode()


def test_a_contact_goes_to_a_phone_as_a_code_drawn_here(people, register, editor):
    anna = people["anna"]
    page = editor.get(url("contact", anna)).content.decode()
    assert url("contact_qr", anna) in page
    assert "as=vcard" in page
    answer = editor.get(url("contact_qr", anna))
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<svg" in answer.content
    assert b"<script" not in answer.content
    entry = AccessLog.objects.get(action="export")
    assert (entry.subject, entry.count, "email" in entry.fields) == (f"contact:{anna.pk}", 1, True)
    _svg, parts = qr_code(anna)
    assert parts == ["email", "company", "address"]
    anna.street, anna.email = "k" * 200, "e" * 180 + "@example.fi"
    assert qr_code(anna)[1] == ["email"], "what would make it too fine to read is left out"


def test_serial_letters_read_plainly(people, register, editor):
    data = {"columns": ["first_name", "attributes.gender", "company"], "delimiter": ";", "together": "on"}
    _answer, body = take(editor, register, "merge", data)
    assert body.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    assert list(rows[0]) == [
        "Envelope", "Greeting", "Address_line_1", "Address_line_2", "Address_line_3", "First_name", "Gender", "Company",
    ]  # fmt: skip
    by_envelope = {row["Envelope"]: row for row in rows}
    assert len(rows) == len(by_envelope) == 4
    couple = by_envelope["Anna and Pekka Virtanen"]
    assert (couple["Greeting"], couple["Address_line_2"], couple["Company"]) == (
        "Anna and Pekka", "00100 Helsinki", "Öljy & Öylätti Oy",
    )  # fmt: skip
    assert by_envelope["Иван Петров"]["Address_line_3"] == "RUSSIA"
    _answer, body = take(editor, register, "merge", {**data, "delimiter": ",", "together": ""})
    rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    assert Counter(row["Envelope"] for row in rows)["Anna Virtanen"] == 1
    assert len(rows) == 5


def test_names_of_fields_are_plain_and_no_two_alike():
    labels = ["Nimi", "nimi", "Määrä (€)", "Имя", "2. osoite", "Ø" * 80, "Æ-ß"]
    found = field_names(labels)
    assert found[:3] == ["Nimi", "nimi_2", "Maara"]
    assert found[3] == "Field_4"
    assert found[4] == "F_2_osoite"
    assert found[6] == "Ae_ss"
    assert all(len(name) <= 40 and name.isascii() for name in found)


def test_a_couple_that_is_far_apart_in_the_list_gets_one_label(people, register, monkeypatch):
    from registers.exports import people as envelope

    monkeypatch.setattr(envelope, "CHUNK", 1)
    found = [label.text for label in envelope.envelopes(Contact.objects.filter(register=register))]
    assert found.count("Anna and Pekka Virtanen") == 1
    assert len(found) == 6


def test_more_than_a_file_takes_is_said_before(people, register, editor, monkeypatch):
    from dataclasses import replace

    from registers.views import exports

    few = tuple(replace(kind, most=3) if kind.key == "pdf" else kind for kind in exports.KINDS)
    monkeypatch.setattr(exports, "kind_of", lambda key: next(kind for kind in few if kind.key == key))
    page = f"{url('export', register)}?as=pdf"
    assert "3 people at most, and these are 7" in editor.get(page).content.decode()
    assert editor.post(page, {**BASIS, **LISTED}).status_code == 422


def test_a_table_is_read_in_pieces(register, editor, monkeypatch, django_assert_max_num_queries):
    from registers.exports import rows

    monkeypatch.setattr(rows, "CHUNK", 10)
    people = [Contact(register=register, first_name=f"N{at}", attributes={"gender": "nainen"}) for at in range(45)]
    Contact.objects.bulk_create(people)
    pieces = rows.chosen_pieces(register, ["first_name", "attributes.gender", "attributes.volunteer"])
    with django_assert_max_num_queries(3):
        found = list(rows.rows_of(Contact.objects.filter(register=register), pieces))
    assert len(found) == 45
    assert set(found) == {(f"N{at}", "nainen", None) for at in range(45)}
