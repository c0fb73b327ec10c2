"""A claimed batch on its way to the other side, whatever channel it goes through.

    claimed → handing_off committed → pushed → outcome committed

What is of one channel stands in its `Cargo`; the states and their order are the outbox's (`campaigns.outbox`).
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.functional import Promise

from campaigns import outbox
from campaigns.outbox import MessageClass, Result
from campaigns.transport import Fate, Outcome, TransportError
from guards.chunks import in_chunks
from organisations import stopping

# After so many messages in a row of which the other side does not say what becomes, no more are handed to it for now.
SILENT = 3
RECONNECT = 0.5  # seconds between two tries to reach a database that restarts: it tells nobody when it is back


@dataclass(frozen=True, slots=True)
class Sorted:
    """A claimed batch: the rows to send, and {pk: why} of those that must not leave."""

    ready: list[Any]
    stopped: dict[int, str]


class Cargo(Protocol):
    """What a channel knows of the rows it carries."""

    @property
    def messages(self) -> MessageClass: ...

    @property
    def is_silent(self) -> str | Promise:
        """What is said of an other side that takes messages and does not answer; with %(answer)s in it."""

    def sort(self, rows: Sequence[Any]) -> Sorted:
        """Ask once more who may be written to, for a whole batch."""

    def parcel(self, row: Any) -> Any:
        """The row as it is handed over. Raises ValueError where nothing can be made of it."""

    def refusal(self, error: ValueError) -> str:
        """The same in words for the report."""

    def push(self, transport: Any, parcel: Any) -> Outcome:
        """Hand one over. Raises TransportError where it has surely not left, and the recipient is not the reason."""

    def settled(self, rows: Mapping[int, Any], results: Mapping[int, Result]) -> None:
        """What follows from the results, in the transaction that writes them."""


@dataclass
class Tally:
    tried: int = 0
    deferred: int = 0


def carry(
    rows: Sequence[Any],
    token: UUID,
    cargo: Cargo,
    transport: Any,
    *,
    until: float,
    may_go: Callable[[], bool] = lambda: True,
    retry: float = 0,
) -> Tally:
    """Hand a claimed batch over, a few rows at a time, and give back what was not begun by `until` (monotonic).

    `may_go` is asked again before each few. Raises TransportError when the server is away: what has surely not left is
    due again after `retry` seconds.
    """
    batch = Batch(cargo=cargo, token=token, rows={row.pk: row for row in rows}, transport=transport)
    wait = 0.0
    try:
        sorted_rows = cargo.sort(rows)
        outbox.suppress(cargo.messages, token=token, reasons=sorted_rows.stopped)
        if sorted_rows.ready:
            transport.open()
        for few in in_chunks(sorted_rows.ready, outbox.HAND_OVER):
            if time.monotonic() > until or stopping.requested() or not may_go():
                break
            parcels, errors = _pack(few, cargo)
            with transaction.atomic():  # one commit: what became of the last few, and that these are leaving
                batch.settle()
                outbox.refuse(cargo.messages, token=token, errors=errors)
                going = outbox.hand_off(cargo.messages, token=token, ids=list(parcels))
            batch.done = {}  # not before: what is rolled back has to be written down again
            batch.push({pk: parcel for pk, parcel in parcels.items() if pk in going})
            if batch.back:
                break
    except TransportError:
        wait = retry
        raise
    finally:
        batch.end(wait=wait)
    return batch.tally


@dataclass
class Batch:
    """A claimed batch on its way; `done` is what is known and not yet written."""

    cargo: Cargo
    token: UUID
    rows: dict[int, Any]
    transport: Any
    done: dict[int, Result] = field(default_factory=dict)
    back: list[int] = field(default_factory=list)  # marked as leaving, and of which no byte has left
    tally: Tally = field(default_factory=Tally)
    silent: int = 0  # unanswered ones in a row

    def settle(self) -> None:
        if self.done:
            attempts = {pk: self.rows[pk].attempts for pk in self.done}
            outbox.settle(self.cargo.messages, token=self.token, results=self.done, attempts=attempts)
            self.cargo.settled(self.rows, self.done)

    def end(self, *, wait: float) -> None:
        """Write down what is known, and give back what was not begun. A database that restarts is waited for: what the
        other side has answered, and what it was not given, nobody else knows."""
        until = time.monotonic() + settings.LEASE_SECONDS / 2
        while True:
            try:
                with transaction.atomic():
                    self.settle()
                    outbox.recall(self.cargo.messages, token=self.token, ids=self.back, wait=wait)
                    outbox.release(self.cargo.messages, token=self.token, wait=wait)
            except (OperationalError, InterfaceError):
                if not (self.done or self.back) or time.monotonic() > until:
                    raise
                connection.close()
                time.sleep(RECONNECT)
            else:
                self.done, self.back = {}, []
                return

    def push(self, parcels: dict[int, Any]) -> None:
        """Hand over rows that are marked as leaving. The one that is on the line is in neither list: where something
        breaks that nobody has foreseen, it becomes unknown, and is not sent again."""
        self.back = list(parcels)
        # Half a lease is for the answers that are still to be written down.
        until = time.monotonic() + settings.LEASE_SECONDS / 2
        while self.back and time.monotonic() < until and not stopping.requested():
            pk = self.back.pop(0)
            parcel = parcels[pk]
            try:
                outcome = self.cargo.push(self.transport, parcel)
            except TransportError:
                self.back.append(pk)  # it has surely not left
                raise
            self.done[pk] = Result(outcome.fate, outcome.code, outcome.answer, dead_address=outcome.dead_address)
            self.tally.tried += 1
            self.tally.deferred += outcome.fate is Fate.DEFERRED
            self._note_silence(outcome)

    def _note_silence(self, outcome: Outcome) -> None:
        self.silent = self.silent + 1 if outcome.fate is Fate.UNKNOWN else 0
        if self.silent >= SILENT:
            raise TransportError(str(self.cargo.is_silent) % {"answer": outcome.answer})


def _pack(rows: Sequence[Any], cargo: Cargo) -> tuple[dict[int, Any], dict[int, str]]:
    """The rows as parcels, and why there is none for some."""
    parcels: dict[int, Any] = {}
    errors: dict[int, str] = {}
    for row in rows:
        try:
            parcels[row.pk] = cargo.parcel(row)
        except ValueError as error:
            errors[row.pk] = cargo.refusal(error)
    return parcels, errors
