"""Who must not be written to any more, as a file says: stops are only ever added, to the address of the row and to that
of the contact. Who has said no already is not written to at another address, either, that the file gives them or that
an undo gives back. The undo lifts the stops that its import has set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from registers.addresses import address_key
from registers.imports.changes import Change
from registers.imports.channels import addresses_in, addresses_of
from registers.imports.rows import StagedRow
from registers.imports.stop_cells import STOP, stop_labels
from registers.models.consent import Channel, SuppressionKind
from registers.models.imports import Import, ImportRow
from registers.suppression import SAID_NO, lift_many, suppress_many, suppressed_by_channel

SET, KNOWN, NOBODY = "set", "known", "nobody"  # what becomes of a no
_KEYS = {f"{STOP}{channel}": channel for channel in Channel.values}
Addresses = set[tuple[str, str]]  # of a channel


def stops_in(columns: Iterable[Any]) -> bool:
    return any(isinstance(column, str) and column.startswith(STOP) for column in columns)


class Move(NamedTuple):
    """A row has given somebody other addresses; both by channel."""

    row: StagedRow
    change: Change
    former: Mapping[str, str]
    now: Mapping[str, str]


class FileStops:
    """For one chunk of rows. With `seen`, the addresses stopped by the rows before it, this is the dry run."""

    def __init__(
        self, batch: Import, rows: Sequence[StagedRow], contacts: Sequence[Any], *, seen: Addresses | None
    ) -> None:
        self.batch, self.seen, self.rows = batch, seen, rows
        self.before = {contact.pk: addresses_of(contact.email_key, contact.phone) for contact in contacts}
        self.known: Addresses = set(seen or ())
        self.moves: list[Move] = []
        self.says_no = any(not _KEYS.keys().isdisjoint(row.values) for row in rows)
        if self.says_no:
            self.known |= {
                (channel, address)
                for channel, kinds_by_address in self.stopped.items()
                for address, kinds in kinds_by_address.items()
                if SuppressionKind.IMPORTED in kinds
            }
        self.wanted: Addresses = set()

    @cached_property
    def stopped(self) -> dict[str, dict[str, set[str]]]:
        """Which of the addresses were stopped before, and why, by channel: of those only for which it matters."""
        asked: list[Mapping[str, str]]
        if self.says_no:
            asked = [*self.before.values(), *(addresses_in(row.values) for row in self.rows)]
        else:
            asked = [addresses for move in self.moves for addresses in (move.former, move.now)]
        by_channel = {channel: {one[channel] for one in asked} - {""} for channel in Channel.values}
        return suppressed_by_channel(organisation_id=self.batch.organisation_id, addresses=by_channel)

    def note(self, row: StagedRow, change: Change | None) -> bool:
        """Whether the row stops an address that was free."""
        channels = [channel for key, channel in _KEYS.items() if key in row.values]
        if not channels:
            return False
        before = self.before.get(change.contact.pk, {}) if change is not None and change.before is not None else {}
        now = addresses_of(address_key(change.contact.email), change.contact.phone) if change is not None else {}
        of_row = addresses_in(row.values)
        any_new = False
        for channel in channels:
            addresses = {of_row[channel], before.get(channel, ""), now.get(channel, "")} - {""}
            new = {(channel, address) for address in addresses} - self.known
            row.consents[f"{STOP}{channel}"] = SET if new else KNOWN if addresses else NOBODY
            self._stop(new, change)
            any_new = any_new or bool(new)
        if all(row.consents[f"{STOP}{channel}"] == NOBODY for channel in channels):
            why = _("Not to be written to, but there is no address that could be stopped.")
            row.reasons = row.reasons if why in row.reasons else [*row.reasons, why]
        return any_new

    def carry(self, row: StagedRow, change: Change, former: Mapping[str, str]) -> None:
        """Stop the addresses that the row has given to somebody who said no at one of their `former`, by channel.

        At once where rows say no themselves, for those after it may be about the same address; else in `carry_rest`.
        """
        now = addresses_of(address_key(change.contact.email), change.contact.phone)
        self.moves.append(Move(row, change, former, now))
        if self.says_no:
            self.carry_rest()

    def carry_rest(self) -> None:
        """To be called after the last row, before it is written: few rows of a chunk give somebody another address."""
        for move in self.moves:
            self._carry(*move)
        self.moves = []

    def _carry(self, row: StagedRow, change: Change, former: Mapping[str, str], now: Mapping[str, str]) -> None:
        for channel, address in now.items():
            before = former[channel]
            if not before or not address or before == address or (channel, address) in self.known:
                continue
            stopped = self.stopped[channel]
            said_no = (channel, before) in self.known or stopped.get(before, set()) & SAID_NO
            if not said_no or address in stopped:
                continue
            row.consents[f"{STOP}{channel}"] = SET
            self._stop({(channel, address)}, change)
            why = _("Nothing was to be sent to %(former)s any more: %(now)s is stopped as well.")
            why %= {"former": before, "now": address}
            row.reasons = row.reasons if why in row.reasons else [*row.reasons, why]

    def _stop(self, new: Addresses, change: Change | None) -> None:
        self.known |= new
        if self.seen is not None:
            self.seen |= new
        else:
            self.wanted |= new
            if change is not None:
                change.after.update({f"{STOP}{channel}.{address}": True for channel, address in new})

    def write(self) -> None:
        for channel in Channel.values:
            suppress_many(
                organisation_id=self.batch.organisation_id,
                channel=channel,
                addresses=[address for of, address in self.wanted if of == channel],
                kind=SuppressionKind.IMPORTED,
                source=self.batch.original_name,
            )


def take_up_stops(batch: Import, seen: Addresses) -> None:
    """What a worker before this one has read already."""
    seen |= _noes(ImportRow.objects.filter(batch=batch).exclude(status=ImportRow.Status.REJECTED), _KEYS)


def _noes(rows: QuerySet[ImportRow], keys: Iterable[str]) -> Addresses:
    return {
        (_KEYS[key], address)
        for key in keys
        for values in rows.filter(values__has_key=key).values_list("values", flat=True).iterator(5_000)
        if (address := addresses_in(values)[_KEYS[key]])
    }


def stop_summary(batch: Import) -> list[dict[str, Any]]:
    """For each channel what becomes of the noes, in numbers."""
    labels = stop_labels()
    return [
        {"label": labels[key], **{verdict: batch.consents[key].get(verdict, 0) for verdict in (SET, KNOWN, NOBODY)}}
        for key in _KEYS
        if key in batch.consents
    ]


def set_stops(changes: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """The addresses that were stopped, by channel, from what was logged of contacts."""
    found: dict[str, set[str]] = {}
    for after in changes:
        for key in after:
            if key.startswith(STOP):
                channel, _dot, address = key.removeprefix(STOP).partition(".")
                found.setdefault(channel, set()).add(address)
    return found


def without(stops: Mapping[str, set[str]], others: Addresses) -> dict[str, set[str]]:
    """Those stops that nobody else has said; channels of which none is left are left out."""
    left = {channel: {one for one in some if (channel, one) not in others} for channel, some in stops.items()}
    return {channel: some for channel, some in left.items() if some}


def noes_of_others(batch: Import) -> Addresses:
    """The addresses that other imports, in whatever register, have said no about as well: they stay stopped."""
    mine, found = list(_KEYS), set()
    others = Import.unscoped.filter(organisation=batch.organisation_id, emptied_at=None, imported_to__gt=0)
    others = others.exclude(pk=batch.pk).exclude(undo__in=(Import.Undo.RUNNING, Import.Undo.DONE))
    for other in others.filter(consents__has_any_keys=mine):
        rows = ImportRow.unscoped.filter(batch=other, number__lte=other.imported_to)
        found |= _noes(rows.exclude(status=ImportRow.Status.REJECTED), mine)
    return found


def carry_back(batch: Import, moved: Sequence[tuple[Mapping[str, str], Mapping[str, str]]]) -> None:
    """Stop the addresses that the undo gives back to people who have said no at those that the import had given them.

    `moved` has the addresses of each by channel: before the undo, and now.
    """
    moved = [(before, now) for before, now in moved if before != now]
    if not moved:
        return
    asked = {channel: {one[channel] for pair in moved for one in pair} - {""} for channel in Channel.values}
    stopped = suppressed_by_channel(organisation_id=batch.organisation_id, addresses=asked)
    for channel, kinds in stopped.items():
        back = {now[channel] for before, now in moved if kinds.get(before[channel], set()) & SAID_NO}
        suppress_many(
            organisation_id=batch.organisation_id,
            channel=channel,
            addresses=back - kinds.keys(),
            kind=SuppressionKind.ELSEWHERE,
            source=_("undo of %(file)s") % {"file": batch.original_name},
        )


def lift_stops(batch: Import, addresses: Mapping[str, Iterable[str]]) -> None:
    for channel, some in addresses.items():
        lift_many(
            organisation_id=batch.organisation_id,
            channel=channel,
            addresses=some,
            reason=_("undo of %(file)s") % {"file": batch.original_name},
            user=batch.undo_by,
            kinds=[SuppressionKind.IMPORTED],
        )
