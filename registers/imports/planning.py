"""What becomes of each row: one path for the dry run and for the import itself.

`registers.imports.rows` reads cells into values, once, when the file is checked. `settle` compares values with the
register and decides; when the import itself runs, it also writes. What the check has left out stays out, so the
import can only differ from its dry run where somebody else changed the register in between.

Two rows about the same person: the later one is written over (or fills up) the earlier one, and counts as "repeated".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from registers.addresses import address_key
from registers.columns import Column, columns_by_key
from registers.contacts import note_deaths
from registers.imports.changes import Change, log_changes
from registers.imports.channels import addresses_of
from registers.imports.companies import Companies, spell_companies
from registers.imports.consent_cells import is_consent
from registers.imports.consents import Consents, Said
from registers.imports.copying import record_activity
from registers.imports.groups import put_into_group
from registers.imports.keys import is_plain
from registers.imports.matching import FilePeople, Matching
from registers.imports.parts import COMPANY, ROLE
from registers.imports.people import PlainContact, create_contacts, known_contacts, new_contact, update_contacts
from registers.imports.rows import StagedRow, reject
from registers.imports.ruling import Rules
from registers.imports.stop_cells import is_stop
from registers.imports.stops import Addresses, FileStops, stops_in
from registers.imports.unique import Claims, UniqueColumns
from registers.models.contact import Contact
from registers.models.imports import Import, ImportRow

Status = ImportRow.Status
MATCH_COLUMNS = {"external_id": "external_id", "email": "email_key", "phone": "phone"}


@dataclass
class Seen:
    """Who has stood in the file so far, in rows that go in."""

    numbers: dict[str, int] = field(default_factory=dict)  # match key → number of its first row
    owners: dict[str, str] = field(default_factory=dict)  # external id → who it belongs to
    claims: Claims = field(default_factory=dict)  # of unique columns
    people: FilePeople = field(default_factory=FilePeople)  # where they are known by several keys
    notes: dict[tuple[str, str], int] = field(default_factory=dict)  # match key and digest → number of the first row
    consents: Said = field(default_factory=Said)
    stops: Addresses = field(default_factory=set)

    def add(self, number: int, match_key: str, external_id: str | None) -> None:
        if match_key:
            self.numbers.setdefault(match_key, number)
        if external_id:
            self.owners.setdefault(external_id, _who(number, match_key))

    def conflict(self, row: StagedRow) -> str:
        external_id = row.values.get("external_id", "")
        owner = self.owners.get(external_id)
        if owner is None or owner == _who(row.number, row.match_key):
            return ""
        return _("An earlier row about somebody else has the external id %(id)s.") % {"id": external_id}


def _who(number: int, match_key: str) -> str:
    return match_key or f"row {number}"


def settle(
    batch: Import, rows: Sequence[StagedRow], columns: Sequence[Column | str | None], *, seen: Seen | None
) -> None:
    """Decide what becomes of each row that was not left out, and note it in the row.

    With `seen`, who has been in the file before, this is a dry run. With None the rows have been through one: they
    are written, inside the caller's transaction. Takes a fixed number of queries however many rows there are.
    """
    write = seen is None
    spell_companies(batch, [row for row in rows if row.status != Status.REJECTED], columns, write=write)
    going_in = [row for row in rows if row.status != Status.REJECTED]
    by_key = {column.key: column for column in columns if isinstance(column, Column)}
    by_key |= {key: column for key, column in columns_by_key(batch.register).items() if key not in by_key}
    required = [column for column in by_key.values() if column.required and column.default is None]
    matching = None
    if not is_plain(batch.match_by):
        matching = Matching(batch, going_in, seen=None if seen is None else seen.people)
    people = matching.people if matching else people_of(batch, going_in, lock=write)
    rules = Rules(batch, (change.contact.pk for change in people.values()))
    unique = UniqueColumns(batch, by_key.values(), going_in, {} if seen is None else seen.claims, rules)
    owners = _owners(batch, going_in)
    contacts = [change.contact for change in people.values()]
    companies = Companies(batch, contacts) if COMPANY in columns else None
    consents = None
    if any(isinstance(column, str) and is_consent(column) for column in columns):
        consents = Consents(batch, going_in, contacts, said=None if seen is None else seen.consents)
    stops = FileStops(batch, going_in, contacts, seen=None if seen is None else seen.stops)
    says_no = stops_in(columns)
    new: list[Change] = []
    owned = {key: "" if column.core else column.name for key, column in by_key.items() if key != "source"}
    for row in going_in:
        if matching and (reason := matching.place(row)):
            reject(row, reason)
            continue
        if seen is not None and row.match_key:
            row.repeats = seen.numbers.get(row.match_key)
        change = people.get(row.match_key) if row.match_key else None
        filled = False
        is_new = change is None and (write or row.repeats is None)
        reason = _conflict(row, change, owners) or (seen.conflict(row) if seen is not None else "")
        reason = reason or unique.conflict(row, change)
        if reason := reason or (_missing(row, required) if is_new else ""):
            reject(row, reason)
            continue
        if seen is not None:
            seen.add(row.number, row.match_key, row.values.get("external_id"))
        if matching:
            matching.accept(row)
        unique.claim(row, change)
        if change is None and write:
            change = Change(_new_contact(batch), None, {})
            new.append(change)
            people[row.match_key or f"row {row.number}"] = change
            filled = _fill(row, change, owned)
        former = None if change is None or change.before is None else (change.contact.email, change.contact.phone)
        touched = change is not None and (filled or _apply(row, change, by_key, owned, rules))
        if companies and change is not None:
            touched = companies.note(change, row.values, rules) or touched
        if consents:
            touched = consents.note(row, change) or touched
        if says_no:
            touched = stops.note(row, change) or touched
        if change is not None and former and former != (change.contact.email, change.contact.phone):
            stops.carry(row, change, addresses_of(address_key(former[0]), former[1]))
        if is_new:
            row.status = Status.CREATED
        elif row.repeats is not None:
            row.status = Status.REPEATED
        elif touched:
            row.status = Status.UPDATED
        else:
            row.status = Status.UNCHANGED
            if seen is not None and change is not None and matching is None:
                row.same_as = change.contact.version
    stops.carry_rest()
    if write:
        _fill_defaults(new, by_key.values())
        _write(batch, new, [change for change in people.values() if change.before is not None and change.after])
        if companies:
            companies.write()
        if consents:
            consents.write()
        stops.write()
        if batch.group_id:
            staying = [row for row in going_in if row.status != Status.REJECTED]
            found = [people[row.match_key or f"row {row.number}"] for row in staying]
            put_into_group(batch, {change.contact.pk for change in found})
        if matching:
            matching.link(going_in)


def source_of(batch: Import) -> str:
    """Where the contacts that an import adds come from, as far as its file does not say."""
    return batch.source or batch.original_name[:120]


def _new_contact(batch: Import) -> PlainContact:
    return new_contact(register_id=batch.register_id, organisation_id=batch.organisation_id, source=source_of(batch))


def people_of(batch: Import, rows: Sequence[StagedRow], *, lock: bool) -> dict[str, Change]:
    """The contact that each match key means: the oldest, where several share an address."""
    keys = {row.match_key for row in rows if row.match_key}
    if not keys:
        return {}
    column = MATCH_COLUMNS[batch.match_by]
    found = Contact.objects.filter(register=batch.register_id).having_any(column, keys).order_by("pk")
    if lock:
        found = found.select_for_update(no_key=True)
    people: dict[str, Change] = {}
    for contact in known_contacts(found):
        people.setdefault(getattr(contact, column), Change(contact, {}, {}))
    return people


def _owners(batch: Import, rows: Sequence[StagedRow]) -> dict[str, int]:
    if batch.match_by == "external_id":
        return {}
    wanted = {row.values["external_id"] for row in rows if row.values.get("external_id")}
    if not wanted:
        return {}
    owners = Contact.objects.filter(register=batch.register_id).having_any("external_id", wanted)
    return dict(owners.values_list("external_id", "pk"))


def _conflict(row: StagedRow, change: Change | None, owners: dict[str, int]) -> str:
    external_id = row.values.get("external_id", "")
    owner = owners.get(external_id)
    if owner is None or (change is not None and owner == change.contact.pk):
        return ""
    return _("Another contact of the register has the external id %(id)s.") % {"id": external_id}


def _missing(row: StagedRow, required: Sequence[Column]) -> str:
    missing = [str(column.label) for column in required if row.values.get(column.key) is None]
    return _("Required, but empty: %(columns)s.") % {"columns": ", ".join(missing)} if missing else ""


def _fill(row: StagedRow, change: Change, owned: dict[str, str]) -> bool:
    """Write a row into a contact that is new: nothing is there yet that a value could differ from. Was that all?

    `owned` tells of each column the name of the attribute, "" where it is a field. A date stays as it is in the row.
    """
    fields = change.contact.__dict__
    attributes, after = fields["attributes"], change.after
    for key, value in row.values.items():
        if (name := owned.get(key)) is not None and (name or value is not False):
            after[key] = value
            if name:
                attributes[name] = value
            else:
                fields[key] = value
    return len(after) == len(row.values)


def _apply(row: StagedRow, change: Change, by_key: dict[str, Column], owned: dict[str, str], rules: Rules) -> bool:
    touched = False
    fields = change.contact.__dict__
    attributes = fields["attributes"]
    for key, value in row.values.items():
        name = owned.get(key)
        if name is not None and (attributes.get(name) if name else fields.get(key)) == value:
            continue  # as mostly where a file comes again
        if key in (COMPANY, ROLE) or is_consent(key) or is_stop(key):
            continue
        column = by_key[key]
        now = column.stored(change.contact)
        if now == value or rules.keeps(change.contact, key, now):
            continue
        change.note(key, value)
        column.write(change.contact, value)
        touched = True
    return touched


def _fill_defaults(new: Sequence[Change], columns: Iterable[Column]) -> None:
    defaults = [column for column in columns if column.default is not None]
    for change in new if defaults else ():
        for column in defaults:
            if column.key not in change.after:
                change.after[column.key] = column.fill_default(change.contact)


def _write(batch: Import, new: list[Change], changed: list[Change]) -> None:
    added, altered = [change.contact for change in new], [change.contact for change in changed]
    create_contacts(added)
    update_contacts(altered, keys={key for change in changed for key in change.after})
    log_changes(batch, [*new, *changed])
    data = {"import": batch.pk}
    record_activity(added, kind="imported", source=batch.original_name, data={**data, "new": True})
    record_activity(altered, kind="imported", source=batch.original_name, data=data)
    dead = [contact for contact in added + altered if contact.deceased]
    if dead:
        note_deaths(dead, source=batch.original_name)
