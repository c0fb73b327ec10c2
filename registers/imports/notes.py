"""A file whose rows are notes on people, for the conversation history: people are found, and nothing else of them is
written; each note goes in once, however often the file is imported."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from registers.access import log_access
from registers.columns import Column
from registers.imports.groups import put_into_group
from registers.imports.keys import describe, is_plain
from registers.imports.matching import FilePeople, Matching
from registers.imports.planning import Seen, people_of
from registers.imports.rows import StagedRow, reject
from registers.imports.targets import NOTE_AT, NOTE_KIND, NOTE_TEXT
from registers.models.contact import Contact
from registers.models.document import ContactDocument
from registers.models.imports import Import, ImportRow
from registers.models.note import Note
from registers.notes import AHEAD

Status = ImportRow.Status
DIGEST = "note.digest"


def settle_notes(
    batch: Import, rows: Sequence[StagedRow], columns: Sequence[Column | str | None], *, seen: Seen | None
) -> None:
    """As `registers.imports.planning.settle`: with `seen` a dry run; without, the notes are written."""
    going_in = [row for row in rows if row.status != Status.REJECTED]
    matching = None
    if not is_plain(batch.match_by):
        matching = Matching(batch, going_in, seen=None if seen is None else FilePeople())
    # Whoever is written to is locked, so that two imports of one file cannot both miss what the other writes.
    people = matching.people if matching else people_of(batch, going_in, lock=seen is None)
    staying: list[tuple[StagedRow, Contact]] = []
    for row in going_in:
        reason = matching.place(row) if matching else ""
        change = people.get(row.match_key)
        if reason := reason or _mistake(batch, row, is_known=change is not None):
            reject(row, reason)
        elif change is not None:
            row.values[DIGEST] = _digest(row)
            staying.append((row, change.contact))
    known = _known(staying)
    fresh: list[Note] = []
    for row, contact in staying:
        who = (contact.pk, row.values[DIGEST])
        if seen is not None:
            first = seen.notes.setdefault((row.match_key, row.values[DIGEST]), row.number)
            row.repeats = None if first == row.number else first
        is_there = who in known or (seen is not None and row.repeats is not None)
        known.add(who)
        if is_there:
            row.status = Status.UNCHANGED if row.repeats is None else Status.REPEATED
        else:
            row.status = Status.CREATED
            fresh.append(_note(batch, row, contact))
    if seen is None:
        Note.objects.bulk_create(fresh, batch_size=1_000)
        if batch.group_id:
            put_into_group(batch, {contact.pk for _row, contact in staying})


def take_up(batch: Import, seen: Seen) -> None:
    """What a worker before this one has checked already."""
    earlier = ImportRow.objects.filter(batch=batch).exclude(status=Status.REJECTED).order_by("number")
    for number, match_key, values in earlier.values_list("number", "match_key", "values").iterator(5_000):
        seen.notes.setdefault((match_key, values[DIGEST]), number)


def _mistake(batch: Import, row: StagedRow, *, is_known: bool) -> str:
    if not is_known:
        keys = " / ".join(describe(key) for key in batch.match_keys)
        return _("Nobody in the register is known by this: %(keys)s.") % {"keys": keys}
    if not row.values.get(NOTE_TEXT):
        return _("There is no text: nothing that was said.")
    if _at(batch, row) > timezone.now() + AHEAD:
        return _("The day is in the future; a note is about what has been.")
    return ""


def _at(batch: Import, row: StagedRow) -> dt.datetime:
    """When it was said; where the file does not tell, when it was uploaded."""
    told = row.values.get(NOTE_AT)
    return dt.datetime.fromisoformat(told).replace(tzinfo=batch.organisation.zone) if told else batch.created_at


def _digest(row: StagedRow) -> str:
    parts = (str(row.values.get(key, "")) for key in (NOTE_AT, NOTE_KIND, NOTE_TEXT))
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _known(staying: Sequence[tuple[StagedRow, Contact]]) -> set[tuple[int, str]]:
    """Which notes their people have already from imports: whose, and the digest."""
    contacts = {contact.pk for _row, contact in staying}
    if not contacts:
        return set()
    notes = Note.objects.filter(contact__in=contacts).exclude(digest="").order_by()
    return set(notes.values_list("contact", "digest"))


def _note(batch: Import, row: StagedRow, contact: Contact) -> Note:
    return Note(
        contact_id=contact.pk,
        kind=row.values.get(NOTE_KIND, Note.Kind.OTHER),
        at=_at(batch, row),
        text=row.values[NOTE_TEXT],
        author_id=batch.created_by_id,
        made_by=batch,
        digest=row.values[DIGEST],
    )


def count_notes(batch: Import) -> dict[str, int]:
    """What an undo would do to the notes: delete them, but for those that people have worked on since."""
    made = Note.objects.filter(made_by=batch)
    count = _untouched(batch).count()
    counts = {"notes": count, "notes_kept": made.count() - count}
    return {key: count for key, count in counts.items() if count}


def delete_notes(batch: Import) -> dict[str, int]:
    counts = count_notes(batch)
    if counts.get("notes"):
        _untouched(batch).delete()
        log_access(
            user=batch.undo_by,
            action="delete",
            subject=batch.register,
            count=counts["notes"],
            purpose=_("undo of %(file)s") % {"file": batch.original_name},
        )
    return counts


def _untouched(batch: Import) -> Any:
    papers = ContactDocument.objects.filter(note=OuterRef("pk"))
    return Note.objects.filter(~Exists(papers), made_by=batch, edited_at=None)
