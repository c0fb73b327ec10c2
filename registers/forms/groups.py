"""The form of a group."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registers.models import Group, Register
from registers.texts import clean_line


class GroupForm(forms.ModelForm[Group]):
    class Meta:
        model = Group
        fields = ("name", "parent")

    def __init__(self, *args: Any, register: Register, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.register = register
        parents = Group.objects.filter(register=register)
        if self.instance.pk:
            parents = parents.exclude(pk__in=self.instance.with_descendants())
        self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        self.fields["parent"].empty_label = _("Nothing: it stands on its own")  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Name the group."))
        return name

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        name = values.get("name", "")
        same = Group.objects.filter(register=self.instance.register, parent=values.get("parent"), name__iexact=name)
        if name and same.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("There is already a group with this name."))
        return values
