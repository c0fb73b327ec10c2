"""Taking a merge back: everything is as it was, except what has been changed since, which stays and is said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organisations import reach
from organisations.figures import number
from registers import activity
from registers.access import log_access
from registers.columns import columns_for
from registers.contacts import note_deaths
from registers.duplicates import rows
from registers.duplicates.ledger import Ledger
from registers.duplicates.merging import MergeRefused, lock_contacts
from registers.duplicates.rows import Link, Row
from registers.models import Activity, Contact, FormerContact, MergeRecord
from registers.signals import contacts_unmerged, contacts_unmerging
from registers.unique import clashes


@reach.lifted()
def undo_merge(*, record: MergeRecord, user: Any = None) -> list[str]:
    """Make the contacts of `record` several again. Returns sentences on what could not be as before.

    Raises MergeRefused, and then has changed nothing.
    """
    try:
        with transaction.atomic():
            return _undo(record.pk, user)
    except IntegrityError:
        raise MergeRefused(
            _("Too much has changed since: the merge cannot be taken back any more. Nothing was changed.")
        ) from None


def later_merge(record: MergeRecord) -> MergeRecord | None:
    """A merge of the same contact that must be taken back before this one."""
    later = MergeRecord.objects.filter(kept=record.kept_id, undone_at=None, pk__gt=record.pk)
    found: MergeRecord | None = later.order_by("-pk").first()
    return found


def _undo(record_id: int, user: Any) -> list[str]:
    kept_id = MergeRecord.objects.values_list("kept_id", flat=True).get(pk=record_id)
    contacts = lock_contacts([kept_id])
    # Locked after its contact, as a merge does, and looked at only then: a double click undoes once.
    record = MergeRecord.objects.select_for_update().filter(pk=record_id, kept_id=kept_id).first()
    if record is None or not contacts:
        raise MergeRefused(_("The contact has been merged again or deleted meanwhile. Nothing was changed."))
    if record.undone_at:
        raise MergeRefused(_("This merge has been taken back already."))
    if not record.can_be_undone:
        raise MergeRefused(_("A merge can be taken back for 30 days. This one stands."))
    if later_merge(record):
        raise MergeRefused(_("This contact was merged again later. Take back the later merge first."))
    (kept,) = contacts
    ledger = Ledger(record.data)
    gone = [row["id"] for row in ledger.merged]
    contacts_unmerging.send(sender=Contact, kept=kept, merged=gone, ledger=ledger)

    was_deceased = kept.deceased
    ledger.notes += _restore_kept(kept, ledger, gone)
    ledger.notes += _restore_merged(kept, ledger)
    FormerContact.objects.filter(record=record).delete()
    _restore_others(ledger)
    _move_back(kept.pk, ledger)  # before what had to make room for it comes back
    ledger.notes += _restore_aside(ledger)
    restored = list(Contact.objects.filter(pk__in=gone).order_by("pk"))
    contacts_unmerged.send(sender=Contact, kept=kept, restored=restored, ledger=ledger)

    kept.refresh_from_db()
    if kept.deceased != was_deceased:
        note_deaths([kept], source=_("merge taken back"))
    _forget_left_out(kept, record)
    record.undone_at, record.data = timezone.now(), {}
    record.undone_by = user if getattr(user, "is_authenticated", False) else None
    record.save()
    activity.record_many(
        contacts=[kept, *restored], kind="unmerged", source=_("by hand"), data={"contacts": [kept.pk, *gone]}
    )
    log_access(user=user, action="edit", subject=kept, count=len(gone) + 1, purpose=_("Merge taken back"))
    return ledger.notes


def _forget_left_out(kept: Contact, record: MergeRecord) -> None:
    """What the others had is their own again: told on this timeline, it would be there still when they are erased."""
    for told in Activity.objects.filter(contact=kept, kind="merged", data__contacts=record.merged):
        told.data.pop("left_out", None)
        told.save(update_fields=["data"])


def _restore_kept(kept: Contact, ledger: Ledger, gone: Sequence[int]) -> list[str]:
    """Give each column the value it had before the merge, if it still has the one that the merge gave it."""
    before, after = ledger.kept["before"], ledger.kept["after"]
    (now,) = rows.read_rows(Contact, [kept.pk])
    own, stayed = _unchanged_since(before.get("attributes") or {}, after.get("attributes") or {}, now["attributes"])
    derived = {field.column for field in Contact._meta.concrete_fields if not field.editable}
    values: Row = {}
    for name, value in before.items():
        if name not in now or name in ("attributes", "updated_at") or name in derived:
            continue
        if now[name] == after.get(name):
            values[name] = value
        elif now[name] != value:
            stayed.append(name)
    for name in clashes(kept.register_id, {kept.pk: own}, among=gone).get(kept.pk, ()):
        if own.pop(name) != now["attributes"].get(name):
            stayed.append(name)
            present = now["attributes"].get(name)
            # What it got from one of the others goes back to that one.
            if present is not None and all(row["attributes"].get(name) != present for row in ledger.merged):
                own[name] = present
    if values.get("external_id") and _is_taken(kept.register_id, values["external_id"], kept.pk):
        stayed.append("external_id")
        del values["external_id"]
    untouched = now["updated_at"] == after["updated_at"] and not stayed
    rows.write_columns(Contact, kept.pk, {**values, "attributes": own})
    if untouched:
        rows.write_columns(Contact, kept.pk, {name: before[name] for name in (*derived, "updated_at") if name in now})
    else:
        kept.refresh_from_db()
        kept.save()  # computes what is derived
    if not stayed:
        return []
    labels = {column.name: str(column.label) for column in columns_for(kept.register, retired=True)}
    names = ", ".join(labels.get(name, name) for name in stayed)
    return [_("Changed since the merge, and left as it is now: %(columns)s.") % {"columns": names}]


def _unchanged_since(before: Row, after: Row, now: Row) -> tuple[Row, list[str]]:
    """Of own columns: what they are from now on, and the keys of those that were changed since."""
    missing = object()
    result, stayed = dict(now), []
    for key in {**before, **after}:
        if now.get(key, missing) == after.get(key, missing):
            if key in before:
                result[key] = before[key]
            else:
                result.pop(key, None)
        elif now.get(key, missing) != before.get(key, missing):
            stayed.append(key)
    return result, stayed


def _restore_merged(kept: Contact, ledger: Ledger) -> list[str]:
    notes = []
    for row in ledger.merged:
        number = row.get("external_id")
        own = row.get("attributes") or {}
        taken = clashes(kept.register_id, {row["id"]: own}, among=[kept.pk]).get(row["id"], ())
        lost = [str(own.pop(name))[:60] for name in sorted(taken)]
        notes += [_("“%(value)s” belongs to another contact now.") % {"value": value} for value in lost]
        if number and _is_taken(kept.register_id, number, row["id"]):
            row["external_id"] = ""
            notes.append(_("The external id %(id)s belongs to another contact now.") % {"id": number})
    present, _lost = _with_targets(Contact, ledger.merged)
    rows.insert_rows(Contact, present)
    return notes


def _is_taken(register_id: int, external_id: str, but: int) -> bool:
    found = Contact.objects.filter(register=register_id, external_id=external_id).exclude(pk=but)
    return bool(found.exists())


def _restore_others(ledger: Ledger) -> None:
    """Rows that the merge wrote or made, where nobody has changed them since."""
    for label, entries in ledger.changed.items():
        model = rows.model_of(label)
        if model is None:
            continue
        for pk, entry in entries.items():
            for now in rows.read_rows(model, [int(pk)]):
                before, after = entry["before"], entry["after"]
                untouched = {name: before[name] for name, value in after.items() if now.get(name) == value}
                rows.write_columns(model, int(pk), untouched)
    for label, pks in ledger.added.items():
        if model := rows.model_of(label):
            rows.delete_rows(model, pks)


def _restore_aside(ledger: Ledger) -> list[str]:
    lost = 0
    for label in _parents_first(list(ledger.aside)):
        model, kept_rows = rows.model_of(label), ledger.aside[label]
        if model is None:
            continue
        present, gone = _with_targets(model, kept_rows)
        ledger.aside[label] = present
        rows.insert_rows(model, present)
        lost += gone
    if not lost:
        return []
    text = ngettext(
        "%(count)s entry could not come back, for what it belonged to (a group, an event) has been deleted.",
        "%(count)s entries could not come back, for what they belonged to (a group, an event) has been deleted.",
        lost,
    )
    return [text % {"count": number(lost)}]


def _parents_first(labels: Sequence[str]) -> list[str]:
    """Tables in such an order that what others point at comes before them."""
    ordered: list[str] = []
    for label in labels:
        model = rows.model_of(label)
        above = (
            [rows.label_of(field.related_model) for field in model._meta.fields if field.related_model] if model else []
        )
        waiting = [parent for parent in above if parent in labels and parent not in (*ordered, label)]
        ordered += [each for each in (*waiting, label) if each not in ordered]
    return ordered


def _with_targets(model: type[models.Model], wanted: Sequence[Row]) -> tuple[list[Row], int]:
    """Those of the rows whose foreign keys still lead somewhere, and how many do not. One that may be empty is."""
    present = list(wanted)
    for field in model._meta.concrete_fields:
        target, column = field.related_model, str(field.column)
        if not field.is_relation or not isinstance(target, type) or issubclass(target, Contact):
            continue
        ids = {row[column] for row in present if row.get(column) is not None}
        there = set(rows.all_rows(target).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
        if field.null:
            for row in present:
                row[column] = row[column] if row.get(column) in there else None
        else:
            present = [row for row in present if row.get(column) in there]
    return present, len(wanted) - len(present)


def _move_back(kept_id: int, ledger: Ledger) -> None:
    """Let rows that moved point at their own contact again, where they still point at the one that stayed."""
    for name, by_contact in ledger.moved.items():
        label, _dot, field_name = name.rpartition(".")
        model = rows.model_of(label)
        if model is None:
            continue
        link = Link(model, model._meta.get_field(field_name))
        for contact, pks in by_contact.items():
            rows.repoint(link, pks=pks, old=kept_id, new=int(contact))
