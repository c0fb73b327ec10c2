"""Contacts side by side: where they differ, and which value a merge would take unless somebody chooses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registers.columns import CORE_COLUMNS, Column, columns_for
from registers.models import Contact, Register
from registers.texts import fold
from registers.values import SEVERAL_OF, ColumnType

FEWEST, MOST = 2, 6
_NAME = ("first_name", "last_name")
ALL = "all"  # the choice of every option that any of them has
Choice = int | str  # the id of the contact whose value it is, or ALL


@dataclass(frozen=True, slots=True)
class Compared:
    """One column across the contacts. `values` go along with them, as stored; `choice` is what is suggested."""

    column: Column
    values: list[Any]
    differs: bool
    choice: Choice

    @property
    def can_be_united(self) -> bool:
        return self.differs and self.column.type in SEVERAL_OF

    @property
    def union(self) -> list[str]:
        return list(dict.fromkeys(code for value in self.values for code in value or []))


def compare(*, register: Register, contacts: Sequence[Contact], keep: int) -> list[Compared]:
    """Every column in which at least one of the contacts has a value, retired ones too; `keep` is who stays."""
    compared = []
    named = _best_named(contacts)
    for column in columns_for(register, retired=True):
        values = [column.stored(contact) for contact in contacts]
        if any(_is_filled(value) for value in values):
            differs = len({repr(_plain(value)) for value in values}) > 1
            whole_name = column.name in _NAME and _is_filled(column.stored(named))
            choice = named.pk if whole_name else _suggest(column, contacts, values, keep)
            compared.append(Compared(column, values, differs, choice))
    return compared


def suggest_kept(*, register: Register, contacts: Sequence[Contact]) -> Contact:
    """Who should stay: the one of whom most is known, then the one changed last."""
    columns = columns_for(register, retired=True)

    def known(contact: Contact) -> tuple[bool, int, Any, int]:
        filled = sum(_is_filled(column.stored(contact)) for column in columns)
        return bool(contact.external_id), filled, contact.updated_at, -contact.pk

    return max(contacts, key=known)


def apply_choices(*, kept: Contact, contacts: Sequence[Contact], choices: Mapping[str, Choice]) -> list[str]:
    """Write the chosen values into `kept` without saving it; return the labels of columns that changed.

    A column without a choice takes what `compare` suggests. What the register's columns do not show (an attribute of a
    column that was deleted, a field that has no column) is filled where the one that stays has nothing.
    """
    by_id = {contact.pk: contact for contact in contacts}
    changed = []
    wanted: list[tuple[Column, Any]] = []
    for row in compare(register=kept.register, contacts=contacts, keep=kept.pk):
        choice = choices.get(row.column.key, row.choice)
        if choice == ALL and row.column.type in SEVERAL_OF:
            value: Any = row.union
        elif choice in by_id:
            value = row.values[list(by_id).index(int(choice))]
        else:
            value = row.values[list(by_id).index(kept.pk)]
        wanted.append((row.column, value))
    for column, value in wanted:
        if _plain(column.stored(kept)) != _plain(value):
            column.write(kept, value)
            changed.append(str(column.label))
    shown = {column.name for column, _value in wanted}
    for other in contacts:
        for key, value in other.attributes.items():
            if key not in shown and not _is_filled(kept.attributes.get(key)):
                kept.attributes[key] = value
        for field in _unshown_fields():
            value = getattr(other, field.attname)
            if not _is_filled(getattr(kept, field.attname)) and _is_filled(value) and value != kept.pk:
                setattr(kept, field.attname, value)
    return changed


def as_read(contacts: Sequence[Contact]) -> dict[str, list[str]]:
    """{label: values as people read them}, each once, of all these contacts; without what is only yes or no."""
    found: dict[str, list[str]] = {}
    for column in columns_for(contacts[0].register, retired=True):
        if column.type != ColumnType.YES_NO:
            found.setdefault(str(column.label), []).extend(column.format(column.value(contact)) for contact in contacts)
    return {label: list(dict.fromkeys(filter(None, texts))) for label, texts in found.items()}


def left_out(*, kept: Contact, before: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What of `before`, as all had it (`as_read`), `kept` has not now: for its timeline."""
    now = as_read([kept])
    lost = {label: [text for text in texts if text not in now[label]] for label, texts in before.items()}
    return {label: texts for label, texts in lost.items() if texts}


def _best_named(contacts: Sequence[Contact]) -> Contact:
    """Whose name is the fullest: in words, then as most of them write it. First and last name come from one contact,
    for one of them may have them swapped."""
    written = Counter(contact.sort_key for contact in contacts)

    def fullness(contact: Contact) -> tuple[bool, bool, int, int, int, Any]:
        parts = [contact.first_name, contact.last_name]
        whole = all(len(part.strip(" .")) > 1 for part in parts)
        words = len(" ".join(parts).split())
        return all(parts), whole, words, written[contact.sort_key], len("".join(parts)), contact.updated_at

    return max(contacts, key=fullness)


def _suggest(column: Column, contacts: Sequence[Contact], values: Sequence[Any], keep: int) -> Choice:
    """Yes before no for deceased; all options; else the fullest of values that contain each other, else the newest."""
    if column.type in SEVERAL_OF and len({repr(value) for value in values if value}) > 1:
        return ALL
    filled = [(contact, value) for contact, value in zip(contacts, values, strict=True) if _is_filled(value)]
    # Equal values: the one that stays keeps its own.
    filled.sort(key=lambda row: (row[0].pk != keep, row[0].pk))
    newest, value = max(filled, key=lambda row: row[0].updated_at)
    if isinstance(value, str):
        for contact, text in filled:
            if isinstance(text, str) and len(text) > len(value) and fold(value) in fold(text):
                newest, value = contact, text
    own = next((stored for contact, stored in filled if contact.pk == keep), None)
    if own is not None and column.name == "external_id":
        return keep
    return keep if own == value else newest.pk


def _plain(value: Any) -> Any:
    return value if _is_filled(value) else None


def _is_filled(value: Any) -> bool:
    """Whether there is something: an unticked box is nothing, zero is something."""
    return value is not None and value is not False and value != "" and value != []


def _unshown_fields() -> list[Any]:
    """Fields of a contact that an editor may write but that are no column: other packages of the product add some."""
    shown = {column.name for column in CORE_COLUMNS} | {"register", "attributes"}
    return [
        field
        for field in Contact._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in shown
    ]
