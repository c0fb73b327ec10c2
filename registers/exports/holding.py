"""Which lists that left the house may have held a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from registers.access import shown_subjects
from registers.models import AccessLog, Contact, Export

SHOWN = 50
Lists = Callable[[Contact], Mapping[str, dt.datetime]]
_lists: list[Lists] = []


def register_lists(of: Lists) -> None:
    """`of` says in which lists of its package a person stands, and since when: {"event:5": …}.

    They are called as `record_export` logs them.
    """
    _lists.append(of)


@dataclass(frozen=True, slots=True)
class Taken:
    """One of them: of `what` (for people to read), what for, by whom, and how many people it held."""

    at: dt.datetime
    purpose: str
    what: Any
    people: int
    user: Any


def exports_with(contact: Contact) -> list[Taken]:
    """The newest, of the contact's register and of lists elsewhere; what was taken before they came is left out."""
    rows = Export.objects.filter(register=contact.register_id, created_at__gte=contact.created_at)
    taken = [
        Taken(row.created_at, row.purpose, row.subject, row.count, row.created_by)
        for row in rows.select_related("created_by")[:SHOWN]
    ]
    return sorted([*taken, *_elsewhere(contact)], key=lambda one: one.at, reverse=True)[:SHOWN]


def _elsewhere(contact: Contact) -> list[Taken]:
    since = {f"contact:{contact.pk}": contact.created_at}  # a document, a QR code
    for of in _lists:
        since |= of(contact)
    exported = AccessLog.objects.filter(action=AccessLog.Action.EXPORT, subject__in=list(since))
    rows = [row for row in exported.select_related("user") if row.at >= since[row.subject]][:SHOWN]
    named = shown_subjects(row.subject for row in rows)
    return [Taken(row.at, row.purpose, named.get(row.subject, row.subject), row.count, row.user) for row in rows]
