"""The reminders of an event: to whom, when, each once, and what is left of one that was cut off."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Campaign
from mailer.models import EmailCampaign, EmailMessage, Sender
from mailer.outbox.freezing import start_campaign
from registers.consents import record_consent
from registers.contacts import save_contact
from registers.models import Purpose
from registers.suppression import suppress
from sites import rounds, seats
from sites.cancellation import cancel_event
from sites.models import Round, RsvpPage
from tests.sites.conftest import move, replied


def test_the_confirmed_are_reminded_once_and_only_those_who_replied_before(event, register, mails):
    early = timezone.now() - dt.timedelta(days=3)
    replied(event, register, "Aino", when=early)
    replied(event, register, "Late")
    gone = replied(event, register, "Gone", when=early)
    seats.leave(page_id=event.pk, contact_id=gone.pk)
    move(event, hours=23)
    for _ in range(3):
        rounds.begin_due_reminders()
        for round_ in Round.objects.all():
            rounds.run(round_.pk)
    assert [(kind, to) for kind, to, _ in mails("event.reminder")] == [("reminder_confirmed", "aino@example.org")]


def test_a_round_that_was_cut_off_is_taken_up_by_a_sweep(event, register, mails):
    for name in ("Aino", "Bea", "Carl"):
        replied(event, register, name, when=timezone.now() - dt.timedelta(days=3))
    move(event, hours=10)
    rounds.begin_due_reminders()
    rounds.run(Round.objects.get().pk)
    EmailMessage.objects.get(kind="event.reminder_confirmed", contact__first_name="Carl").delete()
    Round.objects.update(finished_at=None)  # so much is done when a worker dies before the last
    rounds.resume_rounds()
    assert len(mails("event.reminder")) == 2, "its worker may still be at it"
    Round.objects.update(started_at=timezone.now() - dt.timedelta(minutes=5))
    for _ in range(2):
        rounds.resume_rounds()
    assert [to for _, to, _ in mails("event.reminder")] == [f"{name}@example.org" for name in ("aino", "bea", "carl")]
    assert Round.objects.get().finished_at


@pytest.mark.parametrize("meanwhile", ["begun", "moved", "cancelled", "unpublished"])
def test_a_reminder_that_was_cut_off_does_not_go_once_it_says_what_is_no_more(event, register, mails, meanwhile):
    replied(event, register, "Aino", when=timezone.now() - dt.timedelta(days=3))
    move(event, hours=10)
    rounds.begin_due_reminders()
    Round.objects.update(started_at=timezone.now() - dt.timedelta(hours=1))
    if meanwhile == "cancelled":
        cancel_event(page=event)
    elif meanwhile == "unpublished":
        RsvpPage.objects.get(pk=event.pk).unpublish()
    else:
        move(event, **({"minutes": -5} if meanwhile == "begun" else {"days": 5}))
    rounds.resume_rounds()
    assert mails("event.reminder") == []
    assert Round.objects.get(kind="reminder_confirmed").finished_at


def test_no_reminder_before_its_moment_nor_after_the_start(event, register):
    replied(event, register, "Aino", when=timezone.now() - dt.timedelta(days=3))
    move(event, days=2)
    rounds.begin_due_reminders()
    move(event, minutes=-5)
    rounds.begin_due_reminders()
    assert not Round.objects.exists()


def test_an_event_that_is_moved_is_reminded_of_again(event, register, mails):
    replied(event, register, "Aino", when=timezone.now() - dt.timedelta(days=3))
    for hours in (10, 20):
        move(event, hours=hours)
        rounds.begin_due_reminders()
        for round_ in Round.objects.filter(finished_at=None):
            rounds.run(round_.pk)
    assert len(mails("event.reminder")) == 2


@pytest.fixture
def invited(event, register, choir, settings):
    """A contact whom a campaign that invites to the event has reached, ten days ago."""
    settings.MAIL_TRANSPORT = "mailer.transports.memory.MemoryTransport"
    Sender.objects.create(name="Choir", email="choir@example.org")

    def invite(name):
        contact = save_contact(
            register=register, values={"first_name": name, "email": f"{name.lower()}@example.org"}, source="test"
        )
        campaign, _ = EmailCampaign.objects.get_or_create(
            name="Invitation",
            defaults={"invites_to": event, "state": "sent", "frozen_at": timezone.now(), "compiled": {}},
        )
        EmailMessage.objects.create(
            campaign=campaign,
            contact=contact,
            address=contact.email,
            address_key=contact.email_key,
            state="accepted",
            traffic="bulk",
            message_id=f"{name}@test",
            handed_at=timezone.now() - dt.timedelta(days=10),
        )
        return contact

    return invite


def reminder_recipients():
    campaign = EmailCampaign.objects.get(name__startswith="Reminder")
    start_campaign(campaign.pk)
    campaign.refresh_from_db()
    assert campaign.state == Campaign.State.SENDING, campaign.problem
    rows = EmailMessage.objects.filter(campaign=campaign).order_by("address")
    return [(row.address, row.state) for row in rows]


def test_the_unanswered_are_reminded_as_bulk_which_suppression_stops(event, invited, choir):
    invited("Open")
    gone, answered, unwilling = invited("Stopped"), invited("Answered"), invited("Unwilling")
    concerts = Purpose.objects.create(name="Concerts")
    EmailCampaign.objects.update(purpose=concerts)
    record_consent(contact=unwilling, purpose=concerts, channel="email", granted=False, how="On the phone")
    seats.leave(page_id=event.pk, contact_id=answered.pk)
    suppress(organisation_id=choir.pk, channel="email", address=gone.email, kind="unsubscribed", source="test")
    move(event, days=6, hours=23, minutes=55)
    for _ in range(2):
        rounds.begin_due_reminders()
        for round_ in Round.objects.all():
            rounds.run(round_.pk)
    assert reminder_recipients() == [
        ("open@example.org", "queued"), ("stopped@example.org", "suppressed"), ("unwilling@example.org", "suppressed"),
    ]  # fmt: skip


def test_nobody_to_remind_makes_no_campaign(event):
    move(event, days=6, hours=23, minutes=55)
    rounds.begin_due_reminders()
    rounds.run(Round.objects.get(kind="reminder_unanswered").pk)
    assert not EmailCampaign.objects.exists()


def test_a_reminder_to_the_unanswered_that_missed_its_time_waits_for_a_person(event, invited, cast, monkeypatch):
    def told():
        pages = (f"/admin/events/{event.pk}/", "/admin/")
        return ["has not been sent" in cast.sender.client.get(page).content.decode() for page in pages]

    invited("Open")
    move(event, days=3)
    rounds.begin_due_reminders()
    assert not Round.objects.filter(kind="reminder_unanswered").exists()
    invitation = EmailMessage.objects.filter(campaign__name="Invitation")
    before = invitation.values_list("handed_at", flat=True).get()
    invitation.update(handed_at=timezone.now() - dt.timedelta(days=1))  # asked for the first time, after its moment
    assert told() == [False, False]
    invitation.update(handed_at=before)
    assert told() == [True, True]
    monkeypatch.setattr("organisations.templatetags.figures.number", "{},000".format)
    assert "Send to 1,000 person" in cast.sender.client.get(f"/admin/events/{event.pk}/remind/").content.decode()
    cast.sender.client.post(f"/admin/events/{event.pk}/remind/", {"leave": "1"})
    assert told() == [False, False]  # it was decided, and is asked no more
    rounds.begin_due_reminders()
    rounds.run(Round.objects.get(kind="reminder_unanswered").pk)
    assert not EmailCampaign.objects.exclude(name="Invitation").exists()
    move(event, days=2)  # another time has a reminder of its own
    assert told() == [True, True]
    cast.sender.client.post(f"/admin/events/{event.pk}/remind/")
    round_ = Round.objects.get(kind="reminder_unanswered", finished_at=None)
    rounds.run(round_.pk)
    rounds.run(round_.pk)
    assert reminder_recipients() == [("open@example.org", "queued")]
    assert told() == [False, False]


def test_each_event_whose_reminder_waits_takes_no_query_of_its_own(event, make_event, invited, cast):
    def queries():
        with CaptureQueriesContext(connection) as taken:
            page = cast.sender.client.get("/admin/").content.decode()
        return page.count("has not been sent"), len(taken)

    invited("Open")
    move(event, days=3)
    cast.sender.client.get("/admin/")  # what is looked up once
    told, for_one = queries()
    for number in range(2):
        other = make_event(title=f"Evening {number}", slug=f"evening-{number}")
        move(other, days=3)
        campaign = EmailCampaign.objects.create(
            name="Another", invites_to=other, state="sent", frozen_at=timezone.now(), compiled={}
        )
        EmailMessage.objects.create(
            campaign=campaign,
            contact=EmailMessage.objects.filter(contact__isnull=False)[0].contact,
            address="open@example.org",
            address_key="open@example.org",
            state="accepted",
            message_id=f"{number}@test",
            handed_at=timezone.now() - dt.timedelta(days=10),
        )
    assert (told, *queries()) == (1, 3, for_one)


@pytest.mark.parametrize("over", ["closed", "cancelled", "unpublished"])
def test_nobody_is_reminded_to_answer_where_no_answer_is_taken(event, invited, cast, over):
    invited("Open")
    if over == "closed":
        RsvpPage.objects.filter(pk=event.pk).update(closes_at=timezone.now() - dt.timedelta(hours=1))
    elif over == "cancelled":
        cancel_event(page=event)
    else:
        event.unpublish()
    for days in (6.999, 3):
        move(event, days=days)
        rounds.begin_due_reminders()
        assert "has not been sent" not in cast.sender.client.get(f"/admin/events/{event.pk}/").content.decode()
        for decision in ({}, {"leave": "1"}):
            page = cast.sender.client.post(f"/admin/events/{event.pk}/remind/", decision, follow=True)
            assert "Nothing was changed: no reminder waits" in page.content.decode()
    assert not Round.objects.filter(kind="reminder_unanswered").exists()


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_remind_once(make_event, register, mails):
    event = make_event(capacity=None)
    for n in range(30):
        replied(event, register, f"P{n}", when=timezone.now() - dt.timedelta(days=3))
    move(event, hours=10)

    def sweep():
        try:
            rounds.begin_due_reminders()
            for round_ in Round.unscoped.all():
                rounds.run(round_.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    addresses = [to for _, to, _ in mails("event.reminder")]
    assert len(addresses) == len(set(addresses)) == 30
