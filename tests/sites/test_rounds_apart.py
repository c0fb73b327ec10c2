"""The mails of one event keep those of no other waiting, whatever is wrong with them."""

import datetime as dt

import pytest
from django.db import OperationalError
from django.utils import timezone

from organisations.sweeps import for_each
from registers.contacts import save_contact
from sites import letters, rounds, seats
from sites.models import Registration, Round, RsvpPage

LONG_AGO = dt.timedelta(days=3)


@pytest.fixture
def events(make_event, register):
    """Two, with a guest each and a reminder that is due; of the sooner one nothing can be sent."""
    made = [make_event(title=slug, slug=slug) for slug in ("broken", "whole")]
    for hours, event in enumerate(made, start=10):
        values = {"first_name": event.slug, "email": f"{event.slug}@example.org"}
        guest = save_contact(register=register, values=values, source="test")
        seats.reply(page_id=event.pk, contact_id=guest.pk, party=1, waiting_list=True)
        RsvpPage.objects.filter(pk=event.pk).update(starts_at=timezone.now() + dt.timedelta(hours=hours))
    Registration.objects.update(seated_at=timezone.now() - LONG_AGO, created_at=timezone.now() - LONG_AGO)
    return made


@pytest.fixture
def break_for(events, monkeypatch):
    def break_one(module, name):
        done = getattr(module, name)

        def broken(*args, page, **kwargs):
            if page.slug == "broken":
                raise ValueError("its texts cannot be read")
            return done(*args, page=page, **kwargs)

        monkeypatch.setattr(module, name, broken)

    return break_one


def test_a_reminder_that_cannot_be_begun(events, break_for):
    break_for(rounds, "begin")
    with pytest.raises(ExceptionGroup, match="Some failed"):
        rounds.begin_due_reminders()
    assert Round.objects.get(kind="reminder_confirmed").page.slug == "whole"


def test_a_round_that_cannot_be_ended(events, break_for, mails):
    rounds.begin_due_reminders()
    Round.objects.update(started_at=timezone.now() - dt.timedelta(minutes=5))
    break_for(letters, "send_to_guest")
    with pytest.raises(ExceptionGroup, match="Some failed"):
        rounds.resume_rounds()
    assert [address for _, address, _ in mails("event.reminder")] == ["whole@example.org"]
    assert Round.objects.get(finished_at=None, kind="reminder_confirmed").page.slug == "broken"


def test_where_a_server_is_away_the_others_are_not_tried():
    tried = []

    def act(number):
        tried.append(number)
        raise OperationalError("the connection is closed")

    with pytest.raises(OperationalError):
        for_each([1, 2], act)
    assert tried == [1]
