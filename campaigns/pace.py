"""How fast a campaign goes: slower when the other side asks for it, not at all while nobody is there."""

from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.models import Campaign

SLOW_FROM = 0.05  # share of a batch that was refused for now
LONGEST_AWAY = 900  # seconds


def may_go() -> Q:
    """Campaigns whose messages may leave now."""
    return Q(state=Campaign.State.SENDING) & (Q(held_until__isnull=True) | Q(held_until__lte=Now()))


def after_batch(campaign: Campaign, *, tried: int, deferred: int) -> None:
    """Wait before the next batch when the server refused many for now; go at full speed again when it did not."""
    rows = type(campaign).unscoped.filter(pk=campaign.pk)
    if not tried:
        return
    if deferred / tried <= SLOW_FROM:
        rows.filter(held_steps__gt=0).update(held_steps=0, held_until=None, problem="")
        return
    seconds = min(settings.DEFER_SECONDS, settings.DEFER_SECONDS / 8 * 2 ** min(campaign.held_steps, 10))
    rows.filter(state=Campaign.State.SENDING).update(
        held_until=Now() + timedelta(seconds=seconds), held_steps=F("held_steps") + 1
    )


def server_away(campaign: Campaign, problem: str) -> None:
    """The server cannot be reached: wait, longer each time; no recipient is blamed."""
    seconds = min(LONGEST_AWAY, settings.DEFER_SECONDS / 4 * 2 ** min(campaign.held_steps, 10))
    until = timezone.now() + timedelta(seconds=seconds)
    type(campaign).unscoped.filter(pk=campaign.pk, state=Campaign.State.SENDING).update(
        held_until=until, held_steps=F("held_steps") + 1, problem=problem
    )


def stop(campaign: Campaign, problem: str) -> None:
    """The server does not want us until a person changes something: pause."""
    type(campaign).unscoped.filter(pk=campaign.pk, state=Campaign.State.SENDING).update(
        state=Campaign.State.PAUSED, held_until=None, held_steps=0, problem=problem
    )
