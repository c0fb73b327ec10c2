"""A campaign that finishes while somebody sends one of its messages again does not leave that message behind; one that
is being confirmed is not changed meanwhile."""

import re
import threading
import time

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.urls import reverse

from campaigns import schedule
from mailer.campaigns import review
from mailer.models import EmailCampaign
from mailer.outbox.aftermath import finish_campaign
from tests.mailer_engine.conftest import running_campaign, states

pytestmark = pytest.mark.django_db(transaction=True)
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def wait_for_a_waiter():
    """Until another connection waits for what this transaction holds."""
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITS)
            if cursor.fetchone()[0]:
                return
            time.sleep(0.02)
    raise AssertionError("nobody waits")


def test_what_is_sent_again_as_the_campaign_ends_keeps_it_open(register):
    campaign = running_campaign(register, count=1)
    campaign.messages.update(state="unknown")

    def finish():
        try:
            finish_campaign(campaign.pk)
        finally:
            connections.close_all()

    thread = threading.Thread(target=finish)
    with transaction.atomic():
        assert schedule.send_again(campaign=campaign, unknown=campaign.messages.all()) == 1
        thread.start()
        wait_for_a_waiter()
    thread.join(20)
    assert states(campaign) == {"queued": 1}
    assert EmailCampaign.unscoped.get(pk=campaign.pk).state == "sending"


def test_counting_an_audience_locks_nothing_and_what_is_changed_meanwhile_is_not_sent(
    editor, draft, memory, monkeypatch
):
    url = reverse("campaigns:show", args=[draft.pk])
    seen = re.search(r'name="seen" value="(\w+)"', editor.get(url).text)[1]
    found, count = [], review.headcount

    def change():
        try:
            with transaction.atomic():
                EmailCampaign.unscoped.select_for_update(nowait=True).get(pk=draft.pk)
            EmailCampaign.unscoped.filter(pk=draft.pk).update(invites_to=draft.page_id)
            found.append("changed")
        except OperationalError:
            found.append("locked")
        finally:
            connections.close_all()

    def count_slowly(campaign):
        thread = threading.Thread(target=change)
        thread.start()
        thread.join(20)
        return count(campaign)

    monkeypatch.setattr(review, "headcount", count_slowly)
    answer = editor.post(reverse("campaigns:confirm", args=[draft.pk]), {"seen": seen, "now": "1"}, follow=True)
    assert found[0] == "changed"
    assert "have changed since you looked" in answer.text
    assert EmailCampaign.unscoped.get(pk=draft.pk).state == "draft"
