"""A rush of replies to one event: what is kept in memory for a moment, and what never is."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import PageViewRestriction
from wagtail.views import serve as serve_page

from registers.models import Contact
from sites import by_hand, replies, seats
from sites.cancellation import cancel_event
from sites.doors import public, rush
from sites.models import Capacity, Registration, RsvpPage, Submission
from sites.models.seats import State
from sites.stages import Stage
from tests.sites.conftest import yes

ADDRESS = "/choir/summer-party/"


@pytest.fixture(autouse=True)
def long_memory(settings):
    settings.EVENT_MEMORY_SECONDS = 600
    rush.forget()
    yield
    rush.forget()


def reply(number, address=ADDRESS, **fields):
    return Client().post(address, yes(**{"email": f"p{number}@example.org", **fields}))


def test_the_event_is_read_once(event):
    assert reply(1).status_code == 303
    with CaptureQueriesContext(connection) as queries:
        assert reply(2).status_code == 303
    tables = " ".join(query["sql"] for query in queries)
    assert "wagtailcore_page" not in tables
    assert "sites_rsvppage" not in tables
    assert [r.state for r in Registration.objects.all()] == ["confirmed"] * 2


def test_one_reply_renews_what_is_kept_before_it_is_too_old(event, monkeypatch):
    reply(1)
    monkeypatch.setattr(rush, "RENEWED_AFTER", 0)
    rush.forget()
    ways = []
    monkeypatch.setattr(rush, "serve_page", lambda request, path: ways.append("long") or serve_page(request, path))
    monkeypatch.setattr(rush, "_keep", lambda *_renewed: None)  # it is still on its way
    kept = rush._Kept(RsvpPage.objects.get(pk=event.pk), 600)
    rush._events["testserver", ADDRESS] = kept
    for number in (2, 3, 4):
        assert reply(number).status_code == 303
    assert ways == ["long"]


def test_who_has_seen_a_change_replies_to_it(event):
    assert reply(1).status_code == 303
    before = event.live_revision_id
    event = RsvpPage.objects.get(pk=event.pk)
    event.largest_party = 1
    event.save_revision().publish()
    page = Client().get(ADDRESS).content.decode()
    shown = re.search(r'name="revision" value="(\d+)"', page)
    two = {"party_size": "2", "guest-1-first_name": "Kim"}
    assert reply(2, **two, revision=str(before)).status_code == 303  # opened before
    assert reply(3, **two, revision=shown[1]).status_code == 200
    assert reply(4, **two, revision=str(before)).status_code == 200  # and now it is known to all
    for forged in ("-1", "x" * 9_000, "9" * 18, "²", "\x00"):
        assert reply(5, **two, revision=forged).status_code == 200


def test_each_reply_is_told_of_the_seats_as_they_are(make_event):
    event = make_event(capacity=2, show_seats_left=True)
    assert reply(1).status_code == 303
    assert b"<dd>1</dd>" in reply(2, email="").content
    assert reply(3).status_code == 303
    assert reply(4)["Location"].endswith("/waiting/")
    by_hand.change_seats(page=RsvpPage.objects.get(pk=event.pk), count=3)
    assert Capacity.objects.get(page=event).taken == 3


def test_seats_that_went_while_a_reply_was_written_are_promised_to_nobody(make_event, mails, monkeypatch):
    make_event(capacity=1)
    reply(1)
    monkeypatch.setattr(seats, "likely", lambda **_what: State.CONFIRMED)
    assert reply(2)["Location"].endswith("/waiting/")
    assert [(kind, address) for kind, address, _ in mails()] == [
        ("confirmation", "p1@example.org"),
        ("waiting", "p2@example.org"),
    ]
    assert Contact.objects.count() == Registration.objects.count() == Submission.objects.count() == 2


def test_who_comes_after_the_last_seat_does_not_try_in_vain(make_event, monkeypatch):
    event = make_event(capacity=3)
    reply(1)
    Capacity.objects.filter(page=event).update(taken=3)  # another web process
    tries = []
    tried = replies._reply_in_public
    monkeypatch.setattr(replies, "_reply_in_public", lambda *what, **how: tries.append(how) or tried(*what, **how))
    for number in (2, 3, 4):
        assert reply(number)["Location"].endswith("/waiting/")
    assert tries == [{"sure": State.CONFIRMED}, {}, {"sure": State.WAITING}, {"sure": State.WAITING}]


def test_a_line_that_is_gone_meanwhile_holds_nobody_up(make_event, mails, monkeypatch):
    event = make_event(capacity=1)
    reply(1)
    reply(2)
    by_hand.change_seats(page=RsvpPage.objects.get(pk=event.pk), count=5)
    monkeypatch.setattr(seats, "likely", lambda **_what: State.WAITING)
    assert reply(3)["Location"].endswith("/thank-you/")
    assert [kind for kind, address, _ in mails() if address == "p3@example.org"] == ["confirmation"]
    assert Contact.objects.count() == Registration.objects.count() == 3


def test_nor_where_the_event_was_called_off_meanwhile(event, mails, monkeypatch):
    reply(1)
    cancel_event(page=event)
    monkeypatch.setattr(seats, "likely", lambda **_what: State.CONFIRMED)
    monkeypatch.setattr(public, "stage_of", lambda *_what: Stage.OPEN)
    assert reply(2)["Location"].endswith("/event-cancelled/?not-saved")
    assert Contact.objects.count() == 1


def test_a_cancelled_event_is_cancelled_at_once(event):
    reply(1)
    cancel_event(page=event)
    assert reply(2)["Location"].endswith("/event-cancelled/?not-saved")
    assert Registration.objects.count() == 1


def test_it_closes_on_the_minute(make_event):
    event = make_event(closes_at=timezone.now() + dt.timedelta(seconds=30))
    reply(1)
    for kept in rush._events.values():
        kept.event.closes_at = timezone.now()
    assert reply(2)["Location"].endswith("/closed/?not-saved")
    assert Registration.objects.filter(page=event).count() == 1


def test_a_change_is_seen_when_the_moment_is_over(event, monkeypatch):
    reply(1)
    RsvpPage.objects.filter(pk=event.pk).update(live=False)
    assert reply(2).status_code == 303
    later = rush.time.monotonic() + 601
    monkeypatch.setattr(rush.time, "monotonic", lambda: later)
    assert reply(3).status_code == 404


def test_a_deleted_event_is_gone_at_once(event):
    reply(1)
    Registration.objects.all().delete()
    Submission.objects.all().delete()
    RsvpPage.objects.get(pk=event.pk).delete()
    assert reply(2).status_code == 404


def test_a_page_with_a_password_is_never_kept(event):
    PageViewRestriction.objects.create(page=event, restriction_type="password", password="sesame")
    assert b"password" in reply(1).content
    opened = Client()
    session = opened.session
    session["passed_page_view_restrictions"] = [PageViewRestriction.objects.get().pk]
    session.save()
    opened.post(ADDRESS, yes(email="p1@example.org"))
    assert Registration.objects.count() == 1
    assert b"password" in reply(2).content
    assert Registration.objects.count() == 1


def test_what_is_kept_belongs_to_one_host(event):
    reply(1)
    assert {host for host, _path in rush._events} == {"testserver"}
