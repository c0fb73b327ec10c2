"""Who has unsubscribed and then replies to an event gets its confirmation, and no campaign."""

from email import message_from_bytes, policy

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import schedule
from mailer.outbox.freezing import start_campaign
from mailer.outbox.sending import send_campaign, send_singles
from tests.mailer_engine.conftest import add_contacts, draft_campaign, states

pytestmark = pytest.mark.django_db(transaction=True)


def by_the_public_page(event, guest, editor):
    return Client().post("/choir/summer-party/", reply_of(guest))


def at_the_desk(event, guest, editor):
    return editor.client.post(f"/admin/events/{event.pk}/replies/new/?contact={guest.pk}", reply_of(guest))


def reply_of(guest):
    names = {"first_name": guest.first_name, "last_name": guest.last_name or "Ek"}
    return {"answer": "yes", **names, "email": guest.email, "phone": "", "party_size": "1"}


def sent(campaign, memory):
    memory.outbox.clear()
    schedule.plan(campaign=campaign, at=timezone.now())
    assert start_campaign(campaign.pk)
    send_campaign(campaign.pk)
    return received(memory)


def received(memory):
    return [message_from_bytes(letter.content, policy=policy.default) for letter in memory.outbox]


@pytest.mark.parametrize("reply", [by_the_public_page, at_the_desk])
def test_they_get_the_confirmation_and_no_campaign(cast, register, page, sender, event, memory, reply):
    (guest,) = add_contacts(register, 1)
    (mail,) = sent(draft_campaign(register, page, sender), memory)
    way_out = mail["List-Unsubscribe"].strip("<>").partition("/m/u/")[2]
    assert Client().post(f"/m/u/{way_out}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    memory.outbox.clear()
    assert reply(event, guest, cast.editor).status_code in (302, 303)
    send_singles(event.register.organisation_id)
    (confirmation,) = received(memory)
    assert guest.email in confirmation["To"]
    assert confirmation["Subject"] == "You are coming: Summer party"
    again = draft_campaign(register, page, sender)
    assert sent(again, memory) == []
    assert states(again) == {"suppressed": 1}
