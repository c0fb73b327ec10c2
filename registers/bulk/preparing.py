"""The steps of a change of many contacts that a person takes: choose whom, say what, look, confirm, stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guards.seen import fingerprint
from organisations.wake import wake
from registers.bulk.acts import Does
from registers.bulk.writing import DONE_PREFIX
from registers.columns import Column, columns_by_key
from registers.company_columns import spelt
from registers.imports.groups import group_named, make_group
from registers.imports.leases import lease_end
from registers.imports.running import run_import
from registers.models.group import Group
from registers.models.imports import ChosenContacts, Import
from registers.models.register import Register
from registers.texts import clean_line
from registers.values import ColumnType, Reading, ValueMistake

MOST = 1_000_000
AT_ONCE = 1_000  # so many are done before the page comes back
PIECE = 1_000
State = Import.State
KIND = "change"


@transaction.atomic
def choose_contacts(
    *, register: Register, contacts: Sequence[int], does: str = "", column: str = "", user: Any
) -> Import:
    """Note whom a change is to be about: those with these ids, whatever becomes of the filter that found them.

    `does` and `column` where it is known already what is meant. Raises ValidationError.
    """
    if not contacts or len(contacts) > MOST:
        raise ValidationError(_("Choose between one contact and %(most)s.") % {"most": MOST})
    batch: Import = Import.objects.create(
        register=register,
        kind=KIND,
        original_name=_("change"),
        change={"does": does, "column": column},
        total=len(contacts),
        created_by=user if getattr(user, "is_authenticated", False) else None,
    )
    ids = sorted(contacts)
    pieces = [ids[at : at + PIECE] for at in range(0, len(ids), PIECE)]
    ChosenContacts.objects.bulk_create(
        [ChosenContacts(batch=batch, number=number, contacts=piece) for number, piece in enumerate(pieces, 1)],
        batch_size=100,
    )
    return batch


def acts_for(column: Column) -> list[Does]:
    """What can be done to everybody's value in a column, the most likely first."""
    several = [Does.ADD, Does.REMOVE] if column.type == ColumnType.MULTIPLE_CHOICE else []
    empties = not column.required and not (column.core and column.type == ColumnType.YES_NO)
    return [*several, Does.SET, *([Does.EMPTY] if empties else [])]


@transaction.atomic
def plan_column_change(*, batch: Import, column: str, does: str, value: Any = None) -> Import:
    """Say what is to be written into a column, and have it counted. Raises ValidationError by name of argument."""
    batch = _open(batch)
    found = columns_by_key(batch.register).get(column)
    if found is None:
        raise ValidationError({"column": _("Choose a column.")})
    if does not in acts_for(found):
        raise ValidationError({"does": _("Choose what to do.")})
    try:
        parsed = None if does == Does.EMPTY else found.parse(value, Reading(region=batch.register.organisation.region))
    except ValueMistake as mistake:
        raise ValidationError({"value": f"{mistake}."}) from mistake
    if parsed is None and does != Does.EMPTY:
        raise ValidationError({"value": _("Say what to write; to empty the column, choose so above.")})
    if found.type == ColumnType.COMPANY and parsed:
        parsed = spelt([parsed]).get(parsed, parsed)
    name = _("change of “%(column)s”") % {"column": found.label}
    change = {"does": does, "column": column, "type": found.type, "value": parsed}
    return _count(batch, name=name, change=change)


@transaction.atomic
def plan_group_change(*, batch: Import, does: str, group: Group | None = None, new_group: str = "") -> Import:
    """Say into or out of which group they are to go, and have it counted; a new one is made when it is confirmed.

    Raises ValidationError.
    """
    batch = _open(batch)
    new_group = clean_line(new_group)[:120] if does == Does.JOIN and group is None else ""
    if new_group:
        group = group_named(batch, new_group)
    batch.group, batch.new_group = group, "" if group else new_group
    if (group is None and not batch.new_group) or (group is not None and group.register_id != batch.register_id):
        raise ValidationError({"group": _("Choose a group.")})
    words = _("added to “%(group)s”") if does == Does.JOIN else _("taken out of “%(group)s”")
    name = group.name if group else batch.new_group
    return _count(batch, name=words % {"group": name}, change={"does": does, "group": group.pk if group else None})


def _open(batch: Import) -> Import:
    """The change, and nobody else's until the transaction ends; raises ValidationError once it has begun."""
    Import.objects.select_for_update(no_key=True).only("pk").get(pk=batch.pk)
    batch = Import.objects.select_related("register__organisation").get(pk=batch.pk)
    if not batch.is_change or batch.state not in (State.UPLOADED, State.CHECKING, State.READY, State.FAILED):
        raise ValidationError(_("This change has been made already."))
    return batch


def _count(batch: Import, *, name: str, change: Mapping[str, Any]) -> Import:
    batch.original_name, batch.change = name[:200], dict(change)
    batch.state, batch.counts, batch.checked_to, batch.error = State.CHECKING, {}, 0, ""
    _begin(batch)
    return batch


def plan_mark(batch: Import) -> str:
    """Stands for what was planned and counted, so that nobody confirms another plan than the one they saw."""
    return fingerprint(batch.change, batch.group_id, batch.new_group, batch.counts)


@transaction.atomic
def confirm_change(*, batch: Import, seen: str | None = None) -> Import:
    """Make the change that was counted, which is the one of the mark `seen`, if there is one. A second click is one
    click. Raises ValidationError."""
    batch = Import.objects.select_for_update(no_key=True).get(pk=batch.pk)
    if batch.state in (State.IMPORTING, State.DONE):
        return batch
    if not batch.is_change or batch.state != State.READY:
        raise ValidationError(_("Look first at what would change."))
    if seen is not None and seen != plan_mark(batch):
        raise ValidationError(_("Something else has been chosen meanwhile. Look at what would change now."))
    if batch.new_group:
        make_group(batch)
        batch.change = {**(batch.change or {}), "group": batch.group_id}
    batch.state, batch.imported_to = State.IMPORTING, 0
    _begin(batch)
    return batch


def _begin(batch: Import) -> None:
    batch.lease_until, batch.lease_token = lease_end(), None
    batch.save()
    if batch.total > AT_ONCE:
        wake("default", run_import, batch.pk)


def do_at_once(batch: Import) -> None:
    """What has been begun with few contacts, before the page comes back. Should it break, the sweep finds it."""
    if batch.total <= AT_ONCE:
        run_import(batch.pk)
        batch.refresh_from_db()


def stop_change(*, batch: Import) -> int:
    """Give up a change, or stop it on the way; return how many have been changed, which can be taken back."""
    stopped = Import.objects.filter(pk=batch.pk, change__isnull=False).exclude(state__in=(State.DONE, State.CANCELLED))
    stopped.update(state=State.CANCELLED, lease_until=None, finished_at=timezone.now())
    batch.refresh_from_db()
    return int(batch.counts.get(f"{DONE_PREFIX}will", 0))
