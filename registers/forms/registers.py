"""Naming a register and its columns on one screen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.formsets import BaseFormSetMixin
from wagtail.admin.widgets import AdminAutoHeightTextInput

from registers.books import option_rows
from registers.columns import column_of
from registers.models import Field, Register
from registers.texts import clean_line, in_quotes, read_labels, write_labels
from registers.values import UNIQUE_TYPES, ColumnType, Option, ValueMistake, option_code, read_value


class RegisterForm(forms.ModelForm[Register]):
    class Meta:
        model = Register
        fields = ("name", "description", "privacy_notice")
        widgets = {"description": AdminAutoHeightTextInput(), "privacy_notice": AdminAutoHeightTextInput()}

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"])
        others = Register.objects.filter(name__iexact=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise ValidationError(_("There is already a register with this name."))
        return name


class NewRegisterForm(RegisterForm):
    """The same, with what its people can agree to."""

    purposes = forms.CharField(
        label=gettext_lazy("Purposes people can agree to"),
        required=False,
        max_length=500,
        help_text=gettext_lazy(
            "With commas between them, such as: newsletter, events. Those that your organisation has already are kept."
        ),
    )

    def clean_purposes(self) -> list[str]:
        return read_labels(self.cleaned_data["purposes"])


class FieldRow(forms.Form):
    """One column: its name, its type, and for choices what one can choose."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    label = forms.CharField(label=gettext_lazy("Name"), max_length=100, required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"), choices=ColumnType.choices, initial=ColumnType.TEXT)
    options = forms.CharField(
        label=gettext_lazy("Choices"),
        required=False,
        max_length=40_000,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("red, green, blue")}),
    )
    required = forms.BooleanField(label=gettext_lazy("Required"), required=False)
    help_text = forms.CharField(
        label=gettext_lazy("Help for who fills it in"),
        max_length=200,
        required=False,
    )
    section = forms.CharField(
        label=gettext_lazy("Section"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Columns of one section stand together under this heading."),
        widget=forms.TextInput(attrs={"list": "sections"}),
    )
    default = forms.CharField(
        label=gettext_lazy("At first"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What new contacts have here as long as nothing else is said."),
    )
    unique = forms.BooleanField(
        label=gettext_lazy("Unique: nobody has the same here as another contact"), required=False
    )
    # Asked only where contacts have a choice in whose place another one stands now.
    renamed = forms.ChoiceField(
        label=gettext_lazy("Are they the same choices by other names?"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("yes", gettext_lazy("Yes, rename them. Whoever has them keeps them.")),
            ("no", gettext_lazy("No, they are others. What contacts have stays among the choices.")),
        ],
    )
    MORE = ("help_text", "section", "default", "unique")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("pk"):
            # Values hang on the type: it stays.
            self.fields["type"].disabled = True

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        label, kind = values.get("label", ""), values.get("type")
        begun = not self.initial and {*self.changed_data} - {"ORDER", "DELETE"}
        if not label and (begun or self.option_labels()):
            self.add_error("label", _("Name the column."))
        if kind not in Field.CHOICE_TYPES:
            # The screen shows choices only where there are any: what was left in there is nobody's mistake.
            self.errors.pop("options", None)
            values["options"] = ""
        elif label and not self.option_labels() and "options" not in self.errors:
            self.add_error("options", _("Write the choices, with commas between them."))
        elif "options" in self.changed_data and (alike := self.choices_alike()):
            text = _("These are one choice, for only signs tell them apart: %(choices)s. Use other words.")
            self.add_error("options", text % {"choices": in_quotes(alike)})
        if label:
            self.check_more(values, str(kind))
        return values

    def check_more(self, values: dict[str, Any], kind: str) -> None:
        if values.get("unique") and kind not in UNIQUE_TYPES:
            self.add_error("unique", _("A column of this type cannot be unique."))
        if values.get("unique") and values.get("default"):
            self.add_error(
                "default", _("A column that is unique holds nothing at first: it would be the same for all.")
            )
        elif values.get("default") and not self.errors:
            options = tuple(Option(**row) for row in option_rows(self.option_labels()))
            try:
                read_value(values["default"], kind, options=options)
            except ValueMistake as mistake:
                self.add_error("default", f"{mistake}.")

    @property
    def saved_pk(self) -> int | None:
        """The id of the column, if it is one already: then its type is changed on a page of its own."""
        return self.initial.get("pk")

    def basics(self) -> list[Any]:
        return [
            field for field in self.visible_fields() if field.name not in (*self.MORE, "renamed", "ORDER", "DELETE")
        ]

    def more(self) -> list[Any]:
        return [self[name] for name in self.MORE]

    @property
    def more_is_wrong(self) -> bool:
        return any(self[name].errors for name in self.MORE)

    def more_in_short(self) -> list[str]:
        """What of it is filled in, for who has not opened it."""
        texts = [f"{self[name].label}: {value}" for name in self.MORE[:-1] if (value := self[name].value())]
        return [*texts, _("Unique")] if self["unique"].value() else texts

    def option_labels(self) -> list[str]:
        return read_labels(self.cleaned_data.get("options", ""))

    def choices_alike(self) -> list[str]:
        """Choices of which only the first would be kept, though they are not written alike."""
        by_code: dict[str, dict[str, str]] = {}
        for label in self.option_labels():
            by_code.setdefault(option_code(label), {}).setdefault(label.casefold(), label)
        return [label for labels in by_code.values() if len(labels) > 1 for label in labels.values()]

    def renames(self) -> dict[str, str]:
        """Choices in whose place another one stands now: from the former label to that."""
        before, now = read_labels(self.initial.get("options", "")), self.option_labels()
        former, present = set(map(option_code, before)), set(map(option_code, now))
        return {
            old: new
            for old, new in zip(before, now, strict=False)
            if option_code(old) not in present and option_code(new) not in former
        }

    @property
    def asks_for_names(self) -> bool:
        return bool(self["renamed"].errors or self["renamed"].value())

    def as_arguments(self) -> dict[str, Any]:
        values = self.cleaned_data
        return {
            "label": values["label"],
            "options": self.option_labels(),
            **{name: values[name] for name in ("required", *self.MORE)},
        }


MOST_ROWS = 100
MOST_ADDED = 30


class BaseFieldRows(BaseFormSetMixin, forms.BaseFormSet[FieldRow]):
    ordering_widget = forms.NumberInput

    def clean(self) -> None:
        super().clean()
        names = [
            clean_line(form.cleaned_data.get("label", "")).casefold()
            for form in self.forms
            if form.is_valid() and not form.cleaned_data.get("DELETE")
        ]
        doubled = {name for name in names if name and names.count(name) > 1}
        if doubled:
            raise ValidationError(
                _("Two columns have the same name: %(names)s.") % {"names": ", ".join(sorted(doubled))}
            )


def field_rows(*, blank: int, known: int) -> Any:
    """The formset of a register of `known` columns: a form that says it has very many rows more is not drawn."""
    most = max(MOST_ROWS, known)
    return forms.formset_factory(
        FieldRow,
        formset=BaseFieldRows,
        extra=blank,
        can_delete=True,
        can_order=True,
        max_num=most,
        absolute_max=most + MOST_ADDED,
    )


def in_order(rows: Any) -> list[FieldRow]:
    """The rows of a valid formset as the person has put them, removed ones too; those without a number come last."""
    numbered = [(row.cleaned_data.get("ORDER"), at, row) for at, row in enumerate(rows)]
    return [row for order, at, row in sorted(numbered, key=lambda entry: (entry[0] is None, entry[0] or 0, entry[1]))]


def initial_rows(register: Register) -> list[dict[str, Any]]:
    return [
        {
            "pk": field.pk,
            "label": field.label,
            "type": field.type,
            "options": write_labels(option.label for option in field.option_list),
            "required": field.required,
            "help_text": field.help_text,
            "section": field.section,
            "default": column_of(field).as_text(field.default),
            "unique": field.unique,
        }
        for field in register.fields.filter(retired=False)
    ]
