"""People as a table that leaves the house: always for a stated purpose, always logged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.http import HttpResponseBase

from guards.tables import table_response
from registers.access import log_access
from registers.columns import Column
from registers.models import Export, Register


def export_contacts(
    *, register: Register, contacts: Any, columns: Sequence[Column], fmt: str, purpose: str, subject: str, user: Any
) -> HttpResponseBase:
    """Answer with `contacts` (a QuerySet) as CSV or XLSX; who took what, and what for, is written down first."""
    keys = [column.key for column in columns]
    with transaction.atomic():
        count = contacts.count()
        Export.objects.create(
            register=register,
            created_by=user,
            subject=subject[:200],
            purpose=purpose[:200],
            fields=keys,
            format=fmt,
            count=count,
        )
        log_access(user=user, action="export", subject=register, count=count, purpose=purpose, fields=keys)
    return table_response(fmt, subject, [str(column.label) for column in columns], _rows(contacts, columns))


def _rows(contacts: Any, columns: Sequence[Column]) -> Iterator[list[Any]]:
    for contact in contacts.iterator(chunk_size=1_000):
        yield [column.plain(column.value(contact)) for column in columns]
