"""A reminder some days before goes out at the hour at which the event begins, also where clocks change in between."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from registers.contacts import save_contact
from sites import rounds, seats
from sites.models import Registration, Round, RsvpPage

HELSINKI = ZoneInfo("Europe/Helsinki")
WEEK = dt.timedelta(days=7)


def at(text, zone=HELSINKI):
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.fixture
def sent_at(event, register, monkeypatch):
    """The minute at which the sweep of each minute sends the reminder of an event, by the clocks of Helsinki."""
    contact = save_contact(register=register, values={"first_name": "Aino", "email": "aino@example.org"}, source="test")
    seats.reply(page_id=event.pk, contact_id=contact.pk, party=1, waiting_list=True)

    def find(starts, amount, unit, **fields):
        event.messages.filter(kind="reminder_confirmed").update(amount=amount, unit=unit, enabled=True)
        event.messages.filter(kind="reminder_unanswered").update(enabled=False)
        RsvpPage.objects.filter(pk=event.pk).update(starts_at=starts, **fields)
        Registration.objects.update(seated_at=starts - 6 * WEEK)
        moment = event.messages.get(kind="reminder_confirmed").moment(starts, RsvpPage.objects.get(pk=event.pk).zone)
        for now in (moment - dt.timedelta(minutes=1), moment):
            assert not Round.objects.exists()
            monkeypatch.setattr(timezone, "now", lambda now=now: now)
            rounds.begin_due_reminders()
        assert Round.objects.get().before == moment
        return moment.astimezone(HELSINKI)

    return find


@pytest.mark.parametrize(
    ("starts", "amount", "unit", "due"),
    [
        # Clocks are put forward on Sunday 29 March 2026 at 3:00.
        ("2026-03-31 18:00", 3, "days", "2026-03-28 18:00"),
        ("2026-03-29 18:00", 3, "days", "2026-03-26 18:00"),
        ("2026-03-29 18:00", 1, "days", "2026-03-28 18:00"),
        ("2026-03-31 18:00", 72, "hours", "2026-03-28 17:00"),
        # … and back on Sunday 25 October 2026 at 4:00.
        ("2026-10-27 18:00", 3, "days", "2026-10-24 18:00"),
        ("2026-10-25 18:00", 3, "days", "2026-10-22 18:00"),
        ("2026-10-25 18:00", 1, "days", "2026-10-24 18:00"),
        ("2026-10-27 18:00", 72, "hours", "2026-10-24 19:00"),
        # The hour that is jumped over is an hour later, and the one that comes twice is the first.
        ("2026-04-01 03:30", 3, "days", "2026-03-29 04:30"),
        ("2026-10-28 03:30", 3, "days", "2026-10-25 03:30"),
        # Nothing changes in between.
        ("2026-06-10 09:15", 14, "days", "2026-05-27 09:15"),
    ],
)
def test_days_are_days_of_the_calendar_and_hours_are_hours(sent_at, starts, amount, unit, due):
    found = sent_at(at(starts), amount, unit)
    assert found.replace(tzinfo=None) == dt.datetime.fromisoformat(due)


def test_an_event_in_the_hour_that_comes_twice(sent_at):
    second = at("2026-10-25 03:30").replace(fold=1)
    assert sent_at(second.astimezone(dt.UTC), 1, "days") == at("2026-10-24 03:30")


def test_an_event_with_a_zone_of_its_own_keeps_the_hour_of_its_guests(sent_at):
    """New York puts its clocks forward three weeks before Helsinki: by then 18:00 there has moved here."""
    new_york = ZoneInfo("America/New_York")
    found = sent_at(at("2026-03-09 18:00", new_york), 3, "days", time_zone="America/New_York")
    assert found == at("2026-03-06 18:00", new_york)
