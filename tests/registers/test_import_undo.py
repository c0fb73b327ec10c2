"""Undoing an import: what nobody has touched since is as it was, what people changed since stays."""

import io
import random

import pytest
from django.db import connection

from registers.activity import record
from registers.books import create_register
from registers.contacts import delete_contacts, save_contact
from registers.imports import retracting, running
from registers.imports.undoing import confirm_undo, drop_undo, retire_empty_columns, start_undo
from registers.memberships import add_to_group
from registers.models import AccessLog, Activity, Company, Contact, Group, Import, ImportChange
from registers.suppression import suppressed
from tests.registers.importing import DATA, check, confirm, upload, work

pytestmark = pytest.mark.takes(30)

Undo = Import.Undo


@pytest.fixture
def members(organisation, settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path
    fields = [
        {"label": "Diet", "key": "diet"},
        {"label": "Points", "key": "points", "type": "number"},
        {"label": "Volunteer", "key": "volunteer", "type": "yes_no"},
        {"label": "Likes", "key": "likes", "type": "multiple_choice", "options": ["music", "food", "travel"]},
    ]
    return create_register(name="Members", fields=fields)


def table(*lines):
    return io.BytesIO("\n".join(lines).encode())


def bring(register, *lines, **choices):
    return confirm(check(upload(register, table(*lines)), **choices))


def undo(batch):
    batch = work(start_undo(batch=batch, user=None))
    assert batch.undo == Undo.READY
    return work(confirm_undo(batch=batch, user=None))


def state():
    """Every contact with all it holds, but for when it was last changed."""
    rows = Contact.objects.order_by("pk").values()
    return {row["id"]: {key: value for key, value in row.items() if key != "updated_at"} for row in rows}


def add(register, **values):
    return save_contact(register=register, values={key.replace("__", "."): v for key, v in values.items()}, source="t")


def test_it_gives_back_what_was_there_and_deletes_what_was_not(members):
    add(members, email="a@example.fi", city="Kemi", birth_date="1.2.1980", diet="vegan", points="1.5", likes=["food"])
    add(members, email="b@example.fi", first_name="Bo")
    before = state()
    lines = (
        "email;first_name;city;birth_date;Diet;Points;Volunteer;Likes",
        "a@example.fi;Aino;Oulu;3.4.1985;;2;yes;music,travel",
        "b@example.fi;Bo;;;;;;",
        "c@example.fi;Cecilia;Turku;;none;;no;food",
    )
    batch = bring(members, *lines)
    assert state() != before
    batch = work(start_undo(batch=batch, user=None))
    counts = {"deleted": 1, "restored": 1}
    assert (batch.undo, batch.undo_counts) == (Undo.READY, counts)
    assert len(state()) == 3, "looking changes nothing"
    batch = work(confirm_undo(batch=batch, user=None))
    assert batch.undo == Undo.DONE
    assert batch.undo_counts == {**counts, "empty_columns": []}
    assert state() == before
    told = Activity.objects.get(kind="import_undone")
    assert (told.contact.email, told.source, told.data) == ("a@example.fi", "people.csv", {"import": batch.pk})
    log = {entry.action: (entry.count, entry.purpose) for entry in AccessLog.objects.exclude(action="import")}
    assert log == {"delete": (1, "undo of people.csv"), "edit": (1, "undo of people.csv")}


def test_what_a_person_has_changed_since_stays_column_by_column(members):
    kept = add(members, email="a@example.fi", city="Kemi", attributes__diet="vegan")
    batch = bring(members, "email,city,Diet,Points", "a@example.fi,Oulu,none,3")
    kept.refresh_from_db()
    save_contact(register=members, contact=kept, values={"city": "Vaasa", "attributes.points": "4"}, source="t")
    batch = undo(batch)
    kept.refresh_from_db()
    assert (kept.city, kept.attributes) == ("Vaasa", {"diet": "vegan", "points": 4})
    assert ImportChange.objects.get().kept == ["Changed since: City, Points"]
    assert batch.undo_counts["partly"] == 1


def _edit(contact):
    save_contact(register=contact.register, contact=contact, values={"city": "Vaasa"}, source="t")


def _edit_silently(contact):
    Contact.objects.filter(pk=contact.pk).update(attributes={"diet": "vegan"})


def _join(contact):
    group = Group.objects.create(register=contact.register, name="Choir")
    add_to_group(group=group, contacts=[contact.pk])


def _open_a_letter(contact):
    record(contact=contact, kind="opened")


@pytest.mark.parametrize(
    ("happen", "reason"),
    [(_edit, "Changed"), (_edit_silently, "Changed"), (_join, "Added to group"), (_open_a_letter, "Opened")],
)
def test_an_added_contact_with_whom_something_happened_is_kept(members, happen, reason):
    batch = bring(members, "email,city", "a@example.fi,Oulu", "b@example.fi,Kemi")
    happen(Contact.objects.get(email="a@example.fi"))
    batch = undo(batch)
    assert list(Contact.objects.values_list("email", flat=True)) == ["a@example.fi"]
    assert (batch.undo_counts["kept_new"], batch.undo_counts["deleted"]) == (1, 1)
    assert any(text.startswith(reason) for text in ImportChange.objects.get().kept)


def test_a_messy_file_leaves_nothing_but_its_columns(members, settings):
    add(members, external_id="3729", first_name="Somebody", city="Else")
    before = state()
    batch = undo(confirm(check(upload(members, DATA / "some-members.xlsx"))))
    assert state() == before
    assert set(batch.undo_counts) <= {"deleted", "restored", "empty_columns"}
    made = set(batch.undo_counts["empty_columns"])
    assert made == {"sukupuoli", "kiinnostukset"}
    assert not Company.objects.exists()
    add(members, first_name="X", sukupuoli="nainen")
    assert {field.key for field in retire_empty_columns(batch=batch)} == {"kiinnostukset"}
    assert not members.fields.get(key="sukupuoli").retired


def test_rows_about_one_person_in_several_chunks_are_one_change(members, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 2)
    add(members, email="a@example.fi", city="Kemi")
    before = state()
    lines = ["email,city,Diet"]
    for n in range(3):
        lines += [f"a@example.fi,Oulu {n},", f"b@example.fi,Turku {n},x", f"a@example.fi,,d{n}"]
    batch = bring(members, *lines)
    changes = {change.contact.email: change for change in ImportChange.objects.select_related("contact")}
    assert changes["a@example.fi"].before == {"city": "Kemi"}
    assert changes["a@example.fi"].after == {"city": "Oulu 2", "attributes.diet": "d2"}
    assert changes["b@example.fi"].before is None
    undo(batch)
    assert state() == before


@pytest.mark.parametrize("older_first", [True, False])
def test_two_imports_that_overlap_leave_what_was_before_both(members, older_first):
    add(members, email="a@example.fi", city="Kemi", attributes__diet="vegan")
    before = state()
    older = bring(members, "email,city,Points", "a@example.fi,Oulu,1")
    newer = bring(members, "email,city,Points,Diet", "a@example.fi,Turku,2,none")
    between = state()
    if older_first:
        older = undo(older)
        assert state() == between, "all that the older one wrote has been written over"
        assert older.undo_counts["left"] == 1
        undo(newer)
    else:
        undo(newer)
        undo(older)
    assert state() == before


def test_a_contact_that_a_later_file_knows_is_kept_until_that_is_undone(members):
    older = bring(members, "email,city", "a@example.fi,Oulu")
    newer = bring(members, "email,city", "a@example.fi,Turku")
    looked = work(start_undo(batch=older, user=None))
    assert looked.undo_counts == {"kept_new": 1}
    assert ImportChange.objects.get(batch=older).kept == ["Imported again: people.csv"]
    assert drop_undo(batch=older)
    undo(newer)
    undo(Import.objects.get(pk=older.pk))
    assert state() == {}


def test_a_former_external_id_that_somebody_else_has_now_is_not_given_twice(members):
    add(members, email="a@example.fi", external_id="1")
    batch = bring(members, "email,external id", "a@example.fi,2", match_by="email")
    add(members, email="b@example.fi", external_id="1")
    assert undo(batch).undo_counts["left"] == 1
    assert sorted(Contact.objects.values_list("external_id", flat=True)) == ["1", "2"]


def test_the_living_who_were_imported_as_dead_may_be_written_to_again(members):
    add(members, email="a@example.fi")
    batch = bring(members, "email,first_name,kuollut", "a@example.fi,A,yes", "b@example.fi,B,yes", "c@example.fi,C,no")
    addresses = ["a@example.fi", "b@example.fi"]
    asked = {"organisation_id": members.organisation_id, "channel": "email", "addresses": addresses}
    assert set(suppressed(**asked)) == set(addresses)
    undo(batch)
    assert suppressed(**asked) == {}


def test_an_erased_contact_takes_its_log_along(members):
    batch = bring(members, "email,city", "a@example.fi,Oulu", "b@example.fi,Kemi")
    delete_contacts(register=members, contacts=[Contact.objects.get(email="a@example.fi").pk])
    assert ImportChange.objects.count() == 1
    assert undo(batch).undo_counts["deleted"] == 1


def test_a_cancelled_import_can_be_undone_as_far_as_it_came(members, monkeypatch):
    monkeypatch.setattr(running, "CHUNK", 50)
    batch = check(upload(members, DATA / "cyrillic-tab-utf16.txt"))
    settle, calls = running.settle, []

    def cancelling(*args, **kwargs):
        settle(*args, **kwargs)
        calls.append(1)
        if len(calls) == 2:
            Import.objects.update(state=Import.State.CANCELLED)

    monkeypatch.setattr(running, "settle", cancelling)
    batch = confirm(batch)
    assert Contact.objects.exists()
    undo(batch)
    assert not Contact.objects.exists()


class Killed(BaseException):
    """kill -9, as far as a test can do it: at the n-th statement, whatever that is."""


def _dying(at):
    count = 0

    def execute(run, *args):
        nonlocal count
        count += 1
        if count == at:
            raise Killed
        return run(*args)

    return execute


@pytest.mark.parametrize("seed", range(10))
def test_a_worker_killed_at_any_moment_costs_nothing(members, monkeypatch, seed):
    chance = random.Random(seed)
    monkeypatch.setattr(retracting, "CHUNK", 7)
    for n in range(0, 40, 2):
        add(members, email=f"p{n}@example.fi", city="Kemi")
    before = state()
    batch = bring(members, "email,city", *(f"p{n}@example.fi,Oulu" for n in range(40)))
    start_undo(batch=batch, user=None)
    kills = 0
    for phase in (Undo.READY, Undo.DONE):
        for at in (chance.randint(1, 25), chance.randint(1, 70)):
            try:
                with connection.execute_wrapper(_dying(at)):
                    running.run_import(batch.pk)
            except Killed:
                kills += 1
            Import.objects.update(lease_until="2020-01-01T00:00:00Z")
        batch = work(batch)
        assert batch.undo == phase
        if phase == Undo.READY:
            assert batch.undo_counts == {"deleted": 20, "restored": 20}
            confirm_undo(batch=batch, user=None)
    assert kills >= 2
    assert batch.undo_counts == {"deleted": 20, "restored": 20, "empty_columns": []}
    assert state() == before
    assert Activity.objects.filter(kind="import_undone").count() == 20, "each once"


def test_stranded_undos_are_woken(members):
    batch = start_undo(batch=bring(members, "email", "a@example.fi"), user=None)
    assert running.wake_stranded() == 0, "its job is under way"
    Import.objects.update(lease_until="2020-01-01T00:00:00Z")
    assert running.wake_stranded() == 1
    assert work(batch).undo == Undo.READY
