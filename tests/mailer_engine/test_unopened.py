"""What was sent is sent once more to those of whom no open was seen."""

from datetime import timedelta

from django.utils import timezone

from mailer.answers.tracking import record
from mailer.models import EmailCampaign
from mailer.outbox.freezing import start_campaign
from registers.suppression import suppress
from tests.mailer_engine.conftest import running_campaign, words
from tests.mailer_engine.test_screens import NEW, form, seen


def was_sent(register, page, sender, count):
    campaign = running_campaign(register, count=count)
    campaign.messages.update(state="accepted", handed_at=timezone.now())
    EmailCampaign.objects.filter(pk=campaign.pk).update(state="sent", page=page, sender=sender)
    return campaign


def test_it_goes_to_those_of_whom_no_open_was_seen_and_stops_stay(cast, editor, register, page, sender, memory):
    campaign = was_sent(register, page, sender, 6)
    opened, clicked, refused, unknown, stopped, silent = campaign.messages.order_by("pk")
    record(message=opened, kind="open")
    record(message=clicked, kind="click")
    campaign.messages.filter(pk=refused.pk).update(state="rejected")
    campaign.messages.filter(pk=unknown.pk).update(state="unknown")
    suppress(organisation_id=campaign.organisation_id, channel="email", address=stopped.address, kind="unsubscribed")
    url = f"{NEW}?unopened={campaign.pk}"
    report = editor.get(f"/admin/campaigns/{campaign.pk}/").text
    assert f'href="{url}"' in report
    assert "Some of them may have read it all the same" in report
    assert "?unopened=" not in cast.viewer.client.get(f"/admin/campaigns/{campaign.pk}/").text
    assert cast.stranger.client.get(url).status_code == 404
    ref = f"unopened:{campaign.pk}"
    first = editor.get(url).context["form"].initial
    assert (first["include"], first["page"], first["sender"]) == ([ref], page, sender.pk)
    editor.post(NEW, form(register, page, sender, name=first["name"], include=first["include"]))
    again = EmailCampaign.objects.latest("pk")
    assert ": no open was seen" in words(editor.get(f"/admin/campaigns/{again.pk}/"))
    editor.post(f"/admin/campaigns/{again.pk}/confirm/", {"now": "1", "seen": seen(editor, again)})
    assert start_campaign(again.pk)
    got = {message.address: message.state for message in again.messages.all()}
    assert got == {stopped.address: "suppressed", silent.address: "queued"}
    # It is offered for some weeks.
    EmailCampaign.objects.filter(pk=campaign.pk).update(started_at=timezone.now() - timedelta(days=31))
    assert "?unopened=" not in editor.get(f"/admin/campaigns/{campaign.pk}/").text
