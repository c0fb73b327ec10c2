"""A form field for each type of question. What `clean` gives back can be stored as JSON."""

import re
from decimal import Decimal
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registers.texts import clean_line
from sites.forms.definition import Question

TEXT_MAX = 500
LONG_TEXT_MAX = 5_000

REQUIRED = {
    "text": gettext_lazy("Write an answer here."),
    "long_text": gettext_lazy("Write an answer here."),
    "email": gettext_lazy("Write an e-mail address, such as anna@example.org."),
    "phone": gettext_lazy("Write a phone number, such as +358 40 123 4567."),
    "number": gettext_lazy("Write a number."),
    "date": gettext_lazy("Choose a date."),
    "radio": gettext_lazy("Choose one of these."),
    "dropdown": gettext_lazy("Choose one from the list."),
    "checkboxes": gettext_lazy("Tick at least one of these."),
    "checkbox": gettext_lazy("Tick this box to go on."),
    "consent": gettext_lazy("This has to be agreed to for the reply to be taken."),
}


class WordsField(forms.CharField):
    """Something to read: what only looks like an answer (invisible marks alone) is none."""

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").replace("\r\n", "\n")  # browsers send both, and count one
        if "\ufffd" in text:  # letters in another encoding than the page's; no register takes them
            raise ValidationError(_("Some letters got lost on their way. Write this once more."))
        return text if "\x00" in text or clean_line(text) else ""


class PhoneField(forms.CharField):
    """A phone number, kept in international form (E.164); `region` reads numbers without a country code."""

    def __init__(self, *, region: str = "FI", **kwargs: Any) -> None:
        self.region = region
        super().__init__(**{"max_length": 40, **kwargs})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, self.region)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(_("This does not look like a phone number. Write it as +358 40 123 4567."))
        return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class PartyField(forms.TypedChoiceField):
    """How many come, chosen from a list; what a list does not let through is answered by what is wrong with it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"coerce": int, **kwargs})

    def to_python(self, value: Any) -> str:
        text = str(super().to_python(value)).strip().replace("\u2212", "-")
        try:
            return str(int(text))
        except ValueError:
            return text

    def validate(self, value: Any) -> None:
        if value:
            try:
                size = int(value)
            except ValueError:
                raise ValidationError(_("Write how many of you are coming as a whole number, such as 2.")) from None
            if size < 1:
                raise ValidationError(_("At least 1 person has to come. If nobody can, say no."))
        super().validate(value)


# 1.000 and 1,250.50: where three digits follow each sign but the last, that is none before decimals.
_IN_GROUPS = re.compile(
    r"(?P<whole>-?[1-9]\d{0,2}(?P<sign>[.,])\d{3}(?:(?P=sign)\d{3})*)(?P<rest>(?!(?P=sign))[.,]\d{1,2})?"
)


class NumberField(forms.DecimalField):
    def clean(self, value: Any) -> Any:
        if isinstance(value, str):
            value = "".join(value.split()).replace("\u2212", "-")  # 1 000,50 as people write it
            if match := _IN_GROUPS.fullmatch(value):
                value = match["whole"].replace(match["sign"], "") + (match["rest"] or "")
            value = value.replace(",", ".")
        number: Decimal | None = super().clean(value)
        if number is None:
            return None
        return int(number) if number == number.to_integral_value() else float(number)


class DateField(forms.DateField):
    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except ValidationError:
            return super().to_python("".join(str(value).split()))  # 24. 11. 2026

    def clean(self, value: Any) -> Any:
        date = super().clean(value)
        return date.isoformat() if date else None


def field_for(question: Question, *, region: str) -> forms.Field:
    """The Django field that asks `question`."""
    required_message = str(REQUIRED[question.type])
    common: dict[str, Any] = {
        "label": question.label,
        "help_text": question.help_text,
        "required": question.required,
        "error_messages": {"required": required_message},
    }
    match question.type:
        case "long_text":
            return WordsField(max_length=LONG_TEXT_MAX, widget=forms.Textarea(attrs={"rows": 4}), **common)
        case "email":
            return forms.EmailField(**_with(common, invalid=required_message))
        case "phone":
            return PhoneField(region=region, widget=forms.TextInput(attrs={"type": "tel"}), **common)
        case "number":
            widget = forms.TextInput(attrs={"inputmode": "decimal"})
            return NumberField(
                widget=widget,
                max_digits=15,
                decimal_places=4,
                **_with(common, invalid=_("Write a number, such as 12.")),
            )
        case "date":
            picker = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            return DateField(
                widget=picker, **_with(common, invalid=_("Write the date as year-month-day, such as 2026-11-24."))
            )
        case "radio":
            return forms.ChoiceField(choices=_choices(question), widget=forms.RadioSelect, **_chosen(common))
        case "dropdown":
            choices = [("", _("Choose…")), *_choices(question)]
            return forms.ChoiceField(choices=choices, **_chosen(common))
        case "checkboxes":
            return forms.MultipleChoiceField(
                choices=_choices(question), widget=forms.CheckboxSelectMultiple, **_chosen(common)
            )
        case "checkbox" | "consent":
            return forms.BooleanField(**common)
        case _:
            return WordsField(max_length=TEXT_MAX, **common)


def _choices(question: Question) -> list[tuple[str, str]]:
    return [(option, option) for option in question.options]


def _with(common: dict[str, Any], **messages: str) -> dict[str, Any]:
    return {**common, "error_messages": {**common["error_messages"], **messages}}


def _chosen(common: dict[str, Any]) -> dict[str, Any]:
    return _with(common, invalid_choice=_("The options have changed meanwhile: choose one of these."))
