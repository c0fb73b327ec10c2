"""The mails an event sends by itself: each once, to the right people, with its words and its calendar entry."""

import datetime as dt
import threading
from base64 import b64decode

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from campaigns.models import Campaign
from mailer.models import EmailCampaign, EmailMessage, Sender
from mailer.outbox.freezing import start_campaign
from organisations.access import set_member
from organisations.models import Role
from registers.consents import record_consent
from registers.contacts import save_contact
from registers.models import Purpose
from registers.suppression import suppress
from sites import counters, replies, rounds, seats
from sites.cancellation import cancel_event
from sites.models import Registration, Round, RsvpPage
from sites.models.messages import EventMessage
from tests.sites.conftest import yes


def letter(kind):
    return EmailMessage.objects.get(kind=f"event.{kind}").letter


def replied(event, register, name, *, when=None):
    contact = save_contact(
        register=register, values={"first_name": name, "email": f"{name.lower()}@example.org"}, source="test"
    )
    with transaction.atomic():
        seats.reply(page_id=event.pk, contact_id=contact.pk, party=1, waiting_list=True)
    if when:
        Registration.objects.filter(contact=contact).update(seated_at=when, created_at=when)
    return contact


def move(event, **to):
    """Let the event start in so much time from now."""
    RsvpPage.objects.filter(pk=event.pk).update(starts_at=timezone.now() + dt.timedelta(**to))


def test_a_confirmation_carries_name_link_and_calendar(event):
    Sender.objects.create(name="Kaamos Choir", email="choir@choir.example")
    Client().post("/choir/summer-party/", yes())
    sent = letter("confirmation")
    registration = Registration.objects.get()
    link = event.personal_url(registration.contact)
    assert "Dear Bo" in sent["text"]
    assert link in sent["text"]
    assert link in sent["html"]
    (attachment,) = sent["attachments"]
    calendar = Calendar.from_ical(b64decode(attachment["content"]))
    (entry,) = calendar.walk("VEVENT")
    assert calendar["METHOD"] == "PUBLISH"
    assert entry["UID"].startswith(f"registration-{registration.pk}@")
    assert "DTEND" not in entry  # nobody has said when it ends
    assert (entry["ORGANIZER"], entry["ORGANIZER"].params["CN"]) == ("mailto:choir@choir.example", "Kaamos Choir")
    assert "method=PUBLISH" in attachment["content_type"]


def test_the_words_are_the_editors(event):
    message = event.messages.get(kind="confirmation")
    message.subject, message.body = "Hei {{ first_name }}!", "<p>Nähdään: {{ event }}</p>"
    message.save()
    Client().post("/choir/summer-party/", yes(first_name="<b>Bo</b>"))
    sent = letter("confirmation")
    assert sent["subject"] == "Hei <b>Bo</b>!"
    assert "Nähdään: Summer party" in sent["html"]
    assert "<b>Bo</b>" not in sent["html"]


def test_a_mail_that_is_switched_off_is_not_sent(event, mails):
    event.messages.filter(kind="confirmation").update(enabled=False)
    Client().post("/choir/summer-party/", yes())
    assert mails() == []


@pytest.mark.parametrize("text", ["{{ nickname }}", "{{ first_name", "{{ }}"])
def test_an_unknown_or_broken_merge_field_is_refused_where_it_stands(text):
    message = EventMessage(kind="confirmation", subject="Hello", body=f"<p>{text}</p>")
    with pytest.raises(ValidationError) as refusal:
        message.clean()
    assert list(refusal.value.message_dict) == ["body"]


def test_a_subject_that_some_would_get_empty_is_refused():
    with pytest.raises(ValidationError) as refusal:
        EventMessage(kind="confirmation", subject="{{ first_name }} {{ where }}", body="<p>Hello</p>").clean()
    assert list(refusal.value.message_dict) == ["subject"]
    EventMessage(kind="confirmation", subject="{{ event }}", body="<p>Hello</p>").clean()


def test_staff_are_not_told_of_people_where_nobody_comes(event, cast, mails):
    event.notify.add(cast.viewer.user)
    event.save()
    Client().post("/choir/summer-party/", yes(answer="no"))
    told = EmailMessage.objects.get(kind="event.staff").letter
    assert "Said no" in told["text"]
    assert f"/admin/events/{event.pk}/" in told["text"]
    assert "1 person" not in told["text"]


def test_staff_who_asked_are_told_of_each_change(event, cast, mails):
    event.notify.add(cast.viewer.user)
    event.save()
    Client().post("/choir/summer-party/", yes())
    (told,) = [mail for mail in mails() if mail[0] == "staff"]
    assert told[1:] == (cast.viewer.user.email, "Bo Ek: Confirmed, Summer party")
    edit = f"/admin/pages/{event.pk}/edit/"
    offered = [cast.editor.client.get(edit).context["form"].fields["notify"].queryset.count()]
    set_member(organisation=cast.choir, user=cast.viewer.user, role=Role.VIEWER, limited=True)
    Client().post("/choir/summer-party/", yes(email="aino@example.org", first_name="Aino"))
    assert [mail for mail in mails() if mail[0] == "staff"] == [told]  # who sees a part only is told of nobody
    offered.append(cast.editor.client.get(edit).context["form"].fields["notify"].queryset.count())
    assert offered == [4, 3]


def test_what_staff_were_told_of_somebody_goes_when_they_are_erased(event, cast, mails):
    event.notify.add(cast.viewer.user)
    event.save()
    Client().post("/choir/summer-party/", yes())
    Client().post("/choir/summer-party/", yes(email="aino@example.org", first_name="Aino"))
    Registration.objects.get(contact__first_name="Bo").contact.delete()
    told = [row.letter for row in EmailMessage.objects.filter(kind="event.staff").order_by("pk")]
    assert told[0] == {}
    assert "Aino" in told[1]["subject"]


def test_a_promotion_is_told_of(make_event, register, mails):
    event = make_event(capacity=1)
    first, second = replied(event, register, "Aino"), replied(event, register, "Bea")
    seating = seats.leave(page_id=event.pk, contact_id=first.pk)
    replies.after(page=event, seating=seating)
    assert [(kind, to) for kind, to, _ in mails()] == [
        ("cancellation", "aino@example.org"),
        ("promotion", "bea@example.org"),
    ]
    assert counters.find(event.pk, second.pk).is_coming


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


def test_cancelling_the_event_tells_the_confirmed_and_the_waiting_once(make_event, register, mails):
    event = make_event(capacity=1)
    replied(event, register, "Aino")
    replied(event, register, "Waits")
    gone = replied(event, register, "Gone")
    seats.leave(page_id=event.pk, contact_id=gone.pk)
    event.messages.filter(kind="event_cancelled").update(enabled=False)
    assert cancel_event(page=event)
    assert not cancel_event(page=event)
    for _ in range(2):
        rounds.run(Round.objects.get(kind="event_cancelled").pk)
    assert [(kind, to) for kind, to, _ in mails("event.event_cancelled")] == [
        ("event_cancelled", "aino@example.org"),
        ("event_cancelled", "waits@example.org"),
    ]
    page = Client().get("/choir/summer-party/").content.decode()
    assert "This event is cancelled" in page
    assert Client().post("/choir/summer-party/", yes())["Location"].endswith("/event-cancelled/?not-saved")
    event.save_revision().publish()
    assert "This event is cancelled" in Client().get("/choir/summer-party/").content.decode()


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
