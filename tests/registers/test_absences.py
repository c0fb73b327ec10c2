"""Who is on leave is left out while it lasts, by the day it is where the organisation lives."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from registers.absences import away_among, end_absence, set_absence, today
from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from registers.models import Absence, Activity, Contact, Segment
from tests.registers.addresses import url

DAY = dt.timedelta(days=1)


@pytest.fixture
def bo(register):
    return save_contact(register=register, values={"first_name": "Bo", "email": "bo@example.fi"}, source="test")


def test_it_ends_by_its_day_and_there(aino, organisation):
    organisation.time_zone = "Pacific/Pago_Pago"  # 25 hours behind: the day before, at any time of the day
    organisation.save()
    set_absence(contacts=[aino.pk], until=today() + DAY)
    assert away_among([aino.pk]) == {aino.pk}
    organisation.time_zone = "Pacific/Kiritimati"
    organisation.save()
    assert away_among([aino.pk]) == set()


def test_one_to_come_does_not_count_yet(aino, editor):
    set_absence(contacts=[aino.pk], since=today() + DAY, until=today() + 9 * DAY, reason="Parental leave")
    assert away_among([aino.pk]) == set()
    page = editor.get(url("contact", aino)).content.decode()
    assert "Parental leave from" in page


def test_a_new_one_takes_the_place_of_the_old(aino):
    set_absence(contacts=[aino.pk], until=today() + 90 * DAY)
    set_absence(contacts=[aino.pk], until=today() + 5 * DAY)
    assert Absence.objects.get().until == today() + 5 * DAY


@pytest.mark.parametrize("days", [(0, 0), (0, -3), (5, 5), (0, 4_000)])
def test_days_that_cannot_be_are_refused(aino, days):
    since, until = (today() + DAY * number for number in days)
    with pytest.raises(ValidationError):
        set_absence(contacts=[aino.pk], since=since, until=until)
    assert not Absence.objects.exists()


def test_the_table_refuses_one_that_ends_before_it_begins(aino):
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(contact=aino, since=today(), until=today())


def test_the_contact_page_sets_and_ends_it(aino, editor):
    assert b"On leave until" in editor.get(url("contact_absence", aino)).content
    refused = editor.post(url("contact_absence", aino), {"until": "2001-01-01", "reason": "Sabbatical"})
    assert (refused.status_code, Absence.objects.count()) == (422, 0)
    assert "Sabbatical" in refused.content.decode()
    until = today() + 30 * DAY
    page = editor.post(url("contact_absence", aino), {"until": until.isoformat(), "reason": "Sabbatical"}, follow=True)
    assert "Sabbatical until" in page.content.decode()
    assert "Back from leave" in page.content.decode()
    assert "Sabbatical until" in editor.get(url("contacts", aino.register)).content.decode()
    page = editor.post(url("contact_absence_end", aino), follow=True)
    assert "Back from leave: write again" not in page.content.decode()
    assert not Absence.objects.exists()
    assert list(Activity.objects.values_list("kind", flat=True)[:2]) == ["back", "away"]


def test_many_at_once_and_back(aino, bo, editor, register):
    ticked = {"contact": [aino.pk, bo.pk], "act": "away"}
    assert b"Until when are 2 contacts on leave?" in editor.post(url("bulk", register), ticked).content
    one = editor.post(url("bulk", register), {**ticked, "contact": aino.pk})
    assert b"Until when is 1 contact on leave?" in one.content
    wrong = editor.post(url("bulk", register), {**ticked, "confirmed": 1, "until": "2001-01-01"})
    assert b"Choose a day to come" in wrong.content
    assert "a leave already" not in one.content.decode()
    set_absence(contacts=[aino.pk], until=today() + 9 * DAY)
    told = editor.post(url("bulk", register), ticked).content.decode()
    assert "1 of them has a leave already: what you write takes its place." in told
    until = (today() + 7 * DAY).isoformat()
    editor.post(url("bulk", register), {**ticked, "confirmed": 1, "until": until})
    assert away_among([aino.pk, bo.pk]) == {aino.pk, bo.pk}
    listed = editor.get(url("contacts", register), {"has": "away"})
    assert len(listed.context["object_list"]) == 2
    ticked["act"] = "back"
    editor.post(url("bulk", register), {**ticked, "confirmed": 1})
    assert not Absence.objects.exists()


def test_who_may_only_look_changes_nothing(aino, viewer):
    for name in ("contact_absence", "contact_absence_end"):
        assert viewer.post(url(name, aino), {"until": today() + DAY}).status_code in (302, 403)
    assert not Absence.objects.exists()


def test_a_segment_asks_for_it(aino, bo, register):
    set_absence(contacts=[aino.pk], until=today() + DAY)
    found = {}
    for op in ("yes", "no"):
        rule = {"match": "all", "conditions": [{"column": "about:away", "op": op}]}
        found[op] = list(Segment(register=register, rule=rule).contacts())
    assert found == {"yes": [aino], "no": [bo]}


def test_it_follows_a_merge_and_comes_back(aino, bo):
    set_absence(contacts=[bo.pk], until=today() + DAY)
    before = list(Absence.objects.values())
    record = merge(keep=aino.pk, contacts=[aino.pk, bo.pk])
    assert away_among([aino.pk]) == {aino.pk}
    undo_merge(record=record)
    assert list(Absence.objects.values()) == before


def test_it_goes_with_the_person(aino):
    set_absence(contacts=[aino.pk], until=today() + DAY)
    Contact.objects.filter(pk=aino.pk).delete()
    assert end_absence(contacts=[aino.pk]) == Absence.objects.count() == 0
