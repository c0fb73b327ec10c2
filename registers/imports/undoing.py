"""The steps of undoing an import that a person takes: look, confirm, let it stand, retire what is empty."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from organisations.wake import wake
from registers.books import change_field
from registers.imports.leases import lease_end
from registers.imports.running import run_import
from registers.models.contact import Contact
from registers.models.imports import Import, ImportChange
from registers.models.register import Field

Undo = Import.Undo


@transaction.atomic
def start_undo(*, batch: Import, user: Any) -> Import:
    """Have a worker find out what undoing this import would do. A second click is one click. Raises ValidationError."""
    batch = Import.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.undo == Undo.CHECKING:
        return batch
    if batch.emptied_at:
        raise ValidationError(_("It is too late: what was changed is no longer known."))
    if not batch.may_be_undone:
        raise ValidationError(_("This cannot be undone, or has been undone already."))
    return _begin(batch, Undo.CHECKING, user)


@transaction.atomic
def confirm_undo(*, batch: Import, user: Any) -> Import:
    """Take back what the import has written. A second click is one click. Raises ValidationError."""
    batch = Import.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.undo in (Undo.RUNNING, Undo.DONE):
        return batch
    if batch.undo != Undo.READY or not batch.may_be_undone:
        raise ValidationError(_("Look first at what the undo would do."))
    return _begin(batch, Undo.RUNNING, user)


def _begin(batch: Import, undo: str, user: Any) -> Import:
    ImportChange.objects.filter(batch=batch, kept__isnull=False).update(kept=None)
    batch.undo, batch.undo_by = undo, user
    batch.undo_to, batch.undo_counts = 0, {}
    batch.lease_until, batch.lease_token = lease_end(), None
    batch.save()
    wake("default", run_import, batch.pk)
    return batch


def drop_undo(*, batch: Import) -> bool:
    """Let an import stand that was about to be undone; False if it is being undone already."""
    asked = Import.objects.filter(pk=batch.pk, undo__in=(Undo.CHECKING, Undo.READY))
    return bool(asked.update(undo=Undo.NO, undo_to=0, undo_counts={}, lease_until=None, lease_token=None))


def columns_to_retire(batch: Import) -> list[Field]:
    """Columns that the import has made, in which the undo has left nothing, and that are still in use."""
    keys = batch.undo_counts.get("empty_columns", []) if batch.undo == Undo.DONE else []
    return list(Field.objects.filter(register=batch.register_id, key__in=keys, retired=False)) if keys else []


@transaction.atomic
def retire_empty_columns(*, batch: Import) -> list[Field]:
    """Retire those of them in which nobody has put anything since; return them."""
    people = Contact.objects.filter(register=batch.register_id)
    fields = [field for field in columns_to_retire(batch) if not people.filter(attributes__has_key=field.key).exists()]
    for field in fields:
        change_field(field=field, label=field.label, required=field.required, help_text=field.help_text, retired=True)
    return fields
