"""All that has happened with a contact, in one order: activities, and the notes of what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Value
from django.utils.functional import Promise

from registers.activity import look_of
from registers.models.activity import Activity
from registers.models.contact import Contact
from registers.models.note import Note
from registers.texts import clean_line

PAGE = 50
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Happening:
    """One line; which of the rows it is says the name of the attribute that is not None."""

    at: Any
    label: str | Promise
    icon: str
    activity: Activity | None = None
    note: Note | None = None


@dataclass(frozen=True, slots=True)
class TimelinePage:
    happenings: Sequence[Happening]
    number: int
    has_older: bool


def timeline(contact: Contact, *, page: int = 1, search: str = "", notes_only: bool = False) -> TimelinePage:
    """A page of what has happened, the newest first. With `search`, the notes in which every word of it occurs."""
    number = max(page, 1)
    parts = _parts(contact, search=clean_line(search), notes_only=notes_only)
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    start = (number - 1) * PAGE
    found = list(rows.order_by("-when", "-table", "-row")[start : start + PAGE + 1])
    return TimelinePage(_read(found[:PAGE]), number, len(found) > PAGE)


def _parts(contact: Contact, *, search: str, notes_only: bool) -> list[Any]:
    """A queryset of (when, table, row) for each table."""
    notes = Note.objects.filter(contact=contact)
    for word in search.split()[:MOST_WORDS]:
        notes = notes.filter(text__icontains=word)  # one contact's notes are few
    parts = [_places(notes, "note", "at")]
    if not search and not notes_only:
        parts.append(_places(Activity.objects.filter(contact=contact), "activity", "at"))
    return parts


def _places(rows: Any, table: str, at: str) -> Any:
    named = rows.order_by().annotate(when=F(at), table=Value(table, output_field=CharField()), row=F("pk"))
    return named.values_list("when", "table", "row")


def _read(places: Sequence[tuple[Any, str, int]]) -> list[Happening]:
    ids: dict[str, list[int]] = {}
    for _when, table, pk in places:
        ids.setdefault(table, []).append(pk)
    notes = Note.objects.select_related("author").in_bulk(ids.get("note", []))
    activities = Activity.objects.in_bulk(ids.get("activity", []))
    found = []
    for when, table, pk in places:
        if table == "note" and (note := notes.get(pk)):
            found.append(Happening(when, note.label, note.icon, note=note))
        elif table == "activity" and (activity := activities.get(pk)):
            look = look_of(activity.kind)
            found.append(Happening(when, look.label, look.icon, activity=activity))
    return found
