"""Automatic letters: once per key, and to whom campaigns no longer go."""

from collections import Counter
from email import message_from_bytes, policy

import pytest

from campaigns.carrying import SILENT
from mailer.models import EmailMessage
from mailer.outbox.mime import Attachment
from mailer.outbox.senders import default_sender
from mailer.outbox.sending import send_campaign, send_singles
from mailer.outbox.sweeps import find_stray_messages
from mailer.outbox.transactional import queue_email
from mailer.rendering.letters import render_letter
from mailer.transports import Fate, Outcome
from registers.models import Activity, Contact
from registers.suppression import suppress
from tests.mailer_engine.conftest import add_contacts, running_campaign, states


@pytest.fixture
def contact(register):
    return add_contacts(register, 1)[0]


@pytest.fixture
def letter(choir):
    return render_letter(
        organisation=choir,
        subject="You are in, {{ first_name|friend }}",
        body_html="<p>See you, {{ first_name }}.</p>",
        values={"first_name": "Aino"},
    )


def queue(contact, letter, key="registration:1:confirmation:1", **fields):
    queue_email(
        contact=contact,
        to=contact.email,
        kind="confirmation",
        unique_key=key,
        letter=letter,
        sender=default_sender(),
        **fields,
    )
    return EmailMessage.objects.get(unique_key=key)


def test_the_same_key_is_one_letter(contact, letter, memory, sender):
    first = queue(contact, letter)
    assert queue(contact, letter).pk == first.pk
    queue(contact, letter, key="registration:1:confirmation:2")
    send_singles(contact.organisation_id)
    send_singles(contact.organisation_id)
    assert len(memory.outbox) == 2
    assert Activity.objects.filter(contact=contact, kind="email_sent").count() == 2


def test_one_whose_worker_was_never_woken_is_found_by_the_sweep(contact, letter, memory, sender, swept):
    queue(contact, letter)
    assert swept(find_stray_messages, "urgent") == 1
    assert [sent.recipient for sent in memory.outbox] == [contact.email]
    assert swept(find_stray_messages, "urgent") == 0


def test_it_is_marked_automatic_and_carries_its_files(contact, letter, memory, sender):
    queue(contact, letter, attachments=[Attachment("event.ics", b"BEGIN:VCALENDAR\r\n", "text/calendar")])
    send_singles(contact.organisation_id)
    mail = message_from_bytes(memory.outbox[0].content, policy=policy.default)
    assert mail["Subject"] == "You are in, Aino"
    assert mail["From"] == "Kaamos Choir <choir@choir.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("event.ics", "text/calendar")


def test_an_organisation_without_a_sender_writes_from_the_installations_address(contact, letter, memory):
    queue(contact, letter)
    send_singles(contact.organisation_id)
    assert b"From: Kaamos Choir <kokoon@" in memory.outbox[0].content


@pytest.mark.parametrize(
    ("kind", "direct", "goes"),
    [
        ("unsubscribed", False, True),
        ("stop", False, True),
        ("withdrawn", False, True),
        ("manual", False, True),
        ("hard_bounce", False, False),
        ("hard_bounce", True, False),
        ("deceased", True, False),
        ("complaint", False, False),
        ("complaint", True, True),
    ],
)
def test_what_stops_an_automatic_letter_and_what_stops_a_campaign(
    contact, register, letter, memory, sender, kind, direct, goes
):
    organisation_id = contact.organisation_id
    suppress(organisation_id=organisation_id, channel="email", address=contact.email, kind=kind)
    row = queue(contact, letter, direct_answer=direct)
    send_singles(organisation_id)
    row.refresh_from_db()
    assert (row.state, len(memory.outbox)) == (("accepted", 1) if goes else ("suppressed", 0))
    Contact.objects.all().delete()
    memory.outbox.clear()
    campaign = running_campaign(register, count=1)
    send_campaign(campaign.pk)
    assert states(campaign) == {"suppressed": 1}
    assert memory.outbox == []


@pytest.mark.parametrize("address", ["", "nobody", "a@b", "a@b.fi\r\nBcc: c@d.fi"])
def test_what_is_no_address_is_refused(contact, letter, address):
    with pytest.raises(ValueError, match="address"):
        queue_email(to=address, kind="confirmation", unique_key="x", letter=letter)
    assert not EmailMessage.objects.exists()


def test_a_server_that_answers_no_letter_is_left_alone(contact, letter, memory, sender, monkeypatch):
    """Also with those that were not claimed yet: each sweep would lose some more."""
    monkeypatch.setattr("campaigns.outbox.HAND_OVER", 4)
    for number in range(6):
        queue(contact, letter, key=f"registration:{number}")
    memory.answer = staticmethod(lambda _letter: Outcome(Fate.UNKNOWN, 0, "silence"))
    send_singles(contact.organisation_id)
    send_singles(contact.organisation_id)
    assert Counter(EmailMessage.objects.values_list("state", flat=True)) == {"unknown": SILENT, "queued": 6 - SILENT}


def test_an_absent_server_delays_and_loses_nothing(contact, letter, smtp, sender):
    smtp.stop()
    row = queue(contact, letter)
    send_singles(contact.organisation_id)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("queued", 0)
    EmailMessage.objects.update(due_at=row.created_at)
    smtp.__post_init__()
    smtp.start()
    send_singles(contact.organisation_id)
    row.refresh_from_db()
    assert row.state == "accepted"
