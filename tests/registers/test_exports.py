"""Lists that leave the house: who may take them, what is asked, what is written down, and what is in the files."""

import csv
import datetime as dt
import io
from collections import Counter

import pytest
import vobject
from django.urls import reverse
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from registers.absences import set_absence, today
from registers.companies import employ, find_or_make_company
from registers.contacts import save_contact
from registers.couples import make_couple
from registers.exports.cards import qr_code
from registers.exports.emails import named_address
from registers.exports.merging import field_names
from registers.exports.records import add_purpose
from registers.memberships import add_to_group
from registers.models import AccessLog, Contact, Export, ExportPurpose, Group, Segment
from registers.printing.sheets import BADGES, LABELS
from registers.suppression import suppress

HOME = {"street": "Koulukatu 5 A 1", "postcode": "00100", "city": "Helsinki", "country": "Finland"}
BASIS = {"purpose": "Newsletter by post"}


def url(name, *args):
    return reverse(f"registers:{name}", args=[getattr(arg, "pk", arg) for arg in args])


def person(register, first, last="", **more):
    return save_contact(register=register, values={"first_name": first, "last_name": last, **more}, source="test")


@pytest.fixture
def people(register):
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
TAKEN = {"table": 7, "pdf": 7, "labels": 4, "badges": 6, "emails": 4, "merge": 5, "vcard": 7}


@pytest.mark.parametrize("kind", GIVEN)
def test_every_kind_asks_what_for_and_is_written_down(people, register, editor, kind):
    page = f"{url('export', register)}?as={kind}"
    assert "Export 7 contacts" in editor.get(page).content.decode()
    refused = editor.post(page, GIVEN[kind])
    assert refused.status_code == 422
    assert "what the list is for" in refused.content.decode()
    assert not Export.objects.exists()
    _answer, body = take(editor, register, kind, GIVEN[kind])
    assert body
    export, entry = Export.objects.get(), AccessLog.objects.get(action="export")
    assert (export.purpose, export.count, export.created_by) == ("Newsletter by post", TAKEN[kind], editor.user)
    assert (entry.purpose, entry.count, entry.fields) == (export.purpose, export.count, export.fields)
    assert set(export.fields) >= ({"email"} if kind in {"emails", "vcard"} else {"first_name"})


def test_only_those_who_may_edit_take_lists_out(people, register, viewer, stranger, owner):
    contact = people["anna"]
    for kind, data in GIVEN.items():
        page = f"{url('export', register)}?as={kind}"
        assert viewer.get(page).status_code in {302, 403}
        assert viewer.post(page, {**BASIS, **data}).status_code in {302, 403}
        assert stranger.post(page, {**BASIS, **data}).status_code == 404
    assert viewer.get(url("contact_qr", contact)).status_code in {302, 403}
    assert stranger.get(url("contact_qr", contact)).status_code == 404
    assert "qr.svg" not in viewer.get(url("contact", contact)).content.decode()
    assert not Export.objects.exists()
    purpose = add_purpose(name="Ours")
    assert stranger.post(url("remove_export_purpose", purpose)).status_code == 404
    assert ExportPurpose.objects.exists()


def test_the_list_leads_to_what_is_ticked_or_to_all_that_match(people, register, editor):
    anna, ivan = people["anna"], people["ivan"]
    answer = editor.post(url("bulk", register), {"act": "export", "contact": [anna.pk, ivan.pk]})
    assert "Export 2 contacts" in editor.get(answer.url).content.decode()
    body = b"".join(editor.post(answer.url, {**BASIS, **GIVEN["table"]})).decode("utf-8-sig")
    assert "Anna" in body
    assert "Иван" in body
    assert "Pekka" not in body
    answer = editor.post(url("bulk", register), {"act": "export", "every": "1", "query": "q=virtanen"})
    assert "Export 2 contacts" in editor.get(answer.url).content.decode()
    assert editor.post(url("bulk", register), {"act": "export"}).url == url("contacts", register)


def test_a_group_and_a_segment_have_the_button(people, register, editor):
    group = Group.objects.create(register=register, name="Board")
    add_to_group(group=group, contacts=[people["anna"].pk])
    rule = {"match": "all", "conditions": [{"column": "city", "op": "is", "value": "Helsinki"}]}
    segment = Segment.objects.create(register=register, name="Capital", rule=rule)
    for page, query, count in (
        (url("group", group), f"group={group.pk}", "1 contact"),
        (url("segment", segment), f"segment={segment.pk}", "4 contacts"),
    ):
        export = f"{url('export', register)}?{query}"
        assert export in editor.get(page).content.decode()
        assert f"Export {count}" in editor.get(export).content.decode()


@pytest.mark.parametrize("query", ["contact=", "contact=99999999", "contact=²", "q=nobodyatall", "has=no_email&q=anna"])
def test_nobody_chosen_is_said_and_nothing_is_taken(people, register, editor, query):
    page = f"{url('export', register)}?{query}"
    assert "Nobody is chosen" in editor.get(page).content.decode()
    assert editor.post(page, {**BASIS, **GIVEN["table"]}).status_code == 422
    assert not Export.objects.exists()


def test_a_contact_of_another_register_is_not_taken(people, register, editor, organisation):
    from registers.books import create_register

    other = create_register(name="Guests")
    query = f"&contact={people['anna'].pk}"
    answer = editor.post(f"{url('export', other)}?as=table{query}", {**BASIS, **GIVEN["table"]})
    assert answer.status_code == 422


def test_purposes_are_the_owners_list_and_others_are_written(people, register, editor, owner):
    page = url("export_purposes")
    assert editor.get(page).status_code in {302, 403}
    assert editor.post(page, {"name": "Mine"}).status_code in {302, 403}
    owner.post(page, {"name": " Christmas  letter "})
    assert owner.post(page, {"name": "christmas letter"}).status_code == 422
    assert [purpose.name for purpose in ExportPurpose.objects.all()] == ["Christmas letter"]
    form, export = GIVEN["table"], url("export", register)
    assert '<option value="Christmas letter"' in editor.get(export).content.decode()
    for said in ({}, {"purpose": "another"}, {"purpose": "another", "another": " "}, {"purpose": "No such"}):
        assert editor.post(export, {**form, **said}).status_code == 422, said
    for said in ({"purpose": "Christmas letter"}, {"purpose": "another", "another": "Seating"}, {"another": "Taxi"}):
        assert editor.post(export, {**form, **said}).status_code == 200, said
    written = [row.purpose for row in Export.objects.order_by("pk")]
    assert written == ["Christmas letter", "Seating", "Taxi"]
    shown = owner.get(page).content.decode()
    assert 'value="Seating"' in shown
    assert 'value="Christmas letter"' not in shown
    owner.post(url("remove_export_purpose", ExportPurpose.objects.get()))
    assert not ExportPurpose.objects.exists()
    assert Export.objects.filter(purpose="Christmas letter").exists()


def test_what_was_chosen_last_is_offered_again_to_the_same_user(people, register, editor, owner):
    take(editor, register, "pdf", {"columns": ["city", "birth_date"], "page": "sideways"})
    take(editor, register, "labels", {"sheet": "L7163", "start": "3"})
    page = f"{url('export', register)}?as="
    form = editor.get(f"{page}pdf").context["form"]
    assert (form.initial["columns"], form.initial["page"]) == (["city", "birth_date"], "sideways")
    assert editor.get(f"{page}labels").context["form"].initial["sheet"] == "L7163"
    assert "city" in owner.get(f"{page}pdf").context["form"].initial["columns"]
    assert "birth_date" not in owner.get(f"{page}pdf").context["form"].initial["columns"]


def test_owners_see_who_took_what_and_why(people, register, owner, editor, stranger):
    assert "Nobody has taken out a list yet" in owner.get(url("exports")).content.decode()
    take(editor, register, "pdf", LISTED)
    assert url("exports") in owner.get(url("access")).content.decode()
    shown = owner.get(url("exports")).content.decode()
    for text in ("editor@example.fi", "Newsletter by post", "Members", "PDF list", "First name, Last name, City"):
        assert text in shown
    assert editor.get(url("exports")).status_code in {302, 403}
    assert "Newsletter by post" not in stranger.get(url("exports")).content.decode()


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
    _answer, body = take(editor, register, "labels", GIVEN["labels"])
    (page,) = pdf_text(body)
    assert page.count("Anna and Pekka Virtanen") == 1
    assert "RUSSIA" in page
    assert "Finland" not in page
    assert "FINLAND" not in page
    assert "ул. Ленина 1" in page
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
    monkeypatch.setattr(envelope, "in_chunks", lambda rows: ([row] for row in rows))
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
