"""Rows that say nothing new are passed over, unless somebody has written to who they mean since the check."""

import io

import pytest
from django.db import connection

from registers.contacts import delete_contacts, save_contact
from registers.imports import running, writing
from registers.models import Contact, Import, ImportRow
from tests.registers.importing import check, confirm, outcome, upload

FILE = ("email;city;phone;external id", "a@example.fi;Oulu;+358401111111;1", "b@example.fi;Kemi;+358402222222;2")
KEYS = ("external_id", "email", "phone")


def table(*lines):
    return io.BytesIO("\n".join(lines).encode())


@pytest.fixture
def settled(monkeypatch):
    """The numbers of the rows that are written."""
    settle, numbers = running.settle, []

    def settle_and_tell(batch, rows, columns, *, seen):
        numbers.extend(row.number for row in rows if seen is None)
        settle(batch, rows, columns, seen=seen)

    monkeypatch.setattr(running, "settle", settle_and_tell)
    return numbers


@pytest.fixture
def known(register, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    confirm(check(upload(register, table(*FILE))))
    return {contact.email: contact for contact in Contact.objects.all()}


def again(register, match_by, *lines):
    return check(upload(register, table(*(lines or FILE))), match_by=match_by)


def people():
    return sorted(Contact.objects.values_list("email", "city", "external_id"))


@pytest.mark.parametrize("match_by", KEYS)
def test_only_what_is_new_is_written(register, known, settled, match_by):
    batch = again(register, match_by, *FILE[:2], FILE[2].replace("Kemi", "Turku"))
    dry = outcome(batch)
    before = Contact.objects.values("updated_at").get(email="a@example.fi")
    batch = confirm(batch)
    assert settled == [3]
    assert outcome(batch) == dry == [(2, "unchanged", []), (3, "updated", [])]
    assert people() == [("a@example.fi", "Oulu", "1"), ("b@example.fi", "Turku", "2")]
    assert Contact.objects.values("updated_at").get(email="a@example.fi") == before


def test_nobody_is_looked_up_for_who_is_new(register, known, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 1)
    batch = again(register, "email", FILE[0], "c@example.fi;Turku;;3", "d@example.fi;Turku;;4")
    rows = writing._rows_to_write(batch, 0, telling=True).values("pk")
    assert "never executed" in rows.explain(analyze=True)
    confirm(batch)
    with connection.cursor() as cursor:  # the planner knows how many there are, although nothing else tells it
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'registers_contact'::regclass")
        assert cursor.fetchone() == (4,)


def test_the_lease_is_kept_while_much_is_passed_over(register, known, monkeypatch):
    monkeypatch.setattr(writing, "LOOK", 1)
    lines = (*FILE, "c@example.fi;Turku;+358403333333;3")
    batch = confirm(again(register, "email", *lines))
    assert [status for _number, status, _why in outcome(batch)] == ["unchanged", "unchanged", "created"]
    assert batch.state == Import.State.DONE

    def cancelled(rows, size):
        Import.objects.filter(pk=batch.pk).update(lease_token=None)
        return []

    batch = again(register, "email", *lines)
    monkeypatch.setattr(writing, "_staged", cancelled)
    assert confirm(batch).state == Import.State.IMPORTING


def edit(contact):
    save_contact(register=contact.register, contact=contact, values={"city": "Vaasa"}, source="t")


def edit_silently(contact):
    Contact.objects.filter(pk=contact.pk).update(city="Vaasa")


@pytest.mark.parametrize("match_by", KEYS)
@pytest.mark.parametrize("happen", [edit, edit_silently])
def test_who_has_been_edited_since_the_check_gets_what_the_file_says(register, known, settled, happen, match_by):
    batch = again(register, match_by)
    happen(known["a@example.fi"])
    batch = confirm(batch)
    assert settled == [2]
    assert [status for _number, status, _why in outcome(batch)] == ["updated", "unchanged"]
    assert people() == [("a@example.fi", "Oulu", "1"), ("b@example.fi", "Kemi", "2")]


@pytest.mark.parametrize("match_by", KEYS)
def test_who_has_been_deleted_since_the_check_is_added_again(register, known, settled, match_by):
    batch = again(register, match_by)
    delete_contacts(register=register, contacts=[known["a@example.fi"].pk])
    batch = confirm(batch)
    assert settled == [2]
    assert [status for _number, status, _why in outcome(batch)] == ["created", "unchanged"]
    assert people() == [("a@example.fi", "Oulu", "1"), ("b@example.fi", "Kemi", "2")]


def test_somebody_older_who_has_the_address_by_then_is_meant(register, known, settled):
    lines = ("email;city", "b@example.fi;Kemi")
    batch = again(register, "email", *lines)
    save_contact(register=register, contact=known["a@example.fi"], values={"email": "b@example.fi"}, source="t")
    confirm(batch)
    assert settled == [2]
    assert people() == [("b@example.fi", "Kemi", "1"), ("b@example.fi", "Kemi", "2")]


def test_a_later_row_about_the_same_person_is_written(register, known, settled):
    batch = confirm(again(register, "email", *FILE[:2], "a@example.fi;Turku;;"))
    assert settled == [3]
    assert [status for _number, status, _why in outcome(batch)] == ["unchanged", "repeated"]
    assert Contact.objects.get(email="a@example.fi").city == "Turku"


def test_rows_checked_before_it_was_noted_are_all_looked_at(register, known, settled):
    batch = again(register, "email")
    ImportRow.objects.update(same_as="")
    confirm(batch)
    assert settled == [2, 3]
