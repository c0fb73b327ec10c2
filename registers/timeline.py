"""All that has happened with a contact, in one order: activities, notes of what was said, appointments that
are over, follow-ups that are done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, Value
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from registers.activity import look_of, named_sources
from registers.columns import columns_for
from registers.models.activity import Activity
from registers.models.contact import Contact
from registers.models.diary import Appointment, FollowUp
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
    appointment: Appointment | None = None
    follow_up: FollowUp | None = None
    source: str = ""  # of an activity, in words
    columns: str = ""  # that were changed by an activity, in words

    @property
    def subject(self) -> Any:
        return self.note or self.appointment or self.follow_up or self.activity


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
    return TimelinePage(_read(contact, found[:PAGE]), number, len(found) > PAGE)


def _parts(contact: Contact, *, search: str, notes_only: bool) -> list[Any]:
    """A queryset of (when, table, row) for each table."""
    notes = Note.objects.filter(contact=contact)
    for word in search.split()[:MOST_WORDS]:
        notes = notes.filter(text__icontains=word)  # one contact's notes are few
    parts = [_places(notes, "note", "at")]
    if not search and not notes_only:
        over = Appointment.objects.filter(contact=contact, ends_at__lt=timezone.now())
        parts += [
            _places(Activity.objects.filter(contact=contact), "activity", "at"),
            _places(over, "appointment", "starts_at"),
            _places(FollowUp.objects.done().filter(contact=contact), "follow_up", "done_at"),
        ]
    return parts


def _places(rows: Any, table: str, at: str) -> Any:
    named = rows.order_by().annotate(when=F(at), table=Value(table, output_field=CharField()), row=F("pk"))
    return named.values_list("when", "table", "row")


def _read(contact: Contact, places: Sequence[tuple[Any, str, int]]) -> list[Happening]:
    ids: dict[str, list[int]] = {table: [] for table in _TABLES}
    for _when, table, pk in places:
        ids[table].append(pk)
    rows = {table: source().in_bulk(ids[table]) for table, source in _TABLES.items() if ids[table]}
    sources = named_sources(row.source for row in rows.get("activity", {}).values())
    changed = any(row.kind == "edited" for row in rows.get("activity", {}).values())
    columns = columns_for(contact.register, retired=True) if changed else []
    labels = {column.key: str(column.label) for column in columns}
    # One that is deleted at this moment is left out.
    return [
        _happening(when, table, rows[table][pk], sources, labels) for when, table, pk in places if pk in rows[table]
    ]


def _happening(at: Any, table: str, row: Any, sources: Mapping[str, str], labels: Mapping[str, str]) -> Happening:
    if table == "activity":
        look = look_of(row.kind)
        keys = row.data.get("columns", ()) if row.kind == "edited" else ()
        changed = ", ".join(labels[key] for key in keys if key in labels)
        return Happening(at, look.label, look.icon, activity=row, source=sources[row.source], columns=changed)
    if table == "note":
        return Happening(at, row.label, row.icon, note=row)
    if table == "appointment":
        return Happening(at, gettext_lazy("Appointment"), "calendar-alt", appointment=row)
    return Happening(at, gettext_lazy("Follow-up"), "tasks", follow_up=row)


_TABLES: dict[str, Callable[[], Any]] = {
    "activity": Activity.objects.all,
    "note": lambda: Note.objects.select_related("author"),
    "appointment": Appointment.objects.all,
    "follow_up": lambda: FollowUp.objects.select_related("done_by"),
}
