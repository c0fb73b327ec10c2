"""What `tick` does for duplicates: wake searches whose worker died, and forget what merges keep to be taken back."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from organisations.sweeps import sweep
from registers.duplicates.searching import wake_waiting
from registers.models import MergeRecord


@sweep(every=timedelta(seconds=settings.SWEEP_SECONDS))
def wake_waiting_searches() -> None:
    wake_waiting()


@sweep(every=timedelta(hours=1))
def forget_old_merges() -> None:
    """After a month a merge stands; what is known of people is then kept once."""
    old = MergeRecord.unscoped.filter(created_at__lt=timezone.now() - MergeRecord.KEEP)
    old.exclude(data={}).update(data={})
