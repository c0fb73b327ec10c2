"""Many contacts are changed at once: counted first, each once, and taken back byte for byte."""

import random

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from registers.automations.keeping import save_automation
from registers.automations.running import run_waiting
from registers.books import add_field, change_field
from registers.bulk.acts import ColumnAct
from registers.bulk.preparing import choose_contacts, confirm_change, plan_group_change, stop_change
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.imports import running
from registers.imports.sweeps import delete_old_files
from registers.memberships import add_to_group
from registers.models import (
    Activity,
    AutomationRun,
    ChosenContacts,
    Contact,
    Group,
    GroupMembership,
    Import,
    ImportChange,
)
from registers.suppression import suppressed
from tests.registers.changing import changed, counted, three_people, undone
from tests.registers.importing import import_text, work

State = Import.State
ROW = ("updated_at", "created_at")


@pytest.fixture(autouse=True)
def private(settings, tmp_path):
    settings.PRIVATE_DIR = tmp_path


@pytest.fixture
def people(register):
    return three_people(register)


def snapshot(contacts):
    """Everything that stands of them, but when it was written."""
    rows = Contact.objects.filter(pk__in=[contact.pk for contact in contacts]).order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in ROW} for row in rows]


CHANGES = [
    ("city", "set", "Kemi", 2, 1),
    ("city", "empty", None, 2, 1),
    ("birth_date", "set", "1.2.1980", 3, 0),
    ("birth_date", "empty", None, 0, 3),
    ("last_name", "set", "Virtanen", 3, 0),
    ("email", "set", "office@example.fi", 3, 0),
    ("attributes.interests", "add", ["musiikki"], 1, 2),
    ("attributes.interests", "add", ["sport", "musiikki"], 3, 0),
    ("attributes.interests", "remove", ["musiikki"], 2, 1),
    ("attributes.interests", "remove", ["lapset", "sport"], 1, 2),
    ("attributes.interests", "set", ["musiikki"], 2, 1),
    ("attributes.interests", "empty", None, 2, 1),
    ("attributes.turnover", "set", "7,0", 2, 1),
    ("attributes.volunteer", "set", "yes", 2, 1),
    ("attributes.volunteer", "set", "no", 3, 0),
    ("attributes.volunteer", "empty", None, 1, 2),
    ("attributes.joined", "set", "2.3.2024", 3, 0),
    ("deceased", "set", "no", 0, 3),
]


@pytest.mark.parametrize(("column", "does", "value", "will", "same"), CHANGES)
def test_the_count_is_what_happens_and_undo_restores_it(register, people, column, does, value, will, same):
    before = snapshot(people)
    batch = changed(register, people, column, does, value)
    assert (batch.counts["will"], batch.counts["same"]) == (will, same)
    assert Activity.objects.filter(kind="changed_together").count() == will
    again = counted(register, people, column, does, value)
    assert (again.counts["will"], again.counts["same"]) == (0, 3)
    if will:
        done = undone(batch)
        assert done.undo_counts.get("restored") == will
    assert snapshot(people) == before


def test_what_a_choice_column_holds_afterwards(register, people):
    changed(register, people, "attributes.interests", "add", ["sport"])
    changed(register, people, "attributes.interests", "remove", ["musiikki"])
    assert [row.attributes.get("interests") for row in Contact.objects.order_by("pk")] == [
        ["lapset", "sport"],
        ["sport"],
        ["sport"],
    ]


def test_search_and_keys_follow(register, people):
    changed(register, people, "last_name", "set", "Meikäläinen")
    assert Contact.objects.search("meikalainen").count() == 3
    changed(register, people, "email", "set", "Office@Example.fi")
    assert set(Contact.objects.values_list("email_key", flat=True)) == {"office@example.fi"}


def test_undo_leaves_what_people_have_changed_since_and_says_so(register, people):
    batch = changed(register, people, "city", "set", "Vaasa")
    save_contact(register=register, contact=people[0], values={"city": "Turku"}, source="test")
    done = undone(batch)
    assert done.undo_counts == {"restored": 2, "left": 1, "empty_columns": []}
    assert list(Contact.objects.order_by("pk").values_list("city", flat=True)) == ["Turku", "Oulu", ""]
    assert ImportChange.objects.get(kept__isnull=False).kept == ["Changed since: City"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_changes_of_one_column_undone_in_either_order_leave_what_was_before_both(register, people, order):
    before = snapshot(people)
    batches = [
        changed(register, people, "attributes.interests", "empty"),
        changed(register, people, "attributes.interests", "set", ["sport"]),
    ]
    for number in order:
        undone(batches[number])
    assert snapshot(people) == before


def test_an_import_and_a_change_go_back_in_either_order(register, people):
    before = snapshot(people)
    imported = import_text(register, "email,city\naino@example.fi,Rauma\nnew@example.fi,Rauma\n")
    batch = changed(register, list(Contact.objects.all()), "city", "set", "Pori")
    undone(imported)
    assert Contact.objects.count() == 4  # the new one has been changed since
    undone(batch)
    assert snapshot(people) == before


def test_an_import_takes_new_people_back_once_their_change_is(register, people):
    imported = import_text(register, "email,city\nnew@example.fi,Rauma\n")
    undone(changed(register, list(Contact.objects.all()), "city", "set", "Pori"))
    undone(imported)
    assert Contact.objects.count() == 3


def test_what_only_one_may_have_is_given_to_one(register, people):
    field = add_field(register=register, label="Card", unique=True)
    refused = counted(register, people, "attributes.card", "set", "A1")
    assert (refused.counts["will"], refused.counts["refused"]) == (0, 3)
    changed(register, people[:1], "attributes.card", "set", "A1")
    taken = counted(register, people[1:2], "attributes.card", "set", "a1")
    assert (taken.counts["will"], taken.counts["refused"]) == (0, 1)
    everybody = counted(register, people, "attributes.card", "set", "A1")
    assert (everybody.counts["same"], everybody.counts["refused"]) == (1, 2)
    number = counted(register, people, "external_id", "set", "7")
    assert number.counts["refused"] == 3
    assert field.unique


def test_a_required_column_is_not_emptied(register, people):
    field = register.fields.get(key="interests")
    change_field(field=field, label=field.label, required=True)
    with pytest.raises(ValidationError):
        counted(register, people, "attributes.interests", "empty")
    batch = changed(register, people, "attributes.interests", "remove", ["musiikki"])
    assert (batch.counts["will"], batch.counts["refused"], batch.counts["same"]) == (1, 1, 1)
    assert Contact.objects.get(first_name="Bo").attributes["interests"] == ["musiikki"]


@pytest.mark.parametrize(
    ("column", "does", "value"),
    [
        ("city", "set", ""),
        ("city", "add", "x"),
        ("nothing", "set", "x"),
        ("birth_date", "set", "yesterday"),
        ("attributes.gender", "set", "cat"),
        ("deceased", "empty", None),
        ("city", "explode", "x"),
    ],
)
def test_what_cannot_be_is_refused_in_words(register, people, column, does, value):
    with pytest.raises(ValidationError):
        counted(register, people, column, does, value)


def test_the_dead_get_no_letters_until_it_is_taken_back(register, people):
    def stopped():
        return suppressed(organisation_id=register.organisation_id, channel="email", addresses=["bo@example.fi"])

    batch = changed(register, people[1:2], "deceased", "set", "yes")
    assert stopped()["bo@example.fi"]
    undone(batch)
    assert not stopped().get("bo@example.fi")


def test_who_was_chosen_is_changed_whatever_the_filter_finds_later(register, people):
    batch = counted(register, people, "city", "set", "Vaasa")
    people[2].delete()
    save_contact(register=register, contact=people[1], values={"city": "Vaasa"}, source="test")
    batch = work(confirm_change(batch=batch))
    assert (batch.counts["done_will"], batch.counts["done_same"], batch.counts["done_gone"]) == (1, 1, 1)


def test_a_column_that_has_gone_meanwhile_changes_nobody(register, people):
    batch = counted(register, people, "attributes.turnover", "set", "3")
    field = register.fields.get(key="turnover")
    change_field(field=field, label=field.label, retired=True)
    batch = work(confirm_change(batch=batch))
    assert (batch.state, batch.error) == (State.FAILED, "The column is not there any more. Choose another.")


def test_merging_leaves_a_merged_contact_out_of_the_undo_until_it_is_taken_back(register, people):
    batch = changed(register, people, "city", "set", "Vaasa")
    record = merge(keep=people[0].pk, contacts=[people[0].pk, people[1].pk])
    undo_merge(record=record)
    assert undone(batch).undo_counts["restored"] == 3


def group_change(register, contacts, does, **group):
    batch = choose_contacts(register=register, contacts=[contact.pk for contact in contacts], does=does, user=None)
    batch = work(plan_group_change(batch=batch, does=does, **group))
    told = batch.counts["will"]
    batch = work(confirm_change(batch=batch))
    assert batch.counts["done_will"] == told
    return batch


def test_joining_a_new_group_and_back(register, people):
    batch = choose_contacts(register=register, contacts=[row.pk for row in people], does="join", user=None)
    work(plan_group_change(batch=batch, does="join", new_group="Choir"))
    assert not Group.objects.exists()
    group_change(register, people[:2], "join", new_group="Choir")
    batch = group_change(register, people, "join", new_group="choir")
    assert (batch.counts["will"], batch.counts["same"]) == (1, 2)
    assert undone(batch).undo_counts["out_of_group"] == 1
    assert set(Group.objects.get().contacts.values_list("first_name", flat=True)) == {"Aino", "Bo"}


def test_leaving_a_group_and_back_as_what_they_were(register, people):
    group = Group.objects.create(register=register, name="Choir")
    add_to_group(group=group, contacts=[row.pk for row in people[:2]])
    GroupMembership.objects.update(added_at=timezone.now() - timezone.timedelta(days=900))
    save_automation(group=group, on="left", act="set_field", values={"column": "city", "value": "Gone"})
    before = list(GroupMembership.objects.order_by("contact").values_list("contact", "added_at", "made_by"))
    cities = list(Contact.objects.order_by("pk").values_list("city", flat=True))
    batch = group_change(register, people, "leave", group=group)
    assert (batch.counts["will"], batch.counts["same"]) == (2, 1)
    assert not GroupMembership.objects.exists()
    assert AutomationRun.objects.waiting().count() == 2
    undone(batch)
    run_waiting(register.organisation_id)
    assert list(GroupMembership.objects.order_by("contact").values_list("contact", "added_at", "made_by")) == before
    assert list(Contact.objects.order_by("pk").values_list("city", flat=True)) == cities


def test_who_has_come_back_to_the_group_by_themselves_is_left_alone(register, people):
    group = Group.objects.create(register=register, name="Choir")
    add_to_group(group=group, contacts=[row.pk for row in people[:2]])
    batch = group_change(register, people, "leave", group=group)
    add_to_group(group=group, contacts=[people[0].pk])
    again = GroupMembership.objects.get().added_at
    assert undone(batch).undo_counts == {"restored": 1, "left": 1, "empty_columns": []}
    assert GroupMembership.objects.get(contact=people[0]).added_at == again
    assert ImportChange.objects.get(kept__isnull=False).kept == ["Changed since: Group"]


def test_killed_on_the_way_it_goes_on_and_nobody_is_done_twice(register, monkeypatch):
    monkeypatch.setattr("registers.bulk.preparing.PIECE", 50)
    people = [save_contact(register=register, values={"first_name": f"P{n}"}, source="test") for n in range(400)]
    batch = counted(register, people, "attributes.interests", "add", ["lapset"])
    confirm_change(batch=batch)
    rng = random.Random(5)
    for _kill in range(10):
        deaths = iter([False] * rng.randrange(1, 3) + [True])

        def die(*_args, deaths=deaths, **_more):
            if next(deaths):
                raise KeyboardInterrupt  # in the middle of a piece, all of it written but its cursor

        with monkeypatch.context() as patched:
            patched.setattr("registers.bulk.acts.record_activity", die)
            with pytest.raises(KeyboardInterrupt):
                running.run_import(batch.pk)
        Import.objects.filter(pk=batch.pk).update(lease_until=timezone.now())
        if Import.objects.get(pk=batch.pk).imported_to >= 6:
            break
    batch = work(batch)
    assert (batch.state, batch.counts["done_will"]) == (State.DONE, 400)
    assert ImportChange.objects.filter(batch=batch).count() == 400
    assert Contact.objects.filter(attributes__interests=["lapset"]).count() == 400


def test_one_stopped_on_the_way_can_be_taken_back(register, people, monkeypatch):
    monkeypatch.setattr("registers.bulk.preparing.PIECE", 1)
    before = snapshot(people)
    batch = confirm_change(batch=counted(register, people, "city", "set", "Vaasa"))
    with monkeypatch.context() as short:
        short.setattr("registers.imports.running.SECONDS_PER_JOB", 0)
        work(batch)
    assert stop_change(batch=batch) == 1
    assert undone(batch).undo_counts["restored"] == 1
    assert snapshot(people) == before


def test_after_a_month_it_stands_and_what_was_never_confirmed_goes(register, people):
    done = changed(register, people, "city", "set", "Vaasa")
    counted(register, people, "city", "set", "Pori")
    Import.objects.update(created_at=timezone.now() - timezone.timedelta(days=31))
    delete_old_files()
    batch = Import.objects.get()
    assert (batch.pk, batch.change["value"], batch.counts["done_will"]) == (done.pk, None, 3)
    assert not batch.may_be_undone
    assert not ImportChange.objects.exists()
    assert not ChosenContacts.objects.exists()


def test_what_others_write_at_the_same_time_again_and_again_stops_it_in_words(register, people, monkeypatch):
    batch = confirm_change(batch=counted(register, people, "city", "set", "Vaasa"))
    tried = []

    def clash(*_what):
        tried.append(1)
        raise IntegrityError

    monkeypatch.setattr(ColumnAct, "perform", clash)
    batch = work(batch)
    assert (len(tried), batch.state) == (3, State.FAILED)
    assert "Try again in a moment" in batch.error
    assert not Contact.objects.filter(city="Vaasa").exists()
