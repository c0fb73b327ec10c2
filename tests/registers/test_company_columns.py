"""Columns that hold a company: found by its name or made, leading to it, renamed with it."""

import io

import pytest
from django.urls import reverse

from registers.books import add_field, create_register
from registers.companies import employ
from registers.company_columns import rename_in_columns
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.exports.rows import chosen_pieces, rows_of
from registers.imports import running
from registers.imports.companies import new_companies
from registers.imports.remembering import recall
from registers.imports.undoing import confirm_undo, start_undo
from registers.models import Company, Contact, Field, Import, MergeRecord, Segment
from registers.retyping.changing import change_type, run_type_change
from registers.retyping.reading import preview
from registers.segments import compile_rule
from tests.registers.importing import check, confirm, outcome, upload, work

KEY = "attributes.employer"


@pytest.fixture
def club(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    return create_register(name="Club", fields=[{"label": "Employer", "type": "company"}])


@pytest.fixture
def mill(club):
    return Company.objects.create(name="Äijän Mylly Oy")


def person(club, letter, employer=""):
    return save_contact(register=club, values={"email": f"{letter}@example.fi", KEY: employer}, source="t")


def employers():
    return {row.email[0]: row.attributes.get("employer") for row in Contact.objects.order_by("email")}


def fitting(club, op, value=None):
    rule = {"match": "all", "conditions": [{"column": KEY, "op": op, "value": value}]}
    return {contact.email[0] for contact in Contact.objects.filter(compile_rule(rule, club))}


def test_a_company_is_found_whatever_case_and_accents_or_made(club, mill):
    person(club, "a", "äijän mylly oy")
    person(club, "b", "AIJAN  MYLLY OY")
    person(club, "c", "Saha Oy")
    person(club, "d")
    assert employers() == {"a": mill.name, "b": mill.name, "c": "Saha Oy", "d": None}
    assert Company.objects.count() == 2


def test_what_stands_there_at_first_is_a_company_too(club, mill):
    add_field(register=club, label="Payer", type="company", default="aijan mylly oy")
    add_field(register=club, label="Host", type="company", default="Saha Oy")
    aino = person(club, "a")
    assert (aino.attributes["payer"], aino.attributes["host"]) == (mill.name, "Saha Oy")
    assert Company.objects.count() == 2


def test_two_that_differ_in_accents_only_are_not_taken_for_each_other(club):
    for name in ("Åbo Oy", "Äbo Oy"):
        Company.objects.create(name=name)
    person(club, "a", "abo oy")
    person(club, "b", "åbo oy")
    assert employers() == {"a": "abo oy", "b": "Åbo Oy"}
    assert Company.objects.count() == 3


def test_a_reply_from_outside_makes_no_companies(club, mill, editor):
    for employer in ("Saha Oy", "aijan mylly oy"):
        values = {"email": f"{employer[0]}@example.fi", KEY: employer}
        save_contact(register=club, values=values, source="event", make_companies=False)
    assert employers() == {"S": "Saha Oy", "a": mill.name}
    assert Company.objects.get() == mill
    editor.post(reverse("registers:add_company"), {"name": "SAHA Oy"})
    assert employers() == {"S": "SAHA Oy", "a": mill.name}


def test_the_form_offers_known_companies_and_pages_lead_to_them(club, mill, editor, viewer):
    page = editor.get(reverse("registers:add_contact", args=[club.pk])).content.decode()
    assert f'<option value="{mill.name}">' in page
    editor.post(reverse("registers:add_contact", args=[club.pk]), {"email": "a@example.fi", KEY: "aijan mylly oy"})
    aino = Contact.objects.get()
    link = f'<a href="{reverse("registers:company", args=[mill.pk])}">{mill.name}</a>'
    assert link in viewer.get(reverse("registers:contact", args=[aino.pk])).content.decode()
    editor.post(reverse("registers:columns", args=[club.pk]), {"columns": [KEY, "email"]})
    listed = reverse("registers:contacts", args=[club.pk])
    assert link in editor.get(listed).content.decode()
    assert editor.post(
        reverse("registers:edit_contact", args=[aino.pk]), {"email": "a@example.fi", KEY: "x" * 161}
    ).status_code in (200, 422)
    assert employers() == {"a": mill.name}
    page = viewer.get(reverse("registers:company", args=[mill.pk])).content.decode()
    assert "1 contact</a>" in page
    assert "it only stands in a column" in page
    assert "Nobody belongs to it yet" not in page
    editor.post(reverse("registers:edit_contact", args=[aino.pk]), {"email": "a@example.fi"})
    assert b"Nobody belongs to it yet" in viewer.get(reverse("registers:company", args=[mill.pk])).content


def test_where_there_are_too_many_to_offer_they_are_asked_for(club, mill, editor, stranger, monkeypatch):
    url, like = reverse("registers:add_contact", args=[club.pk]), reverse("registers:companies_like")
    Company.objects.create(name="Uusi Äijä Oy")
    assert editor.get(like, {"q": " aija"}).json() == {"names": [mill.name, "Uusi Äijä Oy"]}
    assert stranger.get(like, {"q": "aija"}).json() == {"names": []}
    assert "data-companies" not in editor.get(url).content.decode()
    monkeypatch.setattr("registers.forms.companies.SUGGESTED", 2)
    page = editor.get(url).content.decode()
    assert f'data-companies="{like}"' in page
    assert "registers/companies.js" in page


def test_conditions_on_a_company(club, mill):
    for letter, employer in {"a": mill.name, "b": "Saha Oy", "c": ""}.items():
        person(club, letter, employer)
    assert fitting(club, "is", "äijän mylly oy") == {"a"}
    assert fitting(club, "is_not", "Saha Oy") == {"a", "c"}
    assert fitting(club, "contains", "mylly") == {"a"}
    assert fitting(club, "any_of", ["Saha Oy", mill.name]) == {"a", "b"}
    assert (fitting(club, "filled"), fitting(club, "empty")) == ({"a", "b"}, {"c"})


FILE = "email;Employer\na@example.fi;AIJAN MYLLY OY\nb@example.fi;Saha Oy\nc@example.fi;saha oy\nd@example.fi;\n"


def test_an_import_finds_and_makes_them_and_its_undo_takes_them_back(club, mill, editor):
    person(club, "a")
    batch = check(upload(club, io.BytesIO(FILE.encode())))
    assert batch.mapping[1]["target"] == KEY
    assert new_companies(batch) == 1
    page = editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()
    assert "1 new company will be made." in page
    dry = outcome(batch)
    batch = confirm(batch)
    assert outcome(batch) == dry
    assert employers() == {"a": mill.name, "b": "Saha Oy", "c": "Saha Oy", "d": None}
    again = check(upload(club, io.BytesIO(FILE.encode())))
    assert [status for _number, status, _reasons in outcome(again)] == ["unchanged"] * 4
    Contact.objects.get(email="c@example.fi").delete()
    work(start_undo(batch=batch, user=None))
    work(confirm_undo(batch=Import.objects.get(pk=batch.pk), user=None))
    assert employers() == {"a": None}
    assert [company.name for company in Company.objects.all()] == [mill.name]


@pytest.mark.parametrize("chunk", [1, 5_000])
def test_two_of_a_file_that_differ_in_accents_only_are_two_however_far_apart(club, monkeypatch, chunk):
    monkeypatch.setattr(running, "CHUNK", chunk)
    batch = check(upload(club, io.BytesIO("email;Employer\na@x.fi;Åbo Oy\nb@x.fi;Abo Oy\nc@x.fi;åbo oy\n".encode())))
    assert new_companies(batch) == 2
    confirm(batch)
    assert employers() == {"a": "Åbo Oy", "b": "Abo Oy", "c": "Åbo Oy"}


def test_a_company_that_a_column_holds_at_first_survives_too(club):
    batch = confirm(check(upload(club, io.BytesIO(FILE.encode()))))
    add_field(register=club, label="Payer", type="company", default="saha oy")
    work(start_undo(batch=batch, user=None))
    work(confirm_undo(batch=Import.objects.get(pk=batch.pk), user=None))
    assert [company.name for company in Company.objects.all()] == ["Saha Oy"]


def test_a_company_that_a_column_still_names_survives_the_undo_of_the_import_that_made_it(club):
    batch = confirm(check(upload(club, io.BytesIO(FILE.encode()))))
    person(club, "z", "saha oy")
    work(start_undo(batch=batch, user=None))
    work(confirm_undo(batch=Import.objects.get(pk=batch.pk), user=None))
    assert employers() == {"z": "Saha Oy"}
    assert Company.objects.get().name == "Saha Oy"


@pytest.mark.parametrize(("mistakes", "statuses"), [("reject", "rejected"), ("skip", "created")])
def test_an_import_may_take_only_those_that_are_known(club, mill, mistakes, statuses):
    batch = upload(club, io.BytesIO(FILE.encode()))
    batch = check(batch, known_only=True, mistakes=mistakes)
    dry = outcome(batch)
    assert [status for _number, status, _reasons in dry] == ["created", statuses, statuses, "created"]
    assert dry[1][2] == ["Employer: there is no company “Saha Oy”."]
    assert new_companies(batch) == 0
    assert outcome(confirm(batch)) == dry
    assert employers()["a"] == mill.name
    assert Company.objects.count() == 1
    memory = recall(club, ["email", "Employer"])
    assert memory.targets["employer"]["known_only"] is True


def test_only_known_companies_for_people_who_belong_to_them_too(club, mill):
    text = "email;Company\na@example.fi;aijan mylly oy\nb@example.fi;Saha Oy\n"
    batch = check(upload(club, io.BytesIO(text.encode())), known_only=True)
    assert [status for _number, status, _reasons in outcome(batch)] == ["created", "rejected"]
    confirm(batch)
    assert Company.objects.count() == 1


def test_an_export_holds_the_name(club, mill):
    person(club, "a", mill.name)
    rows = rows_of(Contact.objects.all(), chosen_pieces(club, ["email", KEY]))
    assert list(rows) == [("a@example.fi", mill.name)]


def test_a_column_of_texts_becomes_one_of_companies_and_back(club, mill, editor):
    field = add_field(register=club, label="Works at")
    for letter, text in {"a": "aijan mylly oy", "b": "Saha Oy", "c": "saha oy"}.items():
        save_contact(register=club, values={"email": f"{letter}@x.fi", "works_at": text}, source="t")
    shown = preview(field, "company")
    assert (shown.readable, shown.unreadable, shown.new_companies) == (3, 0, 1)
    url = reverse("registers:change_type", args=[club.pk, field.pk])
    assert "1 company is not known yet" in editor.get(f"{url}?to=company").content.decode()
    run_type_change(change_type(field=field, type="company", user=None).pk)
    held = [row.attributes["works_at"] for row in Contact.objects.order_by("email")]
    assert held == [mill.name, "Saha Oy", "Saha Oy"]
    assert Company.objects.count() == 2
    run_type_change(change_type(field=Field.objects.get(pk=field.pk), type="text", user=None).pk)
    assert [row.attributes["works_at"] for row in Contact.objects.order_by("email")] == held


def test_a_company_is_renamed_in_the_columns_too(club, mill, editor):
    other = create_register(name="Other", fields=[{"label": "Payer", "type": "company"}, {"label": "Word"}])
    person(club, "a", mill.name)
    values = {"email": "z@example.fi", "payer": mill.name, "word": mill.name}
    save_contact(register=other, values=values, source="t")
    url = reverse("registers:edit_company", args=[mill.pk])
    answer = editor.post(url, {"name": "Uusi Mylly Oy"}, follow=True).content.decode()
    assert "2 contacts that name it in a column have its new name there." in answer
    assert Contact.objects.get(register=club).attributes == {"employer": "Uusi Mylly Oy"}
    assert Contact.objects.get(register=other).attributes == {"payer": "Uusi Mylly Oy", "word": mill.name}


def test_segments_go_on_finding_the_people_of_a_company_that_is_renamed(club, mill, editor):
    person(club, "a", mill.name)
    employ(contact=person(club, "b"), company=mill)
    person(club, "c", "Saha Oy")
    own = {"match": "any", "conditions": [{"column": KEY, "op": "any_of", "value": ["Saha Oy", "äijän mylly oy"]}]}
    place = {"column": "about:company", "op": "is", "value": mill.name}
    word = {"column": "last_name", "op": "is_not", "value": mill.name}
    rule = {"match": "all", "conditions": [word, {"match": "any", "conditions": [own, place]}]}
    segment = Segment.objects.create(register=club, name="Mill and saw", rule=rule)
    before = set(segment.contacts())
    assert len(before) == 3
    editor.post(reverse("registers:edit_company", args=[mill.pk]), {"name": "Uusi Mylly Oy"})
    segment.refresh_from_db()
    assert set(segment.contacts()) == before
    assert segment.rule["conditions"][0] == word


def test_an_import_undone_after_a_rename_leaves_the_new_name(club, mill):
    person(club, "a", "Saha Oy")
    batch = confirm(check(upload(club, io.BytesIO(FILE.encode()))))
    rename_in_columns(old=mill.name, new="Uusi Mylly Oy")
    work(start_undo(batch=batch, user=None))
    batch = work(confirm_undo(batch=Import.objects.get(pk=batch.pk), user=None))
    assert employers()["a"] == "Uusi Mylly Oy"
    assert batch.undo_counts["left"] == 1


def test_a_deleted_company_leaves_its_name_and_says_so_first(club, mill, editor):
    aino = person(club, "a", mill.name)
    url = reverse("registers:delete_company", args=[mill.pk])
    assert "Columns that name it keep its name, as a text that leads nowhere: “Employer” (Club): 1." in (
        editor.get(url).content.decode()
    )
    editor.post(url)
    page = editor.get(reverse("registers:contact", args=[aino.pk])).content.decode()
    assert mill.name in page
    assert f">{mill.name}</a>" not in page
    # Who changes something else of them does not bring it back.
    form = {"email": "a@example.fi", "city": "Kemi", KEY: mill.name}
    assert editor.post(reverse("registers:edit_contact", args=[aino.pk]), form).status_code == 302
    assert (employers()["a"], Company.objects.count()) == (mill.name, 0)
    editor.post(reverse("registers:edit_contact", args=[aino.pk]), form | {KEY: "Mylly Oy"})
    assert list(Company.objects.values_list("name", flat=True)) == ["Mylly Oy"]


def test_a_merge_and_its_undo_leave_companies_as_they_were(club, mill):
    aino, bo = person(club, "a", mill.name), person(club, "b", "Saha Oy")
    employ(contact=bo, company=mill)
    before = list(Contact.objects.order_by("pk").values("pk", "attributes"))
    merge(keep=aino.pk, contacts=[aino.pk, bo.pk])
    assert len(employers()) == 1
    undo_merge(record=MergeRecord.objects.get())
    assert list(Contact.objects.order_by("pk").values("pk", "attributes")) == before


def test_nothing_of_another_organisation_is_found(club, mill, stranger):
    assert mill.name not in stranger.get(reverse("registers:companies")).content.decode()
    assert stranger.get(reverse("registers:company", args=[mill.pk])).status_code == 404
