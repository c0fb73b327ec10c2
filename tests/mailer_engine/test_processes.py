"""Real workers and real clocks: killed, flushed, doubled. Each address gets exactly one message."""

import os
import re
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import django_rq
import pytest
from django.db import connection
from django.utils import timezone

from campaigns import outbox, schedule
from mailer.models import EmailCampaign, EmailMessage
from tests.kokoon import eventually
from tests.mailer_engine.conftest import add_contacts, draft_campaign, listed, states
from tests.preloaded import Preloaded, kill
from tests.smtp_server import SmtpServer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.takes(80)]
WORKERS = 2
GRACE = 5  # seconds
SECONDS_TO_STOP = 2


@pytest.fixture(scope="module")
def server():
    with SmtpServer(keep_content=False) as running:
        yield running


@pytest.fixture
def smtp(server):
    server.received.clear()
    return server


@pytest.fixture(scope="module")
def preloaded(server, django_db_setup):
    with Preloaded(environment(server)) as process:
        yield process


def environment(smtp):
    """What a process needs to work on the database of the test."""
    settings = connection.settings_dict
    url, _question, options = os.environ["DATABASE_URL"].partition("?")
    url = f"{url.rpartition('/')[0]}/{settings['NAME']}" + (f"?{options}" if options else "")
    return os.environ | {
        "DATABASE_URL": url,
        "EMAIL_URL": f"{smtp.url}?timeout=5",
        "LEASE_SECONDS": "2",
        "SWEEP_SECONDS": "1",
        "DEFER_SECONDS": "1",
        "SEND_GRACE_MINUTES": str(GRACE / 60),
        "WORKERS": str(WORKERS),
        "LOG_LEVEL": "ERROR",
    }


@contextmanager
def running(preloaded, *commands):
    pids = [preloaded.start(command) for command in commands]
    try:
        yield
    finally:
        for pid in pids:
            kill(pid)


def a_planned_campaign(register, page, sender, *, count, at=None):
    add_contacts(register, count)
    campaign = draft_campaign(register, page, sender)
    schedule.plan(campaign=campaign, at=at or timezone.now())
    return campaign


@pytest.fixture(autouse=True)
def empty_queues():
    django_rq.get_connection("default").flushdb()


def test_ten_thousand_survive_five_kills_and_a_flush(editor, register, page, sender, smtp, preloaded):
    count, kills = 10_000, 5
    campaign = a_planned_campaign(register, page, sender, count=count)
    with running(preloaded, "tick"):
        work = preloaded.start("work")
        try:
            for number in range(kills):
                smtp.wait_for(len(smtp.received) + 200, timeout=60)
                kill(work)
                if number == 2:
                    django_rq.get_connection("default").flushdb()
                work = preloaded.start("work")
            eventually(lambda: EmailCampaign.unscoped.filter(pk=campaign.pk, state="sent").exists(), seconds=90)
        finally:
            kill(work)
    rows = {row.message_id: row for row in EmailMessage.objects.filter(campaign=campaign)}
    assert len({row.address_key for row in rows.values()}) == count
    came = Counter(letter.message_id for letter in smtp.received)
    assert set(came.values()) == {1}, "somebody got it twice"
    assert set(came) <= set(rows)
    found = states(campaign)
    assert found.get("unknown", 0) <= kills * WORKERS * outbox.HAND_OVER
    assert found["accepted"] + found.get("unknown", 0) == count
    # Whoever got nothing is listed as unknown; whoever is listed as accepted has it.
    missing = [row for message_id, row in rows.items() if message_id not in came]
    assert all(row.state == "unknown" for row in missing)
    assert {row.address for row in rows.values() if row.state == "accepted"} <= {r.recipient for r in smtp.received}
    unknown = [row.address for row in rows.values() if row.state == "unknown"]
    assert sorted(listed(editor, campaign, "unknown")) == sorted(unknown)


def test_a_campaign_whose_minute_passed_while_the_server_was_down_waits_for_a_person(
    editor, register, page, sender, smtp, preloaded, settings
):
    settings.EMAIL_URL = smtp.url
    with running(preloaded, "tick", "work"):
        planned = timezone.now() + timedelta(seconds=SECONDS_TO_STOP)
        campaign = a_planned_campaign(register, page, sender, count=3, at=planned)
    assert timezone.now() < planned, "it was not down in time"
    time.sleep((planned - timezone.now()).total_seconds() + GRACE + 0.1)
    with running(preloaded, "tick", "work"):
        eventually(lambda: EmailCampaign.unscoped.filter(pk=campaign.pk, state="late").exists())
        shown = editor.get(f"/admin/campaigns/{campaign.pk}/").text
        assert "This campaign missed its time." in shown
        assert (states(campaign), smtp.received) == ({}, [])
        seen = re.search(r'name="seen" value="(\w+)"', shown)[1]
        editor.post(f"/admin/campaigns/{campaign.pk}/confirm/", {"now": "1", "seen": seen})
        assert len(smtp.wait_for(3)) == 3


def test_two_clocks_start_a_campaign_once_and_within_five_seconds_of_its_minute(
    register, page, sender, smtp, preloaded
):
    with running(preloaded, "tick", "tick", "work", "work"):
        time.sleep(5)  # the processes have started
        now = timezone.now()
        at = (now + timedelta(minutes=1)).replace(second=0, microsecond=0)
        if (at - now).total_seconds() < 2:
            at += timedelta(minutes=1)
        campaign = a_planned_campaign(register, page, sender, count=60, at=at)
        smtp.wait_for(1, timeout=(at - now).total_seconds() + 20)
        arrived = timezone.now()
        eventually(lambda: EmailCampaign.unscoped.filter(pk=campaign.pk, state="sent").exists(), seconds=30)
        time.sleep(1.5)  # another sweep of both
    assert timedelta(0) <= arrived - at < timedelta(seconds=5)
    came = Counter(letter.recipient for letter in smtp.received)
    assert len(came) == 60
    assert set(came.values()) == {1}
    assert states(campaign) == {"accepted": 60}
