"""What becomes of each row: one path for the dry run and for the import itself.

`Reader` reads a row's cells into values, once, when the file is checked. `settle` then compares values with the
register and decides; when the import itself runs, it also writes. What the check has left out stays out, so the
import can only differ from its dry run where somebody else changed the register in between.

Two rows about the same person: the later one is written over (or fills up) the earlier one, and counts as "repeated".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from registers.addresses import address_key
from registers.columns import Column, columns_by_key, columns_for
from registers.contacts import note_deaths
from registers.imports.copying import create_contacts, record_imported
from registers.imports.guessing import FULL_NAME, NEW, SKIP
from registers.imports.options import Found, note_values
from registers.imports.reading import Row
from registers.models.contact import Contact
from registers.models.imports import Import, ImportRow
from registers.models.register import Field
from registers.texts import clean_line
from registers.values import ColumnType, Reading, UnknownChoice, ValueMistake, cell_text, split_options

Status = ImportRow.Status
MATCH_COLUMNS = {"external_id": "external_id", "email": "email_key", "phone": "phone"}
_IDENTITY = ("first_name", "last_name", "email", "phone", "external_id")


def columns_of(batch: Import) -> list[Column | str | None]:
    """For each column of the file the column it goes to, None to skip it, or FULL_NAME. New ones need not exist yet."""
    # One retired since takes its values all the same: it may be brought back.
    known = {column.key: column for column in columns_for(batch.register, retired=True)}
    found: list[Column | str | None] = []
    for entry in batch.mapping:
        target = entry["target"]
        if target in (SKIP, FULL_NAME):
            found.append(target or None)
        elif target == NEW:
            key = f"attributes.{entry['key']}"
            found.append(known.get(key) or Column(key=key, label=entry["label"], type=entry["type"]))
        else:
            found.append(known[target])
    return found


@dataclass(slots=True)
class StagedRow:
    """An ImportRow in work; a plain object, because making a model instance costs more than reading the row."""

    number: int
    cells: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    match_key: str = ""
    repeats: int | None = None
    status: str = Status.CREATED
    reasons: list[str] = field(default_factory=list)
    contact_id: int | None = None
    pk: int | None = None


@dataclass
class Seen:
    """Who has stood in the file so far, in rows that go in."""

    numbers: dict[str, int] = field(default_factory=dict)  # match key → number of its first row
    owners: dict[str, str] = field(default_factory=dict)  # external id → who it belongs to

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


@dataclass
class Reader:
    """Reads the cells of one row after the other; collects values that are not among the choices of their column."""

    batch: Import
    columns: Sequence[Column | str | None]
    region: str
    found_options: Found = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.readings = [
            Reading(region=self.region, date_order=entry.get("date_order", "dmy"), open_options=entry["target"] == NEW)
            for entry in self.batch.mapping
        ]

    def read(self, row: Row) -> StagedRow:
        texts = [cell_text(cell) for cell in row.cells]
        staged = StagedRow(number=row.number, cells=texts)
        mistakes = self._read_values(row, staged)
        if len(row.cells) > len(self.columns):
            mistakes.append(
                _("The row has %(cells)s cells, the table %(columns)s columns; is there a separator inside a text?")
                % {"cells": len(row.cells), "columns": len(self.columns)}
            )
            reject(staged)
        staged.reasons = mistakes
        if mistakes and self.batch.mistakes == Import.Mistakes.REJECT:
            reject(staged)
        if staged.status != Status.REJECTED:
            self._place(staged)
        return staged

    def _read_values(self, row: Row, staged: StagedRow) -> list[str]:
        mistakes = []
        for column, reading, cell in zip(self.columns, self.readings, row.cells, strict=False):
            if column is None or cell is None or cell == "":
                continue
            if not isinstance(column, Column):
                staged.values.update(_split_name(clean_line(cell_text(cell))))
                continue
            try:
                value = column.parse(cell, reading)
            except ValueMistake as mistake:
                mistakes.append(f"{column.label}: {mistake}.")
                if isinstance(mistake, UnknownChoice):
                    note_values(self.found_options, column, mistake.values)
                continue
            if value is not None:
                staged.values[column.key] = value
                if reading.open_options and column.type in Field.CHOICE_TYPES:
                    text, several = cell_text(cell), column.type == ColumnType.MULTIPLE_CHOICE
                    note_values(self.found_options, column, split_options(text) if several else [clean_line(text)])
        return mistakes

    def _place(self, staged: StagedRow) -> None:
        """Find out by what the row is matched."""
        values, match_by = staged.values, self.batch.match_by
        if not any(values.get(key) for key in _IDENTITY):
            reject(staged, _("There is neither a name nor an e-mail address, phone number or external id in this row."))
            return
        value = str(values.get(match_by) or "") if match_by else ""
        staged.match_key = address_key(value) if match_by == "email" else value
        if match_by and not staged.match_key:
            names = {"external_id": _("external id"), "email": _("e-mail address"), "phone": _("phone number")}
            reject(staged, _("There is no %(column)s, and people are matched by it.") % {"column": names[match_by]})


def reject(staged: StagedRow, reason: str = "") -> None:
    staged.status = Status.REJECTED
    staged.repeats = None
    if reason:
        staged.reasons = [*staged.reasons, reason]


def settle(
    batch: Import, rows: Sequence[StagedRow], columns: Sequence[Column | str | None], *, seen: Seen | None
) -> None:
    """Decide what becomes of each row that was not left out, and note it in the row.

    With `seen`, who has been in the file before, this is a dry run. With None the rows have been through one: they
    are written, inside the caller's transaction. Takes a fixed number of queries however many rows there are.
    """
    write = seen is None
    going_in = [row for row in rows if row.status != Status.REJECTED]
    by_key = {column.key: column for column in columns if isinstance(column, Column)}
    by_key |= {key: column for key, column in columns_by_key(batch.register).items() if key not in by_key}
    required = [column for column in by_key.values() if column.required]
    people = _people(batch, going_in, lock=write)
    owners = _owners(batch, going_in)
    new: list[Contact] = []
    changed: dict[int, Contact] = {}
    pairs: list[tuple[StagedRow, Contact]] = []
    for row in going_in:
        if seen is not None and row.match_key:
            row.repeats = seen.numbers.get(row.match_key)
        contact = people.get(row.match_key) if row.match_key else None
        is_new = contact is None and (write or row.repeats is None)
        if contact is None and write:
            contact = _new_contact(batch)
        reason = _conflict(row, contact, owners) or (seen.conflict(row) if seen is not None else "")
        if reason := reason or (_missing(row, required) if is_new else ""):
            reject(row, reason)
            continue
        if seen is not None:
            seen.add(row.number, row.match_key, row.values.get("external_id"))
        touched = contact is not None and _apply(row, contact, by_key, fill_only=batch.rule == Import.Rule.FILL)
        if is_new:
            row.status = Status.CREATED
            if contact is not None:
                new.append(contact)
                people[row.match_key or f"row {row.number}"] = contact
        elif row.repeats is not None:
            row.status = Status.REPEATED
        else:
            row.status = Status.UPDATED if touched else Status.UNCHANGED
        if contact is not None:
            if touched and contact.pk:
                changed[contact.pk] = contact
            pairs.append((row, contact))
    if write:
        _write(batch, new, list(changed.values()))
        for row, contact in pairs:
            row.contact_id = contact.pk


def _new_contact(batch: Import) -> Contact:
    return Contact(
        register_id=batch.register_id,
        organisation_id=batch.organisation_id,
        source=batch.source or batch.original_name[:120],
    )


def _people(batch: Import, rows: Sequence[StagedRow], *, lock: bool) -> dict[str, Contact]:
    """The contact that each match key means: the oldest, where several share an address."""
    keys = {row.match_key for row in rows if row.match_key}
    if not keys:
        return {}
    column = MATCH_COLUMNS[batch.match_by]
    found = Contact.objects.filter(register=batch.register_id, **{f"{column}__in": keys}).order_by("pk")
    if lock:
        found = found.select_for_update(no_key=True)
    people: dict[str, Contact] = {}
    for contact in found:
        people.setdefault(getattr(contact, column), contact)
    return people


def _owners(batch: Import, rows: Sequence[StagedRow]) -> dict[str, int]:
    if batch.match_by == "external_id":
        return {}
    wanted = {row.values["external_id"] for row in rows if row.values.get("external_id")}
    owners = Contact.objects.filter(register=batch.register_id, external_id__in=wanted) if wanted else []
    return {contact.external_id: contact.pk for contact in owners}


def _conflict(row: StagedRow, contact: Contact | None, owners: dict[str, int]) -> str:
    external_id = row.values.get("external_id", "")
    owner = owners.get(external_id)
    if owner is None or (contact is not None and owner == contact.pk):
        return ""
    return _("Another contact of the register has the external id %(id)s.") % {"id": external_id}


def _missing(row: StagedRow, required: Sequence[Column]) -> str:
    missing = [str(column.label) for column in required if row.values.get(column.key) is None]
    return _("Required, but empty: %(columns)s.") % {"columns": ", ".join(missing)} if missing else ""


def _apply(row: StagedRow, contact: Contact, by_key: dict[str, Column], *, fill_only: bool) -> bool:
    touched = False
    for key, value in row.values.items():
        column = by_key[key]
        now = column.stored(contact)
        if now == value or (fill_only and now not in (None, False)) or (value is False and now is None):
            continue
        column.write(contact, value)
        touched = True
    return touched


_UPDATE = [
    field.name
    for field in Contact._meta.concrete_fields
    if field.name not in ("id", "organisation", "register", "created_at")
]


def _write(batch: Import, new: list[Contact], changed: list[Contact]) -> None:
    died = [contact.pk for contact in changed if contact.deceased]
    create_contacts(new)
    Contact.objects.bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=_UPDATE)
    data = {"import": batch.pk}
    record_imported(new, source=batch.original_name, data={**data, "new": True})
    record_imported(changed, source=batch.original_name, data=data)
    dead = [contact for contact in new if contact.deceased] + [contact for contact in changed if contact.pk in died]
    if dead:
        note_deaths(dead, source=batch.original_name)


def _split_name(text: str) -> dict[str, str]:
    """First and last name out of one cell: “Virtanen, Aino” or “Aino Maria Virtanen”."""
    last, comma, first = text.partition(",")
    if not comma:
        first, _space, last = text.rpartition(" ")
        if not first:
            first, last = last, ""
    names = {"first_name": first.strip()[:100], "last_name": last.strip()[:100]}
    return {key: name for key, name in names.items() if name}
