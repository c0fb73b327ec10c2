"""The forms of a change of many contacts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registers.bulk.acts import Does
from registers.bulk.preparing import acts_for
from registers.columns import Column
from registers.forms.contacts import field_for
from registers.models import Group, GroupMembership, Import
from registers.texts import clean_line
from registers.values import ColumnType


class ColumnForm(forms.Form):
    """Which column; the register's own first, for they are what is mostly meant."""

    column = forms.ChoiceField(label=gettext_lazy("Column"))

    def __init__(self, *args: Any, columns: list[Column], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [(column.key, column.label) for column in columns if not column.core]
        core = [(column.key, column.label) for column in columns if column.core]
        groups = [(_("This register’s own"), own), (_("Every register has"), core)]
        self.fields["column"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a column")),
            *[(label, choices) for label, choices in groups if choices],
        ]


class ValueForm(forms.Form):
    does = forms.ChoiceField(label=gettext_lazy("What to do"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, column: Column, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = acts_for(column)
        self.fields["does"].choices = [(act.value, act.label) for act in acts]  # type: ignore[attr-defined]
        self.fields["does"].initial = acts[0].value
        if len(acts) == 1:
            self.fields["does"].widget = forms.HiddenInput()
        field = field_for(column)
        if column.type == ColumnType.YES_NO:
            field = forms.ChoiceField(label=str(column.label), choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))])
        field.required = False  # to empty it nothing need be said; what is missing the change itself says
        self.fields["value"] = field

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("does") == Does.EMPTY:
            self.errors.pop("value", None)
        return values


class GroupChangeForm(forms.Form):
    group = forms.ModelChoiceField(label=gettext_lazy("Group"), queryset=Group.objects.none(), required=False)
    new_group = forms.CharField(label=gettext_lazy("Or a new group"), max_length=120, required=False)

    def __init__(self, *args: Any, batch: Import, does: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = Group.objects.filter(register=batch.register_id)
        if does == Does.LEAVE:
            del self.fields["new_group"]
            pieces = batch.chosen.values_list("contacts", flat=True)
            if len(pieces) == 1:
                members = GroupMembership.objects.filter(contact__in=pieces[0])
                groups = groups.filter(pk__in=members.order_by().values("group"))
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("group") and clean_line(values.get("new_group", "")):
            self.add_error("new_group", _("Choose a group or name a new one, not both."))
        if not values.get("group") and not clean_line(values.get("new_group", "")):
            both = "new_group" in self.fields
            self.add_error("group", _("Choose a group, or name a new one.") if both else _("Choose a group."))
        return values
