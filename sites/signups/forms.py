"""The form of a sign-up page, for newcomers and for who comes by a link of their own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from guards.seen import fingerprint
from registers.addresses import address_key
from registers.columns import OWN, Column, columns_for
from registers.consents import newest_acts
from registers.models import Channel, Contact
from registers.values import ValueMistake
from sites.forms.definition import Definition, Question
from sites.forms.fields import WordsField
from sites.forms.person import PersonForm, keep_former_options
from sites.people import parsed

if TYPE_CHECKING:
    from sites.models.signup_pages import SignUpPage


class SignUpForm(PersonForm):
    """`contact` is whose own link it is: the form then has what the register knows of them."""

    def __init__(
        self,
        page: SignUpPage,
        data: Mapping[str, Any] | None = None,
        *,
        contact: Contact | None = None,
        **kwargs: Any,
    ) -> None:
        self.page = page
        self.contact = contact
        self.columns = {column.key: column for column in columns_for(page.register)}
        self.definition = _asked(page, self.columns, contact)
        known = _known_of(contact, self.definition, self.columns) if contact else None
        super().__init__(data, initial=known, **kwargs)
        if contact is not None:  # who has a longer name than forms ask for keeps it
            for name in ("first_name", "last_name"):
                self.fields[name] = WordsField(max_length=self.columns[name].max_length)
        region = page.organisation.region
        self.name_person(phone=page.phone_question, region=region, known=contact is not None)
        for name in ("first_name", "last_name"):
            if page.name_question == "off":
                del self.fields[name]
            else:
                self.fields[name].required = page.name_question == "required"
        if contact is not None:
            self.fields["email"].help_text = _("Another one is used from when you have confirmed it.")
        self.add_questions(self.definition.questions, region=region)
        keep_former_options(self)
        for consent in self.definition.consents:
            box = self.fields[consent.field_name]
            box.error_messages["required"] = _("This has to be agreed to before you can sign up.")
            box.required = consent.required and contact is None  # what was agreed to can always be taken back

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if not address_key(email):
            raise ValidationError(self.fields["email"].error_messages["required"])
        return email

    def clean(self) -> dict[str, Any]:
        """What a column cannot hold is said here, where the person can mend it."""
        for question in self.questions:
            column, given = self.columns.get(question.column), self.cleaned_data.get(question.field_name)
            if column is None or given in (None, "", []):
                continue
            try:
                parsed(column, given)
            except ValueMistake as mistake:
                self.add_error(question.field_name, f"{mistake}.")
        return self.cleaned_data

    @property
    def mark(self) -> str:
        """Stands for what was known when the form was shown."""
        return fingerprint(self.initial)

    @property
    def new_address(self) -> str:
        """The address at which a known person wants to be written to, where it is another one; else empty."""
        email: str = self.cleaned_data["email"]
        known = self.contact.email_key if self.contact else ""
        return "" if address_key(email) == known else email

    def values(self) -> dict[str, Any]:
        """{column key: value} of a checked form of a known person, but for the address; what was emptied is None."""
        found: dict[str, Any] = {key: text or None for key, text in self.person().items() if key != "email"}
        for question in self.questions:
            if column := self.columns.get(question.column):
                given = self.cleaned_data.get(question.field_name)
                found[column.key] = None if given in (None, "", []) else parsed(column, given)
        return found

    def say_refused(self, refusal: ValidationError) -> None:
        """Put what the register does not take where it was typed."""
        fields = {question.column: question.field_name for question in self.questions if question.column}
        for key, messages in refusal.message_dict.items():
            name = fields.get(key) or fields.get(OWN + key) or (key if key in self.fields else None)
            column = self.columns.get(key)
            self.add_error(name, self._unsaid() if column and column.unique else messages)

    def _unsaid(self) -> str:
        """In place of “somebody else has this already”: that is nobody's business but the team's."""
        address = self.page.organisation.contact_email
        if address:
            return _("This could not be saved. Write to %(address)s about it.") % {"address": address}
        return _("This could not be saved. Ask %(name)s about it.") % {"name": self.page.organisation.name}


def _asked(page: SignUpPage, columns: Mapping[str, Column], contact: Contact | None) -> Definition:
    """The page's questions; of somebody from another register only those about columns that everybody has."""
    definition = page.definition
    at_home = contact is None or contact.register_id == page.register_id
    questions = tuple(
        question
        for question in definition.questions
        if question.type == "consent" or (question.column in columns and (at_home or columns[question.column].core))
    )
    return replace(definition, questions=questions)


def _known_of(contact: Contact, definition: Definition, columns: Mapping[str, Column]) -> dict[str, Any]:
    known: dict[str, Any] = {name: getattr(contact, name) for name in ("first_name", "last_name", "email", "phone")}
    agreed = agreed_to(contact)
    for question in definition.questions:
        if question.type == "consent":
            known[question.field_name] = question.purpose in agreed
        else:
            known[question.field_name] = _as_answer(columns[question.column], question, contact)
    return known


def agreed_to(contact: Contact) -> set[int]:
    """The purposes for which the contact has agreed to e-mails."""
    acts = newest_acts([contact.pk])
    return {act.purpose_id for act in acts if act.granted and act.channel == Channel.EMAIL}


def _as_answer(column: Column, question: Question, contact: Contact) -> Any:
    """What stands in a column, as the form takes it: labels for codes, in the spelling of the page's options."""
    value = column.stored(contact)
    if value is None:
        return None
    if question.type == "checkbox":
        return bool(value)
    if question.options:
        offered = {option.casefold(): option for option in question.options}
        codes = value if isinstance(value, list) else [value]
        labels = [offered.get(label.casefold(), label) for code in codes if (label := column.as_text(code))]
        return labels if question.type == "checkboxes" else next(iter(labels), None)
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else column.as_text(value)
