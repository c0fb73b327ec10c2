"""The chart of a report holds every open and click, however long after the sending."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mailer.answers.reports import timeline_of
from mailer.answers.tracking import record
from mailer.models import EmailCampaign, MessageEvent
from tests.mailer_engine.conftest import running_campaign, words


@pytest.mark.parametrize(
    ("days", "step", "bars"),
    [(1, "hour", 25), (2, "hour", 49), (3, "day", 4), (60, "day", 61), (61, "week", 10), (800, "month", 27)],
)
def test_an_open_is_shown_however_late(cast, editor, register, days, step, bars):
    campaign = running_campaign(register, count=2)
    began = timezone.now() - timedelta(days=days)
    campaign.messages.update(state="accepted", handed_at=began)
    EmailCampaign.objects.filter(pk=campaign.pk).update(state="sent", started_at=began)
    early, late = campaign.messages.order_by("pk")
    record(message=early, kind="open")
    MessageEvent.objects.update(at=began)
    record(message=late, kind="open")
    timeline = timeline_of(EmailCampaign.objects.get(pk=campaign.pk), campaign.organisation.zone)
    assert timeline.step == step
    assert len(timeline.bars) in range(bars - 1, bars + 2)  # a step more or less by the day of the week and clock
    assert (timeline.bars[0].opened, timeline.bars[-1].opened) == (1, 1)
    assert sum(bar.opened for bar in timeline.bars) == 2
    assert f"by the {step}" in words(editor.get(f"/admin/campaigns/{campaign.pk}/"))
