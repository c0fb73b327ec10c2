"""Companies, their people, and what each of them is there."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from mailer.merging.fields import fields_of, values_for
from registers.books import create_register
from registers.companies import employ, end_employment, find_or_make_company, places_of
from registers.contacts import delete_contacts, save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.forms.companies import CompanyForm
from registers.models import Company, Contact, Employment, Segment
from registers.rules import builder_columns, describe_rule
from tests.registers.addresses import url


@pytest.fixture
def register(organisation):
    return create_register(name="Customers")


@pytest.fixture
def aino(register):
    return save_contact(register=register, values={"first_name": "Aino", "last_name": "Ek"}, source="test")


@pytest.fixture
def bo(register):
    return save_contact(register=register, values={"first_name": "Bo"}, source="test")


@pytest.fixture
def mill(organisation):
    return Company.objects.create(name="Mylly Oy", city="Kemi", email="mill@example.fi", business_id="1234567-8")


def names_of(contact):
    return [(place.company.name, place.role, place.main) for place in places_of([contact]).get(contact.pk, [])]


def test_a_company_is_found_by_its_name_in_any_case(mill, other_organisation):
    assert find_or_make_company(name=" mylly  oy ") == mill
    assert find_or_make_company(name="Saha Oy").pk != mill.pk
    for wrong in ("  ", "x" * 200):
        with pytest.raises(ValidationError):
            find_or_make_company(name=wrong)
    assert Company.objects.count() == 2


def test_the_first_is_the_main_one_until_another_is(aino, mill):
    saw = find_or_make_company(name="Saha Oy")
    employ(contact=aino, company=mill, role="CEO")
    employ(contact=aino, company=saw, role="Chair")
    assert names_of(aino) == [("Mylly Oy", "CEO", True), ("Saha Oy", "Chair", False)]
    employ(contact=aino, company=saw, role="Chair", main=True)
    assert names_of(aino) == [("Saha Oy", "Chair", True), ("Mylly Oy", "CEO", False)]
    end_employment(place=Employment.objects.get(company=saw))
    assert names_of(aino) == [("Mylly Oy", "CEO", True)]


def test_its_data_can_be_merged(aino, bo, mill, register):
    employ(contact=aino, company=mill, role="CEO")
    values = values_for(aino)
    assert (values["company"], values["company.role"], values["company.city"]) == ("Mylly Oy", "CEO", "Kemi")
    assert values_for(bo)["company"] == ""
    assert {"company", "company.city", "company.role"} <= {field.key for field in fields_of(register)}


@pytest.mark.parametrize(
    ("column", "op", "value", "who"),
    [
        ("company", "is", "MYLLY oy", {"Aino"}),
        ("company", "contains", "yll", {"Aino"}),
        ("company", "not_is", "Mylly Oy", {"Bo"}),
        ("company", "filled", None, {"Aino"}),
        ("company", "not_filled", None, {"Bo"}),
        ("role", "contains", "ceo", {"Aino"}),
        ("role", "not_contains", "ceo", {"Bo"}),
    ],
)
def test_a_segment_asks_for_company_and_role(aino, bo, mill, register, column, op, value, who):
    employ(contact=aino, company=mill, role="CEO")
    condition = {"column": f"about:{column}", "op": op} | ({"value": value} if value else {})
    segment = Segment(register=register, rule={"match": "all", "conditions": [condition]})
    assert {contact.first_name for contact in segment.contacts()} == who
    assert (value or "") in describe_rule(segment.rule, register)


def test_the_rule_builder_suggests_companies(mill, register):
    (offered,) = (column for column in builder_columns(register) if column["key"] == "about:company")
    assert offered["suggestions"] == ["Mylly Oy"]


def test_a_merge_loses_no_company_and_can_be_taken_back(aino, bo, mill):
    employ(contact=aino, company=mill, role="CEO")
    employ(contact=bo, company=mill, role="Owner")
    employ(contact=bo, company=find_or_make_company(name="Saha Oy"), role="Chair")
    before = list(Employment.objects.order_by("pk").values())
    record = merge(keep=aino.pk, contacts=[aino.pk, bo.pk])
    assert {name for name, *_rest in names_of(aino)} == {"Mylly Oy", "Saha Oy"}
    undo_merge(record=record)
    assert list(Employment.objects.order_by("pk").values()) == before


def test_erasing_somebody_leaves_the_company(aino, mill):
    employ(contact=aino, company=mill)
    delete_contacts(register=aino.register, contacts=[aino.pk])
    assert (Company.objects.count(), Employment.objects.count()) == (1, 0)


def test_the_list_begins_empty_counts_and_searches(editor, aino, mill, bo):
    for person in (aino, bo):
        employ(contact=person, company=mill)
    find_or_make_company(name="Saha Oy")
    page = editor.get(url("companies"))
    assert [(company.name, company.people_count) for company in page.context["object_list"]] == [
        ("Mylly Oy", 2), ("Saha Oy", 0),
    ]  # fmt: skip
    found = editor.get(url("companies"), {"q": "kemi mylly"}).context["object_list"]
    assert [company.name for company in found] == ["Mylly Oy"]
    Company.objects.all().delete()
    assert b"people belong to" in editor.get(url("companies")).content


def test_a_company_is_made_changed_and_deleted(editor, mill, aino):
    page = editor.post(url("add_company"), {"name": "MYLLY OY"})
    assert (page.status_code, b"already a company" in page.content) == (422, True)
    page = editor.post(url("add_company"), {"name": "Saha Oy", "city": "Oulu"}, follow=True).content.decode()
    assert "Saha Oy" in page
    assert "Oulu" in page
    editor.post(url("edit_company", mill), {"name": "Uusi Mylly Oy"})
    assert Company.objects.filter(name="Uusi Mylly Oy", name_key="uusi mylly oy").exists()
    employ(contact=aino, company=mill)
    assert b"1 contact belongs to it, and stays" in editor.get(url("delete_company", mill)).content
    editor.post(url("delete_company", mill))
    assert not Company.objects.filter(pk=mill.pk).exists()
    assert Contact.objects.filter(pk=aino.pk).exists()


def test_the_page_of_a_contact_adds_changes_and_removes(editor, aino, mill):
    assert b'<option value="Mylly Oy">' in editor.get(url("add_place", aino)).content
    page = editor.post(url("add_place", aino), {"company": "mylly oy", "role": "CEO"}, follow=True).content.decode()
    assert "Mylly Oy</a>, CEO" in page
    place = Employment.objects.get()
    editor.post(url("place", place), {"role": "Chair", "main": "on"})
    people = editor.get(url("company", mill)).content.decode()
    assert "Chair" in people
    assert "Aino Ek" in people
    editor.post(url("end_place", place))
    assert not Employment.objects.exists()


def test_who_may_only_look_sees_and_changes_nothing(viewer, aino, mill):
    place = employ(contact=aino, company=mill, role="CEO")
    assert b"Aino Ek" in viewer.get(url("company", mill)).content
    assert "CEO" in viewer.get(url("contact", aino)).content.decode()
    for name in ("end_place", "place"):
        viewer.post(url(name, place), {"role": "x"})
    viewer.post(url("delete_company", mill))
    assert names_of(aino) == [("Mylly Oy", "CEO", True)]


def test_a_stranger_finds_no_company(stranger, mill, aino):
    assert stranger.get(url("company", mill)).status_code == 404
    assert "Mylly" not in stranger.get(url("companies")).content.decode()


def test_two_who_save_the_same_name_at_once_make_one_company(editor, monkeypatch):
    def clean_name(form):
        Company.objects.create(name="Kemi Bakery")  # somebody is quicker, after the look whether it is there
        return form.cleaned_data["name"]

    monkeypatch.setattr(CompanyForm, "clean_name", clean_name)
    page = editor.post(reverse("registers:add_company"), {"name": "KEMI bakery", "city": "Kemi"})
    assert page.status_code == 422
    assert "Somebody has saved the same a moment ago" in page.content.decode()
    assert 'value="KEMI bakery"' in page.content.decode()
    assert Company.objects.get().name == "Kemi Bakery"
