"""What undoing an import would do to each contact: delete it, give back what it had, or leave what people changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.models import OrganisationModel
from registers.activity import look_of, register_kind
from registers.columns import OWN, columns_for
from registers.fields import AnyOf
from registers.imports.changes import (
    LEFT,
    MISSING,
    ROLE_IN,
    LoggedChange,
    differs_from_new,
    logged_changes,
    raw_value,
    rewrite_log,
    same,
    stands_elsewhere,
    written,
)
from registers.imports.companies import roles_now
from registers.imports.groups import not_to_rejoin
from registers.imports.people import known_contacts
from registers.imports.planning import source_of
from registers.models.activity import Activity
from registers.models.automation import AutomationRun
from registers.models.company import Employment
from registers.models.consent import Consent
from registers.models.contact import Contact
from registers.models.group import GroupMembership
from registers.models.imports import Import, ImportChange
from registers.unique import clashes

UNDONE = "import_undone"
register_kind(UNDONE, gettext_lazy("Import undone"), "rotate")
# What every import and change leaves on its contacts; nothing that happened between people.
CHANGE_UNDONE = "change_undone"
register_kind(CHANGE_UNDONE, gettext_lazy("Change taken back"), "rotate")
CHANGED = "changed_together"
register_kind(CHANGED, gettext_lazy("Changed together with others"), "edit")
_OWN_KINDS = ("imported", UNDONE, CHANGED, CHANGE_UNDONE)


class Outcome(models.TextChoices):
    DELETED = "deleted", gettext_lazy("Deleted again")
    RESTORED = "restored", gettext_lazy("As before the import")
    PARTLY = "partly", gettext_lazy("As before, but for what was changed since")
    KEPT_NEW = "kept_new", gettext_lazy("Added by the import, and kept")
    LEFT = "left", gettext_lazy("Changed since, and left as they are")


@dataclass(slots=True)
class Verdict:
    """About one contact. `restore` and `leave` are column keys; a new contact has neither."""

    change: LoggedChange
    contact: Any  # a PlainContact
    reasons: list[str] = field(default_factory=list)
    restore: list[str] = field(default_factory=list)
    leave: list[str] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.change.before is None

    @property
    def outcome(self) -> Outcome:
        if self.is_new:
            return Outcome.KEPT_NEW if self.reasons else Outcome.DELETED
        if not self.leave:
            return Outcome.RESTORED
        return Outcome.PARTLY if self.restore else Outcome.LEFT

    def former(self, key: str) -> Any:
        before: dict[str, Any] = self.change.before or {}
        return before.get(key, MISSING)


def judge(batch: Import, contact_ids: Sequence[int], *, lock: bool) -> list[Verdict]:
    """Judge these contacts of an import, in the order of their ids; with `lock` nobody else changes them meanwhile.

    The contacts are locked before the log is read: the undo of another import may be rewriting it.
    """
    found = Contact.objects.filter(AnyOf(F("pk"), contact_ids)).order_by("pk")
    found = found.select_for_update(no_key=True) if lock else found
    contacts = {contact.pk: contact for contact in known_contacts(found)}
    changes = ImportChange.objects.filter(AnyOf(F("contact_id"), list(contacts)), batch=batch).order_by("contact_id")
    verdicts = [Verdict(change, contacts[change.contact_id]) for change in logged_changes(changes)]
    _judge_new(batch, [verdict for verdict in verdicts if verdict.is_new])
    _judge_changed(batch, [verdict for verdict in verdicts if not verdict.is_new])
    return verdicts


def _judge_new(batch: Import, verdicts: Sequence[Verdict]) -> None:
    happened = _happened(batch, [verdict.contact.pk for verdict in verdicts])
    source = source_of(batch)
    for verdict in verdicts:
        reasons = happened.get(verdict.contact.pk, [])
        if not reasons and differs_from_new(verdict.contact, verdict.change.after, source=source):
            reasons = [str(look_of("edited").label)]
        verdict.reasons = list(dict.fromkeys(reasons))


def _happened(batch: Import, ids: Sequence[int]) -> dict[int, list[str]]:
    """What has happened with contacts since an import added them, in words."""
    happened: dict[int, list[str]] = defaultdict(list)
    if not ids:
        return happened
    own = Activity.objects.filter(AnyOf(F("contact_id"), ids)).exclude(kind__in=_OWN_KINDS).order_by("contact", "kind")
    by_itself = ("joined_group", "consent_granted", "consent_withdrawn")
    own = own.exclude(kind__in=by_itself, data__contains={"import": batch.pk})
    for pk, kind in own.values_list("contact", "kind").distinct():
        happened[pk].append(str(look_of(kind).label))
    for pk, name, change in _later(batch, ids).values_list("contact", "batch__original_name", "batch__change"):
        what = _("Imported again: %(file)s") if change is None else _("Changed: %(file)s")
        happened[pk].append(what % {"file": name})
    for relation in _relations():
        rows = _rows(relation.related_model).filter(AnyOf(F(relation.field.attname), ids))
        if relation.related_model in (Consent, Employment, GroupMembership):
            rows = rows.exclude(made_by=batch)
        if relation.related_model is AutomationRun:
            rows = rows.filter(state=AutomationRun.State.DONE)
        name = str(relation.related_model._meta.verbose_name)
        for pk in set(rows.values_list(relation.field.attname, flat=True)):
            happened[pk].append(name[:1].upper() + name[1:])
    return happened


def _relations() -> Iterator[Any]:
    """Whatever table refers to contacts, those of the packages above included, but for what an import makes itself."""
    for relation in Contact._meta.get_fields(include_hidden=True):
        points_here = relation.auto_created and (relation.one_to_many or relation.one_to_one)
        if points_here and relation.related_model not in (Activity, ImportChange):
            yield relation


def _rows(model: Any) -> models.QuerySet[Any]:
    manager = model.objects if issubclass(model, OrganisationModel) else model._base_manager
    rows: models.QuerySet[Any] = manager.order_by()
    return rows


def _later(batch: Import, ids: Iterable[int]) -> models.QuerySet[ImportChange]:
    """What other imports that still stand have made of these contacts, oldest first."""
    rows = ImportChange.objects.filter(AnyOf(F("contact_id"), list(ids))).exclude(batch=batch)
    later: models.QuerySet[ImportChange] = rows.exclude(batch__undo=Import.Undo.DONE).order_by("pk")
    return later


def _judge_changed(batch: Import, verdicts: Sequence[Verdict]) -> None:
    labels = {column.key: str(column.label) for column in columns_for(batch.register, retired=True)}
    labels |= {key: _("Group") for verdict in verdicts for key in verdict.change.after if key.startswith(LEFT)}
    changed = [key for verdict in verdicts for key in verdict.change.after if key.startswith(ROLE_IN)]
    roles = roles_now(changed) if changed else {}
    labels |= dict.fromkeys(changed, _("Role in the company"))
    taken = _taken_ids(batch, verdicts)
    clashing = clashes(batch.register_id, {verdict.contact.pk: _former_own(verdict) for verdict in verdicts})
    ended = batch.change is not None and batch.change.get("does") == "leave"
    staying = not_to_rejoin(batch, [verdict.contact.pk for verdict in verdicts]) if ended else set()
    for verdict in verdicts:
        for key in verdict.change.after:
            if key.startswith(ROLE_IN):
                may = roles.get(key) == verdict.change.after[key]
            elif stands_elsewhere(key):
                may = (verdict.contact.pk, key) not in staying
            else:
                may = same(raw_value(verdict.contact, key), written(verdict.change, key))
            if key == "external_id" and verdict.former(key) in taken:
                may = False
            if key.removeprefix(OWN) in clashing.get(verdict.contact.pk, ()):
                may = False
            (verdict.restore if may else verdict.leave).append(key)
        if verdict.leave:
            names = ", ".join(labels.get(key, key.removeprefix(OWN)) for key in verdict.leave)
            verdict.reasons = [_("Changed since: %(columns)s") % {"columns": names}]


def _former_own(verdict: Verdict) -> dict[str, Any]:
    before: dict[str, Any] = verdict.change.before or {}
    return {key.removeprefix(OWN): value for key, value in before.items() if key.startswith(OWN)}


def _taken_ids(batch: Import, verdicts: Sequence[Verdict]) -> set[str]:
    """Former external ids that somebody else has by now."""
    wanted = {verdict.former("external_id"): verdict.contact.pk for verdict in verdicts}
    wanted = {value: pk for value, pk in wanted.items() if isinstance(value, str) and value}
    if not wanted:
        return set()
    owners = Contact.objects.filter(register=batch.register_id).having_any("external_id", wanted)
    return {value for value, pk in owners.values_list("external_id", "pk") if wanted[value] != pk}


def rebase_later(batch: Import, verdicts: Sequence[Verdict]) -> None:
    """A later import has found what this one wrote; from now on it has found what was there before.

    So that undoing both, in either order, leaves what was there before both.
    """
    leaving = {verdict.contact.pk: (verdict, set(verdict.leave)) for verdict in verdicts if verdict.leave}
    if not leaving:
        return
    rebased: dict[int, dict[str, Any]] = {}
    for row in logged_changes(_later(batch, leaving).filter(before__isnull=False)):
        verdict, keys = leaving[row.contact_id]
        found: dict[str, Any] = dict(row.before or {})
        if row.pk < verdict.change.pk:
            continue
        for key in keys & set(row.after):
            keys.discard(key)
            if same(found.get(key, MISSING), written(verdict.change, key)):
                former = verdict.former(key)
                found.pop(key, None)
                if former is not MISSING:
                    found[key] = former
                rebased[row.pk] = found
    rewrite_log("before", rebased.items())
