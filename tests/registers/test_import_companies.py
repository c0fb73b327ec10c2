"""A column of companies in a file: each is found by its name or made, and goes with the undo."""

import pytest
from django.urls import reverse

from registers.books import create_register
from registers.companies import employ, find_or_make_company, places_of
from registers.contacts import save_contact
from registers.imports.companies import new_companies
from registers.imports.undoing import confirm_undo, start_undo
from registers.models import Company, Contact, Employment, Import
from tests.registers.importing import check, confirm, outcome, upload, work
from tests.registers.test_import_undo import table

FILE = ("email;company", "a@example.fi;mylly OY", "b@example.fi;Saha Oy", "c@example.fi;saha oy", "d@example.fi;")


@pytest.fixture
def register(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(name="Customers")


@pytest.fixture
def mill(organisation):
    return Company.objects.create(name="Mylly Oy")


def checked(register, *lines, **choices):
    return check(upload(register, table(*lines)), **choices)


def homes():
    contacts = list(Contact.objects.order_by("email"))
    places = places_of(contacts)
    return {contact.email[0]: [str(place.company) for place in places.get(contact.pk, [])] for contact in contacts}


def undo(batch):
    work(start_undo(batch=batch, user=None))
    return work(confirm_undo(batch=batch, user=None))


def test_the_check_says_how_many_companies_are_new(register, mill, editor):
    batch = checked(register, *FILE)
    assert [entry["target"] for entry in batch.mapping] == ["email", "company"]
    assert new_companies(batch) == 1
    page = editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()
    assert "1 new company will be made." in page
    assert Company.objects.count() == 1


def test_people_come_to_companies_found_and_made(register, mill):
    batch = checked(register, *FILE)
    before = outcome(batch)
    assert outcome(confirm(batch)) == before
    assert homes() == {"a": ["Mylly Oy"], "b": ["Saha Oy"], "c": ["Saha Oy"], "d": []}
    assert set(Employment.objects.values_list("main", flat=True)) == {True}


def test_who_is_in_the_company_already_is_unchanged(register, mill):
    aino = save_contact(register=register, values={"email": "a@example.fi"}, source="test")
    bo = save_contact(register=register, values={"email": "b@example.fi"}, source="test")
    employ(contact=aino, company=mill, role="CEO")
    batch = checked(register, *FILE)
    before = outcome(batch)
    assert [status for _number, status, _reasons in before] == ["unchanged", "updated", "created", "created"]
    assert outcome(confirm(batch)) == before
    assert Employment.objects.get(contact=aino).role == "CEO"
    assert homes()["b"] == ["Saha Oy"]
    assert outcome(checked(register, *FILE))[1][1] == "unchanged"
    assert bo.pk in Employment.objects.values_list("contact", flat=True)


def test_filling_up_leaves_those_who_are_in_one(register, mill):
    aino = save_contact(register=register, values={"email": "a@example.fi"}, source="test")
    employ(contact=aino, company=find_or_make_company(name="Tehdas Oy"))
    batch = confirm(checked(register, *FILE, rule=Import.Rule.FILL))
    assert homes()["a"] == ["Tehdas Oy"]
    assert batch.state == "done"


def test_an_undo_takes_companies_back_that_only_it_brought(register, mill):
    aino = save_contact(register=register, values={"email": "a@example.fi"}, source="test")
    employ(contact=aino, company=find_or_make_company(name="Tehdas Oy"), role="Chair")
    batch = confirm(checked(register, *FILE))
    assert homes()["a"] == ["Tehdas Oy", "Mylly Oy"]
    batch = undo(batch)
    assert batch.undo == Import.Undo.DONE
    assert homes() == {"a": ["Tehdas Oy"]}
    assert {company.name for company in Company.objects.all()} == {"Mylly Oy", "Tehdas Oy"}


def test_a_place_made_since_keeps_the_contact(register, mill):
    batch = confirm(checked(register, *FILE))
    bo = Contact.objects.get(email="b@example.fi")
    employ(contact=bo, company=mill, role="Visitor")
    undo(batch)
    assert set(homes()) == {"b"}
    assert Company.objects.filter(name="Saha Oy").exists()


def test_a_name_too_long_is_said_by_row(register):
    (row,) = outcome(checked(register, "email;company", f"a@example.fi;{'x' * 161}"))
    assert row[1] == "rejected"
    assert "Company" in row[2][0]
