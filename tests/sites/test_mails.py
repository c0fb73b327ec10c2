"""The mails an event sends by itself: each once, to the right people, with its words and its calendar entry."""

from base64 import b64decode

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from icalendar import Calendar

from mailer.models import EmailMessage, Sender
from organisations.access import set_member
from organisations.models import Role
from sites import counters, replies, rounds, seats
from sites.cancellation import cancel_event
from sites.models import Registration, Round
from sites.models.messages import EventMessage
from tests.sites.conftest import replied, yes


def letter(kind):
    return EmailMessage.objects.get(kind=f"event.{kind}").letter


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
