"""Who opens within seconds, or through Apple's proxy, is told apart in the report."""

from datetime import timedelta

from django.utils import timezone

from mailer.answers.reports import figures_of, opened_by_machines
from mailer.models import EmailMessage, MessageEvent
from tests.mailer_engine.conftest import running_campaign

SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15"
GMAIL = "Mozilla/5.0 (Windows NT 5.1) (via ggpht.com GoogleImageProxy)"


def opened(message, *, after, agent=SAFARI):
    event = MessageEvent.objects.create(campaign=message.campaign, message=message, kind="open", user_agent=agent)
    MessageEvent.objects.filter(pk=event.pk).update(at=message.handed_at + timedelta(seconds=after))


def test_machines_are_told_apart_from_people(cast, register):
    campaign = running_campaign(register, count=5)
    EmailMessage.objects.update(state="accepted", handed_at=timezone.now() - timedelta(hours=1))
    scanned, apple, both, gmail, person = EmailMessage.objects.order_by("pk")
    opened(scanned, after=2)
    opened(apple, after=900, agent="Mozilla/5.0")
    opened(both, after=1)
    opened(both, after=600)
    opened(gmail, after=60, agent=GMAIL)
    opened(person, after=3_000)
    assert figures_of(campaign).opened == 5
    assert opened_by_machines(campaign, 5) == 2
    page = cast.editor.client.get(f"/admin/campaigns/{campaign.pk}/").text
    assert "2 of those who opened it may be machines" in " ".join(page.split())


def test_without_machines_nothing_is_said(cast, register):
    campaign = running_campaign(register, count=1)
    EmailMessage.objects.update(state="accepted", handed_at=timezone.now() - timedelta(hours=1))
    opened(EmailMessage.objects.get(), after=60)
    assert "data-machines" not in cast.editor.client.get(f"/admin/campaigns/{campaign.pk}/").text
