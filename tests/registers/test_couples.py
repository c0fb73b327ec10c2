"""Two people with one label and one greeting, as long as both live."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from mailer.merging.fields import fields_of, values_for
from registers.books import add_field, create_register
from registers.contacts import delete_contacts, save_contact
from registers.couples import change_couple, dissolve_couple, labels_for, make_couple, pairs_of
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.models import Couple, Partner, Segment
from registers.suppression import suppressed
from tests.registers.addresses import url


@pytest.fixture
def add(register):
    def add(first="", last="", **values):
        names = {"first_name": first, "last_name": last}
        return save_contact(register=register, values=names | values, source="test", match_email=False)

    return add


@pytest.fixture
def anna(add):
    return add("Anna", "Virtanen", email="koti@example.fi")


@pytest.fixture
def pekka(add):
    return add("Pekka", "Virtanen", email="koti@example.fi")


@pytest.fixture
def couple(anna, pekka):
    return make_couple(first=anna, second=pekka)


def greeting(contact):
    contact.refresh_from_db()
    values = values_for(contact)
    return values["greeting"], values["couple_label"]


def everything():
    return [list(model.objects.order_by("pk").values()) for model in (Couple, Partner)]


def test_their_names_make_label_and_greeting(anna, pekka, couple, add):
    assert greeting(anna) == greeting(pekka) == ("Anna and Pekka", "Anna and Pekka Virtanen")
    save_contact(register=pekka.register, contact=pekka, values={"last_name": "Ek"}, source="test")
    assert greeting(anna)[1] == "Anna Virtanen and Pekka Ek"
    change_couple(couple=couple, label="Perhe Virtanen", greeting=" ")
    assert greeting(anna) == ("Anna and Pekka", "Perhe Virtanen")
    assert greeting(add("Bo", "Ek")) == ("Bo", "Bo Ek")


def test_the_words_are_in_the_language_of_the_organisation(anna, pekka, couple, organisation):
    organisation.language = "fi"
    organisation.save()
    values = values_for(type(anna).objects.get(pk=anna.pk))
    assert values["greeting"].startswith("Anna ")


def test_a_column_of_the_register_goes_before(anna, couple):
    add_field(register=anna.register, label="Greeting", type="text", key="greeting")
    save_contact(register=anna.register, contact=anna, values={"attributes.greeting": "Dear Anna"}, source="test")
    anna = type(anna).objects.get(pk=anna.pk)
    assert values_for(anna)["greeting"] == "Dear Anna"
    assert [field.key for field in fields_of(anna.register)].count("greeting") == 1


def test_nobody_is_in_two_couples(anna, pekka, couple, add):
    with pytest.raises(ValidationError, match="couple with Pekka Virtanen already"):
        make_couple(first=anna, second=add("Bo"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Partner.objects.create(couple=Couple.objects.create(register=anna.register), contact=anna, place=1)
    dissolve_couple(couple=couple)
    make_couple(first=anna, second=add("Cai"))


def test_a_couple_is_two_living_people_of_one_register(anna, pekka, add):
    other = create_register(name="Others")
    elsewhere = save_contact(register=other, values={"first_name": "Bo"}, source="test")
    for wrong in (anna, elsewhere, add("Dead", deceased=True)):
        with pytest.raises(ValidationError):
            make_couple(first=anna, second=wrong)
    assert not Couple.objects.exists()


def test_it_ends_with_a_death_and_the_widow_is_written_to(anna, pekka, couple):
    save_contact(register=pekka.register, contact=pekka, values={"deceased": True}, source="test")
    assert greeting(anna) == ("Anna", "Anna Virtanen")
    assert not suppressed(organisation_id=anna.organisation_id, channel="email", addresses=["koti@example.fi"])
    save_contact(register=pekka.register, contact=pekka, values={"deceased": False}, source="a mistake")
    assert greeting(anna)[0] == "Anna and Pekka"


def test_a_widow_may_find_somebody_else(anna, pekka, couple, add):
    save_contact(register=pekka.register, contact=pekka, values={"deceased": True}, source="test")
    make_couple(first=add("Bo"), second=anna)
    assert greeting(anna)[0] == "Bo and Anna"
    assert Couple.objects.count() == 1


def test_labels_have_a_couple_once(anna, pekka, couple, add):
    bo = add("Bo", "Ek")
    assert [label.text for label in labels_for([bo, pekka, anna])] == ["Bo Ek", "Anna and Pekka Virtanen"]
    assert [label.text for label in labels_for([pekka])] == ["Pekka Virtanen"]


def test_it_takes_one_query_however_many(anna, pekka, couple, add, django_assert_num_queries):
    people = [anna, pekka, *(add(f"P{number}") for number in range(5))]
    with django_assert_num_queries(1):
        assert len(pairs_of(people)) == 2


def test_erasing_one_ends_it(anna, pekka, couple):
    delete_contacts(register=anna.register, contacts=[anna.pk])
    assert everything() == [[], []]
    assert greeting(pekka) == ("Pekka", "Pekka Virtanen")


def test_a_segment_and_the_list_ask_for_it(anna, pekka, couple, add, editor):
    bo = add("Bo")
    rule = {"match": "all", "conditions": [{"column": "about:couple", "op": "no"}]}
    assert list(Segment(register=anna.register, rule=rule).contacts()) == [bo]
    listed = editor.get(url("contacts", anna.register), {"has": "couple"}).context["object_list"]
    assert {contact.pk for contact in listed} == {anna.pk, pekka.pk}


@pytest.mark.parametrize("case", ["single stays", "other stays", "the two", "both in couples", "one stands"])
def test_a_merge_keeps_one_couple_and_can_be_taken_back(anna, pekka, couple, add, case):
    double, partner = add("Anna", "Virtanen"), add("Bo", "Ek")
    if case == "both in couples":
        make_couple(first=partner, second=double)
    if case == "one stands":
        make_couple(first=partner, second=double)
        save_contact(register=pekka.register, contact=pekka, values={"deceased": True}, source="test")
    before = everything()
    keep, other, expected = {
        "single stays": (anna, double, "Anna and Pekka"),
        "other stays": (double, anna, "Anna and Pekka"),
        "the two": (anna, pekka, "Pekka"),
        "both in couples": (double, anna, "Bo and Anna"),
        "one stands": (anna, double, "Bo and Anna"),
    }[case]
    record = merge(keep=keep.pk, contacts=[keep.pk, other.pk])
    assert greeting(keep)[0] == expected
    undo_merge(record=record)
    assert everything() == before


def test_it_is_made_named_and_parted_on_screen(anna, pekka, add, editor):
    add("Bo", "Ek")
    assert b"Choose the partner" in editor.get(url("contact", anna)).content
    chooser = editor.get(url("contact_partner", anna), {"q": "virtanen"})
    assert list(chooser.context["object_list"]) == [pekka]
    page = editor.post(url("contact_partner", anna), {"partner": pekka.pk}, follow=True).content.decode()
    assert "Anna and Pekka Virtanen" in page
    form = editor.get(url("contact_couple", pekka)).content.decode()
    assert 'placeholder="Anna and Pekka Virtanen"' in form
    editor.post(url("contact_couple", pekka), {"label": "Virtaset", "greeting": "Hei molemmat"})
    assert greeting(anna) == ("Hei molemmat", "Virtaset")
    refused = editor.post(url("contact_partner", anna), {"partner": pekka.pk}, follow=True)
    assert b"already" in refused.content
    asked = editor.get(url("contact_couple_dissolve", pekka)).content.decode()
    assert "Are they “Virtaset” no longer?" in asked
    assert "Hei molemmat" in asked
    assert greeting(anna) == ("Hei molemmat", "Virtaset")
    editor.post(url("contact_couple_dissolve", anna))
    assert greeting(anna)[0] == "Anna"
    assert editor.get(url("contact_couple", anna)).status_code == 404


def test_who_may_only_look_sees_it_and_changes_nothing(anna, pekka, couple, viewer):
    assert "Anna and Pekka Virtanen" in viewer.get(url("contact", anna)).content.decode()
    viewer.post(url("contact_couple_dissolve", anna))
    assert "Anna and" not in viewer.get(url("contact_couple_dissolve", anna)).content.decode()
    assert Couple.objects.exists()
