"""What events know of people, for the conditions of segments."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registers.deeds import Deed, register_deed
from sites.models.seats import SEATED, Registration, State


def replied(*states: str) -> Callable[[datetime | None], Any]:
    """Those whose reply stands so, by when they first gave it."""

    def people(since: datetime | None) -> Any:
        replies = Registration.objects.filter(contact__isnull=False)
        if states:
            replies = replies.filter(state__in=states)
        return (replies.filter(created_at__gte=since) if since else replies).values("contact")

    return people


def had_a_seat(since: datetime | None) -> Any:
    """Those who had a seat at an event that took place, by when it began."""
    held = Registration.objects.filter(
        contact__isnull=False,
        state__in=SEATED,
        page__starts_at__lte=timezone.now(),
        page__room__cancelled_at__isnull=True,
    )
    return (held.filter(page__starts_at__gte=since) if since else held).values("contact")


def register_deeds() -> None:
    register_deed(Deed("event_answered", _("Replied to an event"), replied()))
    register_deed(Deed("event_yes", _("Said yes to an event"), replied(*SEATED, State.WAITING)))
    register_deed(Deed("event_no", _("Said no to an event"), replied(State.DECLINED, State.CANCELLED)))
    register_deed(Deed("event_seat", _("Had a seat at an event that took place"), had_a_seat))
