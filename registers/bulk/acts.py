"""What can be done to many contacts at once. Counting and doing ask the same condition, so that they agree."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, JSONField, Q, Value
from django.db.models.fields.json import ContainedBy, KeyTransform
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registers.columns import Column, columns_by_key
from registers.company_columns import spelt_or_made
from registers.conditions import compile_condition
from registers.contacts import note_deaths
from registers.fields import AnyOf
from registers.imports.changes import Change, log_changes
from registers.imports.copying import record_activity
from registers.imports.groups import take_from_group
from registers.imports.people import update_contacts
from registers.imports.verdicts import CHANGED
from registers.memberships import import_into_group
from registers.models.contact import Contact
from registers.models.group import Group, GroupMembership
from registers.models.imports import Import
from registers.unique import owners, unique_key
from registers.values import ColumnType


class Does(models.TextChoices):
    SET = "set", gettext_lazy("Write the same for everybody, instead of what stands there")
    ADD = "add", gettext_lazy("Add these choices to what each has")
    REMOVE = "remove", gettext_lazy("Take these choices away from what each has")
    EMPTY = "empty", gettext_lazy("Empty it")
    JOIN = "join", gettext_lazy("Add to a group")
    LEAVE = "leave", gettext_lazy("Take out of a group")


class Fate(models.TextChoices):
    WILL = "will", gettext_lazy("will change")
    SAME = "same", gettext_lazy("are like that already")
    REFUSED = "refused", gettext_lazy("cannot be changed")
    GONE = "gone", gettext_lazy("have been deleted or merged meanwhile")


class ChangeImpossible(Exception):
    """The column or group has gone, or is another now; the message says so to a person."""


class BulkAct(ABC):
    """One act of one batch. `count` and `perform` take ids of contacts and say how many have which fate."""

    def __init__(self, batch: Import) -> None:
        self.batch = batch

    @abstractmethod
    def count(self, ids: Sequence[int]) -> Counter[str]:
        """What would become of them, without changing anything."""

    @abstractmethod
    def perform(self, ids: Sequence[int]) -> Counter[str]:
        """Do it, in the caller's transaction. May raise IntegrityError: then look again."""

    @property
    @abstractmethod
    def why_refused(self) -> str:
        """Why some cannot be changed, as a sentence."""

    def people(self, ids: Sequence[int]) -> Any:
        return Contact.objects.filter(AnyOf(F("pk"), list(ids)), register=self.batch.register_id).order_by("pk")


class ColumnAct(BulkAct):
    """Writing into a column. `value` is as `Column.parse` gives it; of choices to add or take away, their codes."""

    def __init__(self, batch: Import, column: Column, does: str, value: Any) -> None:
        super().__init__(batch)
        self.column, self.does, self.value = column, does, value

    def pending(self) -> Q:
        """Whose column would change: true or false of everybody, never unknown."""
        name = self.column.name
        if self.does == Does.ADD:
            return ~Q(attributes__contains={name: self.value})
        if self.does == Does.REMOVE:
            return Q(*(Q(attributes__contains={name: [code]}) for code in self.value), _connector=Q.OR)
        if self.does == Does.EMPTY:
            return _has_anything(self.column)
        if self.value is False and self.column.core:
            return compile_condition(self.column, "yes", None)  # nobody is asked whether they have died
        return ~_holds(self.column, self.value)

    def refused(self) -> Q | None:
        """Whose column may not: a required one is not emptied."""
        if self.does != Does.REMOVE or not self.column.required:
            return None
        nothing_else = ContainedBy(KeyTransform(self.column.name, "attributes"), Value(self.value, JSONField()))
        return self.pending() & Q(ExpressionWrapper(nothing_else, output_field=BooleanField()))

    @property
    def why_refused(self) -> str:
        if self.is_unique:
            return _("Nobody may have the same in “%(column)s” as somebody else.") % {"column": self.column.label}
        return _("“%(column)s” is required, and these have nothing else in it.") % {"column": self.column.label}

    @property
    def is_unique(self) -> bool:
        return self.does == Does.SET and (self.column.unique or self.column.key == "external_id")

    def taken(self) -> bool:
        """Whether a value that only one may have cannot be given: to several, or because somebody has it."""
        if not self.is_unique:
            return False
        if self.batch.total > 1:
            return True
        if self.column.core:
            return bool(
                Contact.objects.filter(register=self.batch.register_id, external_id=self.value)
                .exclude(external_id="")
                .exists()
            )
        found = owners(self.batch.register_id, {self.column.name: [self.value]})
        return (self.column.name, unique_key(self.value)) in found

    def count(self, ids: Sequence[int]) -> Counter[str]:
        people = self.people(ids).order_by()
        there, pending = people.count(), people.filter(self.pending()).count()
        refused = 0
        if pending and self.taken():
            refused = pending
        elif (condition := self.refused()) is not None:
            refused = people.filter(condition).count()
        return _fates(len(ids), there, pending, refused)

    def perform(self, ids: Sequence[int]) -> Counter[str]:
        fates = self.count(ids)
        if not fates[Fate.WILL]:
            return fates
        if self.column.type == ColumnType.COMPANY and self.value:
            spelt_or_made([self.value], made_by=self.batch)
        people = self.people(ids).filter(self.pending())
        if (condition := self.refused()) is not None:
            people = people.exclude(pk__in=self.people(ids).order_by().filter(condition).values("pk"))
        changes = [self._write(contact) for contact in people.select_for_update(no_key=True)]
        contacts = [change.contact for change in changes]
        update_contacts(contacts, keys=[self.column.key])
        log_changes(self.batch, changes)
        data = {"import": self.batch.pk, "columns": [self.column.key]}
        record_activity(contacts, kind=CHANGED, source=self.batch.original_name, data=data)
        if self.column.key == "deceased" and contacts:
            note_deaths(contacts, source=self.batch.original_name)
        # Somebody may have changed one of them since they were counted.
        fates[Fate.SAME] += fates[Fate.WILL] - len(changes)
        fates[Fate.WILL] = len(changes)
        return fates

    def _write(self, contact: Contact) -> Change:
        value = self.value
        if self.does in (Does.ADD, Does.REMOVE):
            has = [code for code in self.column.stored(contact) or [] if self.does == Does.ADD or code not in value]
            value = list(dict.fromkeys([*has, *(value if self.does == Does.ADD else [])])) or None
        elif self.does == Does.EMPTY:
            value = None
        change = Change(contact, {}, {})
        change.note(self.column.key, value if value is not None or not self._is_text else "")
        self.column.write(contact, value)
        return change

    @property
    def _is_text(self) -> bool:
        """Whether it stands in a column of the table that knows no nothing."""
        return self.column.core and self.column.type != ColumnType.DATE


class GroupAct(BulkAct):
    def __init__(self, batch: Import, group: Group | None, does: str) -> None:
        super().__init__(batch)
        self.group, self.does = group, does

    why_refused = ""

    def count(self, ids: Sequence[int]) -> Counter[str]:
        there = self.people(ids).order_by()
        members = GroupMembership.objects.filter(group=self.group, contact__in=there).count()
        here = there.count()
        return _fates(len(ids), here, here - members if self.does == Does.JOIN else members, 0)

    def perform(self, ids: Sequence[int]) -> Counter[str]:
        assert self.group is not None  # made when the change was confirmed
        fates = self.count(ids)
        source = self.batch.original_name
        act = import_into_group if self.does == Does.JOIN else take_from_group
        done = act(group=self.group, contacts=ids, batch=self.batch.pk, source=source)
        fates[Fate.SAME] += fates[Fate.WILL] - done
        fates[Fate.WILL] = done
        return fates


def act_of(batch: Import) -> BulkAct:
    """What a batch does, as things stand now. Raises ChangeImpossible."""
    change: dict[str, Any] = batch.change or {}
    does = change.get("does")
    if does in (Does.JOIN, Does.LEAVE):
        group = Group.objects.filter(pk=batch.group_id, register=batch.register_id).first() if batch.group_id else None
        if group is None and not (batch.new_group and batch.state == Import.State.CHECKING):
            raise ChangeImpossible(_("The group is not there any more. Choose another."))
        return GroupAct(batch, group, does)
    column = columns_by_key(batch.register).get(change.get("column", ""))
    if column is None:
        raise ChangeImpossible(_("The column is not there any more. Choose another."))
    codes = {option.code for option in column.options}
    wanted = change.get("value")
    if column.type != change.get("type") or (codes and not set(_listed(wanted)) <= codes):
        raise ChangeImpossible(_("The column “%(column)s” has been changed meanwhile.") % {"column": column.label})
    return ColumnAct(batch, column, str(does), wanted)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []


def _has_anything(column: Column) -> Q:
    if column.type == ColumnType.YES_NO:
        return Q(**{column.name: True}) if column.core else Q(attributes__has_key=column.name)
    return compile_condition(column, "filled", None)


def _holds(column: Column, value: Any) -> Q:
    if column.core:
        return Q(**{f"{column.name}__isnull": False, column.name: value})
    if isinstance(value, list):
        exact = Exact(KeyTransform(column.name, "attributes"), Value(value, JSONField()))
        return Q(attributes__has_key=column.name) & Q(ExpressionWrapper(exact, output_field=BooleanField()))
    return Q(attributes__contains={column.name: value})


def _fates(asked: int, there: int, pending: int, refused: int) -> Counter[str]:
    return Counter(
        {
            str(Fate.WILL): pending - refused,
            str(Fate.SAME): there - pending,
            str(Fate.REFUSED): refused,
            str(Fate.GONE): asked - there,
        }
    )
