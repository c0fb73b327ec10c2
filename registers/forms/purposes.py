"""The forms of purposes, and of consents that somebody writes down by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminAutoHeightTextInput

from registers.consents import How
from registers.models import Channel, LegalBasis, Purpose, Register, RegisterPurpose
from registers.texts import clean_line


class PurposeForm(forms.ModelForm[Purpose]):
    class Meta:
        model = Purpose
        fields = ("name", "description")
        widgets = {"description": AdminAutoHeightTextInput()}

    def clean_name(self) -> str:
        name = clean_line(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Give it a name that can be read."))
        if Purpose.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is already a purpose with this name."))
        return name


class RegisterPurposeForm(forms.Form):
    """One of the organisation's purposes, as a row in the settings of a register."""

    applies = forms.BooleanField(required=False)
    legal_basis = forms.ChoiceField(label=gettext_lazy("By which right"), choices=LegalBasis.choices)
    retention = forms.CharField(
        label=gettext_lazy("How long the data are kept"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Such as: a year after membership has ended")}),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=1_000,
        required=False,
        widget=AdminAutoHeightTextInput(),
        help_text=gettext_lazy("Such as: which law, which contract, what your interest is."),
    )

    def __init__(self, *args: Any, purpose: Purpose, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": f"purpose-{purpose.pk}"})
        self.purpose = purpose
        self.fields["applies"].label = purpose.name

    def as_row(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in ("legal_basis", "retention", "note")}
        return {"purpose": self.purpose, **values}


class RegisterPurposes:
    """What a register's people are kept for: a row for each purpose that is not retired.

    A request that was not sent from these rows (`SHOWN` is missing) changes nothing of them.
    """

    SHOWN = "purposes-shown"

    def __init__(self, register: Register, data: Mapping[str, Any] | None = None) -> None:
        self.is_bound = data is not None and self.SHOWN in data
        known = {row.purpose_id: row for row in RegisterPurpose.objects.filter(register=register)}
        self.forms = [
            RegisterPurposeForm(
                data if self.is_bound else None, purpose=purpose, initial=_initial(known.get(purpose.pk))
            )
            for purpose in Purpose.objects.filter(retired=False)
        ]

    def is_valid(self) -> bool:
        # Each of them, so that all mistakes are shown.
        return not self.is_bound or not [form for form in self.forms if not form.is_valid()]

    def rows(self) -> list[dict[str, Any]]:
        return [form.as_row() for form in self.forms if form.cleaned_data["applies"]]


def _initial(row: RegisterPurpose | None) -> dict[str, Any]:
    if row is None:
        return {"legal_basis": LegalBasis.CONSENT}
    return {"applies": True, "legal_basis": row.legal_basis, "retention": row.retention, "note": row.note}


class ConsentForm(forms.Form):
    """How it reached us, and the words. `act` is "<purpose>:<channel>:given" or "…:withdrawn", the name of a button."""

    how = forms.ChoiceField(label=gettext_lazy("How did they tell you?"), choices=How.choices, widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("In which words"),
        max_length=2_000,
        required=False,
        help_text=gettext_lazy("What was asked or said, where you know it; otherwise the description of the purpose."),
    )

    @property
    def how_in_words(self) -> str:
        return str(How(self.cleaned_data["how"]).label)


class ConsentActForm(ConsentForm):
    """The same with the purpose, the channel and what was said as fields, for many contacts at once."""

    purpose = forms.ModelChoiceField(
        label=gettext_lazy("Purpose"),
        queryset=Purpose.objects.none(),
        empty_label=gettext_lazy("Choose the purpose"),
    )
    channel = forms.ChoiceField(label=gettext_lazy("By"), choices=Channel.choices)
    said = forms.ChoiceField(
        label=gettext_lazy("What did they say?"),
        choices=[("given", gettext_lazy("They gave consent")), ("withdrawn", gettext_lazy("They withdrew consent"))],
        widget=forms.RadioSelect,
    )
    field_order = ("purpose", "channel", "said", "how", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].queryset = Purpose.objects.filter(retired=False)  # type: ignore[attr-defined]
