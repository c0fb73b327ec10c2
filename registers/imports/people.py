"""Contacts by the thousand: read, added, written back and deleted without a model instance for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Cast
from django.utils import timezone
from pydantic_core import from_json

from organisations import scope
from registers.columns import OWN
from registers.fields import AnyOf, DerivedTextField, RowVersion, json_text
from registers.imports.copying import Texts, copy_pieces
from registers.models import Activity, AutomationRun, Contact, GroupMembership, ImportChange
from registers.signals import contacts_erased

_FIELDS = Contact._meta.concrete_fields
_FIXED = ("id", "organisation", "register", "created_at")
_WRITTEN = [field for field in _FIELDS if field.name not in _FIXED]
# What nobody asks of somebody whose row is being imported; the last three are computed when it is written.
_UNREAD = ("created_at", "updated_at", "sort_key", "search_text")
_COMPUTED = {
    field.name for field in _FIELDS if isinstance(field, DerivedTextField) or getattr(field, "auto_now", False)
}
_READ = [field.attname for field in _FIELDS if field.name not in (*_UNREAD, "attributes")]


class PlainContact:
    """A Contact without what a model instance costs: its fields, as attributes."""

    pk: int | None
    attributes: dict[str, Any]
    version: str  # of one that is known

    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__ = values


_BLANK = {field.attname: field.get_default() for field in _FIELDS if field.name != "attributes"}


def new_contact(**values: Any) -> PlainContact:
    """One that is not in the table yet; what is not given is as the model has it."""
    return PlainContact({**_BLANK, "pk": None, "attributes": {}, **values})


def known_contacts(rows: models.QuerySet[Contact]) -> Iterator[PlainContact]:
    """Contacts of a queryset as they stand in the table, with their versions."""
    attributes = Cast("attributes", models.TextField())
    for own, version, *values in rows.values_list(attributes, RowVersion(F("pk")), *_READ):
        fields = dict(zip(_READ, values, strict=True))
        yield PlainContact({**fields, "pk": fields["id"], "attributes": from_json(own), "version": version})


def create_contacts(contacts: Sequence[PlainContact]) -> None:
    """Insert new contacts, as bulk_create does, and give them their ids; derived columns are computed."""
    if not contacts:
        return
    for contact, pk in zip(contacts, _new_ids(len(contacts)), strict=True):
        contact.__dict__["id"] = contact.__dict__["pk"] = pk
    names = [str(field.column) for field in _FIELDS]
    copy_pieces(Contact, names, contacts, lambda piece: [_copied(field, piece) for field in _FIELDS])


def _new_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [Contact._meta.db_table])
        # Given by name: within the statement below it would be looked up for each of the ids.
        cursor.execute("SELECT nextval(%s::regclass) FROM generate_series(1, %s)", [*cursor.fetchone(), count])
        return [pk for (pk,) in cursor.fetchall()]


def _copied(field: Any, contacts: Sequence[PlainContact]) -> Texts:
    values = _values(field, contacts)
    return list(map(json_text, values)) if isinstance(field, models.JSONField) else values


def _values(field: Any, contacts: Sequence[Any]) -> Sequence[Any] | str:
    """What is to stand in a column; one text if it is the same in all of them."""
    name = field.attname
    if isinstance(field, DerivedTextField) and field.derive is not None:
        derived = list(map(field.derive, contacts))
        for contact, value in zip(contacts, derived, strict=True):
            contact.__dict__[name] = value
        return derived
    if isinstance(field, models.DateTimeField) and (field.auto_now or field.auto_now_add):
        return str(timezone.now())
    return [contact.__dict__[name] for contact in contacts]


def update_contacts(contacts: Sequence[Any], *, keys: Iterable[str]) -> None:
    """Write the columns with these keys, in which any of them has been changed, in one statement; the caller has
    locked them."""
    if not contacts:
        return
    fields = [field for field in _WRITTEN if field.name in _fields_of(keys)]
    names = ["id", *(str(field.column) for field in fields)]
    columns = [_values(field, contacts) for field in (Contact._meta.pk, *fields)]
    lists = [[values] * len(contacts) if isinstance(values, str) else values for values in columns]
    rows = [dict(zip(names, row, strict=True)) for row in zip(*lists, strict=True)]
    written = ", ".join(f"{name} = v.{name}" for name in names[1:])
    types = ", ".join(f"{field.column} {field.db_type(connection)}" for field in fields)
    with connection.cursor() as cursor:
        # As json: a jsonb array holds 256 MB at most, and a chunk of people with long texts is more.
        cursor.execute(
            f"UPDATE registers_contact AS c SET {written} "  # noqa: S608  the names of our own columns
            f"FROM json_to_recordset(%s::json) AS v (id bigint, {types}) "
            "WHERE c.id = v.id AND c.organisation_id = %s",
            [json_text(rows), scope.current()],
        )


def _fields_of(keys: Iterable[str]) -> set[str]:
    """The names of the fields in which columns stand, and of those that go along with any."""
    return {"attributes" if key.startswith(OWN) else key for key in keys} | _COMPUTED


def delete_contacts(ids: Sequence[int]) -> None:
    """Delete contacts that an import has added and of which no other table knows: the caller has locked them and asked.

    Where one knows by then, the transaction ends with an IntegrityError.
    """
    contacts = Contact.objects.filter(AnyOf(F("pk"), ids))
    contacts_erased.send(sender=Contact, contacts=contacts)
    for model in (GroupMembership, AutomationRun, Activity, ImportChange):
        model.objects.filter(AnyOf(F("contact_id"), ids)).delete()
    # Not `delete()`, which would read them all, and ask each of the tables for rows to delete.
    contacts._raw_delete(contacts.db)
