"""Rows of any table as JSON, out and in again, exactly: PostgreSQL itself does both."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from psycopg import sql

Row = dict[str, Any]


class Link(NamedTuple):
    """A foreign key of `model` that points at a row."""

    model: type[models.Model]
    field: Any


def label_of(model: type[models.Model]) -> str:
    return model._meta.label


def model_of(label: str) -> type[models.Model] | None:
    """The model, None where it is not installed any more."""
    try:
        return apps.get_model(label)
    except LookupError:
        return None


@cache
def links_to(model: type[models.Model]) -> tuple[Link, ...]:
    """Every foreign key in the installation that points at `model`, in a stable order."""
    relations: list[Any] = list(model._meta.get_fields(include_hidden=True))
    found = [
        Link(relation.related_model, relation.field)
        for relation in relations
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    ]
    return tuple(sorted(found, key=lambda link: (label_of(link.model), link.field.name)))


def read_rows(model: type[models.Model], pks: Iterable[int]) -> list[Row]:
    """The rows with these ids, by column name, in order of id."""
    query = sql.SQL("SELECT to_jsonb(t)::text FROM {table} AS t WHERE t.{key} = ANY(%s) ORDER BY t.{key}")
    with connection.cursor() as cursor:
        cursor.execute(query.format(**_names(model)), [list(pks)])
        return [json.loads(text) for (text,) in cursor.fetchall()]


def insert_rows(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Put rows of `read_rows` back. A column that the table has got since takes its default."""
    if not rows:
        return
    columns = {str(field.column): field for field in model._meta.concrete_fields if not field.generated}
    complete = [
        {name: row[name] if name in row else field.get_default() for name, field in columns.items()} for row in rows
    ]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)"
    )
    with connection.cursor() as cursor:
        cursor.execute(query.format(names=names, **_names(model)), [json.dumps(complete, cls=DjangoJSONEncoder)])


def write_columns(model: type[models.Model], pk: int, values: Mapping[str, Any]) -> None:
    """Set columns of one row to values as `read_rows` gives them."""
    if not values:
        return
    names = sql.SQL(", ").join(map(sql.Identifier, values))
    taken = sql.SQL(", ").join(sql.Identifier("r", name) for name in values)
    query = sql.SQL(
        "UPDATE {table} AS t SET ({names}) = ROW({taken}) "
        "FROM jsonb_populate_record(NULL::{table}, %s::jsonb) AS r WHERE t.{key} = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(query.format(names=names, taken=taken, **_names(model)), [json.dumps(dict(values)), pk])


def delete_rows(model: type[models.Model], pks: Iterable[int]) -> None:
    """Delete exactly these rows: no signals, nothing else with them."""
    query = sql.SQL("DELETE FROM {table} WHERE {key} = ANY(%s)")
    with connection.cursor() as cursor:
        cursor.execute(query.format(**_names(model)), [list(pks)])


def repoint(link: Link, *, pks: Iterable[int], old: int, new: int | None) -> int:
    """Let those of the rows that point at `old` point at `new`; return how many did."""
    column = link.field.attname
    pointing = all_rows(link.model).filter(pk__in=list(pks), **{column: old})
    return int(pointing.update(**{column: new}))


def all_rows(model: type[models.Model]) -> Any:
    """A QuerySet of the whole table: what points at a contact is in the contact's organisation."""
    return getattr(model, "unscoped", model._base_manager).all()


def fingerprint(contacts: Iterable[int]) -> str:
    """What tells whether any of these contacts has been changed since it was looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5(string_agg(to_jsonb(c)::text, ' ' ORDER BY c.id)) FROM registers_contact AS c "
            "WHERE c.id = ANY(%s)",
            [list(contacts)],
        )
        return str(cursor.fetchone()[0])


def _names(model: type[models.Model]) -> dict[str, sql.Identifier]:
    return {"table": sql.Identifier(model._meta.db_table), "key": sql.Identifier(str(model._meta.pk.column))}
