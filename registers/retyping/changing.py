"""The change itself: started by a person, done in chunks by a worker, each contact once.

The column keeps its key, so that segments, forms and merge fields go on meaning it. What everybody had in it stands
from then on in a retired column of the old type: bringing that back is how a change is taken back.
"""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from organisations import scope
from organisations.sweeps import sweep
from organisations.wake import job, wake
from registers.access import log_access
from registers.books import add_field
from registers.columns import OWN
from registers.models import Contact, Field, Import, TypeChange
from registers.models.contact import derive_search_text
from registers.retyping.logs import move_imports, move_merges
from registers.retyping.reading import Converter, converter_for, preview
from registers.unique import drop_unique
from registers.values import ColumnType, ValueMistake

CHUNK = 2_000
SECONDS_PER_JOB = 45.0


@transaction.atomic
def change_type(*, field: Field, type: str, user: Any) -> TypeChange:  # noqa: A002  the word of the model
    """Give a column another type; a worker reads what stands in it. Raises ValidationError."""
    field = Field.objects.select_for_update(no_key=True).select_related("register__organisation").get(pk=field.pk)
    if type not in ColumnType.values or type == field.type:
        raise ValidationError(_("Choose another type."))
    if TypeChange.objects.filter(field=field, finished_at=None).exists():
        raise ValidationError(_("The type of this column is being changed already."))
    _check_imports(field)
    found = preview(field, type)
    if found.obstacle:
        raise ValidationError(found.obstacle)
    before = add_field(
        register=field.register, label=_("%(label)s (before)") % {"label": field.label[:80]}, type=field.type
    )
    Field.objects.filter(pk=before.pk).update(
        options=field.options, retired=True, help_text=field.help_text, section=field.section
    )
    converter = converter_for(field, type, found.options)
    if field.unique:
        drop_unique(field)
    Field.objects.filter(pk=field.pk).update(
        type=type, options=found.options, unique=False, default=_read(converter, field.default)
    )
    change: TypeChange = TypeChange.objects.create(
        register=field.register, field=field, before=before, type=type, created_by=user
    )
    wake("default", run_type_change, change.pk)
    return change


def _check_imports(field: Field) -> None:
    """What an import has checked is of the old type, and would be written as it is."""
    states = (Import.State.CHECKING, Import.State.READY, Import.State.IMPORTING)
    for batch in Import.objects.filter(register=field.register_id, state__in=states):
        if batch.change is not None and batch.change.get("column") == OWN + field.key:
            if batch.state == Import.State.READY:
                continue  # it says itself that the column has been changed
            raise ValidationError(_("Contacts are being changed in this column. Wait until that has been done."))
        keys = {OWN + entry.get("key", "") if entry["target"] == "new" else entry["target"] for entry in batch.mapping}
        if OWN + field.key in keys:
            raise ValidationError(
                _("The import of “%(file)s” is about to write to this column. Finish or cancel it first.")
                % {"file": batch.original_name}
            )


@job
def run_type_change(change_id: int, *, seconds: float = SECONDS_PER_JOB) -> None:
    """Do as much as fits into `seconds`, then wake the next job. Safe at any time, twice at once."""
    change = TypeChange.unscoped.select_related("organisation").filter(pk=change_id, finished_at=None).first()
    if change is None:
        return
    started = time.monotonic()
    with scope.organisation(change.organisation_id), translation.override(change.organisation.language):
        while _next_chunk(change.pk):
            if time.monotonic() - started > seconds:
                wake("default", run_type_change, change_id)
                return


@transaction.atomic
def _next_chunk(change_id: int) -> bool:
    """Contacts and cursor move in one transaction; whoever else is at it waits, and goes on after."""
    rows = TypeChange.objects.select_for_update(of=("self",), no_key=True)
    change = rows.select_related("field__register__organisation", "before__register__organisation").get(pk=change_id)
    if change.finished_at:
        return False
    key, before = change.field.key, change.before.key
    people = Contact.objects.filter(register=change.register_id, pk__gt=change.done_to, attributes__has_key=key)
    contacts = list(people.order_by("pk").select_for_update(no_key=True)[:CHUNK])
    converter = _converter(change)

    def move(values: dict[str, Any], prefix: str) -> bool | None:
        return _move(values, converter, key=prefix + key, before=prefix + before)

    if not contacts:
        move_merges(change.register_id, move)
        change.finished_at = timezone.now()
        change.save()
        log_access(
            user=change.created_by,
            action="edit",
            subject=change.register,
            count=change.converted + change.unreadable,
            purpose=_("type of a column"),
            fields=[change.field.label],
        )
        return False
    if change.type == ColumnType.COMPANY:
        converter.name_companies(contact.attributes[key] for contact in contacts)
    for contact in contacts:
        if move(contact.attributes, ""):
            change.converted += 1
        else:
            change.unreadable += 1
    move_imports(contacts, move)
    _write(contacts)
    change.done_to = contacts[-1].pk
    change.save()
    return True


def _converter(change: TypeChange) -> Converter:
    old = Field(
        register=change.field.register,
        key=change.field.key,
        label=change.field.label,
        type=change.before.type,
        options=change.before.options,
    )
    return converter_for(old, change.type, change.field.options)


def _move(values: dict[str, Any], converter: Converter, *, key: str, before: str) -> bool | None:
    """Keep a value under `before`, and read it anew under `key`; whether it can be read, None where it is not there."""
    if key not in values or before in values:
        return None
    values[before] = values.pop(key)
    value = _read(converter, values[before])
    if value is not None or values[before] is None:  # that a change has emptied it is still of this column
        values[key] = value
    return value is not None


def _read(converter: Converter, value: Any) -> Any:
    try:
        return None if value is None else converter.read(value)
    except ValueMistake:
        return None


def _write(contacts: list[Contact]) -> None:
    rows = [{"id": each.pk, "own": each.attributes, "words": derive_search_text(each)} for each in contacts]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registers_contact AS c SET attributes = v.own, search_text = v.words, updated_at = %s "
            "FROM jsonb_to_recordset(%s::jsonb) AS v(id bigint, own jsonb, words text) WHERE c.id = v.id",
            [timezone.now(), json.dumps(rows)],
        )


@sweep(every=timedelta(seconds=settings.SWEEP_SECONDS))
def wake_stranded_changes() -> None:
    """Wake changes on which nobody works: their worker died, or the queue lost them."""
    now, late = timezone.now(), timedelta(seconds=2 * settings.LEASE_SECONDS)
    stranded = TypeChange.unscoped.filter(finished_at=None).exclude(touched_at__range=(now - late, now + late))
    for change_id in list(stranded.values_list("pk", flat=True)[:50]):
        if stranded.filter(pk=change_id).update(touched_at=timezone.now()):
            wake("default", run_type_change, change_id)
