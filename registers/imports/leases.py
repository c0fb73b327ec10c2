"""Who works on an import: one worker at a time, for as long as it gives signs of life."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from registers.models.imports import Import

WORKING = Q(state__in=Import.WORKING) | Q(undo__in=Import.UNDO_WORKING)


class LeaseLost(Exception):
    """The import was cancelled, or another worker has it now."""


def lease_end() -> dt.datetime:
    """Until when an import is left to the worker that has it, or to the queue that was told of it."""
    return timezone.now() + dt.timedelta(seconds=max(settings.LEASE_SECONDS, 2))


def ended() -> Q:
    """No lease any more; nor is one that ends later than any could: the clock has been put back since."""
    now = timezone.now()
    return Q(lease_until=None) | Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * (lease_end() - now))


def take_lease(batch: Import) -> bool:
    """Take an import that waits for work and that nobody is working on; False where there is nothing to take."""
    free = Q(lease_token=None) | ended()
    token = uuid.uuid4()
    taken = Import.objects.filter(free & WORKING, pk=batch.pk).update(lease_token=token, lease_until=lease_end())
    if taken:
        batch.refresh_from_db()
        batch.lease_token = token
    return bool(taken)


def mine(batch: Import) -> Any:
    """The row of an import whose lease we hold, as long as nobody has changed what is to be done with it."""
    return Import.objects.filter(pk=batch.pk, lease_token=batch.lease_token, state=batch.state, undo=batch.undo)


def hold(batch: Import) -> None:
    """Lock the import for the current chunk; raises LeaseLost if it is no longer ours."""
    if not mine(batch).select_for_update(no_key=True).values("pk"):
        raise LeaseLost
    mine(batch).update(lease_until=lease_end())
