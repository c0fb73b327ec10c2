"""Who was invited to an event: to whom a message of a campaign that invites to its page was handed over."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from mailer.models import EmailMessage


def invited(page: Any, *, before: datetime) -> QuerySet[Any]:
    """The messages of invitations to `page` that a server had taken before that moment."""
    reached: QuerySet[Any] = EmailMessage.objects.filter(
        campaign__invites_to_id=page.pk,
        traffic=EmailMessage.Traffic.BULK,
        state__in=EmailMessage.HANDED_OVER,
        handed_at__lt=before,
    )
    return reached
