"""When a campaign starts, waits, goes on and ends. Each step is a compare-and-swap on its state."""

import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils import timezone

from campaigns import outbox
from campaigns.models import Campaign, Message

State = Campaign.State
AT_ONCE = 5_000  # messages that are cancelled in one statement
CATCH_UP_SECONDS = 2


def plan(*, campaign: Campaign, at: datetime, by: Any = None) -> bool:
    """Schedule a campaign that has not started; `at` is aware, `by` who wants it. False when it has started
    meanwhile."""
    changes = {"state": State.SCHEDULED, "scheduled_at": at, "problem": "", "confirmed_by": by}
    return _swap(campaign, Campaign.NOT_STARTED, **changes)


def unplan(*, campaign: Campaign) -> bool:
    """Back to a draft."""
    return _swap(campaign, (State.SCHEDULED, State.LATE, State.BLOCKED), state=State.DRAFT, problem="")


def begin(*, campaign: Campaign) -> bool:
    """Take the start of a due campaign. True for one caller only; to be called in the transaction that freezes."""
    started: int = (
        type(campaign)
        .unscoped.filter(
            pk=campaign.pk,
            state=State.SCHEDULED,
            scheduled_at__lte=Now(),
            scheduled_at__gte=timezone.now() - settings.SEND_GRACE,
        )
        .update(state=State.SENDING, started_at=Now(), frozen_at=Now(), problem="", held_until=None, held_steps=0)
    )
    return started == 1


def block(*, campaign: Campaign, problem: str) -> bool:
    """It cannot start as it is; `problem` says to the editor what to change."""
    return _swap(campaign, (State.SCHEDULED,), state=State.BLOCKED, problem=problem)


def pause(*, campaign: Campaign) -> bool:
    """Hand nothing more over; False where it is not sending."""
    return _swap(campaign, (State.SENDING,), state=State.PAUSED, held_until=None, held_steps=0, problem="")


def resume(*, campaign: Campaign) -> bool:
    """Go on; False where it is not paused."""
    return _swap(campaign, (State.PAUSED,), state=State.SENDING, held_until=None, held_steps=0, problem="")


def cancel(*, campaign: Campaign, messages: type[Message]) -> int | None:
    """What has not left stays. Returns how many messages that are; None when all had been sent.

    It is committed before the messages are touched: a hundred thousand rows take half a minute, and meanwhile nothing
    more may leave. Those left over here are for `catch_up`.
    """
    if not _swap(campaign, Campaign.RUNNING, state=State.CANCELLED, finished_at=timezone.now(), problem=""):
        return None
    bulk = messages.unscoped.filter(campaign=campaign, traffic=Message.Traffic.BULK)
    claimed = bulk.filter(state=Message.State.CLAIMED).update(state=Message.State.CANCELLED, lease_until=None)
    waiting: int = bulk.filter(state__in=Message.WAITING).count()
    _cancel_some(bulk)
    return claimed + waiting


def _cancel_some(bulk: Any) -> int:
    """As many of the messages as do not keep anybody waiting long; returns how many."""
    some = bulk.filter(state__in=Message.WAITING).order_by().values("pk")[:AT_ONCE]
    count: int = bulk.filter(pk__in=some, state__in=Message.WAITING).update(state=Message.State.CANCELLED)
    return count


@transaction.atomic
def finish(campaigns: Any, messages: type[Message]) -> int:
    """Running campaigns of the queryset that have no open message left are sent."""
    still_open = messages.unscoped.filter(campaign=OuterRef("pk"), traffic=Message.Traffic.BULK, state__in=Message.OPEN)
    through = campaigns.filter(~Exists(still_open), state=State.SENDING)
    # Locked first, and then looked at once more: somebody may just have sent a message again (`send_again`).
    ids = list(through.select_for_update(of=("self",)).values_list("pk", flat=True))
    if not ids:
        return 0
    count: int = through.filter(pk__in=ids).update(
        state=State.SENT, finished_at=Now(), held_until=None, held_steps=0, problem=""
    )
    return count


def catch_up(campaigns: Any, messages: type[Message]) -> None:
    """Of messages that wait though their campaign has ended: they were being handed over then, or were too many.

    Of one that was sent they still leave: the hand-over outlived its lease, and nothing seemed to be left. Of one that
    was cancelled they do not.
    """
    with transaction.atomic():
        # Locked first: `finish` may be about to end it.
        states = dict(campaigns.select_for_update(of=("self",), no_key=True).values_list("pk", "state"))
        sent = [pk for pk, state in states.items() if state == State.SENT]
        waiting = messages.unscoped.filter(traffic=Message.Traffic.BULK, state__in=Message.WAITING, campaign__in=sent)
        late = list(waiting.order_by().values_list("campaign", flat=True).distinct())
        campaigns.filter(pk__in=late).update(state=State.SENDING, finished_at=None)
    cancelled = [pk for pk, state in states.items() if state == State.CANCELLED]
    bulk = messages.unscoped.filter(traffic=Message.Traffic.BULK, campaign__in=cancelled)
    until = time.monotonic() + CATCH_UP_SECONDS
    while cancelled and _cancel_some(bulk) and time.monotonic() < until:
        pass


@transaction.atomic
def send_again(*, campaign: Campaign, unknown: Any) -> int:
    """A person wants messages of the queryset `unknown` to leave again; returns how many will.

    0 where the campaign is not in one of `Campaign.RESENDS`: a paused one would start again with all that waits.
    """
    locked = type(campaign).unscoped.select_for_update().filter(pk=campaign.pk, state__in=Campaign.RESENDS)
    if not locked.values_list("pk", flat=True):
        return 0
    count = outbox.requeue(unknown)
    if count:
        _swap(campaign, Campaign.RESENDS, state=State.SENDING, finished_at=None)
    return count


def set_late_aside(campaigns: type[Campaign]) -> int:
    """Campaigns found later than the grace period wait for a person."""
    count: int = campaigns.unscoped.filter(
        state=State.SCHEDULED, scheduled_at__lt=timezone.now() - settings.SEND_GRACE
    ).update(state=State.LATE)
    return count


def due(campaigns: type[Campaign]) -> list[int]:
    """Ids of those to start now."""
    return list(campaigns.unscoped.filter(state=State.SCHEDULED, scheduled_at__lte=Now()).values_list("pk", flat=True))


def _swap(campaign: Campaign, states: Any, **changes: Any) -> bool:
    """Change the row if it still is in one of `states`; the object in hand follows."""
    if not type(campaign).unscoped.filter(pk=campaign.pk, state__in=states).update(**changes):
        return False
    for name, value in changes.items():
        setattr(campaign, name, value)
    return True
