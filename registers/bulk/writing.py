"""The work on a change of many contacts, counting and then writing: in pieces, each one transaction.

The lease, the cursors and the sweep are those of an import (`registers.imports.running`).
"""

from __future__ import annotations

import time
from collections import Counter

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registers.access import log_access
from registers.bulk.acts import BulkAct, ChangeImpossible, ColumnAct, Fate, act_of
from registers.imports.leases import hold, mine
from registers.models.imports import ChosenContacts, Import

State = Import.State
ATTEMPTS = 3  # to write a piece that others write at the same time
DONE_PREFIX = "done_"  # in `counts`, what has been written; without it, what was counted beforehand


def work_on_change(batch: Import, *, seconds: float) -> bool:
    """Count or write as much as fits into `seconds`; True when all is done. Raises LeaseLost."""
    started = time.monotonic()
    try:
        act = act_of(batch)
        while _next_piece(batch, act):
            if time.monotonic() - started > seconds:
                return False
    except ChangeImpossible as obstacle:
        # What has been written can still be taken back.
        state = State.CANCELLED if batch.imported_to else State.FAILED
        mine(batch).update(state=state, error=str(obstacle), lease_until=None, finished_at=timezone.now())
        return True
    _finish(batch, act)
    return True


def _next_piece(batch: Import, act: BulkAct) -> bool:
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                hold(batch)
                return _piece(batch, act)
        except IntegrityError:  # somebody took the value, or has gone, while this piece was written: look again
            batch.refresh_from_db(fields=["counts", "checked_to", "imported_to"])
    raise ChangeImpossible(_("Others are changing the same contacts just now. Try again in a moment."))


def _piece(batch: Import, act: BulkAct) -> bool:
    counting = batch.state == State.CHECKING
    reached = batch.checked_to if counting else batch.imported_to
    piece = ChosenContacts.objects.filter(batch=batch, number__gt=reached).order_by("number").first()
    if piece is None:
        return False
    fates = act.count(piece.contacts) if counting else act.perform(piece.contacts)
    counts = Counter(batch.counts)
    counts.update({name if counting else DONE_PREFIX + name: number for name, number in fates.items()})
    cursor = {"checked_to" if counting else "imported_to": piece.number}
    mine(batch).update(counts=dict(counts), **cursor)
    batch.counts = dict(counts)
    batch.checked_to, batch.imported_to = cursor.get("checked_to", batch.checked_to), cursor.get("imported_to", reached)
    return True


def _finish(batch: Import, act: BulkAct) -> None:
    with transaction.atomic():
        hold(batch)
        if batch.state == State.CHECKING:
            mine(batch).update(state=State.READY, lease_until=None)
            return
        subject = act.column if isinstance(act, ColumnAct) else None
        if count := batch.counts.get(DONE_PREFIX + Fate.WILL, 0):
            log_access(
                user=batch.created_by,
                action="edit",
                subject=batch.register if subject else f"group:{batch.group_id}",
                count=count,
                purpose=batch.original_name,
                fields=[str(subject.label)] if subject else [],
            )
        mine(batch).update(state=State.DONE, lease_until=None, finished_at=timezone.now())
        ChosenContacts.objects.filter(batch=batch).delete()
