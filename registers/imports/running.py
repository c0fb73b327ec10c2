"""The work on an import: in chunks, each one transaction, so that a killed worker loses at most the chunk in hand.

A worker holds a lease; every chunk extends it and moves the cursor in the same transaction as its rows, so each row is
written exactly once, whoever finishes the work. A sweep wakes imports whose lease has run out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from copy import deepcopy
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone, translation

from guards.chunks import in_chunks
from guards.uploads import MEBIBYTE, UploadError
from organisations import scope
from organisations.wake import job, wake
from registers.access import log_access
from registers.bulk.writing import work_on_change
from registers.columns import Column
from registers.fields import json_text
from registers.imports.ahead import made_ahead
from registers.imports.behind import one_behind
from registers.imports.consents import take_up_consents, tallied
from registers.imports.copying import Texts, copy_pieces
from registers.imports.keys import is_plain
from registers.imports.leases import WORKING, LeaseLost, ended, hold, lease_end, mine, take_lease
from registers.imports.notes import settle_notes, take_up
from registers.imports.options import Found
from registers.imports.planning import Seen, settle
from registers.imports.reading import Row, open_table, read_rows
from registers.imports.retracting import undo_import
from registers.imports.rows import Reader, StagedRow, columns_of
from registers.imports.ruling import Rules
from registers.imports.stops import take_up_stops
from registers.imports.unique import UniqueColumns
from registers.imports.writing import write_rows
from registers.models.imports import Import, ImportRow

logger = logging.getLogger(__name__)

CHUNK = 5_000
SECONDS_PER_JOB = 45.0
LARGE = MEBIBYTE  # a file from which on it pays to read it in a process of its own
State = Import.State


@job
def run_import(import_id: int) -> None:
    """Check or import as much as fits into one job, then wake the next one. Safe to call at any time, twice at once."""
    batch = Import.unscoped.select_related("organisation", "register").filter(pk=import_id).first()
    if batch is None:
        return
    with scope.organisation(batch.organisation_id), translation.override(batch.organisation.language):
        if not take_lease(batch):
            return
        try:
            finished = _work(batch)
        except LeaseLost:
            return
        except UploadError as error:
            _fail(batch, str(error))
            return
        except FileNotFoundError:
            _fail(batch, translation.gettext("The uploaded file is gone. Upload it again."))
            return
        if not finished:
            mine(batch).update(lease_token=None, lease_until=lease_end())
            wake("default", run_import, batch.pk)


def _work(batch: Import) -> bool:
    if batch.undo in Import.UNDO_WORKING:
        return undo_import(batch, seconds=SECONDS_PER_JOB)
    if batch.is_change:
        return work_on_change(batch, seconds=SECONDS_PER_JOB)
    return _check(batch) if batch.state == State.CHECKING else _import(batch)


def _fail(batch: Import, message: str) -> None:
    mine(batch).update(state=State.FAILED, error=message, lease_until=None, finished_at=timezone.now())


def _check(batch: Import) -> bool:
    table = open_table(batch.path, batch.kind, sheet=batch.sheet, encoding=batch.encoding)
    columns = columns_of(batch)
    reader = Reader(batch=batch, columns=columns, region=batch.organisation.region, found_options=batch.found_options)
    seen = Seen()
    if batch.checked_to and batch.is_notes:
        take_up(batch, seen)
    elif batch.checked_to:
        earlier = ImportRow.objects.filter(batch=batch).exclude(status=ImportRow.Status.REJECTED).order_by("number")
        for number, key, external_id in earlier.values_list(
            "number", "match_key", KeyTextTransform("external_id", "values")
        ).iterator(CHUNK):
            seen.add(number, key, external_id)
        known = [column for column in columns if isinstance(column, Column)]
        UniqueColumns(batch, known, (), seen.claims, Rules(batch, ())).claim_earlier(batch)
        if not is_plain(batch.match_by):
            seen.people.add_earlier(batch)
        take_up_consents(batch, seen.consents)
        take_up_stops(batch, seen.stops)
    rows = (row for row in read_rows(batch.path, batch.kind, table) if row.number > batch.checked_to)
    started = time.monotonic()
    pieces = _pieces(reader, rows)
    large = batch.path.stat().st_size > LARGE
    with made_ahead(pieces) if large else nullcontext(pieces) as pieces, one_behind() as hand_over:
        for staged, reached, options in pieces:
            _settle(batch, staged, columns, seen)
            batch.consents = tallied(batch, staged)
            found = {"found_options": options, "consents": batch.consents}
            # PostgreSQL keeps what has been found while the rows after it are read.
            hand_over(partial(_keep, batch, staged, reached, found))
            if time.monotonic() - started > SECONDS_PER_JOB:
                return False
    count = ImportRow.objects.filter(batch=batch).count()
    mine(batch).update(state=State.READY, total=count, lease_until=None)
    return True


def _pieces(reader: Reader, rows: Iterable[Row]) -> Iterator[tuple[list[StagedRow], int, Found]]:
    """Rows as they are read, the number of the last, and the choices that have been found up to there."""
    for chunk in in_chunks(rows, CHUNK):
        yield reader.read(chunk), chunk[-1].number, deepcopy(reader.found_options)


def _keep(batch: Import, rows: Sequence[StagedRow], reached: int, found: dict[str, Any]) -> None:
    with transaction.atomic():
        hold(batch)
        _copy(batch, rows)
        mine(batch).update(checked_to=reached, **found)


def _settle(
    batch: Import, rows: Sequence[StagedRow], columns: Sequence[Column | str | None], seen: Seen | None = None
) -> None:
    (settle_notes if batch.is_notes else settle)(batch, rows, columns, seen=seen)


def _copy(batch: Import, rows: Sequence[StagedRow]) -> None:
    names = (
        "organisation_id", "batch_id", "number", "cells", "values", "match_key", "repeats", "status", "reasons",
        "same_as",
    )  # fmt: skip

    def columns(piece: Sequence[StagedRow]) -> list[Texts]:
        return [
            batch.organisation_id,
            batch.pk,
            [str(row.number) for row in piece],
            [row.cells for row in piece],
            [json_text(row.values) for row in piece],
            [row.match_key for row in piece],
            [row.repeats for row in piece],
            [row.status for row in piece],
            [json_text(row.reasons) if row.reasons else "[]" for row in piece],
            [row.same_as for row in piece],
        ]

    copy_pieces(ImportRow, names, rows, columns)


def _import(batch: Import) -> bool:
    if not write_rows(batch, _settle, size=CHUNK, seconds=SECONDS_PER_JOB):
        return False
    with transaction.atomic():
        hold(batch)
        last = ImportRow.objects.filter(batch=batch).aggregate(last=Max("number"))["last"] or 0
        counts = batch.count_rows()
        mine(batch).update(
            imported_to=last, state=State.DONE, counts=counts, lease_until=None, finished_at=timezone.now()
        )
        left_out = (ImportRow.Status.REJECTED, ImportRow.Status.REPEATED)
        count = sum(number for status, number in counts.items() if status not in left_out)
        log_access(
            user=batch.created_by, action="import", subject=batch.register, count=count, purpose=batch.original_name
        )
    return True


def wake_stranded() -> int:
    """Wake imports that nobody works on: their worker died, or the queue lost them. Each once per lease."""
    stranded = Import.unscoped.filter(ended(), WORKING)
    count = 0
    for import_id in list(stranded.order_by("created_at").values_list("pk", flat=True)[:50]):
        if stranded.filter(pk=import_id).update(lease_token=None, lease_until=lease_end()):
            wake("default", run_import, import_id)
            count += 1
    return count
