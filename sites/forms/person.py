"""What the forms of hosted pages share: the editor's questions, and who somebody is."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _

from sites.forms.definition import Question
from sites.forms.fields import PhoneField, WordsField, field_for

HONEYPOT = "subject"  # a name that browsers know (homepage, company) is filled for people, who would not see it
_WEB_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)


# Columns that browsers know of the person themselves, by the names of the HTML standard (WCAG 2.2, 1.3.5).
_AUTOCOMPLETE = {
    "street": "address-line1",
    "postcode": "postal-code",
    "city": "address-level2",
    "country": "country-name",
    "birth_date": "bday",
}


class QuestionForm(forms.Form):
    """A form that can give back its editor-made answers by block id."""

    questions: Sequence[Question] = ()
    unchecked = False
    use_required_attribute = False  # our own messages say what is missing, in words and in one place

    def add_questions(self, questions: Sequence[Question], *, region: str) -> None:
        self.questions = questions
        for question in questions:
            self.fields[question.field_name] = field_for(question, region=region)

    def accept_as_it_is(self) -> None:
        """Have no errors, whatever was typed."""
        self._errors = ErrorDict()  # what full_clean() would leave behind

    def answers(self) -> dict[str, Any]:
        """{block id: answer}, without what was left empty."""
        given = ((question.id, self.cleaned_data.get(question.field_name)) for question in self.questions)
        return {key: value for key, value in given if value not in (None, "", [])}


class PersonForm(QuestionForm):
    """Who it is, and the editor's questions.

    `known` leaves the address out: who came by a personal link has proved it already.
    """

    first_name = WordsField(max_length=80)
    last_name = WordsField(max_length=80)
    email = forms.EmailField(max_length=254)
    phone = PhoneField(required=False)

    known = False

    def name_person(self, *, phone: str, region: str, known: bool) -> None:
        """Word the core fields, and take out those that are not asked; `phone` is a `PhoneQuestion`."""
        self.known = known
        for name, label, required, autocomplete in (
            ("first_name", _("First name"), _("Write your first name."), "given-name"),
            ("last_name", _("Last name"), _("Write your last name."), "family-name"),
            ("email", _("E-mail"), _("Write your e-mail address, such as anna@example.org."), "email"),
            ("phone", _("Phone"), _("Write your phone number, such as +358 40 123 4567."), "tel"),
        ):
            field = self.fields[name]
            field.label = label
            field.error_messages["required"] = required
            field.widget.attrs["autocomplete"] = autocomplete
        self.fields["email"].error_messages["invalid"] = self.fields["email"].error_messages["required"]
        number = self.fields["phone"]
        number.required = phone == "required"
        number.widget.input_type = "tel"
        number.region = region  # type: ignore[attr-defined]
        if phone == "off":
            del self.fields["phone"]

    def add_questions(self, questions: Sequence[Question], *, region: str) -> None:
        super().add_questions(questions, region=region)
        for question in questions:
            widget = self.fields[question.field_name].widget
            if question.column in _AUTOCOMPLETE and not isinstance(widget, forms.RadioSelect):
                widget.attrs["autocomplete"] = _AUTOCOMPLETE[question.column]

    def clean_first_name(self) -> str:
        return self._name("first_name")

    def clean_last_name(self) -> str:
        return self._name("last_name")

    def _name(self, field: str) -> str:
        """We write to whatever address is typed, and call it by this name: it shall carry nobody's advertisement."""
        name: str = self.cleaned_data[field]
        if not self.known and _WEB_ADDRESS.search(name):
            raise ValidationError(_("Write a name, without the address of a web page."))
        return name

    def person(self) -> dict[str, str]:
        """What was typed of first_name, last_name, email and phone, as far as they were asked."""
        names = ("first_name", "last_name", "email", "phone")
        return {name: self.cleaned_data.get(name) or "" for name in names if name in self.fields}

    @property
    def core(self) -> list[forms.BoundField]:
        return [self[name] for name in ("first_name", "last_name", "email", "phone") if name in self.fields]

    @property
    def own_questions(self) -> list[forms.BoundField]:
        return [self[question.field_name] for question in self.questions]

    def problems(self) -> list[tuple[str, str, str]]:
        """(id of the control, label with its colon, message) of everything to mend, in the order of the page."""
        found = [("", "", str(message)) for message in self.non_field_errors()]
        for field in self:
            found += [(focus_id(field), before_words(str(field.label)), str(message)) for message in field.errors]
        return found


def before_words(label: str) -> str:
    """A label as it stands before what is said of it: “Phone:”, but “What do you eat?”."""
    return label if label.endswith(("?", "!", ".", ":", "…")) else f"{label}:"


def focus_id(field: forms.BoundField) -> str:
    """The id of the first control of a field: groups of radio buttons and boxes have one each."""
    base = field.auto_id
    grouped = isinstance(field.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
    return f"{base}_0" if grouped else base


def keep_former_options(form: QuestionForm) -> None:
    """Offer what was answered before the option was taken from the form: else it would be gone with the next change."""
    for question in form.questions:
        given = form.initial.get(question.field_name)
        field = form.fields[question.field_name]
        if question.options and isinstance(field, forms.ChoiceField):
            former = [each for each in (given if isinstance(given, list) else [given]) if each]
            offered: Any = field.choices
            field.choices = [*offered, *((each, each) for each in former if each not in question.options)]
