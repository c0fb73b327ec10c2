"""A column of companies in a file: each is found by its name or made, and goes with the undo."""

import pytest
from django.urls import reverse

from registers.books import create_register
from registers.companies import employ, find_or_make_company, places_of
from registers.contacts import save_contact
from registers.imports import running
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


def roles():
    return {
        place.contact.email[0]: (str(place.company), place.role)
        for place in Employment.objects.select_related("contact", "company")
    }


def test_roles_come_with_their_companies_and_go_with_the_undo(register, mill, editor, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 2)
    for who, role in (("a", "CEO"), ("b", "Clerk"), ("e", "")):
        contact = save_contact(register=register, values={"email": f"{who}@example.fi"}, source="test")
        employ(contact=contact, company=mill, role=role)
    rows = ["a;Mylly Oy;Chair", "b;Mylly Oy;Seller", "c;Saha Oy;Sawyer", "d;;Diver", "e;mylly oy;", "c;Saha Oy;Boss"]
    lines = ["email;company;Tehtävä", *(row.replace(";", "@example.fi;", 1) for row in rows)]
    assert [entry["target"] for entry in upload(register, table(*lines)).mapping] == ["email", "company", "new"]
    targets = ["email", "company", "company_role"]
    batch = checked(register, *lines, targets=targets)
    before = outcome(batch)
    assert [status for _n, status, _w in before] == [
        "updated", "updated", "created", "created", "unchanged", "repeated",
    ]  # fmt: skip
    assert "“Diver”" in before[3][2][0]
    assert outcome(confirm(batch)) == before
    mills = {"a": ("Mylly Oy", "CEO"), "b": ("Mylly Oy", "Clerk"), "e": ("Mylly Oy", "")}
    assert roles() == {**mills, "a": ("Mylly Oy", "Chair"), "b": ("Mylly Oy", "Seller"), "c": ("Saha Oy", "Boss")}
    Employment.objects.filter(role="Seller").update(role="Buyer")
    undo(batch)
    assert roles() == {**mills, "b": ("Mylly Oy", "Buyer")}
    confirm(checked(register, *lines, targets=targets, rule=Import.Rule.FILL))
    assert roles()["a"] == ("Mylly Oy", "CEO")


@pytest.mark.parametrize(
    ("header", "rows", "target"),
    [
        ("Job Title", ["Mylly Oy;CEO", ";"], "company_role"),
        ("Titel", ["Mylly AB;Ekonom", "Saha AB;"], "company_role"),
        ("Titel", ["Mylly GmbH;Dr."], "new"), ("Role in the choir", ["Mylly Oy;alto"], "new"),
        ("Rolle", ["Mylly Oy;", ";Chef"], "new"),
    ],
)  # fmt: skip
def test_a_role_is_known_by_its_name_where_who_has_one_has_a_company(register, header, rows, target):
    lines = [f"{at}@example.fi;{row}" for at, row in enumerate(rows)]
    batch = upload(register, table(f"email;Firma;{header}", *lines))
    assert [entry["target"] for entry in batch.mapping[1:]] == ["company", target]
