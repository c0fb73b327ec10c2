"""Who a row means, where people are known by more than one key, or by their names with something else.

Found out once, when the file is checked, against the register as it then stands and the rows before; noted in the
row's `match_key`: "#12" is the contact with that id, "+17" somebody new, first met in row 17. The import itself goes by
the note, and looks again only whether somebody new has been added by others meanwhile.

The keys are asked in their order, and all must agree: what one finds, the next can only narrow down. Somebody whose
external id is another one than the row's is not meant, unless that id is somebody's, and then the keys disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from registers.imports.changes import Change
from registers.imports.keys import (
    BESIDE_NAMES,
    KEY_COLUMNS,
    Key,
    describe,
    found_by,
    looked_up,
    name_key,
    row_keys,
    street_key,
)
from registers.imports.rows import StagedRow
from registers.models.contact import Contact
from registers.models.imports import Import, ImportChange, ImportRow

Found = dict[tuple[str, str], list[str]]  # (key, its value) → match keys, the oldest contact first


@dataclass
class FilePeople:
    """Whose the keys are in the rows so far."""

    owners: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)  # match keys, the first row's first
    external_ids: dict[str, str] = field(default_factory=dict)

    def add(self, match_key: str, keys: Mapping[str, str]) -> None:
        for key in keys.items():
            known = self.owners.get(key, ())
            if match_key not in known:
                self.owners[key] = (*known, match_key)
        if Key.EXTERNAL_ID in keys:
            self.external_ids[match_key] = keys[Key.EXTERNAL_ID]

    def add_earlier(self, batch: Import) -> None:
        """Take up again what a worker before this one has seen."""
        earlier = ImportRow.objects.filter(batch=batch).exclude(status=ImportRow.Status.REJECTED).order_by("number")
        for match_key, values in earlier.values_list("match_key", "values").iterator(5_000):
            self.add(match_key, found_by(values, batch.match_keys))


class Matching:
    """For one chunk of rows. With `seen` this is the dry run; without, the contacts are locked."""

    def __init__(self, batch: Import, rows: Sequence[StagedRow], *, seen: FilePeople | None) -> None:
        self.seen = seen
        self.batch = batch
        self.taken_over: dict[int, str] = {}  # number of a row that made nobody → whom a row after it made or found
        self.keys = {row.number: row_keys(row.values, batch.match_keys) for row in rows}
        self.linked = {} if seen is not None else _linked(batch, rows)
        asked = rows if seen is not None else [row for row in rows if self._noted(row).startswith("+")]
        self.found = _candidates(batch, [self.keys[row.number] for row in asked])
        if seen is None:
            self._leave_out_ours(batch)
        ids = {int(who[1:]) for found in self.found.values() for who in found}
        for row in rows:
            if (who := self._noted(row)).startswith("#"):
                ids.add(int(who[1:]))
        contacts = Contact.objects.filter(register=batch.register_id, pk__in=ids).order_by("pk")
        if seen is None:
            contacts = contacts.select_for_update(no_key=True)
        self.people = {f"#{contact.pk}": Change(contact, {}, {}) for contact in contacts}

    def place(self, row: StagedRow) -> str:
        """Note in the row whom it means; return why it cannot be told."""
        keys = self.keys[row.number]
        met = row.match_key
        if self.seen is None and ((who := self._noted(row)).startswith("#") or who in self.people):
            row.match_key = who
            if who not in self.people:
                return _("The contact that was meant is not in the register any more.")
            return ""
        means: list[str] = []
        deciding: list[str] = []
        stranger = Key.EXTERNAL_ID in keys and not self._of(Key.EXTERNAL_ID, keys)
        for key in keys:
            found = [who for who in self._of(key, keys) if not (stranger and self._is_another(who, keys))]
            if not found:
                continue
            common = [who for who in means if who in found] if deciding else found
            if not common:
                return _("The %(one)s belongs to one contact, the %(other)s to another.") % {
                    "one": describe(deciding[0]),
                    "other": describe(key),
                }
            means = common
            deciding.append(key)
        if len(means) > 1 and deciding == [Key.NAME_BIRTH]:
            return _("%(count)s contacts have this name and date of birth.") % {"count": len(means)}
        if len(means) > 1 and deciding == [Key.NAME_STREET]:
            return _("%(count)s contacts have this name, and nothing tells which is meant.") % {"count": len(means)}
        row.match_key = means[0] if means else f"+{row.number}"
        if self.seen is None:
            self.linked[met] = row.match_key  # the rows after it about the same person follow
            if met.startswith("+") and met != row.match_key:
                self.taken_over[int(met[1:])] = row.match_key
        return ""

    def _noted(self, row: StagedRow) -> str:
        """Whom the check took the row to mean, or whom a row before it has found instead."""
        return self.linked.get(row.match_key, row.match_key)

    def _leave_out_ours(self, batch: Import) -> None:
        """Whom the import has written itself, the check has weighed; only what others have done is news."""
        ids = {int(who[1:]) for found in self.found.values() for who in found}
        written = ImportChange.objects.filter(batch=batch, contact__in=ids) if ids else ImportChange.objects.none()
        ours = {f"#{pk}" for pk in written.order_by().values_list("contact", flat=True)}
        if ours:
            self.found = {key: [who for who in found if who not in ours] for key, found in self.found.items()}

    def accept(self, row: StagedRow) -> None:
        """The row goes in: those after it may mean the same person."""
        if self.seen is not None:
            self.seen.add(row.match_key, found_by(row.values, self.batch.match_keys))

    def link(self, rows: Iterable[StagedRow]) -> None:
        """Those who were new are contacts now: let the rows that come later find them."""
        here = {row.number: row for row in rows}
        for row in here.values():
            row.match_key = self._contact(row.match_key)
        for number, who in self.taken_over.items():
            # Its first row has been left out after all: it tells the chunks to come whom the others mean.
            if not (contact := self._contact(who)).startswith("#"):
                continue
            if number in here:
                here[number].match_key = contact
            else:
                ImportRow.objects.filter(batch=self.batch, number=number).update(match_key=contact)

    def _contact(self, who: str) -> str:
        """As "#12" where it is a contact by now."""
        change = self.people.get(who) if who.startswith("+") else None
        return f"#{change.contact.pk}" if change else who

    def _of(self, key: str, keys: Mapping[str, str]) -> list[str]:
        who = (key, keys[key])
        found = self.found.get(who, [])
        in_file = self.seen.owners.get(who, ()) if self.seen is not None else ()
        return [*found, *(other for other in in_file if other not in found)] if in_file else found

    def _is_another(self, who: str, keys: Mapping[str, str]) -> bool:
        change = self.people.get(who)
        own = (self.seen.external_ids.get(who) if self.seen is not None else None) or (
            change.contact.external_id if change else ""
        )
        return bool(own) and own != keys[Key.EXTERNAL_ID]


def _candidates(batch: Import, rows: Sequence[Mapping[str, str]]) -> Found:
    """Who in the register has which of the keys of these rows: one query for each key."""
    found: Found = {}
    people = Contact.objects.filter(register=batch.register_id).order_by("pk")
    for key in batch.match_keys:
        if not (wanted := {keys[key] for keys in rows if key in keys}):
            continue
        column = KEY_COLUMNS[Key(key)]
        if key == Key.NAME_STREET:
            same = people.having_any(column, {looked_up(key, value) for value in wanted})
            known = same.values_list("pk", "first_name", "last_name", "street", "email_key", "phone")
            for pk, first, last, street, *reached in known:
                # Where no street is said, a namesake who can be reached is somebody else.
                if (value := street_key(first, last, street)) in wanted and (street or not any(reached)):
                    found.setdefault((key, value), []).append(f"#{pk}")
        elif beside := BESIDE_NAMES.get(Key(key)):
            looked_at = {looked_up(key, value) for value in wanted}
            same = people.having_any(column, looked_at).filter(**{f"{beside}__isnull": False})
            for pk, first, last, said in same.values_list("pk", "first_name", "last_name", beside):
                if (value := name_key(first, last, said)) in wanted:
                    found.setdefault((key, value), []).append(f"#{pk}")
        else:
            for pk, value in people.having_any(column, wanted).values_list("pk", column):
                found.setdefault((key, value), []).append(f"#{pk}")
    return found


def _linked(batch: Import, rows: Sequence[StagedRow]) -> dict[str, str]:
    """Whom those have become by now who were first met in a chunk before this one."""
    here = {row.number for row in rows}
    first = {int(row.match_key[1:]) for row in rows if row.match_key.startswith("+")} - here
    if not first:
        return {}
    known: Any = ImportRow.objects.filter(batch=batch, number__in=first, match_key__startswith="#")
    return {f"+{number}": match_key for number, match_key in known.values_list("number", "match_key")}
