"""What people read where a timeline names a campaign or a single letter as its source."""

from __future__ import annotations

import datetime as dt

from mailer.models import EmailCampaign, EmailMessage
from mailer.outbox.kinds import label_of
from registers.models import Contact


def names_of_campaigns(ids: set[int]) -> dict[int, str]:
    return dict(EmailCampaign.objects.filter(pk__in=ids).values_list("pk", "name"))


def names_of_letters(ids: set[int]) -> dict[int, str]:
    """What kind of letter each was: a confirmation, a reminder."""
    return {pk: label_of(kind) for pk, kind in EmailMessage.objects.filter(pk__in=ids).values_list("pk", "kind")}


def campaigns_with(contact: Contact) -> dict[str, dt.datetime]:
    """Which reports somebody stands in, and since when, by what the access log calls the campaign."""
    messages = EmailMessage.objects.filter(contact=contact, campaign__isnull=False, traffic=EmailMessage.Traffic.BULK)
    return {f"campaign:{campaign}": at for campaign, at in messages.values_list("campaign", "created_at")}
