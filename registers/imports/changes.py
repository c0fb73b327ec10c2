"""What an import has made of each contact: written down with it, so that it can be taken back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Cast
from psycopg import sql
from pydantic_core import from_json

from registers.columns import OWN
from registers.fields import AnyOf, DerivedTextField, json_text
from registers.imports.copying import copy_pieces
from registers.imports.parts import COMPANY, ROLE
from registers.imports.stop_cells import STOP
from registers.imports.targets import CONSENT
from registers.models.contact import Contact
from registers.models.imports import Import, ImportChange

_OF_THE_ROW = ("id", "organisation", "register", "created_at", "updated_at", "attributes")
# What a contact says of its person, in columns of its own.
DATA_FIELDS: dict[str, models.Field[Any, Any]] = {
    field.name: field
    for field in Contact._meta.concrete_fields
    if field.name not in _OF_THE_ROW and not isinstance(field, DerivedTextField)
}
_BLANK = {name: field.get_default() for name, field in DATA_FIELDS.items()}
_DATES = [name for name, field in DATA_FIELDS.items() if isinstance(field, models.DateField)]
_all_but_dates = itemgetter(*(name for name in DATA_FIELDS if name not in _DATES))
_REWRITE = sql.SQL(
    "UPDATE registers_importchange AS c SET {} = v.value"
    " FROM json_to_recordset(%s::json) AS v (id bigint, value jsonb) WHERE c.id = v.id"
)
MISSING = object()
ROLE_IN = f"{ROLE}."  # the key, with the place's id, of a role that was changed: registers.imports.companies
LEFT = "left."  # the key, with the group's id, of a membership that a change has ended: registers.imports.groups


@dataclass(slots=True)
class Change:
    """A contact in the hands of an import; what was there and what has been written, by column key.

    `before` is None for a new contact. As on ImportChange.
    """

    contact: Any
    before: dict[str, Any] | None
    after: dict[str, Any]

    def note(self, key: str, value: Any) -> None:
        """Tell that `value` is about to be written (as JSON keeps it)."""
        if self.before is not None and key not in self.after:
            before = raw_value(self.contact, key)
            if before is not MISSING:
                self.before[key] = before
        self.after[key] = value


@dataclass(slots=True)
class LoggedChange:
    """What an import has made of a contact, from its log: an ImportChange without what a model instance costs."""

    pk: int
    contact_id: int
    before: dict[str, Any] | None
    after: dict[str, Any]


def logged_changes(rows: models.QuerySet[ImportChange]) -> Iterator[LoggedChange]:
    texts = [Cast(name, models.TextField()) for name in ("before", "after")]
    for pk, contact, before, after in rows.values_list("pk", "contact_id", *texts):
        yield LoggedChange(pk, contact, None if before is None else from_json(before), from_json(after))


def rewrite_log(column: str, values: Iterable[tuple[int, Any]]) -> None:
    """Set `column` of logged changes; `values` are of (id, value as JSON keeps it)."""
    rows = [{"id": pk, "value": value} for pk, value in values]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_REWRITE.format(sql.Identifier(column)), [json_text(rows)])


def stands_elsewhere(key: str) -> bool:
    """Whether a change is of no column, but of companies, groups, consents or stops, which have tables of their own."""
    return key == COMPANY or key.startswith((ROLE_IN, LEFT, CONSENT, STOP))


def written(change: LoggedChange, key: str) -> Any:
    """What the change has left in a column, as `raw_value` gives it."""
    value = change.after[key]
    return MISSING if value is None and key.startswith(OWN) else value


def raw_value(contact: Any, key: str) -> Any:
    """What is stored for a column key, as JSON keeps it; MISSING for an own column that the contact does not have."""
    if stands_elsewhere(key):
        return MISSING
    if key.startswith(OWN):
        return contact.attributes.get(key.removeprefix(OWN), MISSING)
    value = getattr(contact, key)
    return value.isoformat() if isinstance(value, dt.date) else value


def put_back(contact: Any, key: str, value: Any) -> None:
    """Store what `raw_value` once gave."""
    if stands_elsewhere(key):
        return
    if not key.startswith(OWN):
        setattr(contact, key, DATA_FIELDS[key].to_python(value))
    elif value is MISSING:
        contact.attributes.pop(key.removeprefix(OWN), None)
    else:
        contact.attributes[key.removeprefix(OWN)] = value


def differs_from_new(contact: Any, after: Mapping[str, Any], *, source: str) -> bool:
    """Whether a contact that an import has added, as one from `source`, is no longer what the import wrote."""
    after = {"source": source, **after}
    own = {key.removeprefix(OWN): value for key, value in after.items() if key.startswith(OWN)}
    if not same(contact.attributes, own):
        return True
    expected = {**_BLANK, **after}
    if _all_but_dates(contact.__dict__) != _all_but_dates(expected):
        return True
    return any(raw_value(contact, name) != expected[name] for name in _DATES)


def same(one: Any, other: Any) -> bool:
    """Equal as JSON, where Python takes True for 1 and 1 for 1.0; a missing value is like no other."""
    if one is MISSING or other is MISSING:
        return one is other
    if one != other:
        return False
    # Mostly texts, or in the order in which the database keeps them.
    return (
        type(one) is type(other) is str
        or json_text(one) == json_text(other)
        or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


def log_changes(batch: Import, changes: Sequence[Change]) -> None:
    """Write down what is being done to contacts, in the transaction that does it."""
    earlier = {}
    if old := [change.contact.pk for change in changes if change.before is not None]:
        # Rows about one person may lie chunks apart; the first state before and the last one after count.
        found = ImportChange.objects.filter(AnyOf(F("contact_id"), old), batch=batch)
        earlier = {row.contact_id: row for row in logged_changes(found)}
    fresh = []
    for change in changes:
        row = earlier.get(change.contact.pk)
        if row is None:
            fresh.append(change)
            continue
        if row.before is not None:
            added = {key: value for key, value in (change.before or {}).items() if key not in row.after}
            row.before = {**row.before, **added}
        row.after = {**row.after, **change.after}
    rewrite_log("before", ((row.pk, row.before) for row in earlier.values() if row.before is not None))
    rewrite_log("after", ((row.pk, row.after) for row in earlier.values()))
    copy_pieces(
        ImportChange,
        ("organisation_id", "batch_id", "contact_id", "before", "after"),
        fresh,
        lambda piece: (
            batch.organisation_id,
            batch.pk,
            [str(change.contact.pk) for change in piece],
            [None if change.before is None else json_text(change.before) for change in piece],
            [json_text(change.after) for change in piece],
        ),
    )
