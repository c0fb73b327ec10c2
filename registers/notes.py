"""The conversation history: notes of what was said with a contact."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organisations.models import Role
from organisations.roles import has_role
from registers.access import log_access
from registers.models.contact import Contact
from registers.models.note import LONGEST_NOTE, Note
from registers.texts import clean_lines

AHEAD = dt.timedelta(minutes=5)  # clocks differ


def may_change(note: Note, user: Any) -> bool:
    """Who wrote it, and the owners; either must be allowed to write in the registers at all."""
    if has_role(user, Role.OWNER):
        return True
    return note.author_id == user.pk and has_role(user, Role.EDITOR)


@transaction.atomic
def add_note(*, contact: Contact, text: str, kind: str, author: Any, at: dt.datetime | None = None) -> Note:
    """Write down what was said, now or at `at`. Raises ValidationError."""
    values = _checked(text, kind, at or timezone.now())
    note: Note = Note.objects.create(contact=contact, author=author, **values)
    log_access(user=author, action="edit", subject=contact, purpose=_("Note added"))
    return note


@transaction.atomic
def change_note(*, note: Note, text: str, kind: str, at: dt.datetime | None, user: Any) -> None:
    """Raises ValidationError."""
    for name, value in _checked(text, kind, at or note.at).items():
        setattr(note, name, value)
    note.edited_at = timezone.now()
    note.save()
    log_access(user=user, action="edit", subject=note.contact, purpose=_("Note changed"))


@transaction.atomic
def delete_note(*, note: Note, user: Any) -> None:
    log_access(user=user, action="delete", subject=note.contact, purpose=_("Note deleted"))
    note.delete()


def _checked(text: str, kind: str, at: dt.datetime) -> dict[str, Any]:
    text = clean_lines(text)
    if not text:
        raise ValidationError({"text": _("Write what was said.")})
    if len(text) > LONGEST_NOTE:
        raise ValidationError(
            {"text": _("A note has %(limit)s characters at most; this one has %(count)s. Make two of it.")
             % {"limit": LONGEST_NOTE, "count": len(text)}}
        )  # fmt: skip
    if at > timezone.now() + AHEAD:
        raise ValidationError({"at": _("This is in the future. Make an appointment or a follow-up of it.")})
    return {"text": text, "kind": Note.Kind(kind), "at": at}
