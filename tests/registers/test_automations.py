"""What happens by itself when somebody joins or leaves a group: once for each, and never round in a circle."""

import itertools
import re

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registers.absences import today
from registers.automations import running
from registers.automations.acts import act_of
from registers.automations.keeping import save_automation, switch, try_again
from registers.automations.running import find_waiting_runs, forget_old_runs, run_batch, run_waiting
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.memberships import add_to_group, remove_from_group, take_back
from registers.models import Activity, Automation, AutomationRun, Contact, Group, GroupMembership
from tests.registers.addresses import url


@pytest.fixture
def members(register):
    return Group.objects.create(register=register, name="Members")


@pytest.fixture
def others(register):
    return Group.objects.create(register=register, name="Others")


def automation(group, /, act="set_field", on="joined", **values):
    values = values or {"column": "city", "value": "Oulu"}
    return save_automation(group=group, on=on, act=act, values=values)


def work(group):
    run_waiting(group.organisation_id)


def outcomes(**wanted):
    return list(AutomationRun.objects.filter(**wanted).order_by("pk").values_list("state", flat=True))


def in_group(group):
    return set(GroupMembership.objects.filter(group=group).values_list("contact", flat=True))


def test_joining_writes_into_a_column_once(members, aino):
    automation(members)
    assert add_to_group(group=members, contacts=[aino.pk]) == 1
    assert add_to_group(group=members, contacts=[aino.pk]) == 0
    work(members)
    work(members)
    aino.refresh_from_db()
    assert aino.city == "Oulu"
    assert outcomes() == ["done"]
    assert Activity.objects.filter(contact=aino, kind="edited", source__contains="automation").count() == 1


def test_each_joining_counts_and_each_leaving(members, aino):
    automation(members, column="attributes.joined", value="today")
    automation(members, on="left", column="city", value="")
    for _time in range(2):
        add_to_group(group=members, contacts=[aino.pk])
        assert remove_from_group(group=members, contacts=[aino.pk]) == 1
    work(members)
    aino.refresh_from_db()
    assert (aino.attributes["joined"], aino.city) == (today().isoformat(), "")
    assert outcomes() == ["done"] * 4


def test_what_happens_to_one_person_happens_in_its_order(members, aino):
    automation(members, column="city", value="is a member")
    automation(members, on="left", column="city", value="was a member")
    for moves in (add_to_group, remove_from_group, add_to_group):
        moves(group=members, contacts=[aino.pk])
    work(members)
    aino.refresh_from_db()
    assert (aino.city, outcomes()) == ("is a member", ["done"] * 3)


def test_whoever_is_in_the_branch_already_does_not_join_it(register, members, aino):
    below = Group.objects.create(register=register, name="Altos", parent=members)
    beside = Group.objects.create(register=register, name="Tenors", parent=members)
    automation(members)
    automation(members, on="left", column="city", value="Turku")
    add_to_group(group=below, contacts=[aino.pk])
    add_to_group(group=beside, contacts=[aino.pk])
    remove_from_group(group=below, contacts=[aino.pk])
    assert AutomationRun.objects.count() == 1
    remove_from_group(group=beside, contacts=[aino.pk])
    assert [run.automation.on for run in AutomationRun.objects.order_by("pk")] == ["joined", "left"]


def test_groups_follow_groups(members, others, aino, register):
    automation(members, act="add_to_group", group=others)
    automation(others, column="city", value="Oulu")
    automation(members, act="remove_from_group", on="left", group=others)
    add_to_group(group=members, contacts=[aino.pk])
    work(members)
    aino.refresh_from_db()
    assert (in_group(others), aino.city) == ({aino.pk}, "Oulu")
    remove_from_group(group=members, contacts=[aino.pk])
    work(members)
    assert in_group(others) == set()


def test_a_circle_is_refused_in_words(members, others):
    automation(members, act="add_to_group", group=others)
    with pytest.raises(ValidationError, match="round in a circle: joining “Others” → Add to “Members”, joining"):
        automation(others, act="add_to_group", group=members)
    off = save_automation(group=others, on="joined", act="add_to_group", values={"group": members}, enabled=False)
    with pytest.raises(ValidationError, match="circle"):
        switch(automation=off, enabled=True)
    assert Automation.objects.filter(enabled=True).count() == 1


def test_a_circle_that_is_there_all_the_same_ends(members, others, aino):
    """Through a group above, say, which is not looked for when saving."""
    automation(members, act="add_to_group", group=others)
    automation(members, act="remove_from_group", on="joined", group=members)
    Automation.objects.create(group=others, on="joined", act="add_to_group", settings={"group": members.pk}, name="x")
    add_to_group(group=members, contacts=[aino.pk])
    for _time in range(5):
        work(members)
    assert not AutomationRun.objects.waiting().exists()
    assert AutomationRun.objects.filter(state="skipped", outcome__contains="circle").exists()
    assert AutomationRun.objects.count() < 10


def test_a_long_chain_is_cut(register, aino, monkeypatch):
    monkeypatch.setattr("registers.memberships.LONGEST_CHAIN", 3)
    groups = [Group.objects.create(register=register, name=f"Step {number}") for number in range(6)]
    for here, there in itertools.pairwise(groups):
        automation(here, act="add_to_group", group=there)
    add_to_group(group=groups[0], contacts=[aino.pk])
    work(groups[0])
    assert outcomes() == ["done"] * 3 + ["skipped"]


def test_what_is_switched_off_does_nothing(members, aino):
    row = automation(members)
    add_to_group(group=members, contacts=[aino.pk])
    switch(automation=row, enabled=False)
    work(members)
    remove_from_group(group=members, contacts=[aino.pk])
    add_to_group(group=members, contacts=[aino.pk])
    assert outcomes() == ["skipped"]
    aino.refresh_from_db()
    assert aino.city == ""


def test_what_did_not_work_is_shown_and_tried_again(members, others, aino, editor):
    automation(members, act="add_to_group", group=others)
    Group.objects.filter(pk=others.pk).delete()
    add_to_group(group=members, contacts=[aino.pk])
    work(members)
    assert outcomes() == ["failed"]
    page = editor.get(url("group_runs", members)).content.decode()
    assert "The group is not there any more" in page
    assert "1 did not work" in editor.get(url("group", members)).content.decode()
    again = Group.objects.create(register=members.register, name="Others")
    row = Automation.objects.get()
    editor.post(url("edit_automation", row), {"on": "joined", "group": again.pk, "enabled": "on"})
    (run,) = re.findall(r'name="run" value="(\d+)"><button[^>]*>Try again<', page)
    editor.post(url("group_runs", members), {"run": run})
    work(members)
    assert (outcomes(), in_group(again)) == (["done"], {aino.pk})
    assert try_again(group=members) == 0


def test_one_that_breaks_keeps_no_other_waiting(members, register, aino, monkeypatch):
    bo = save_contact(register=register, values={"first_name": "Bo"}, source="test")
    automation(members)
    real = act_of("set_field").perform

    def breaks(automation, runs):
        if aino.pk in {run.contact_id for run in runs}:
            raise RuntimeError
        return real(automation, runs)

    monkeypatch.setattr(act_of("set_field"), "perform", breaks)
    add_to_group(group=members, contacts=[aino.pk, bo.pk])
    work(members)
    assert outcomes() == ["failed", "done"]


def test_the_sweep_finds_what_the_queue_forgot(members, aino, settings, monkeypatch):
    woken = []
    monkeypatch.setattr(running, "wake_runs", woken.append)
    automation(members)
    add_to_group(group=members, contacts=[aino.pk])
    find_waiting_runs()
    AutomationRun.objects.update(at="2026-01-01T00:00Z")
    find_waiting_runs()
    work(members)
    find_waiting_runs()
    assert woken == [members.organisation_id]


def test_a_worker_that_dies_has_done_nothing(members, aino, monkeypatch):
    automation(members)
    add_to_group(group=members, contacts=[aino.pk])
    monkeypatch.setattr(AutomationRun.objects.__class__, "finish", lambda *_args, **_kw: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_batch()
    monkeypatch.undo()
    aino.refresh_from_db()
    assert (aino.city, outcomes()) == ("", ["waiting"])
    work(members)
    assert outcomes() == ["done"]


def test_many_join_in_a_few_statements(members, register, others, monkeypatch):
    monkeypatch.setattr(type(act_of("add_to_group")), "batch", 500)
    automation(members)
    automation(members, act="add_to_group", group=others)
    Contact.objects.bulk_create(Contact(register=register, first_name=f"Nro {number}") for number in range(1_200))
    ids = list(Contact.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        assert add_to_group(group=members, contacts=ids) == 1_200
    assert len(queries) < 15
    assert AutomationRun.objects.waiting().count() == 2_400
    Automation.objects.filter(act="set_field").update(enabled=False)
    while run_batch():
        pass
    assert len(in_group(others)) == 1_200


def test_what_is_taken_back_has_not_happened(members, aino):
    automation(members)
    automation(members, on="left", column="city", value="Turku")
    add_to_group(group=members, contacts=[aino.pk])
    assert take_back(memberships=GroupMembership.objects.filter(group=members)) == 1
    work(members)
    aino.refresh_from_db()
    assert (aino.city, outcomes(), in_group(members)) == ("", ["skipped"], set())


def test_merging_is_no_joining_and_the_log_follows(members, register, aino):
    row = automation(members)
    twin = save_contact(register=register, values={"first_name": "Aino", "city": "Kemi"}, source="test")
    add_to_group(group=members, contacts=[aino.pk, twin.pk])
    record = merge(keep=aino.pk, contacts=[aino.pk, twin.pk])
    assert outcomes(contact=aino) == ["waiting", "waiting"]
    work(members)
    undo_merge(record=record)
    assert outcomes(automation=row) == ["done", "done"]
    assert set(AutomationRun.objects.values_list("contact", flat=True)) == {aino.pk, twin.pk}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"column": "attributes.gender", "value": "kissa"}, "kissa"),
        ({"column": "attributes.joined", "value": "31.2.2026"}, "31.2.2026"),
        ({"column": "email", "value": "x@example.fi"}, "Select a valid choice"),
    ],
)
def test_the_form_says_what_does_not_fit(members, editor, values, words):
    address = url("add_automation", members) + "?act=set_field"
    page = editor.post(address, {"on": "joined", "enabled": "on", **values})
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert not Automation.objects.exists()


def test_an_editor_makes_changes_and_deletes_one(members, aino, editor):
    assert "Nothing happens by itself" in editor.get(url("group", members)).content.decode()
    first = editor.post(url("add_automation", members), {"on": "left", "act": "set_field"})
    assert first["Location"].endswith("?on=left&act=set_field")
    editor.get(first["Location"])
    page = editor.post(
        first["Location"],
        {"on": "joined", "column": "attributes.gender", "value": "Nainen", "enabled": "on"},
        follow=True,
    )
    assert "Write “nainen” into “Gender”" in page.content.decode()
    row = Automation.objects.get()
    page = editor.get(url("edit_automation", row)).content.decode()
    assert 'value="nainen"' in page
    page = editor.post(url("switch_automation", row), {"enabled": "no"}, follow=True).content.decode()
    assert "Switched off" in page
    editor.post(url("switch_automation", row), {"enabled": "yes"})
    add_to_group(group=members, contacts=[aino.pk])
    assert "For 1 person it waits" in editor.get(url("delete_automation", row)).content.decode()
    work(members)
    log = editor.get(url("group_runs", members)).content.decode()
    assert "Aino" in log
    assert "“Gender” is written" in log
    editor.post(url("delete_automation", row))
    assert not AutomationRun.objects.exists()


def test_a_viewer_sees_and_changes_nothing(members, aino, viewer):
    row = automation(members)
    page = viewer.get(url("group", members)).content.decode()
    assert "Write “Oulu” into “City”" in page
    assert "Switch off" not in page
    for name, target in (("edit_automation", row), ("switch_automation", row), ("add_automation", members)):
        assert viewer.post(url(name, target), {"enabled": "no"}).status_code in {302, 403}
    row.refresh_from_db()
    assert row.enabled


def test_the_group_says_since_when(members, aino, editor):
    add_to_group(group=members, contacts=[aino.pk])
    assert "Member since" in editor.get(url("group", members)).content.decode()


def test_what_happened_long_ago_is_forgotten_and_what_waits_is_not(
    members, others, register, aino, editor, monkeypatch
):
    monkeypatch.setattr(running, "FORGOTTEN_AT_ONCE", 2)
    done, later = automation(members), automation(others)
    people = [aino, *(save_contact(register=register, values={"first_name": n}, source="t") for n in "BCD")]
    add_to_group(group=members, contacts=[person.pk for person in people], source="test")
    work(members)
    add_to_group(group=others, contacts=[aino.pk], source="test")
    AutomationRun.objects.update(at=timezone.now() - AutomationRun.KEEP)
    young = AutomationRun.objects.filter(automation=done).first()
    AutomationRun.objects.filter(pk=young.pk).update(at=timezone.now())
    forget_old_runs()
    assert list(AutomationRun.objects.filter(automation=done)) == [young]
    assert outcomes(automation=later) == ["waiting"]
    assert "older than 90 days" in editor.get(url("group_runs", members)).content.decode()
    assert Contact.objects.filter(city="Oulu").count() == 4  # what it has done stays done
