"""New people of a file who may be in the register already, under a key that was not asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from django.core.cache import cache
from django.db.models import QuerySet

from guards.chunks import in_chunks
from registers.addresses import address_key
from registers.imports.keys import Key
from registers.imports.parts import parts_of
from registers.models.contact import Contact
from registers.models.imports import Import, ImportRow
from registers.texts import fold, sort_key

KEPT = 600  # seconds: what others add to the register meanwhile is not waited for
CHUNK = 2_000
_SIGNS = ("birth_date", "phone", "street")
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


def count_look_alikes(batch: Import) -> int:
    """How many of those whom the import would add, for what it knows people by is new, have the name and the birthday,
    the phone number or the street of somebody in the register, whose e-mail address is another one."""
    filled = {part for entry in batch.mapping for part in parts_of(entry["target"])}
    if batch.is_notes or not batch.match_by or filled.isdisjoint(_SIGNS):
        return 0
    names = ("first_name", "last_name", "email", *_SIGNS)
    found: dict[str, list[tuple[str, dict[str, str]]]] = defaultdict(list)
    for values in _new(batch).values_list(*(f"values__{name}" for name in names))[:LOOKED_AT]:
        first, last, email, *signs = (value or "" for value in values)
        if (first and last) and any(signs):
            found[sort_key(last, first)].append((address_key(email), dict(zip(_SIGNS, signs, strict=True))))
    alike: set[tuple[str, int]] = set()
    for some in in_chunks(list(found), CHUNK):
        there = Contact.objects.filter(register=batch.register_id).having_any("sort_key", some)
        for name, email, born, phone, street in there.order_by().values_list("sort_key", "email_key", *_SIGNS):
            known = {"birth_date": born.isoformat() if born else "", "phone": phone, "street": street}
            alike.update(
                (name, at)
                for at, (its, said) in enumerate(found[name])
                if (not email or its != email) and _is_one(said, known)
            )
    return len(alike)


def _is_one(said: Mapping[str, str], known: Mapping[str, str]) -> bool:
    """Whether people of one name are one; father and son at one address have other birthdays."""
    both = [sign for sign in _SIGNS if said[sign] and known[sign]]
    if "birth_date" in both:
        return said["birth_date"] == known["birth_date"]
    return any(fold(said[sign]) == fold(known[sign]) for sign in both)


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
        there = Contact.objects.filter(register=batch.register_id).having_any(column, some)
        known.update(there.order_by().values_list(column, flat=True))
    return sum(value in known for value in values)
