"""Who a reply is from: finding them in the register, adding them, keeping their row up to date."""

import logging
import re
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registers.columns import OWN, Column, columns_for
from registers.consents import newest_by_address, record_consent
from registers.contacts import save_contact
from registers.models import Activity, Channel, Contact, Purpose
from registers.texts import clean_line
from registers.values import ValueMistake
from sites.forms.definition import Definition

if TYPE_CHECKING:
    from sites.replies import Answer

logger = logging.getLogger(__name__)
# What mail programs make a link of; the initials in "J.R. Ek" are none.
_LEADS_SOMEWHERE = re.compile(r"@|://|\w[.\u3002\uff0e\uff61]\w\w")


class FormPage(Protocol):
    """A page whose answers go into a register."""

    register_id: int
    register: Any
    organisation: Any

    @property
    def source(self) -> str:
        """What contacts and consents that come through it are said to be from; at most 120 characters."""
        ...


def known_as(*, register_id: int, email_key: str, person: Mapping[str, str]) -> Contact | None:
    """The register's contact with this address; of several who share it the one of that name, else the oldest.

    Whoever writes from the address of somebody who has died is somebody else.
    """
    living = Contact.objects.filter(register_id=register_id, email_key=email_key, deceased=False)
    sharing = list(living.order_by("pk")[:50])
    return next((contact for contact in sharing if has_name(contact, person)), sharing[0] if sharing else None)


def has_name(contact: Contact, person: Mapping[str, str]) -> bool:
    first, last = (clean_line(person.get(name, "")).casefold() for name in ("first_name", "last_name"))
    return (contact.first_name.casefold(), contact.last_name.casefold()) == (first, last)


def other_name(contact: Contact, person: Mapping[str, str]) -> str:
    """The name as it was typed, where it is not the contact's: theirs stays, and the organiser sees both."""
    typed = clean_line(f"{person.get('first_name', '')} {person.get('last_name', '')}")
    return "" if has_name(contact, person) else typed


def called(name: str) -> str:
    """The name as a letter may use it that goes to an address which whoever typed the name need not own: empty where
    it holds the address of a web page or a mailbox."""
    return "" if _LEADS_SOMEWHERE.search(name) else name


def welcome(*, page: FormPage, answer: "Answer", timeline: list[Activity]) -> Contact:
    """Add a newcomer to the page's register, with what the form asks for its columns.

    What belongs on their timeline is put into `timeline`.
    """
    values = {key: value for key, value in answer.person.items() if value}
    values |= bound_values(page=page, answer=answer)
    page.register.organisation = page.organisation  # known already: one query less while others queue up
    return _save(page=page, values=values, contact=None, timeline=timeline)


def bound_values(*, page: FormPage, answer: "Answer") -> dict[str, Any]:
    """{column key: value} of the answers that fill a column; one that the column cannot hold stays an answer only."""
    bound = {question.column: question for question in answer.version.definition.questions if question.column}
    if not bound:
        return {}
    values: dict[str, Any] = {}
    for column in columns_for(page.register):
        question = bound.get(column.key)
        if question is None or question.id not in answer.answers:
            continue
        try:
            values[column.key] = parsed(column, answer.answers[question.id])
        except ValueMistake:
            logger.info("An answer to question %s does not fit the column %s.", question.id, column.key)
    return values


def bring_up_to_date(*, page: FormPage, contact: Contact, answer: "Answer") -> None:
    """Let somebody who came by their own link mend their name, telephone number and bound columns.

    Who was invited from another register has no columns of the event's: what they answer to those stays an answer.
    """
    values = {key: value for key, value in answer.person.items() if value and key != "email"}
    bound = bound_values(page=page, answer=answer)
    at_home = contact.register_id == page.register_id
    values |= {key: value for key, value in bound.items() if at_home or not key.startswith(OWN)}
    if values:
        current = Contact.objects.select_for_update(no_key=True).get(pk=contact.pk)
        _save(page=page, values=values, contact=current)


def _save(
    *, page: FormPage, values: Mapping[str, Any], contact: Contact | None, timeline: list[Activity] | None = None
) -> Contact:
    """A reply is never lost for what the register cannot take, such as a number that is somebody else's already."""
    save = partial(
        save_contact,
        register=contact.register if contact and contact.register_id != page.register_id else page.register,
        source=page.source,
        match_email=False,
        timeline=timeline,
        make_companies=False,  # that is for the team
    )
    try:
        return save(values=values, contact=contact)
    except ValidationError as refusal:
        refused = set(refusal.message_dict)
        taken = {key: value for key, value in values.items() if not {key, OWN + key} & refused}
        if len(taken) == len(values):
            raise
        logger.info("An answer was not put into the register: %s.", ", ".join(sorted(refused)))
        if contact is not None:
            contact.refresh_from_db()
        return save(values=taken, contact=contact)


def parsed(column: Column, given: Any) -> Any:
    """An answer as the column stores it; raises ValueMistake."""
    return column.parse(given if isinstance(given, list) or given is None else _cell(given))


def _cell(given: Any) -> str:
    return ("yes" if given else "no") if isinstance(given, bool) else str(given)


def without_refused(*, definition: Definition, given: Mapping[str, Any], email_key: str) -> dict[str, Any]:
    """The answers, with no yes to what somebody at this address has refused: anybody may have typed it.

    Its owner can still agree, by the link that they are sent.
    """
    answers = dict(given)
    for question in definition.consents:
        if answers.get(question.id) and question.purpose:
            said = newest_by_address([email_key], purpose_id=question.purpose, channel=Channel.EMAIL)
            if said.get(email_key) is False:
                answers[question.id] = False
    return answers


def record_consents(
    *,
    page: FormPage,
    contact: Contact,
    definition: Definition,
    given: Mapping[str, Any],
    before: Mapping[str, Any],
    by_hand: bool = False,
) -> None:
    """Write down what was agreed to, and what was taken back since; both are {block id: answer}."""
    how = f"{page.source} ({_('by hand')})" if by_hand else page.source
    for question in definition.consents:
        granted = bool(given.get(question.id))
        if granted == bool(before.get(question.id)):
            continue
        purpose = Purpose.objects.filter(pk=question.purpose).first()
        if purpose:
            record_consent(
                contact=contact,
                purpose=purpose,
                channel=Channel.EMAIL,
                granted=granted,
                how=how,
                text=question.label,
            )
