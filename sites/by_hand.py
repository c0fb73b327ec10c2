"""What the organiser does at the desk: a reply by telephone, cancelling one, letting one past others, other seats."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import transaction

from registers.addresses import address_key
from registers.models import Activity, Contact
from sites import counters, people, seats
from sites.models.replies import Source
from sites.replies import Answer, Outcome, after, one_at_a_time, sent_with, take

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage


class AddressKnown(Exception):
    """The address typed at the desk is that of `contact`: a person has to say whether they are meant."""

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        super().__init__(contact.pk)


@transaction.atomic
def reply_by_hand(
    *,
    page: "RsvpPage",
    contact: Contact | None,
    answer: Answer,
    overrule: bool = False,
    somebody_else: bool = False,
) -> Outcome:
    """Take a reply that came by telephone; raises seats.TooLarge unless `overrule` seats them anyway.

    Without a contact the person is looked for by address, and added to the register when new. Raises AddressKnown
    where the address is somebody's with another name or a reply; `somebody_else` says that they share it.
    """
    token = None
    if contact is None:
        key = address_key(answer.person.get("email", ""))
        if key or answer.form_token:
            one_at_a_time(page.register_id, key, form=answer.form_token)
        sent = sent_with(page, answer)
        token = answer.form_token if sent is None else None
        if sent and _is_of(sent.contact, key, answer.person):
            contact = sent.contact  # the same form once more, as where the line was lost meanwhile
        elif key and not somebody_else:
            contact = people.known_as(register_id=page.register_id, email_key=key, person=answer.person)
            if contact and (counters.find(page.pk, contact.pk) or not people.has_name(contact, answer.person)):
                raise AddressKnown(contact)
    answer = replace(answer, form_token=token)
    timeline: list[Activity] = []
    contact = contact or people.welcome(page=page, answer=answer, timeline=timeline)
    return take(page, contact, answer, Source.HAND, timeline=timeline, overrule=overrule)


def _is_of(contact: Contact | None, email_key: str, person: Mapping[str, str]) -> bool:
    """Whether a form says of its person what it said before: a corrected address makes it somebody else's."""
    return bool(contact and contact.email_key == email_key and people.has_name(contact, person))


@transaction.atomic
def cancel_by_hand(*, page: "RsvpPage", registration_id: int) -> seats.Seating:
    """Cancel a reply at the desk; the guest is told, and the line moves up."""
    seating = seats.cancel_registration(page_id=page.pk, registration_id=registration_id)
    after(page=page, seating=seating)
    return seating


@transaction.atomic
def move_up_by_hand(*, page: "RsvpPage", registration_id: int, first: bool) -> seats.Seating:
    """Let somebody pass others in the waiting line; who is seated by it is told."""
    seating = seats.move_up(page_id=page.pk, registration_id=registration_id, first=first)
    after(page=page, seating=seating)
    return seating


@transaction.atomic
def change_seats(*, page: "RsvpPage", count: int | None) -> seats.Seating:
    """Give the event another number of seats, and tell those whom that seats."""
    seating = seats.set_seats(page_id=page.pk, seats=count)
    after(page=page, seating=seating)
    return seating
