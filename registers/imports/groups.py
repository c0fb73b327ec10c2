"""Everybody in a file into a group, and out again when the import is undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guards.ids import row_id
from registers.fields import json_text
from registers.imports.changes import LEFT
from registers.imports.copying import copy_rows
from registers.memberships import import_into_group, put_back_into_group, remove_from_group, take_back
from registers.models.group import Group, GroupMembership
from registers.models.imports import Import, ImportChange
from registers.texts import clean_line


def choose_group(batch: Import, group: str, new_group: str) -> None:
    """Note where everybody is to go. Raises ValidationError for a group that is not there."""
    batch.group, batch.new_group = None, clean_line(new_group)[:120]
    if batch.new_group or not group:
        return
    batch.group = Group.objects.filter(register=batch.register_id, pk=row_id(group)).first()
    if batch.group is None:
        raise ValidationError(_("The group that everybody was to go into is not there. Choose another."))


def group_named(batch: Import, name: str) -> Group | None:
    groups = Group.objects.filter(register=batch.register_id, name__iexact=name)
    return groups.order_by("parent", "pk").first()


def make_group(batch: Import) -> None:
    """The new group, or the one that has its name by now."""
    if not batch.new_group or batch.group_id:
        return
    batch.group = group_named(batch, batch.new_group)
    if batch.group is None:
        batch.group = Group.objects.create(register=batch.register, name=batch.new_group)


def put_into_group(batch: Import, contacts: Iterable[int]) -> None:
    group = Group.objects.filter(pk=batch.group_id).first() if batch.group_id else None
    if group is not None:  # somebody may have deleted it meanwhile
        import_into_group(group=group, contacts=contacts, batch=batch.pk, source=batch.original_name)


def made_memberships(batch: Import) -> Any:
    """The memberships that an undo takes back. Who was added and is kept keeps theirs; the others are deleted."""
    added = ImportChange.objects.filter(batch=batch, before__isnull=True).values("contact")
    return GroupMembership.objects.filter(made_by=batch).exclude(contact__in=added)


def take_from_group(*, group: Group, contacts: Sequence[int], batch: int, source: str) -> int:
    """As `remove_from_group`, by the change with the id `batch`, which may take it back: what they were is kept."""
    members = GroupMembership.objects.select_for_update().filter(group=group, contact__in=contacts).order_by("pk")
    rows = list(members.values_list("organisation", "contact", "pk", "added_at", "made_by"))
    key = f"{LEFT}{group.pk}"
    copy_rows(
        ImportChange,
        ("organisation_id", "batch_id", "contact_id", "before", "after"),
        (
            (organisation, batch, contact, json_text({key: [pk, since.isoformat(), made_by]}), json_text({key: None}))
            for organisation, contact, pk, since, made_by in rows
        ),
    )
    return remove_from_group(group=group, contacts=[row[1] for row in rows], source=source)


def not_to_rejoin(batch: Import, contacts: Iterable[int]) -> set[tuple[int, str]]:
    """(contact, key of the change) of those who are in the group again by themselves, or whose group has gone."""
    group = Group.objects.filter(pk=batch.group_id).first() if batch.group_id else None
    key = f"{LEFT}{(batch.change or {}).get('group')}"
    if group is None:
        return {(contact, key) for contact in contacts}
    there = GroupMembership.objects.filter(group=group, contact__in=contacts).values_list("contact", flat=True)
    return {(contact, key) for contact in there}


def members_again(batch: Import, left: Mapping[int, Sequence[Any]]) -> None:
    """Let contacts, by id, be in the group again that a change took them out of, as what they were."""
    group = Group.objects.filter(pk=batch.group_id).first() if batch.group_id else None
    if group is not None and left:
        put_back_into_group(group=group, left=left, source=batch.original_name, batch=batch.pk)


def take_out_of_group(batch: Import) -> int:
    return take_back(memberships=made_memberships(batch), source=batch.original_name, data={"import": batch.pk})
