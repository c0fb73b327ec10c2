"""What people read where a timeline names a campaign or a single letter as its source."""

from __future__ import annotations

from mailer.models import EmailCampaign, EmailMessage
from mailer.outbox.kinds import label_of


def names_of_campaigns(ids: set[int]) -> dict[int, str]:
    return dict(EmailCampaign.objects.filter(pk__in=ids).values_list("pk", "name"))


def names_of_letters(ids: set[int]) -> dict[int, str]:
    """What kind of letter each was: a confirmation, a reminder."""
    return {pk: label_of(kind) for pk, kind in EmailMessage.objects.filter(pk__in=ids).values_list("pk", "kind")}
