"""What stays of people at events when they are erased."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import ngettext

from organisations.figures import number
from registers.fields import AnyOf
from registers.models import Contact
from sites.models import Registration, Submission

LOOKED_FOR = 50  # names: who erases more people at once is told of none


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


def guests_that_stay(contacts: Sequence[int]) -> str:
    """Those of their names whom others have brought: what these wrote is theirs."""
    if len(contacts) > LOOKED_FOR:
        return ""
    people = Contact.objects.filter(pk__in=contacts).exclude(last_name="")
    names = [{"first_name": first, "last_name": last} for first, last in people.values_list("first_name", "last_name")]
    if not names:
        return ""
    named = reduce(or_, (Q(guests__contains=[name]) for name in names))
    replies = Submission.objects.filter(named).exclude(contact__in=contacts).order_by()
    count = replies.values("page", "contact").distinct().count()
    if not count:
        return ""
    return ngettext(
        "%(count)s reply of somebody else to an event names a guest of the same name, and keeps it.",
        "%(count)s replies of others to events name guests of the same name, and keep them.",
        count,
    ) % {"count": number(count)}
