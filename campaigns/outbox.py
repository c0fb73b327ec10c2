"""The outbox: rows that leave one by one, whatever happens to the process that carries them.

    queued ⇄ claimed (lease) → handing_off (lease) → accepted | deferred | rejected | unknown

A worker claims a batch, commits `handing_off` for a few rows, hands them over and writes what became of them. Each step
is a compare-and-swap on state and lease token, so a worker that was thought dead does no harm when it comes back. All
times are the database's.
"""

import logging
import random
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from campaigns.models import Message

logger = logging.getLogger(__name__)

CLAIM = 200  # rows in a batch
HAND_OVER = 20  # rows whose fate is open at once; what a killed worker leaves behind as unknown at most
MAX_ATTEMPTS = 36  # with the waits below some five days, as RFC 5321 (4.5.4.1) advises
LONGEST_WAIT = timedelta(hours=4)

State = Message.State
MessageClass = type[Message]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one message.

    `state` is accepted, deferred, rejected or unknown; `error` the other side's words. `dead_address`: the other side
    says that there is no such address.
    """

    state: str
    code: int = 0
    error: str = ""
    dead_address: bool = False


def claim(waiting: Any, *, limit: int = CLAIM) -> tuple[UUID, list[Any]]:
    """Take up to `limit` rows of the queryset `waiting` for this worker; rows that others are taking are passed
    over."""
    token = uuid4()
    with transaction.atomic():
        rows = list(waiting.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk")[:limit])
        if rows:
            waiting.model.unscoped.filter(pk__in=[row.pk for row in rows]).update(
                state=State.CLAIMED, lease_token=token, lease_until=_lease_end()
            )
    return token, rows


def hand_off(messages: MessageClass, *, token: UUID, ids: Collection[int]) -> set[int]:
    """Mark claimed rows as leaving, and return those that may leave; a row whose lease has gone to somebody else may
    not.

    To be committed before the first byte leaves.
    """
    mine = messages.unscoped.filter(pk__in=ids, lease_token=token)
    count = mine.filter(state=State.CLAIMED).update(state=State.HANDING_OFF, lease_until=_lease_end())
    if count == len(ids):
        return set(ids)
    return set(mine.filter(state=State.HANDING_OFF).values_list("pk", flat=True))


def settle(messages: MessageClass, *, token: UUID, results: Mapping[int, Result], attempts: Mapping[int, int]) -> None:
    """Write what became of rows that were handed over; `attempts` says how often each was refused for now before.

    An answer that comes after the lease ran out still counts, unless a person has sent the message again meanwhile.
    """
    groups: dict[tuple[Result, int], list[int]] = defaultdict(list)
    for pk, result in results.items():
        groups[result, attempts.get(pk, 0) if result.state == State.DEFERRED else 0].append(pk)
    for (result, tries), ids in groups.items():
        rows = messages.unscoped.filter(pk__in=ids, lease_token=token, state__in=(State.HANDING_OFF, State.UNKNOWN))
        changes: dict[str, Any] = {"state": result.state, "code": result.code, "error": result.error[:400]}
        if result.state == State.DEFERRED:
            changes["attempts"] = F("attempts") + 1
            if tries + 1 >= MAX_ATTEMPTS:
                changes["state"] = State.REJECTED
                changes["error"] = _("Given up after %(tries)d tries: %(answer)s") % {
                    "tries": tries + 1,
                    "answer": result.error[:300],
                }
            else:
                changes["due_at"] = Now() + retry_wait(tries)
        else:
            changes["handed_at"] = Now()
        rows.update(lease_until=None, **changes)


def release(messages: MessageClass, *, token: UUID, wait: float = 0) -> None:
    """Give claimed rows back: nothing has left. They are due again after `wait` seconds."""
    rows = messages.unscoped.filter(lease_token=token, state=State.CLAIMED)
    changes: dict[str, Any] = {"due_at": Now() + timedelta(seconds=wait)} if wait else {}
    rows.update(state=State.QUEUED, lease_until=None, **changes)


def recall(messages: MessageClass, *, token: UUID, ids: Collection[int], wait: float = 0) -> None:
    """Give back rows that were marked as leaving, and of which no byte has left."""
    changes: dict[str, Any] = {"due_at": Now() + timedelta(seconds=wait)} if wait else {}
    messages.unscoped.filter(pk__in=ids, lease_token=token, state__in=(State.HANDING_OFF, State.UNKNOWN)).update(
        state=State.QUEUED, lease_until=None, **changes
    )


def postpone(waiting: Any, *, wait: float) -> None:
    """Rows of the queryset `waiting` are due in `wait` seconds: the other side takes none just now, from whomever."""
    waiting.update(due_at=Now() + timedelta(seconds=wait))


def suppress(messages: MessageClass, *, token: UUID, reasons: Mapping[int, str]) -> None:
    """Claimed rows that must not leave; `reasons` says why, by id."""
    groups: dict[str, list[int]] = defaultdict(list)
    for pk, reason in reasons.items():
        groups[reason].append(pk)
    for reason, ids in groups.items():
        messages.unscoped.filter(pk__in=ids, lease_token=token, state=State.CLAIMED).update(
            state=State.SUPPRESSED, suppressed_by=reason, lease_until=None
        )


def refuse(messages: MessageClass, *, token: UUID, errors: Mapping[int, str]) -> None:
    """Claimed rows that cannot leave at all: no letter can be made of them."""
    for pk, error in errors.items():
        messages.unscoped.filter(pk=pk, lease_token=token, state=State.CLAIMED).update(
            state=State.REJECTED, error=error[:400], lease_until=None
        )


def recover(messages: MessageClass) -> tuple[int, int]:
    """Expired leases: what was only claimed waits again; what was leaving is unknown. Returns how many of each.

    Expired is, too, what ends later than any lease could: the clock has been put back since.
    """
    beyond = Now() + timedelta(seconds=2 * settings.LEASE_SECONDS)
    expired = messages.unscoped.filter(Q(lease_until__lt=Now()) | Q(lease_until__gt=beyond))
    requeued = expired.filter(state=State.CLAIMED).update(state=State.QUEUED, lease_until=None)
    unknown = expired.filter(state=State.HANDING_OFF).update(
        state=State.UNKNOWN,
        lease_until=None,
        handed_at=Now(),
        error=_("The program that was sending it stopped before the answer of the other side was written down."),
    )
    if requeued or unknown:
        logger.warning("Expired leases: %d rows wait again, %d are unknown.", requeued, unknown)
    return requeued, unknown


def requeue(unknown: Any) -> int:
    """A person wants these to leave again: the same rows, so the same Message-ID."""
    count: int = unknown.filter(state=State.UNKNOWN).update(
        state=State.QUEUED,
        due_at=Now(),
        lease_token=None,
        attempts=0,
        code=0,
        error="",
        handed_at=None,
        settled_at=None,
        settled_by=None,
    )
    return count


def leave(unknown: Any, *, user: Any) -> int:
    """A person has looked at these and leaves them: they stay unknown, and nobody is asked about them any more."""
    count: int = unknown.filter(state=State.UNKNOWN, settled_at=None).update(settled_at=Now(), settled_by=user)
    return count


def retry_wait(tries: int) -> timedelta:
    """How long to wait after so many temporary refusals: doubling, with some scatter so that not all come at once."""
    seconds = settings.DEFER_SECONDS * 2 ** min(tries, 16)
    return min(timedelta(seconds=seconds), LONGEST_WAIT) * random.uniform(1, 1.2)  # noqa: S311


def _lease_end() -> Any:
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)
