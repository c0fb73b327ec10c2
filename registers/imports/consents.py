"""What a file says of consents: weighed against what people have said themselves, and written as acts.

Of a yes and a no the newer counts, and of one day the no. A yes whose day nobody knows never outweighs a no, neither
the contact's own nor one that anybody at the same address has said for the same purpose, in the file or before it. Only
what changes something is written, and a no said again later: a yes from in between must not outweigh it. An undo
deletes the acts of its import: nobody has performed them. The timeline keeps that they came.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import F
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registers.addresses import address_key
from registers.consents import acts_by_address
from registers.fields import AnyOf
from registers.imports.changes import Change
from registers.imports.channels import addresses_in, addresses_of
from registers.imports.consent_cells import consent_label, is_consent, purpose_and_channel
from registers.imports.copying import copy_rows, record_activity
from registers.imports.rows import StagedRow
from registers.models.consent import Consent, Purpose
from registers.models.imports import Import, ImportRow

# What becomes of one thing said in one row.
GIVEN, WITHDRAWN, KNOWN, KEPT = "given", "withdrawn", "known", "kept"


class _Act(NamedTuple):
    granted: bool
    at: dt.datetime
    day: dt.date


@dataclass
class Said:
    """What the rows of a file say, as far as a dry run has read it; by the key of the consent."""

    people: dict[str, dict[str, tuple[bool, dt.date]]] = field(default_factory=dict)  # by match key
    addresses: dict[str, dict[str, _Act]] = field(default_factory=dict)  # each no, and what came after it there


class Consents:
    """For one chunk of rows. With `said`, what the rows before it say, this is the dry run."""

    def __init__(
        self, batch: Import, rows: Sequence[StagedRow], contacts: Sequence[Any], *, said: Said | None = None
    ) -> None:
        self.batch, self.said, self.zone = batch, said, batch.organisation.zone
        self.entries = {entry["target"]: entry["consent"] for entry in batch.mapping if is_consent(entry["target"])}
        self.keys = {key: purpose_and_channel(key) for key in self.entries}
        self.purposes = Purpose.objects.in_bulk({purpose for purpose, _channel in self.keys.values()})
        ids = [contact.pk for contact in contacts]
        self.known: dict[tuple[int, str, int | None], _Act] = {}  # purpose, channel, contact
        acts = Consent.objects.filter(contact__in=ids, purpose__in=list(self.purposes))
        by = ("purpose_id", "channel", "contact_id")
        newest = acts.order_by(*by, "-at", "-pk").distinct(*by).values_list(*by, "granted", "at")
        for purpose, channel, contact, granted, at in newest if ids else ():
            self.known[purpose, channel, contact] = self._act(granted, at)
        # Before this import writes to them.
        self.addresses = {contact.pk: addresses_of(contact.email_key, contact.phone) for contact in contacts}
        self.elsewhere = {key: self._by_address(key, rows) for key in self.keys}
        self.wanted: list[tuple[str, Any, bool, dt.datetime]] = []

    def note(self, row: StagedRow, change: Change | None) -> bool:
        """Weigh what the row says; whether any of it is new."""
        any_new = False
        for key in self.keys:
            if (said := row.values.get(key)) is None:
                continue
            purpose = self.purposes.get(self.keys[key][0])
            verdict, at, why = KEPT, None, _("The purpose is not there any more.")
            if purpose is not None:
                verdict, at, why = self._weigh(key, row, change)
            row.consents[key] = verdict
            if self.said is not None:
                row.values[key] = [*said[:2], verdict]
            if why and why not in row.reasons:
                row.reasons = [*row.reasons, why]
            if at is None:
                continue
            any_new = True
            self._remember(key, row, change, _Act(said[0], at, at.astimezone(self.zone).date()))
        return any_new

    def _weigh(self, key: str, row: StagedRow, change: Change | None) -> tuple[str, dt.datetime | None, str]:
        """The verdict; the moment of the act that is to be written; why what the file says does not count."""
        granted, since = row.values[key][:2]
        day = dt.date.fromisoformat(since) if since else None
        uploaded = self.batch.created_at.astimezone(self.zone).date()
        own = self._own(key, row, change)
        if own is not None and own.granted == granted and (granted or day is None or day <= own.day):
            return KNOWN, None, ""
        others = [own, *self._elsewhere(key, row, change)]
        if granted:
            noes = [act for act in others if act is not None and not act.granted]
            standing = max(noes, key=lambda act: act.day, default=None)
            if standing is not None and (day is None or day <= standing.day):
                return KEPT, None, self._why(key, granted, standing, day)
        elif own is not None and own.granted and (day or uploaded) < own.day:
            return KEPT, None, self._why(key, granted, own, day)
        at = self.batch.created_at if day is None else dt.datetime.combine(day, dt.time(), self.zone)
        # Of one day the later act counts, so it must not stand before the one that it outweighs.
        for act in others:
            if act is not None and act.day <= (day or uploaded):
                at = max(at, act.at)
        return (GIVEN if granted else WITHDRAWN), at, ""

    def _why(self, key: str, granted: bool, act: _Act, day: dt.date | None) -> str:
        facts = {
            "consent": consent_label(self.purposes[self.keys[key][0]], self.keys[key][1]),
            "then": date_format(act.day, "DATE_FORMAT"),
            "day": date_format(day, "DATE_FORMAT") if day else "",
        }
        if not granted:
            return _("%(consent)s: the yes of %(then)s stands, for it is newer than the no in the file.") % facts
        if day is None:
            return (
                _("%(consent)s: the no of %(then)s stands, for the file does not say since when it is a yes.") % facts
            )
        return _("%(consent)s: the no of %(then)s stands, for the yes of %(day)s is not newer.") % facts

    def _own(self, key: str, row: StagedRow, change: Change | None) -> _Act | None:
        """What counts so far of the person: said in an earlier row, or before this import."""
        people = {} if self.said is None else self.said.people.get(key, {})
        if row.match_key and (said := people.get(row.match_key)):
            return _Act(said[0], dt.datetime.combine(said[1], dt.time(), self.zone), said[1])
        if change is None:
            return None
        if (noted := change.after.get(key)) is not None:
            return self._act(noted[0], dt.datetime.fromisoformat(noted[1]))
        return self.known.get((*self.keys[key], change.contact.pk))

    def _remember(self, key: str, row: StagedRow, change: Change | None, act: _Act) -> None:
        if self.said is not None:
            if row.match_key:
                self.said.people.setdefault(key, {})[row.match_key] = _stated(act.granted, act.day)
        elif change is not None:
            change.after[key] = [act.granted, act.at.isoformat()]
            self.wanted.append((key, change.contact, act.granted, act.at))
        self._remember_address(key, row, change, act)

    def _remember_address(self, key: str, row: StagedRow, change: Change | None, act: _Act) -> None:
        """For others at the address that the person has from this row on."""
        channel, here = self.keys[key][1], self.elsewhere[key]
        of_contact = {} if change is None else addresses_of(address_key(change.contact.email), change.contact.phone)
        address = (of_contact or addresses_in(row.values))[channel]
        if _put(here, address, act) and self.said is not None:
            self.said.addresses.setdefault(key, {})[address] = act

    def _act(self, granted: bool, at: dt.datetime) -> _Act:
        return _Act(granted, at, at.astimezone(self.zone).date())

    def _elsewhere(self, key: str, row: StagedRow, change: Change | None) -> list[_Act | None]:
        """The newest acts of anybody at the addresses of the row and of the contact."""
        channel = self.keys[key][1]
        known = self.addresses.get(change.contact.pk, {}) if change is not None else {}
        return [self.elsewhere[key].get(at) for at in {addresses_in(row.values)[channel], known.get(channel, "")} if at]

    def _by_address(self, key: str, rows: Sequence[StagedRow]) -> dict[str, _Act]:
        purpose, channel = self.keys[key]
        wanted = {addresses_in(row.values)[channel] for row in rows if row.values.get(key)}
        wanted |= {addresses[channel] for addresses in self.addresses.values()}
        if not (wanted := wanted - {""}):
            return {}
        before = acts_by_address(sorted(wanted), purpose_id=purpose, channel=channel)
        found = {address: self._act(granted, at) for address, (granted, at) in before.items()}
        earlier = {} if self.said is None else self.said.addresses.get(key, {})
        for address in wanted & earlier.keys():
            if address not in found or found[address].at <= earlier[address].at:
                found[address] = earlier[address]
        return found

    def write(self) -> None:
        """After the contacts are written, in the same transaction."""
        names = ("organisation_id", "contact_id", "purpose_id", "channel", "granted", "how", "text", "at", "made_by_id")
        copy_rows(
            Consent,
            names,
            (
                (
                    self.batch.organisation_id, contact.pk, *self.keys[key], granted, self._how(key),
                    self._text(key), at.isoformat(), self.batch.pk,
                )
                for key, contact, granted, at in self.wanted
            ),
        )  # fmt: skip
        for key, (purpose, channel) in self.keys.items():
            for granted, kind in ((True, "consent_granted"), (False, "consent_withdrawn")):
                people = [contact for at, contact, said, _when in self.wanted if at == key and said == granted]
                if people:
                    data = {"purpose": self.purposes[purpose].name, "channel": channel, "import": self.batch.pk}
                    record_activity(people, kind=kind, source=self.batch.original_name, data=data)

    def _how(self, key: str) -> str:
        how = self.entries[key]["how"]
        return f"{how} ({self.batch.original_name})"[:200] if how else self.batch.original_name[:200]

    def _text(self, key: str) -> str:
        return str(self.entries[key]["text"] or self.purposes[self.keys[key][0]].description)


def _put(newest: dict[str, _Act], address: str, act: _Act) -> bool:
    """Keep an act as the newest at an address, if it is; a yes only where it follows something."""
    before = newest.get(address)
    if not address or (act.granted if before is None else act.at < before.at):
        return False
    newest[address] = act
    return True


@lru_cache(maxsize=4_096)
def _stated(granted: bool, day: dt.date) -> tuple[bool, dt.date]:
    """The same pair for all, for a file may hold a million."""
    return granted, day


def tallied(batch: Import, rows: Iterable[StagedRow]) -> dict[str, dict[str, int]]:
    """What has become of what the file says, by consent and verdict: all before, and these rows."""
    tally = {key: Counter(counts) for key, counts in batch.consents.items()}
    for row in rows:
        if row.status != ImportRow.Status.REJECTED:
            for key, verdict in row.consents.items():
                tally.setdefault(key, Counter())[verdict] += 1
    return {key: dict(counts) for key, counts in tally.items()}


def take_up_consents(batch: Import, said: Said) -> None:
    """What a worker before this one has read already."""
    keys = [entry["target"] for entry in batch.mapping if is_consent(entry["target"])]
    if not keys:
        return
    zone = batch.organisation.zone
    uploaded = batch.created_at.astimezone(zone).date()
    earlier = ImportRow.objects.filter(batch=batch).exclude(status=ImportRow.Status.REJECTED)
    for match_key, values in earlier.order_by("number").values_list("match_key", "values").iterator(5_000):
        for key in keys:
            granted, since, verdict = values.get(key) or (False, "", KNOWN)
            if verdict not in (GIVEN, WITHDRAWN):
                continue
            day = dt.date.fromisoformat(since) if since else uploaded
            if match_key:
                said.people.setdefault(key, {})[match_key] = _stated(granted, day)
            at = dt.datetime.combine(day, dt.time(), zone) if since else batch.created_at
            _put(
                said.addresses.setdefault(key, {}),
                addresses_in(values)[purpose_and_channel(key)[1]],
                _Act(granted, at, day),
            )


def made_acts(batch: Import, contacts: Sequence[int]) -> Any:
    """The acts that an undo takes back, of contacts with these ids."""
    return Consent.objects.filter(AnyOf(F("contact_id"), contacts), made_by=batch)


def consent_summary(batch: Import) -> list[dict[str, Any]]:
    """For each column of consents what becomes of what it says, in numbers."""
    found = []
    keys = {entry["target"]: entry["header"] for entry in batch.mapping if is_consent(entry["target"])}
    purposes = Purpose.objects.in_bulk({purpose_and_channel(key)[0] for key in keys})
    for key, header in keys.items():
        number, channel = purpose_and_channel(key)
        counts = batch.consents.get(key, {})
        found.append(
            {
                "header": header,
                "label": consent_label(purposes[number], channel) if number in purposes else header,
                **{verdict: counts.get(verdict, 0) for verdict in (GIVEN, WITHDRAWN, KNOWN, KEPT)},
            }
        )
    return found
