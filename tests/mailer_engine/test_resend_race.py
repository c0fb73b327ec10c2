"""A campaign that finishes while somebody sends one of its messages again does not leave that message behind."""

import threading
import time

import pytest
from django.db import connection, connections, transaction

from campaigns import schedule
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
