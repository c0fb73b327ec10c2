"""Writing what the check of a file has let through: in chunks, each one transaction that moves the import's cursor.

Two threads do it, each with a connection of its own: while PostgreSQL writes one chunk, the next is put together. Where
nobody in a chunk has stood in the file before, and its rows share nothing that is made on the way, it is written ahead;
its transaction stays open until the chunk before it is committed, and only then takes hold of the import. So chunks are
committed one after the other, in the order of the file and under the lease, whichever thread they are in.
"""

from __future__ import annotations

import contextvars
import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.db.models import F, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.utils import translation
from pydantic_core import from_json

from registers.columns import Column, columns_for
from registers.company_columns import company_columns
from registers.fields import RowVersion
from registers.imports.consents import tallied
from registers.imports.keys import is_plain
from registers.imports.leases import LeaseLost, hold, lease_end, mine
from registers.imports.parts import NO_COLUMNS
from registers.imports.planning import MATCH_COLUMNS
from registers.imports.rows import StagedRow, columns_of
from registers.models.contact import Contact
from registers.models.imports import Import, ImportRow

Columns = Sequence[Column | str | None]
Settle = Callable[[Import, Sequence[StagedRow], Columns], None]
Outcome = tuple[str, list[str], str]  # status, reasons and match key of a row
ATTEMPTS = 3  # to write a chunk that others write to at the same time
LOOK = 100_000  # rows that are looked through at once for something to write; then the lease is extended
PATIENCE = 10.0  # seconds that what is written ahead may be in the way of others


def write_rows(batch: Import, settle: Settle, *, size: int, seconds: float) -> bool:
    """Write as many chunks of `size` as fit into `seconds`, one at least; True when all is done. Raises LeaseLost.

    `settle` writes the rows of a chunk, inside its transaction.
    """
    writer = Writer(batch, settle, size, seconds)
    if batch.total > size and not connection.in_atomic_block and writer.rows_stand_alone:
        writer.write_with_a_second_thread()
    else:
        writer.write()
    return writer.is_through


class Planner:
    """Tells PostgreSQL's planner how many people the register has, whenever there may be twice as many: thinking that
    it has few, it looks through all of them for each chunk. By itself it finds out too late, after a crash not at all.
    """

    def __init__(self, batch: Import, size: int) -> None:
        self.at_first = Contact.objects.filter(register=batch.register_id).count()
        self.told, self.least = 0, size

    def tell(self, added: int) -> None:
        """At most so many have been `added` to those at first."""
        if self.at_first + added < 2 * self.told:
            return
        self.told = max(self.at_first + added, self.least)
        with connection.cursor() as cursor:
            cursor.execute(
                "ANALYZE (SKIP_LOCKED) registers_contact (organisation_id, register_id, email_key, phone, external_id)"
            )


def _rows_stand_alone(batch: Import, columns: Columns) -> bool:
    """Whether rows about different people have nothing to do with each other, and so may be written at once."""
    own = columns_for(batch.register, retired=True)
    return (
        is_plain(batch.match_by)
        and not batch.group_id
        and all(column in (None, *NO_COLUMNS) or isinstance(column, Column) for column in columns)
        and not company_columns(columns)
        and not any(column.unique for column in own)
        # The addresses of the dead are suppressed, and several people may share one.
        and not any(isinstance(column, Column) and column.key == "deceased" for column in columns)
    )


class TurnMissed(Exception):
    """The chunk before has not been committed in time: what was written ahead gives way to others."""


class Stopped(Exception):
    """The other thread has failed, and says why."""


class Turns:
    """Whose chunk is committed next: the one that begins where the last has ended."""

    def __init__(self, reached: int) -> None:
        self.reached = reached
        self.failure: BaseException | None = None
        self.changed = threading.Condition()

    def wait(self, start: int, *, seconds: float | None = None) -> None:
        """Raises TurnMissed after `seconds`, and Stopped."""
        with self.changed:
            self.changed.wait_for(lambda: self.failure or self.reached == start, seconds)
            if self.reached != start:  # else what came before is whole, whatever has failed behind it
                raise Stopped if self.failure else TurnMissed

    def end(self, reached: int) -> None:
        with self.changed:
            self.reached = reached
            self.changed.notify_all()

    def fail(self, failure: BaseException) -> None:
        with self.changed:
            self.failure = self.failure or failure
            self.changed.notify_all()


class Writer:
    def __init__(self, batch: Import, settle: Settle, size: int, seconds: float) -> None:
        self.batch, self.settle, self.size, self.until = batch, settle, size, time.monotonic() + seconds
        self.columns = columns_of(batch)
        self.rows_stand_alone = _rows_stand_alone(batch, self.columns)
        self.planner = Planner(batch, size) if batch.total > size else None
        self.turns = Turns(batch.imported_to)
        self.taking = threading.Lock()
        self.taken_to = batch.imported_to
        self.taken = 0  # rows
        self.is_through = False
        self.ahead = False  # whether chunks may be written before their turn

    def write(self) -> None:
        while taken := self._take():
            self._write_chunk(*taken)

    def write_with_a_second_thread(self) -> None:
        self.ahead = True
        other = threading.Thread(target=contextvars.copy_context().run, args=[self._write_in_thread])
        other.start()
        try:
            self.write()
        except Stopped:
            pass
        except BaseException as failure:  # whatever it is: the other thread must not wait for it
            self.turns.fail(failure)
            raise
        finally:
            other.join()
        if self.turns.failure:
            raise self.turns.failure

    def _write_in_thread(self) -> None:
        try:
            with translation.override(self.batch.organisation.language):
                self.write()
        except Stopped:
            pass
        except BaseException as failure:  # noqa: BLE001  it is raised where the thread was started
            self.turns.fail(failure)
        finally:
            connections.close_all()

    def _take(self) -> tuple[int, list[StagedRow]] | None:
        """The next chunk, and after which row it begins."""
        with self.taking:
            start = self.taken_to
            if self.planner:
                self.planner.tell(added=self.taken)
            if self.is_through or (start > self.batch.imported_to and time.monotonic() > self.until):
                return None
            rows = self._look(start)
            if not rows:
                self.is_through = True
                return None
            self.taken_to = rows[-1].number
            self.taken += len(rows)
            return start, rows

    def _look(self, start: int) -> list[StagedRow]:
        """The next rows to write. Most of a million may be passed over before there is one: raises LeaseLost."""
        while True:
            rows = _rows_to_write(self.batch, start, telling=self.rows_stand_alone)
            staged = _staged(rows.filter(number__lte=start + LOOK), self.size)
            if staged or start + LOOK >= self.batch.checked_to:
                return staged
            start += LOOK
            if not mine(self.batch).update(lease_until=lease_end()):
                raise LeaseLost

    def _write_chunk(self, start: int, chunk: Sequence[StagedRow]) -> None:
        before = list(map(_outcome, chunk))
        if self.ahead and all(row.repeats is None for row in chunk):
            try:
                self._write_once(start, chunk, before, ahead=True)
            except (IntegrityError, OperationalError, TurnMissed):
                # Others write to the same people, such as another import: for the rest of this job nobody waits for us.
                self.ahead = False
                _reset(chunk, before)
            else:
                return
        self.turns.wait(start)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                self._write_once(start, chunk, before, ahead=False)
            except IntegrityError:
                # Somebody took one of the external ids while this chunk was being written: look again.
                if attempt == ATTEMPTS:
                    raise
                _reset(chunk, before)
            else:
                return

    def _write_once(self, start: int, chunk: Sequence[StagedRow], before: Sequence[Outcome], *, ahead: bool) -> None:
        batch = self.batch
        with transaction.atomic():
            if not ahead:
                hold(batch)
            self.settle(batch, chunk, self.columns)
            _save_outcomes([row for row, old in zip(chunk, before, strict=True) if _outcome(row) != old])
            if ahead:
                self.turns.wait(start, seconds=PATIENCE)
                hold(batch)
            tally = tallied(batch, chunk)
            mine(batch).update(imported_to=chunk[-1].number, consents=tally)
        batch.consents = tally
        self.turns.end(chunk[-1].number)


def _rows_to_write(batch: Import, start: int, *, telling: bool) -> Any:
    """The rows after the one with the number `start`; only `telling` ones leaves out those that say nothing new.

    That is known where the key of a row means one contact, which nobody has written to since the check.
    """
    rows = ImportRow.objects.filter(batch=batch, number__gt=start).exclude(status=ImportRow.Status.REJECTED)
    if not (telling and batch.match_by):
        return rows
    column = MATCH_COLUMNS[batch.match_by]
    meant = Contact.objects.filter(**{column: OuterRef("match_key")}, register=batch.register_id)
    meant = meant.exclude(**{column: ""}).order_by().values("register")  # as the index has it
    now = meant.annotate(now=StringAgg(RowVersion(F("pk")), ",")).values("now")
    # A row that says something new is asked no further: nobody is looked up for it.
    return rows.annotate(now=Coalesce(Subquery(now), Value("gone"))).filter(Q(same_as="") | ~Q(same_as=F("now")))


def _staged(rows: Any, size: int) -> list[StagedRow]:
    # As text: reading a million of them the way a model does costs as much as all the rest of the row.
    texts = [Cast(name, TextField()) for name in ("values", "reasons")]
    names = ("pk", "number", "match_key", "repeats", "status")
    return [
        StagedRow(
            pk=pk,
            number=number,
            values=from_json(values),
            match_key=match_key,
            repeats=repeats,
            status=status,
            reasons=from_json(reasons) if reasons != "[]" else [],
        )
        for pk, number, match_key, repeats, status, values, reasons in rows.order_by("number").values_list(
            *names, *texts
        )[:size]
    ]


def _outcome(row: StagedRow) -> Outcome:
    return row.status, row.reasons, row.match_key


def _reset(chunk: Sequence[StagedRow], before: Sequence[Outcome]) -> None:
    for row, (status, reasons, match_key) in zip(chunk, before, strict=True):
        row.status, row.reasons, row.match_key = status, reasons, match_key
        row.consents = {}


def _save_outcomes(chunk: Sequence[StagedRow]) -> None:
    """Only where the import has come to another end than its dry run, or made a contact that later rows may mean."""
    if not chunk:
        return
    rows = [{"id": row.pk, "status": str(row.status), "reasons": row.reasons, "who": row.match_key} for row in chunk]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registers_importrow AS r SET status = v.status, reasons = v.reasons, match_key = v.who "
            "FROM jsonb_to_recordset(%s::jsonb) AS v(id bigint, status text, reasons jsonb, who text) "
            "WHERE r.id = v.id",
            [json.dumps(rows)],
        )
