"""The acts that need nothing but the register: writing into a column, and groups."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registers.absences import today
from registers.automations.acts import Act, ActFailed, Outcome, State, register_act
from registers.columns import Column, columns_by_key
from registers.contacts import save_contact
from registers.memberships import add_to_group, remove_from_group
from registers.models.automation import Automation, AutomationRun
from registers.models.contact import Contact
from registers.models.group import Group
from registers.models.register import Register
from registers.values import ColumnType, Reading, ValueMistake

# What is one person's own, and what has consequences that nobody should meet by the hundred.
_NOT_FOR_ALL = {"email", "phone", "external_id", "deceased", "first_name", "last_name", "alternative_name"}


def columns_to_set(register: Register) -> list[Column]:
    """The register's own first: they are what is mostly meant."""
    columns = sorted(columns_by_key(register).values(), key=lambda column: column.core)
    return [column for column in columns if column.key not in _NOT_FOR_ALL and not column.unique]


class SetField(Act):
    key = "set_field"
    label = gettext_lazy("Write something into a column")
    icon = "edit"
    in_part = True

    def fields(self, group: Group) -> dict[str, forms.Field]:
        choices = [(column.key, str(column.label)) for column in columns_to_set(group.register)]
        return {
            "column": forms.ChoiceField(label=_("Column"), choices=choices),
            "value": forms.CharField(
                label=_("What to write"),
                required=False,
                max_length=500,
                help_text=_(
                    "As you would write it in a spreadsheet. In a column of dates, “today” is the day on which it "
                    "happens. Leave it empty to empty the column."
                ),
            ),
        }

    def initial(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        value = _("today") if settings.get("today") else settings.get("value", "")
        return {"column": settings.get("column"), "value": value}

    def clean(self, values: Mapping[str, Any], group: Group) -> dict[str, Any]:
        column = columns_by_key(group.register)[values["column"]]
        text = values["value"].strip()
        if column.type == ColumnType.DATE and text.casefold() in {"today", _("today").casefold()}:
            return {"column": column.key, "today": True}
        try:
            parsed = column.parse(text, Reading(region=group.register.organisation.region))
        except ValueMistake as mistake:
            raise ValidationError({"value": f"{mistake}."}) from mistake
        if parsed is None and column.required:
            raise ValidationError({"value": _("This column must not be empty.")})
        return {"column": column.key, "value": column.as_text(parsed)}

    def describe(self, settings: Mapping[str, Any], group: Group) -> str:
        column = columns_by_key(group.register).get(settings["column"])
        label = str(column.label) if column else settings["column"]
        value = self.initial(settings)["value"]
        if not value:
            return _("Empty “%(column)s”") % {"column": label}
        return _("Write “%(value)s” into “%(column)s”") % {"value": value[:60], "column": label}

    def perform(self, automation: Automation, runs: Sequence[AutomationRun]) -> dict[int, Outcome]:
        settings, register = automation.settings, automation.group.register
        column = columns_by_key(register).get(settings["column"])
        if column is None:
            raise ActFailed(_("The column is not there any more. Choose another in the automation."))
        value = today().isoformat() if settings.get("today") else settings.get("value", "")
        source = _("automation “%(name)s”") % {"name": automation.name}
        ids = [run.contact_id for run in runs]
        contacts = {row.pk: row for row in Contact.objects.select_for_update(no_key=True).filter(pk__in=ids)}
        outcomes = {}
        for run in runs:
            try:
                with transaction.atomic():
                    save_contact(
                        register=register, values={column.key: value}, source=source, contact=contacts[run.contact_id]
                    )
            except ValidationError as error:
                outcomes[run.pk] = Outcome(" ".join(error.messages), State.FAILED)
            else:
                outcomes[run.pk] = Outcome(_("“%(column)s” is written") % {"column": column.label})
        return outcomes


class GroupAct(Act):
    icon = "group"
    in_part = True
    batch = 2_000

    def fields(self, group: Group) -> dict[str, forms.Field]:
        return {
            "group": forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.filter(register=group.register))
        }

    def clean(self, values: Mapping[str, Any], group: Group) -> dict[str, Any]:
        return {"group": values["group"].pk}

    def group_of(self, automation: Automation) -> Group:
        found: Group | None = Group.objects.filter(
            pk=automation.settings["group"], register=automation.group.register_id
        ).first()
        if found is None:
            raise ActFailed(_("The group is not there any more. Choose another in the automation."))
        return found

    @abstractmethod
    def change(self, group: Group, contacts: Sequence[int], source: str, chain: Sequence[int]) -> None:
        """Let the contacts into the group, or out of it."""

    def perform(self, automation: Automation, runs: Sequence[AutomationRun]) -> dict[int, Outcome]:
        group = self.group_of(automation)
        source = _("automation “%(name)s”") % {"name": automation.name}
        by_chain: dict[tuple[int, ...], list[int]] = {}
        for run in runs:
            by_chain.setdefault((*run.chain, automation.pk), []).append(run.contact_id)
        for chain, contacts in by_chain.items():
            self.change(group, contacts, source, chain)
        return {run.pk: Outcome(self.done() % {"group": group.name}) for run in runs}

    @abstractmethod
    def done(self) -> str:
        """What is so then; “%(group)s” stands for the group."""


class AddToGroup(GroupAct):
    key = "add_to_group"
    label = gettext_lazy("Add them to a group")

    def clean(self, values: Mapping[str, Any], group: Group) -> dict[str, Any]:
        if values["group"] == group:
            raise ValidationError({"group": _("This is the group itself. Choose another.")})
        return super().clean(values, group)

    def describe(self, settings: Mapping[str, Any], group: Group) -> str:
        target = Group.objects.filter(pk=settings["group"]).first()
        return _("Add to “%(group)s”") % {"group": target or "…"}

    def leads_to(self, settings: Mapping[str, Any]) -> tuple[int, str]:
        return settings["group"], Automation.On.JOINED

    def change(self, group: Group, contacts: Sequence[int], source: str, chain: Sequence[int]) -> None:
        add_to_group(group=group, contacts=contacts, source=source, chain=chain)

    def done(self) -> str:
        return _("Is in “%(group)s”")


class RemoveFromGroup(GroupAct):
    key = "remove_from_group"
    label = gettext_lazy("Take them out of a group")

    def describe(self, settings: Mapping[str, Any], group: Group) -> str:
        target = Group.objects.filter(pk=settings["group"]).first()
        return _("Take out of “%(group)s”") % {"group": target or "…"}

    def leads_to(self, settings: Mapping[str, Any]) -> tuple[int, str]:
        return settings["group"], Automation.On.LEFT

    def change(self, group: Group, contacts: Sequence[int], source: str, chain: Sequence[int]) -> None:
        remove_from_group(group=group, contacts=contacts, source=source, chain=chain)

    def done(self) -> str:
        return _("Is not in “%(group)s” any more")


register_act(SetField())
register_act(AddToGroup())
register_act(RemoveFromGroup())
