"""An event that is called off."""

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from sites import rounds
from sites.models.messages import MessageKind
from sites.models.seats import Capacity

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage


@transaction.atomic
def cancel_event(*, page: "RsvpPage", user: Any = None) -> bool:
    """Call the event off, once, and begin to tell everybody who has a seat or waits for one. False when it was off, or
    is over."""
    now = timezone.now()
    if page.is_over or not Capacity.objects.filter(page_id=page.pk, cancelled_at=None).update(cancelled_at=now):
        return False
    rounds.begin(page=page, kind=MessageKind.EVENT_CANCELLED, before=now, user=user)
    return True
