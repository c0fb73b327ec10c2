"""The form of a contact: the columns every contact has, then those of its register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateInput

from registers.columns import Column, columns_for, in_sections
from registers.forms.companies import CompanyInput
from registers.models import Contact, Register
from registers.texts import clean_line
from registers.values import MAX_COMPANY, MAX_LONG_TEXT, MAX_TEXT, ColumnType

_PLAIN = {"autocomplete": "off"}
_INPUT_TYPES = {ColumnType.EMAIL: "email", ColumnType.PHONE: "tel", ColumnType.URL: "url"}


class ContactForm(forms.Form):
    """Fields are named by column key. What values mean is `registers.columns`' business: nothing is parsed here."""

    def __init__(
        self,
        *args: Any,
        register: Register,
        contact: Contact | None = None,
        groups: Any = None,
        **kwargs: Any,
    ) -> None:
        """With `groups` it is for who sees these groups of the register only: a newcomer joins one of them, and what
        nobody may have twice is left out, for to refuse it would tell of people beyond."""
        self.columns = columns_for(register)
        if groups is not None:
            self.columns = [column for column in self.columns if not column.unique and column.key != "external_id"]
        if contact is not None:
            kwargs["initial"] = {column.key: _initial(column, column.value(contact)) for column in self.columns}
        else:
            kwargs["initial"] = {
                column.key: _initial(column, column.default) for column in self.columns if column.default is not None
            }
        super().__init__(*args, **kwargs)
        for column in self.columns:
            self.fields[column.key] = field_for(column)
        if groups is not None and contact is None:
            self.fields["joins"] = forms.ModelChoiceField(
                label=_("Group"), queryset=groups, empty_label=None, help_text=_("The newcomer is a member of it.")
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not any(
            clean_line(values.get(key) or "") for key in ("first_name", "last_name", "email", "phone", "external_id")
        ):
            self.add_error(None, _("Fill in at least a name, an e-mail address, a phone number or an external id."))
        return values

    def core_fields(self) -> list[Any]:
        first = [self["joins"]] if "joins" in self.fields else []
        return first + [self[column.key] for column in self.columns if column.core]

    def sections(self) -> list[tuple[str, list[Any]]]:
        """The columns of the register, under their headings; those that have none first."""
        own = in_sections([column for column in self.columns if not column.core])
        return [(heading, [self[column.key] for column in columns]) for heading, columns in own]


def field_for(column: Column) -> forms.Field:
    shared: dict[str, Any] = {"label": column.label, "required": column.required, "help_text": column.help_text}
    limit = column.max_length or MAX_TEXT
    if column.named:
        limit = MAX_TEXT  # its name is longer than what is stored
    match column.type:
        case ColumnType.LONG_TEXT:
            limit = column.max_length or MAX_LONG_TEXT
            return forms.CharField(max_length=limit, widget=AdminAutoHeightTextInput(), **shared)
        case ColumnType.DATE:
            return forms.CharField(max_length=40, widget=AdminDateInput(), **shared)
        case ColumnType.YES_NO if column.core:
            return forms.BooleanField(**{**shared, "required": False})
        case ColumnType.YES_NO:
            return forms.ChoiceField(choices=[("", "—"), ("yes", _("Yes")), ("no", _("No"))], **shared)
        case ColumnType.CHOICE | ColumnType.COUNTRY | ColumnType.LANGUAGE:
            return forms.ChoiceField(choices=[("", "—"), *column.options], **shared)
        case ColumnType.MULTIPLE_CHOICE:
            return forms.MultipleChoiceField(choices=column.options, widget=forms.CheckboxSelectMultiple, **shared)
        case ColumnType.PHONES:
            shared["help_text"] = shared["help_text"] or _("With commas between them.")
            return forms.CharField(max_length=MAX_TEXT, widget=forms.TextInput(attrs=_PLAIN), **shared)
        case ColumnType.MONEY:
            widget = forms.TextInput(attrs={**_PLAIN, "placeholder": f"12.50 {column.currency}"})
            return forms.CharField(max_length=60, widget=widget, **shared)
        case ColumnType.COMPANY:
            made = _("One that is known already is found by its name; any other is made.")
            shared["help_text"] = shared["help_text"] or made
            return forms.CharField(max_length=MAX_COMPANY, widget=CompanyInput(), **shared)
        case ColumnType.NUMBER:
            return forms.CharField(max_length=60, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **shared)
    attrs = {"type": _INPUT_TYPES.get(ColumnType(column.type), "text"), **_PLAIN}
    return forms.CharField(max_length=limit, widget=forms.TextInput(attrs=attrs), **shared)


def _initial(column: Column, value: Any) -> Any:
    if column.type == ColumnType.PHONES and isinstance(value, list):
        return ", ".join(value)
    if column.named and isinstance(value, str):
        name = column.named(value)
        return name if column.asked(name) == value else value
    if isinstance(value, bool) and not column.core:
        return "yes" if value else "no"
    return value
