"""Who was invited to an event: to whom a message of a campaign that invites to its page was handed over.

And which campaigns are planned to invite to it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from campaigns import wallclock
from mailer.answers import reports
from mailer.models import EmailCampaign, EmailMessage
from mailer.outbox.freezing import needs_its_event


def invited(page_id: Any, *, before: datetime) -> QuerySet[Any]:
    """The messages of invitations to the page with this id that had arrived before that moment: that a server had
    taken, or that were opened all the same."""
    invitations = EmailMessage.objects.filter(campaign__invites_to=page_id, traffic=EmailMessage.Traffic.BULK)
    reached: QuerySet[Any] = reports.arrived(invitations).filter(
        Q(handed_at__lt=before) | Q(handed_at=None, created_at__lt=before)
    )
    return reached


def invited_for(page_id: Any) -> int | None:
    """What people were invited for, as the newest invitation that was for something says; the id of a Purpose."""
    reached = invited(page_id, before=timezone.now()).order_by().values("campaign")
    campaigns = EmailCampaign.objects.filter(pk__in=reached, purpose__isnull=False).order_by("-pk")
    found: int | None = campaigns.values_list("purpose", flat=True).first()
    return found


def planned(pages: Iterable[Any]) -> list[tuple[EmailCampaign, str]]:
    """The campaigns that are to invite to one of `pages` and will wait for a person without it, with their times in
    words."""
    related = ("organisation", "page", "sender", "invites_to")
    campaigns = EmailCampaign.objects.filter(invites_to__in=pages, state=EmailCampaign.State.SCHEDULED)
    return [
        (campaign, wallclock.spoken(campaign.scheduled_at, campaign.organisation.zone))
        for campaign in campaigns.select_related(*related).order_by("scheduled_at", "pk")
        if campaign.scheduled_at and needs_its_event(campaign)
    ]
