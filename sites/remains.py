"""What stays of people at events when they are erased."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.utils import timezone
from django.utils.translation import ngettext

from organisations.figures import number
from registers.fields import AnyOf
from sites.models import Registration


def seats_that_stay(contacts: Sequence[int]) -> str:
    """Those at events to come: the numbers stay right, so erasing frees none."""
    count = (
        Registration.objects.standing()
        .filter(AnyOf(F("contact_id"), contacts))
        .filter(page__starts_at__gt=timezone.now(), page__room__cancelled_at__isnull=True)
        .count()
    )
    if not count:
        return ""
    return ngettext(
        "%(count)s reply to an event to come keeps its seats, without a name: cancel it there first if they are to "
        "become free.",
        "%(count)s replies to events to come keep their seats, without names: cancel them there first if they are to "
        "become free.",
        count,
    ) % {"count": number(count)}
