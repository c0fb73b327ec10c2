"""Who is erased leaves no address and no letter behind, and gets nothing more."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import outbox
from mailer.answers.tracking import Addresses
from mailer.models import EmailMessage, MailboxMessage
from mailer.outbox.sending import send_campaign, send_series, send_singles
from mailer.outbox.sweeps import forget_old_letters
from mailer.outbox.transactional import queue_email
from mailer.rendering.letters import render_letter
from registers.contacts import delete_contacts
from registers.models import Contact, Register, Suppression
from registers.suppression import suppressed
from tests.mailer_engine.conftest import add_contacts, running_campaign, states

ADDRESS = "p0@singers.example"
WAYS = {
    "the list": lambda contact: delete_contacts(register=contact.register, contacts=[contact.pk]),
    "one": lambda contact: contact.delete(),
    "several": lambda contact: Contact.objects.filter(pk=contact.pk).delete(),
    "their register": lambda contact: contact.register.delete(),
    "several registers": lambda contact: Register.objects.all().delete(),
}


@pytest.fixture
def queue(choir, sender):
    def queue(contact, key="1"):
        letter = render_letter(organisation=choir, subject="Dear Aino", body_html="<p>Aino!</p>", values={})
        queue_email(contact=contact, to=contact.email, kind="confirmation", unique_key=key, letter=letter)
        return EmailMessage.objects.get(unique_key=key)

    return queue


@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_an_erased_person_is_left_in_the_messages(register, queue, memory, way):
    campaign = running_campaign(register, count=1)
    contact = Contact.objects.get()
    queue(contact)
    send_campaign(campaign.pk)
    send_singles(register.organisation_id)
    EmailMessage.objects.update(error=f"250 {ADDRESS} accepted")
    WAYS[way](contact)
    rows = EmailMessage.objects.all()
    assert [(row.state, row.address, row.error, row.contact_id) for row in rows] == [("accepted", "", "", None)] * 2
    assert all("singers" not in row.address_key and "Aino" not in str(row.letter) for row in rows)
    assert EmailMessage.objects.values("address_key").distinct().count() == 1


def test_nobody_of_a_register_that_is_being_deleted_is_written_to(register, queue, memory):
    campaign = running_campaign(register, count=2)
    asked_for = queue(Contact.objects.first())
    queue(Contact.objects.last(), "2")
    EmailMessage.objects.filter(unique_key="2").update(traffic="bulk")
    Register.objects.update(leaving=True)
    send_campaign(campaign.pk)
    send_series(register.organisation_id)
    send_singles(register.organisation_id)
    assert [letter.recipient for letter in memory.outbox] == [asked_for.address]
    stopped = EmailMessage.objects.exclude(pk=asked_for.pk)
    assert list(stopped.values_list("state", "suppressed_by")) == [("suppressed", "erased")] * 3


def test_others_keep_what_is_theirs(register, queue):
    erased, other = add_contacts(register, 2)
    queue(erased, "1")
    row = queue(other, "2")
    erased.delete()
    row.refresh_from_db()
    assert (row.address, row.state, row.letter["subject"]) == (other.email, "queued", "Dear Aino")


def test_the_practice_mailbox_forgets_the_erased_alone(register, queue):
    erased, other = add_contacts(register, 2)
    for key, contact in (("1", erased), ("2", other)):
        MailboxMessage.objects.create(message_id=queue(contact, key).message_id, to=contact.email, raw=b"Dear Aino")
    erased.delete()
    assert MailboxMessage.objects.get().to == other.email


def test_what_has_not_left_does_not_leave(register, queue, memory):
    campaign = running_campaign(register, count=1)
    contact = Contact.objects.get()
    queue(contact)
    token, rows = outbox.claim(EmailMessage.waiting().filter(campaign=campaign))
    contact.delete()
    assert outbox.hand_off(EmailMessage, token=token, ids=[row.pk for row in rows]) == set()
    send_campaign(campaign.pk)
    send_singles(register.organisation_id)
    assert memory.outbox == []
    assert set(EmailMessage.objects.values_list("state", "suppressed_by")) == {("suppressed", "erased")}
    assert states(campaign) == {"suppressed": 1}


def test_a_row_that_was_leaving_is_not_tried_again(register, queue, memory):
    (contact,) = add_contacts(register, 1)
    row = queue(contact)
    token, _rows = outbox.claim(EmailMessage.waiting())
    outbox.hand_off(EmailMessage, token=token, ids=[row.pk])
    contact.delete()
    outbox.settle(EmailMessage, token=token, results={row.pk: outbox.Result("deferred")}, attempts={})
    EmailMessage.objects.update(due_at=timezone.now())
    send_singles(register.organisation_id)
    row.refresh_from_db()
    assert (row.state, row.suppressed_by, memory.outbox) == ("suppressed", "erased", [])


def test_an_old_letter_still_unsubscribes(register, memory):
    campaign = running_campaign(register, count=1)
    send_campaign(campaign.pk)
    row = EmailMessage.objects.get()
    Contact.objects.get().delete()
    url = Addresses(row.pk).unsubscribe
    assert b"singers" not in Client().get(url).content
    assert Client().post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    found = suppressed(organisation_id=register.organisation_id, channel="email", addresses=[ADDRESS])
    assert found == {ADDRESS: {"unsubscribed"}}
    assert "erased" not in Suppression.objects.get().address_hash


def test_automatic_letters_are_forgotten_in_time(register, queue, memory):
    first, second = add_contacts(register, 2)
    old, new = queue(first, "1"), queue(second, "2")
    send_singles(register.organisation_id)
    waiting = queue(first, "3")
    long_ago = timezone.now() - timedelta(days=91)
    EmailMessage.objects.exclude(pk=new.pk).update(created_at=long_ago)
    forget_old_letters()
    letters = {row.pk: bool(row.letter) for row in EmailMessage.objects.all()}
    assert letters == {old.pk: False, new.pk: True, waiting.pk: True}
