"""After an event the organiser puts the list right: who was there and who was not. Nobody is written to for it."""

import datetime as dt
import html

import pytest
from django.test import Client
from django.utils import timezone

from mailer.models import EmailMessage
from registers.contacts import save_contact
from sites import by_hand, replies, seats
from sites.models import Capacity, Registration, RsvpPage
from tests.sites.conftest import yes


def text(response):
    assert response.status_code == 200, response
    return html.unescape(response.content.decode())


@pytest.fixture
def over(make_event):
    """One has the only seat, and one waits for it: since yesterday in vain."""
    event = make_event(capacity=1)
    for name in ("bo", "cia"):
        Client().post("/choir/summer-party/", yes(first_name=name.title(), email=f"{name}@example.org"))
    ended = timezone.now() - dt.timedelta(days=1)
    RsvpPage.objects.filter(pk=event.pk).update(starts_at=ended)
    EmailMessage.objects.all().delete()
    return RsvpPage.objects.get(pk=event.pk)


def test_a_seat_that_was_not_used_goes_to_nobody_and_no_mail_leaves(cast, over):
    mine = Registration.objects.get(contact__email="bo@example.org")
    cancel = f"/admin/events/{over.pk}/replies/{mine.pk}/cancel/"
    assert "no seat is given to anybody, and nobody is written to" in text(cast.editor.client.get(cancel))
    shown = text(cast.editor.client.post(cancel, follow=True))
    assert "The reply of Bo Ek is cancelled." in shown
    assert "on its way" not in shown
    states = dict(Registration.objects.values_list("contact__email", "state"))
    assert states == {"bo@example.org": "cancelled", "cia@example.org": "waiting"}
    assert not EmailMessage.objects.exists()


def test_a_seat_that_became_free_is_given_once_the_event_is_put_off(over):
    seats.leave(page_id=over.pk, contact_id=Registration.objects.get(contact__email="bo@example.org").contact_id)
    over.starts_at = timezone.now() + dt.timedelta(days=7)
    over.save_revision().publish()
    assert Registration.objects.get(contact__email="cia@example.org").state == "confirmed"
    assert EmailMessage.objects.get().kind == "event.promotion"


def test_more_seats_come_too_late_for_those_who_waited(over):
    by_hand.change_seats(page=over, count=5)
    assert Capacity.objects.get(page=over).taken == 1
    assert not EmailMessage.objects.exists()


def test_who_came_without_a_reply_is_written_down_only(over, register):
    dora = save_contact(register=register, values={"first_name": "Dora", "email": "dora@example.org"}, source="test")
    seats.set_seats(page_id=over.pk, seats=None)
    answer = replies.Answer(coming=True, version=over.form_version, person={})
    by_hand.reply_by_hand(page=over, contact=dora, answer=answer)
    assert Registration.objects.filter(contact=dora).exists()
    assert not EmailMessage.objects.exists()


def test_it_is_not_called_off_any_more(cast, over):
    url = f"/admin/events/{over.pk}/"
    assert "Cancel the event" not in text(cast.editor.client.get(url))
    assert "there is nothing to call off" in text(cast.editor.client.get(f"{url}cancel/"))
    assert "Nothing was changed" in text(cast.editor.client.post(f"{url}cancel/", follow=True))
    assert Capacity.objects.get(page=over).cancelled_at is None
    assert not EmailMessage.objects.exists()
