"""New people of a file who may be in the register already, under a key that was not asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from django.core.cache import cache
from django.db.models import F, QuerySet

from guards.chunks import in_chunks
from registers.addresses import address_key
from registers.fields import AnyOf
from registers.imports.keys import Key
from registers.models.contact import Contact
from registers.models.imports import Import, ImportRow
from registers.texts import sort_key

KEPT = 600  # seconds: what others add to the register meanwhile is not waited for
CHUNK = 2_000
LOOKED_AT = 20_000  # of the new ones: nobody waits for a million, and so many tell


def count_known_by_email(batch: Import) -> int:
    """How many of those whom the import would add have an e-mail address that somebody in the register has."""
    if batch.is_notes or Key.EMAIL in batch.match_keys or "email" not in {entry["target"] for entry in batch.mapping}:
        return 0
    addresses = [address_key(email) for (email,) in _new(batch).values_list("values__email")[:LOOKED_AT] if email]
    return _count(batch, "email_key", addresses)


def count_namesakes(batch: Import) -> int:
    """How many of those whom an import that looks for nobody would add are called as somebody in the register."""
    if batch.is_notes or batch.match_by:
        return 0
    names = _new(batch).values_list("values__first_name", "values__last_name")[:LOOKED_AT]
    return _count(batch, "sort_key", [sort_key(last or "", first or "") for first, last in names if first or last])


def kept(count: Callable[[Import], int], batch: Import) -> int:
    """What `count` says of a check that stands finished, remembered while somebody looks through its pages."""
    rows = ImportRow.objects.filter(batch=batch).order_by("number")
    check = rows.values_list("pk", flat=True).first()
    return int(cache.get_or_set(f"import:{batch.pk}:{check}:{count.__name__}", partial(count, batch), KEPT) or 0)


def _new(batch: Import) -> QuerySet[ImportRow]:
    rows: QuerySet[ImportRow] = ImportRow.objects.filter(batch=batch, status=ImportRow.Status.CREATED)
    return rows


def _count(batch: Import, column: str, values: Sequence[str]) -> int:
    known: set[str] = set()
    for some in in_chunks(set(filter(None, values)), CHUNK):
        there = Contact.objects.filter(AnyOf(F(column), some), register=batch.register_id)
        known.update(there.order_by().values_list(column, flat=True))
    return sum(value in known for value in values)
