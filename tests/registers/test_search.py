"""The search box of a register: any way a name or a number may be written finds its person, and nothing is an error."""

from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse

from registers.books import create_register
from registers.contacts import save_contact
from registers.models import Contact
from registers.views import paging


@pytest.fixture
def people(register):
    rows = [
        {"first_name": "Aino", "last_name": "Äijälä", "phone": "+358401234567", "external_id": "M-7"},
        {"first_name": "Bo", "last_name": "Öberg", "email": "bo.oberg@example.fi", "phone": "+46701234567"},
        {"first_name": "Maria", "last_name": "Korhonen", "alternative_name": "Мария Йокинен", "external_id": "0042"},
        {"first_name": "Renée", "last_name": "Kaarna-Sørensen", "email": "100%_sure@example.fi"},
        {"first_name": "Sinéad", "last_name": "O’Connor"},
        {"first_name": "Chi", "last_name": "N'Go"},
        {"email": "kanslia@example.fi"},
    ]
    for row in rows:
        save_contact(register=register, values=row, source="test")
    return register


@pytest.fixture
def found(people, editor):
    url = reverse("registers:contacts", args=[people.pk])

    def names(text, **query):
        response = editor.get(url, {"q": text, **query})
        assert response.status_code == 200
        return [str(contact) for contact in response.context["object_list"]]

    return names


AINO, BO, MARIA, RENEE = "Aino Äijälä", "Bo Öberg", "Maria Korhonen", "Renée Kaarna-Sørensen"


WRITTEN = [
        ("äijälä", AINO), ("Aijala", AINO), ("AIJALA aino", AINO), ("aino äij", AINO), ("oberg", BO), ("Öberg", BO),
        ("040 123 4567", AINO), ("0401234567", AINO), ("+358 40 123 4567", AINO), ("00358401234567", AINO),
        ("(040) 123-45", AINO), ("+358 (0)40 1234", AINO), ("aino 040 1234567", AINO), ("0701 23 45 67", BO),
        ("мария", MARIA), ("йокинен", MARIA), ("ИОКИНЕН", MARIA), ("0042", MARIA), ("m-7", AINO), ("korh mar", MARIA),
        ("renee", RENEE), ("sorensen", RENEE), ("Sørensen", RENEE), ("100%_sure", RENEE), ("kaarna-s", RENEE),
        ("bo", BO), ("b ö", BO),
        ("Re\u0301ne\u0301e", RENEE), ("xyzzy", ""), ("Rene\u0301e", RENEE), ("M-7, aino", AINO),
        ("\u202eaino\u202c", AINO), ("ai\x00no", AINO), ("kansl", "kanslia@example.fi"),
        ("o'connor", "Sinéad O’Connor"), ("O’Conn", "Sinéad O’Connor"), ("o`connor sinead", "Sinéad O’Connor"),
        ("n’go", "Chi N'Go"), ("N'go", "Chi N'Go"),
]  # fmt: skip


@pytest.mark.parametrize("stored", ["anna@müller.example", "anna@xn--mller-kva.example"])
@pytest.mark.parametrize(
    "typed",
    ["anna@müller.example", "Anna@Müller.Example", "@müller.example", "<anna@müller.example>", "müller.example",
     "anna@xn--mller-kva.example", "anna @xn--mller-kva.example"],
)  # fmt: skip
def test_an_address_is_found_by_its_domain_as_people_and_as_name_servers_write_it(people, found, stored, typed):
    save_contact(register=people, values={"email": stored}, source="test")
    assert found(typed) == [stored]
    assert found("anna@möller.example") == []


def test_people_are_found_however_they_are_written(found):
    for text, who in WRITTEN:
        assert found(text) == ([who] if who else []), text


def test_the_last_digits_of_a_number_are_enough(found):
    assert found("4567") == [AINO, BO]
    assert found("34567 aino") == [AINO]


def test_addresses_in_columns_of_the_register_are_found_too(organisation):
    fields = [
        {"label": "Mobile", "type": "phone"},
        {"label": "Work", "type": "email"},
        {"label": "More", "type": "text"},
    ]
    mine = create_register(name="Mine", fields=fields)
    own = {"mobile": "045 3000006", "work": "Eva@office.example", "more": "+358 is Finland"}
    save_contact(
        register=mine, values={"last_name": "Rossi", **{f"attributes.{key}": own[key] for key in own}}, source="test"
    )
    wanted = ["0453000006", "+358 45 3000", "eva@office", "EVA"]
    assert all(Contact.objects.search(text).exists() for text in wanted)
    assert not Contact.objects.search("Finland").exists()
    # Those who were there before are found by them since the migration.
    Contact.objects.update(search_text="rossi")
    with connection.cursor() as cursor:
        cursor.execute(import_module("registers.migrations.0018_searched_addresses").SEARCHED)
    assert all(Contact.objects.search(text).exists() for text in [*wanted, "rossi"])
    assert not Contact.objects.search("Finland").exists()


ODD = [
    "%", "_", "\\", "'", '"', "\u202e", "💥", "((((", "+", "0", "00", "+0", "a" * 10_000, "a " * 3_000, "0" * 10_000,
    "%%%%%%%%", "' OR 1=1 --", "\\%", "[a-z]", "(0)", "+(0)", "Ⅷ", "\u0301", "²", "٣٤٥٦٧", "a\x00b",
]  # fmt: skip


def test_no_text_is_an_error(found, people, editor):
    for text in ODD:
        names = found(text)
        if not any(char.isalnum() for char in text) and text != "\u202e":
            assert names == [], text
    last = editor.get(reverse("registers:contact_results", args=[people.pk]), {"q": "a", "p": "9" * 40})
    assert last.status_code == 200
    assert editor.get(reverse("registers:contacts", args=[people.pk]) + "?q=%ff%00%ed%a0%80").status_code == 200


def test_signs_and_boxes_are_drawn(people, editor):
    page = editor.get(reverse("registers:contacts", args=[people.pk])).content.decode()
    assert '<td class="registers-state"><span class="registers-fine" title="Can be written to"><svg' in page
    assert 'aria-label="Choose Aino Äijälä"></td>' in page
    assert "&lt;" not in page.split("<tbody>")[1].split("</tbody>")[0]


def test_what_is_found_by_the_wildcards_of_sql_is_what_has_them(found):
    assert found("100%") == [RENEE]
    assert found("1%0") == []


def test_many_are_counted_up_to_a_limit_and_those_of_the_surname_come_first(register, editor, monkeypatch):
    monkeypatch.setattr(paging, "MOST", 60)
    for number in range(40):
        save_contact(register=register, values={"first_name": "Virve", "last_name": f"Aho{number:02}"}, source="t")
        save_contact(register=register, values={"first_name": "Eino", "last_name": f"Virta{number:02}"}, source="t")
    url = reverse("registers:contacts", args=[register.pk])
    first = editor.get(url, {"q": "vir"})
    names = [contact.last_name for contact in first.context["object_list"]]
    assert names == [*(f"Virta{number:02}" for number in range(40)), *(f"Aho{number:02}" for number in range(10))]
    assert "more than 60 contacts" in first.content.decode().lower()
    second = editor.get(url, {"q": "vir", "p": "2"})
    assert [contact.last_name for contact in second.context["object_list"]] == [f"Aho{n}" for n in range(10, 20)]
    # Of those who fit a filter, too.
    Contact.objects.filter(last_name__in=["Virta00", "Virta02", "Aho01"]).update(email_key="a@example.fi")
    without = editor.get(url, {"q": "vir", "has": "no_email"}).context["object_list"]
    assert [contact.last_name for contact in without][:3] == ["Virta01", "Virta03", "Virta04"]
    assert [contact.last_name for contact in without][38:40] == ["Aho00", "Aho02"]
    # From the other end, too; and few are found and ordered as ever.
    down = [contact.last_name for contact in editor.get(url, {"ordering": "-sort_key"}).context["object_list"]]
    assert down[:2] == ["Virta39", "Virta38"]
    # The headers offer the one order that so many can have; another one that is asked for is not taken for it.
    many = editor.get(url, {"ordering": "-city"})
    assert [contact.last_name for contact in many.context["object_list"]][:2] == ["Aho00", "Aho01"]
    assert "ordering=-sort_key" in many.content.decode()
    assert "ordering=city" not in many.content.decode()
    assert "listed by name" in many.content.decode()
    assert "ordering=city" in editor.get(url, {"q": "eino"}).content.decode()
    few = editor.get(url, {"q": "eino", "ordering": "-sort_key"})
    assert [contact.last_name for contact in few.context["object_list"]][:2] == ["Virta39", "Virta38"]
    assert "40 contacts" in few.content.decode()
