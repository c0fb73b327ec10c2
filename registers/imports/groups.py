"""Everybody in a file into a group, and out again when the import is undone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guards.ids import row_id
from registers.memberships import import_into_group, take_back
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


def make_group(batch: Import) -> None:
    """The new group, or the one that has its name by now."""
    if not batch.new_group or batch.group_id:
        return
    groups = Group.objects.filter(register=batch.register_id)
    batch.group = groups.filter(name__iexact=batch.new_group).order_by("parent", "pk").first()
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


def take_out_of_group(batch: Import) -> int:
    return take_back(memberships=made_memberships(batch), source=batch.original_name, data={"import": batch.pk})
