"""A running campaign reaches everybody once, and says truly what became of each letter."""

import contextlib
import re
from zlib import crc32

import psycopg
import pytest
from django.db import OperationalError, connection
from django.db.models import F
from django.utils import timezone
from psycopg.errors import DeadlockDetected

from campaigns import outbox, schedule
from campaigns.carrying import SILENT
from campaigns.memory import accept
from mailer.models import EmailMessage
from mailer.outbox.sending import send_campaign
from mailer.outbox.sweeps import find_stray_messages
from mailer.transports import TransportError
from registers.models import Activity
from registers.suppression import suppress, suppressed
from tests.mailer_engine.conftest import listed, running_campaign, states
from tests.smtp_server import DROP

pytestmark = pytest.mark.django_db(transaction=True)


def send_until_quiet(campaign, rounds=200):
    """What workers and tick would do, here and now; waits are not waited for."""
    for _round in range(rounds):
        EmailMessage.unscoped.filter(state="deferred").update(due_at=F("created_at"))
        type(campaign).unscoped.filter(pk=campaign.pk).update(held_until=None)
        send_campaign(campaign.pk)
        campaign.refresh_from_db()
        if campaign.state != "sending":
            return
    raise AssertionError(f"still sending: {states(campaign)}")


def test_everybody_gets_one_letter_with_their_own_words(register, smtp):
    campaign = running_campaign(register, count=45)
    send_until_quiet(campaign)
    assert states(campaign) == {"accepted": 45}
    assert campaign.state == "sent"
    assert sorted(letter.recipient for letter in smtp.received) == sorted(f"p{n}@singers.example" for n in range(45))
    ids = {row.address: row.message_id for row in EmailMessage.objects.all()}
    assert all(letter.message_id == ids[letter.recipient] for letter in smtp.received)
    one = next(letter for letter in smtp.received if letter.recipient == "p7@singers.example")
    assert one.header("Subject") == "Hei Aino7"
    assert one.header("From") == "Kaamos Choir <choir@choir.example>"
    assert one.header("To") == "Aino7 Ääkkönen <p7@singers.example>"
    assert one.header("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert one.header("List-Unsubscribe").startswith("<http")
    assert one.return_path == "choir@choir.example"
    assert Activity.objects.filter(kind="email_sent").count() == 45


def test_temporary_refusals_lose_nobody_and_slow_the_pace(register, smtp):
    smtp.faults = lambda at, recipient, number: (
        "454 4.7.0 slowly please" if at == "rcpt" and crc32(recipient.encode()) % 10 < 3 and number <= 2 else None
    )
    campaign = running_campaign(register, count=400)
    send_campaign(campaign.pk)
    campaign.refresh_from_db()
    assert states(campaign)["deferred"] > 20
    assert campaign.held_until > timezone.now()
    assert campaign.state == "sending"
    waiting = EmailMessage.objects.filter(state="deferred").first()
    assert waiting.due_at > timezone.now()
    assert waiting.error == "4.7.0 slowly please"
    send_until_quiet(campaign)
    assert states(campaign) == {"accepted": 400}
    assert len(smtp.received) == 400


def test_a_line_dropped_after_data_is_shown_as_unknown_and_never_sent_again(editor, register, smtp):
    smtp.faults = lambda at, recipient, number: DROP if (at, recipient) == ("end", "p3@singers.example") else None
    campaign = running_campaign(register, count=10)
    send_until_quiet(campaign)
    find_stray_messages()
    assert states(campaign) == {"accepted": 9, "unknown": 1}
    assert smtp._asked["data", "p3@singers.example"] == 1
    assert campaign.state == "sent"
    report = editor.get(f"/admin/campaigns/{campaign.pk}/")
    assert re.search(r'data-figure="unknown">\s*1<', report.text)
    assert listed(editor, campaign, "unknown") == ["p3@singers.example"]


def test_a_server_that_answers_no_letter_is_not_given_all_of_them(register, smtp):
    smtp.faults = lambda step, recipient, number: DROP if step == "end" else None
    campaign = running_campaign(register, count=30)
    send_campaign(campaign.pk)
    campaign.refresh_from_db()
    assert states(campaign) == {"unknown": SILENT, "queued": 30 - SILENT}
    assert campaign.held_until > timezone.now()
    assert "does not say what becomes of them" in campaign.problem


def test_a_dead_address_is_refused_once_and_not_written_to_again(register, smtp):
    smtp.faults = lambda at, recipient, number: (
        "550 5.1.1 no such user" if (at, recipient) == ("rcpt", "p3@singers.example") else None
    )
    campaign = running_campaign(register, count=5)
    send_until_quiet(campaign)
    assert states(campaign) == {"accepted": 4, "rejected": 1}
    known = suppressed(organisation_id=register.organisation_id, channel="email", addresses=["p3@singers.example"])
    assert known == {"p3@singers.example": {"hard_bounce"}}


def test_an_absent_server_costs_no_recipient_and_is_told_in_words(register, smtp):
    campaign = running_campaign(register, count=5)
    smtp.stop()
    send_campaign(campaign.pk)
    campaign.refresh_from_db()
    assert states(campaign) == {"queued": 5}
    assert "does not answer" in campaign.problem
    assert campaign.held_until > timezone.now()
    assert EmailMessage.objects.filter(attempts__gt=0).count() == 0
    smtp.__post_init__()
    smtp.start()
    send_until_quiet(campaign)
    assert states(campaign) == {"accepted": 5}
    assert campaign.problem == ""


def test_a_server_that_does_not_want_the_sender_stops_the_campaign(register, smtp):
    smtp.faults = lambda at, recipient, number: "553 5.7.1 not you" if at == "mail" else None
    campaign = running_campaign(register, count=5)
    send_campaign(campaign.pk)
    campaign.refresh_from_db()
    assert campaign.state == "paused"
    assert "does not let choir@choir.example send" in campaign.problem
    assert states(campaign) == {"queued": 5}


def test_suppression_is_asked_again_at_the_claim(register, smtp):
    campaign = running_campaign(register, count=4)
    suppress(
        organisation_id=register.organisation_id,
        channel="email",
        address="P2@Singers.Example",
        kind="unsubscribed",
        source="test",
    )
    register.contacts.filter(email_key="p1@singers.example").update(deceased=True)
    register.contacts.filter(email_key="p0@singers.example").delete()
    send_until_quiet(campaign)
    assert [letter.recipient for letter in smtp.received] == ["p3@singers.example"]
    reasons = dict(EmailMessage.objects.filter(state="suppressed").values_list("address", "suppressed_by"))
    assert reasons == {
        "": "erased",
        "p1@singers.example": "deceased",
        "p2@singers.example": "unsubscribed",
    }


@pytest.mark.parametrize("seconds", [-1, 3600], ids=["run out", "the clock put back"])
def test_an_expired_claim_waits_again_and_an_expired_hand_over_is_unknown(register, smtp, seconds):
    campaign = running_campaign(register, count=30)
    token, rows = outbox.claim(EmailMessage.waiting(), limit=20)
    outbox.hand_off(EmailMessage, token=token, ids=[row.pk for row in rows[:5]])
    EmailMessage.objects.filter(lease_token=token).update(
        lease_until=timezone.now() + timezone.timedelta(seconds=seconds)
    )
    assert outbox.recover(EmailMessage) == (15, 5)
    assert states(campaign) == {"queued": 25, "unknown": 5}
    send_until_quiet(campaign)
    assert states(campaign) == {"accepted": 25, "unknown": 5}


def test_an_answer_that_comes_after_the_lease_still_counts(register):
    running_campaign(register, count=1)
    token, rows = outbox.claim(EmailMessage.waiting())
    (row,) = rows
    outbox.hand_off(EmailMessage, token=token, ids=[row.pk])
    EmailMessage.objects.update(lease_until=timezone.now() - timezone.timedelta(seconds=1))
    outbox.recover(EmailMessage)
    outbox.settle(EmailMessage, token=token, results={row.pk: outbox.Result("accepted", 250)}, attempts={})
    row.refresh_from_db()
    assert row.state == "accepted"


def test_an_answer_that_comes_after_a_person_sent_again_does_not_count(register):
    running_campaign(register, count=1)
    token, rows = outbox.claim(EmailMessage.waiting())
    (row,) = rows
    outbox.hand_off(EmailMessage, token=token, ids=[row.pk])
    EmailMessage.objects.update(lease_until=timezone.now() - timezone.timedelta(seconds=1))
    outbox.recover(EmailMessage)
    assert outbox.requeue(EmailMessage.objects.all()) == 1
    outbox.settle(EmailMessage, token=token, results={row.pk: outbox.Result("accepted", 250)}, attempts={})
    row.refresh_from_db()
    assert row.state == "queued"


@pytest.mark.parametrize(("cancelled", "state"), [(False, "sending"), (True, "cancelled")])
def test_what_comes_back_after_its_campaign_has_ended_is_not_forgotten(register, memory, cancelled, state):
    """A worker that slept longer than its lease, as where a machine is suspended, finds the line broken."""
    campaign = running_campaign(register, count=3)

    def sleep(_letter):
        if cancelled:
            schedule.cancel(campaign=campaign, messages=EmailMessage)
        else:
            EmailMessage.objects.update(lease_until=timezone.now() - timezone.timedelta(seconds=1))
            find_stray_messages()
            campaign.refresh_from_db()
            assert campaign.state == "sent"
        raise TransportError("The line is broken")

    memory.answer = staticmethod(sleep)
    send_campaign(campaign.pk)
    find_stray_messages()
    campaign.refresh_from_db()
    assert (campaign.state, states(campaign)) == (state, {"cancelled" if cancelled else "queued": 3})


def test_a_large_campaign_is_cancelled_at_once_and_its_rows_little_by_little(register, memory, monkeypatch):
    monkeypatch.setattr(schedule, "AT_ONCE", 2)
    campaign = running_campaign(register, count=7)
    assert schedule.cancel(campaign=campaign, messages=EmailMessage) == 7
    assert states(campaign) == {"queued": 5, "cancelled": 2}
    assert not send_campaign(campaign.pk)
    assert not memory.outbox
    monkeypatch.setattr(schedule, "CATCH_UP_SECONDS", 0)
    find_stray_messages()
    assert states(campaign) == {"queued": 3, "cancelled": 4}
    monkeypatch.setattr(schedule, "CATCH_UP_SECONDS", 9)
    find_stray_messages()
    assert states(campaign) == {"cancelled": 7}


@pytest.mark.parametrize(("server", "became"), [(True, {"accepted": 4}), (False, {"accepted": 2, "queued": 2})])
def test_what_became_of_each_is_known_though_the_database_restarts_meanwhile(register, memory, server, became):
    """Also where the mail server is lost at the same moment: of what was not given to it, no byte has left."""
    campaign = running_campaign(register, count=4)

    def cut(letter):
        if len(memory.outbox) == 2:
            parameters = connection.get_connection_params() | {"cursor_factory": psycopg.Cursor}
            with psycopg.connect(**parameters, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
            if not server:
                raise TransportError("The line is broken")
        return accept(letter)

    memory.answer = staticmethod(cut)
    send_campaign(campaign.pk)
    assert states(campaign) == became


@pytest.mark.parametrize(("step", "at"), [("claim", {1}), ("hand_off", {2}), ("settle", {2, 3})])
def test_the_victim_of_a_deadlock_loses_no_letter_and_sends_none_twice(register, memory, monkeypatch, step, at):
    """PostgreSQL undoes one of two that wait for each other, such as who sends and who deletes people."""
    campaign = running_campaign(register, count=2 * outbox.HAND_OVER + 2)
    done, calls = getattr(outbox, step), []

    def victim(*args, **kwargs):
        calls.append(args)
        if len(calls) in at:
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return done(*args, **kwargs)

    monkeypatch.setattr("campaigns.carrying.RECONNECT", 0)
    monkeypatch.setattr(outbox, step, victim)
    with contextlib.suppress(OperationalError):
        send_campaign(campaign.pk)
    assert not {"unknown", "handing_off"} & set(states(campaign))
    send_until_quiet(campaign)
    assert states(campaign) == {"accepted": 2 * outbox.HAND_OVER + 2}
    assert len({letter.recipient for letter in memory.outbox}) == len(memory.outbox) == 2 * outbox.HAND_OVER + 2


def test_a_letter_on_the_line_is_not_sent_again_whatever_breaks(register, memory):
    campaign = running_campaign(register, count=4)

    def break_at_the_third(letter):
        if len(memory.outbox) == 2:
            raise RuntimeError("nobody has foreseen this")
        return accept(letter)

    memory.answer = staticmethod(break_at_the_third)
    with pytest.raises(RuntimeError):
        send_campaign(campaign.pk)
    assert states(campaign) == {"accepted": 2, "handing_off": 1, "queued": 1}


def test_a_worker_that_lost_its_claim_hands_nothing_over(register):
    running_campaign(register, count=3)
    token, rows = outbox.claim(EmailMessage.waiting())
    EmailMessage.objects.filter(pk=rows[0].pk).update(lease_until=timezone.now() - timezone.timedelta(seconds=1))
    outbox.recover(EmailMessage)
    other, taken = outbox.claim(EmailMessage.waiting())
    assert [row.pk for row in taken] == [rows[0].pk]
    assert outbox.hand_off(EmailMessage, token=token, ids=[row.pk for row in rows]) == {row.pk for row in rows[1:]}
    assert outbox.hand_off(EmailMessage, token=other, ids=[rows[0].pk]) == {rows[0].pk}


def test_a_paused_campaign_hands_nothing_more_over(register, memory):
    campaign = running_campaign(register, count=50)

    def pause_after_three(letter):
        if len(memory.outbox) == 3:
            type(campaign).unscoped.filter(pk=campaign.pk).update(state="paused")
        return accept(letter)

    memory.answer = staticmethod(pause_after_three)
    send_campaign(campaign.pk)
    assert states(campaign) == {"accepted": outbox.HAND_OVER, "queued": 50 - outbox.HAND_OVER}
