"""Everybody in a file goes into a group, with what the group does for those who join; undo takes them out again."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from registers.automations.keeping import save_automation
from registers.automations.running import run_waiting
from registers.books import create_register
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.imports.undoing import confirm_undo, start_undo
from registers.memberships import add_to_group
from registers.models import Activity, AutomationRun, Contact, Group, GroupMembership
from tests.registers.importing import check, confirm, import_text, outcome, upload, work


@pytest.fixture(autouse=True)
def private(settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path


@pytest.fixture
def guests(register):
    return Group.objects.create(register=register, name="Guests")


@pytest.fixture
def aino(register):
    values = {"first_name": "Aino", "email": "aino@example.fi"}
    return save_contact(register=register, values=values, source="test")


def emails(group):
    return set(group.contacts.values_list("email", flat=True))


def undo(batch):
    judged = work(start_undo(batch=batch, user=None))
    told = judged.undo_counts.get("out_of_group")
    done = work(confirm_undo(batch=judged, user=None))
    assert done.undo_counts.get("out_of_group") == told
    return done


FILE = "email,first name\naino@example.fi,Aino\nbo@example.fi,Bo\nbo@example.fi,Bo\nnot an address,Cy\n"


def test_all_but_those_left_out_go_in_and_the_dry_run_says_the_same(register, guests, aino):
    batch = check(upload(register, BytesIO(FILE.encode())), group=str(guests.pk))
    dry = outcome(batch)
    assert emails(guests) == set()
    batch = confirm(batch)
    assert outcome(batch) == dry
    assert [status for _number, status, _why in dry] == ["unchanged", "created", "repeated", "rejected"]
    assert emails(guests) == {"aino@example.fi", "bo@example.fi"}
    assert Activity.objects.filter(kind="joined_group").count() == 2


def test_a_new_group_is_made_when_it_is_confirmed_and_only_once(register, aino):
    batch = check(upload(register, BytesIO(FILE.encode())), new_group="  Spring   guests ")
    assert not Group.objects.exists()
    confirm(batch)
    import_text(register, FILE, new_group="spring guests")
    assert emails(Group.objects.get()) == {"aino@example.fi", "bo@example.fi"}


def test_undo_takes_out_whom_the_import_put_in(register, guests, aino):
    before = save_contact(register=register, values={"email": "old@example.fi"}, source="test")
    add_to_group(group=guests, contacts=[before.pk])
    batch = import_text(register, FILE + "old@example.fi,\n", group=str(guests.pk))
    assert len(emails(guests)) == 3
    done = undo(batch)
    assert (done.undo_counts["out_of_group"], done.undo_counts["deleted"]) == (1, 1)
    assert emails(guests) == {"old@example.fi"}
    assert not Contact.objects.filter(email="bo@example.fi").exists()


def test_undo_is_offered_where_nothing_else_was_changed(register, guests, aino, editor):
    batch = import_text(register, "email\naino@example.fi\n", group=str(guests.pk))
    assert batch.may_be_undone
    work(start_undo(batch=batch, user=None))
    page = editor.get(reverse("registers:import_step", args=[batch.pk])).content.decode()
    assert "Undo: take 1 contact out of the group" in page
    work(confirm_undo(batch=batch, user=None))
    assert emails(guests) == set()


def test_what_waits_for_those_who_joined_is_dropped_and_what_was_done_keeps_them(register, guests, aino):
    values = {"column": "city", "value": "Oulu"}
    save_automation(group=guests, on="joined", act="set_field", values=values)
    save_automation(group=guests, on="left", act="set_field", values={"column": "city", "value": "Turku"})
    batch = import_text(register, "email\naino@example.fi\n", group=str(guests.pk))
    undo(batch)
    run_waiting(guests.organisation_id)
    assert AutomationRun.objects.get().outcome == "Taken back before it happened"
    batch = import_text(register, FILE, group=str(guests.pk))
    run_waiting(guests.organisation_id)
    done = undo(batch)
    assert (done.undo_counts["kept_new"], done.undo_counts["out_of_group"]) == (1, 1)
    assert emails(guests) == {"bo@example.fi"}


def test_twelve_hundred_join_and_each_is_done_once(register, guests):
    everybody = Group.objects.create(register=register, name="All")
    save_automation(group=guests, on="joined", act="add_to_group", values={"group": everybody})
    lines = "".join(f"p{number}@example.fi\n" for number in range(1_200))
    import_text(register, f"email\n{lines}", group=str(guests.pk))
    assert AutomationRun.objects.waiting().count() == 1_200
    run_waiting(guests.organisation_id)
    assert GroupMembership.objects.filter(group__name="All").count() == 1_200
    import_text(register, f"email\n{lines}", group=str(guests.pk))
    assert AutomationRun.objects.count() == 1_200


def test_a_merge_keeps_them_out_of_the_undo_until_it_is_taken_back(register, guests, aino):
    twin = save_contact(register=register, values={"first_name": "Aino"}, source="test")
    batch = import_text(register, "email\naino@example.fi\n", group=str(guests.pk))
    record = merge(keep=twin.pk, contacts=[twin.pk, aino.pk])
    assert not batch.may_be_undone
    undo_merge(record=record)
    undo(batch)
    assert emails(guests) == set()


def test_the_wizard_asks_and_says_it(register, guests, aino, editor, other_organisation):
    batch = upload(register, BytesIO(FILE.encode()), user=editor.user)
    step = reverse("registers:import_step", args=[batch.pk])
    assert "Put everybody in this file into a group?" in editor.get(step).content.decode()
    form = {
        "target": [entry["target"] for entry in batch.mapping],
        "type": [entry["type"] for entry in batch.mapping],
        "match_by": "email",
        "rule": "overwrite",
        "mistakes": "reject",
    }
    assert editor.post(step, {**form, "group": "987654"}).status_code == 422
    editor.post(step, {**form, "group": guests.pk})
    work(batch)
    page = " ".join(editor.get(step).content.decode().split())
    assert "will be in the group “Guests”" in page
    assert "Import 2 contacts" in page


def test_a_group_of_another_register_is_not_there(register, editor):
    other = Group.objects.create(register=create_register(name="Others"), name="Theirs")
    with pytest.raises(ValidationError, match="not there"):
        check(upload(register, BytesIO(FILE.encode())), group=str(other.pk))
