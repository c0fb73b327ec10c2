"""Columns in which nobody has the same value as another contact of the register.

The database holds the rule (`registers.models.unique`); here it is asked beforehand, so that a person reads in words
what is taken, and a column is made unique that holds values already.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.db.models import F
from django.utils.translation import ngettext

from organisations.figures import number
from registers.fields import AnyOf
from registers.models.register import Field
from registers.models.unique import UniqueValue

# As in the function registers_unique_key of the migrations.
_LONGEST = 200
SHOWN = 3


def unique_key(value: Any) -> str:
    """What is compared: capitals do not count."""
    text = str(value).lower()
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() if len(str(value)) > _LONGEST else text


def owners(register_id: int, wanted: Mapping[str, Iterable[Any]]) -> dict[tuple[str, str], int]:
    """{(column name, key): id of the contact} for those of the wanted values, by column name, that somebody has."""
    found: dict[tuple[str, str], int] = {}
    for name, values in wanted.items():
        if keys := list({unique_key(value) for value in values}):
            rows = UniqueValue.objects.filter(AnyOf(F("value_key"), keys), field__register=register_id, field__key=name)
            found |= {(name, key): contact for key, contact in rows.values_list("value_key", "contact_id")}
    return found


def unique_names(register_id: int) -> list[str]:
    """The names of the unique columns of a register, retired ones too."""
    return list(Field.objects.filter(register=register_id, unique=True).values_list("key", flat=True))


def clashes(
    register_id: int, wanted: Mapping[int, Mapping[str, Any]], *, among: Collection[int] = ()
) -> dict[int, set[str]]:
    """Which of the attributes that contacts (by id) are to have belong to somebody else, who is not `among` them."""
    names = unique_names(register_id) if wanted else []
    if not names:
        return {}
    values = {
        name: [own[name] for own in wanted.values() if name in own and not isinstance(own[name], (list, dict))]
        for name in names
    }
    taken = owners(register_id, values)
    found: dict[int, set[str]] = {}
    for contact, own in wanted.items():
        for name in names:
            owner = taken.get((name, unique_key(own[name]))) if name in own else None
            if owner is not None and owner != contact and owner not in among:
                found.setdefault(contact, set()).add(name)
    return found


def is_clash(error: IntegrityError) -> bool:
    """Whether the database refused a value that somebody else has in a column where nobody may have it twice."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", "") == "unique_value_once"


def make_unique(field: Field) -> None:
    """Let nobody have the same value here as another, from now on; raises ValidationError where somebody has.

    The caller is in a transaction and saves the field. Whoever is writing contacts of the register is waited for, for
    the triggers look at the column's row: a writer who has looked too early would not be seen here either.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT registers_lock_unique(%s, true)", [field.register_id])
        cursor.execute(
            "SELECT min(attributes ->> %(key)s), count(*), count(*) OVER () FROM registers_contact "
            "WHERE register_id = %(register)s AND attributes ->> %(key)s <> '' "
            "GROUP BY registers_unique_key(attributes ->> %(key)s) HAVING count(*) > 1 "
            "ORDER BY 2 DESC, 1 LIMIT %(shown)s",
            {"key": field.key, "register": field.register_id, "shown": SHOWN},
        )
        if doubled := cursor.fetchall():
            raise ValidationError({"unique": _doubled(field, doubled)})
        Field.objects.filter(pk=field.pk).update(unique=True)
        cursor.execute(
            "INSERT INTO registers_uniquevalue (organisation_id, field_id, contact_id, value_key) "
            "SELECT organisation_id, %(field)s, id, registers_unique_key(attributes ->> %(key)s) "
            "FROM registers_contact WHERE register_id = %(register)s AND attributes ->> %(key)s <> ''",
            {"field": field.pk, "key": field.key, "register": field.register_id},
        )


def drop_unique(field: Field) -> None:
    """Let several have the same value again."""
    Field.objects.filter(pk=field.pk).update(unique=False)
    UniqueValue.objects.filter(field=field).delete()


def _doubled(field: Field, found: list[tuple[str, int, int]]) -> str:
    count = found[0][2]
    shown = ", ".join(f"“{value[:40]}” ({times} ×)" for value, times, _count in found)
    text = ngettext(
        "“%(label)s” cannot be unique yet: %(count)s value stands with more than one contact: %(shown)s.",
        "“%(label)s” cannot be unique yet: %(count)s values stand with more than one contact, such as %(shown)s.",
        count,
    )
    return text % {"label": field.label, "count": number(count), "shown": shown}
