"""A reply, from a valid form to rows: contact, consent, submission, seat, mails — all in one transaction.

Three doors lead here: the public page, the personal link, and the organiser's desk (`sites.by_hand`). What they share
is that nothing is half done, that the seat is decided last (`sites.seats`), and that a reply sent twice is one reply.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from organisations import scope
from registers import activity
from registers.addresses import address_key
from registers.duplicates.former import present_contact
from registers.models import Activity, Contact
from sites import counters, letters, people, seats
from sites.models.messages import MessageKind
from sites.models.notices import NoticeKind
from sites.models.replies import FormVersion, Source, Submission
from sites.models.seats import Capacity, Registration, State

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage

LINK_AGAIN_AFTER = timedelta(hours=1)
NOTICE_FOR = {
    State.CONFIRMED: NoticeKind.THANK_YOU,
    State.WAITING: NoticeKind.WAITING,
    State.CANCELLED: NoticeKind.CANCELLED,
    State.DECLINED: NoticeKind.DECLINED,
}
MAIL_FOR = {
    State.CONFIRMED: MessageKind.CONFIRMATION,
    State.WAITING: MessageKind.WAITING,
    State.CANCELLED: MessageKind.CANCELLATION,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A valid form. `person` has first_name, last_name, email and phone, as far as they were asked."""

    coming: bool
    version: FormVersion
    person: Mapping[str, str]
    party_size: int = 1
    answers: dict[str, Any] = field(default_factory=dict)
    guests: list[dict[str, Any]] = field(default_factory=list)
    form_token: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What to tell the person. `registration` is None where it is not theirs to know, and `changed` is False where
    it stood so already, so that nobody is written to."""

    notice: str
    registration: Registration | None = None
    changed: bool = True


def reply_in_public(*, page: "RsvpPage", answer: Answer) -> Outcome:
    """Take a reply from somebody who is known by nothing but the address typed; raises seats.TooLarge.

    An address that has replied already gets its personal link by mail, and whoever typed it learns nothing: the
    outcome is the one a newcomer would get.
    """
    room, party, line = page.room_now, answer.party_size, page.waiting_list
    sure = seats.likely(capacity=room, party=party, waiting_list=line) if room and answer.coming else None
    if room and sure:
        try:
            return _reply_in_public(page, answer, sure=sure)
        except counters.NotAtOnce:  # seats went or came meanwhile, or the event was called off
            room.refresh_from_db()  # in a rush it is kept for those who come next: they shall not try in vain
    return _reply_in_public(page, answer)


@transaction.atomic
def _reply_in_public(page: "RsvpPage", answer: Answer, *, sure: State | None = None) -> Outcome:
    key = address_key(answer.person["email"])
    known = one_at_a_time(page.register_id, key, form=answer.form_token)
    asked = answer.version.definition
    answers = people.without_refused(definition=asked, given=answer.answers, email_key=key)
    answer = replace(answer, answers=answers)
    sent = sent_with(page, answer)
    if sent:
        answer = replace(answer, form_token=None)
        sender = sent.contact if sent.contact and sent.contact.email_key == key else None
        registration = counters.find(page.pk, sender.pk) if sender else None
        if sender and registration:
            return _again(page, sent, sender, registration, answer)
    contact = people.known_as(register_id=page.register_id, email_key=key, person=answer.person) if known else None
    registration = counters.find(page.pk, contact.pk) if contact else None
    if registration:
        _send_link_again(page, registration)
        return Outcome(_notice_for_newcomer(page, answer))
    timeline: list[Activity] = []
    new = contact is None
    contact = contact or people.welcome(page=page, answer=answer, timeline=timeline)
    return take(page, contact, answer, Source.PUBLIC, timeline=timeline, new=new, sure=sure if new else None)


@transaction.atomic
def send_link_to_known(*, page: "RsvpPage", person: Mapping[str, str]) -> None:
    """Where a yes finds no seats: who has replied already gets their link all the same, and is shown nothing."""
    key = address_key(person.get("email", ""))
    one_at_a_time(page.register_id, key)
    contact = people.known_as(register_id=page.register_id, email_key=key, person=person)
    registration = counters.find(page.pk, contact.pk) if contact else None
    if registration:
        _send_link_again(page, registration)


@transaction.atomic
def reply_by_link(*, page: "RsvpPage", contact: Contact, answer: Answer) -> Outcome:
    """Take, change or cancel the reply of the owner of a personal link; raises seats.TooLarge."""
    one_at_a_time(page.register_id, contact.email_key or str(contact.pk))
    contact = present_contact(contact)
    if answer.coming:
        people.bring_up_to_date(page=page, contact=contact, answer=answer)
    return take(page, contact, answer, Source.LINK)


def after(
    *, page: "RsvpPage", seating: seats.Seating, by_guest: bool = False, timeline: Sequence[Activity] = ()
) -> None:
    """Tell everybody whom an operation on the seats concerns, once per version of their reply.

    `timeline` is what has happened before and is to be written with it.
    """
    told = [*timeline]
    registration = seating.registration
    if registration is not None and seating.changed:
        kind = MAIL_FOR.get(State(registration.state))
        if kind and not page.is_over:
            was_coming = seating.before == State.CONFIRMED
            letters.send_to_guest(
                page=page, registration=registration, kind=kind, was_coming=was_coming, by_guest=by_guest
            )
        letters.tell_staff(page=page, registration=registration)
        told += _entries(page, registration)
    for promoted in seating.promoted:
        letters.send_to_guest(page=page, registration=promoted, kind=MessageKind.PROMOTION)
        told += _entries(page, promoted)
    activity.write(told)


def take(
    page: "RsvpPage",
    contact: Contact,
    answer: Answer,
    source: str,
    *,
    timeline: Sequence[Activity] = (),
    new: bool = False,
    sure: State | None = None,
    overrule: bool = False,
) -> Outcome:
    """Write down what a contact has answered, and give or free the seats; raises seats.TooLarge, EventCancelled.

    In the caller's transaction. `timeline` is what has happened to the contact before and is to be written with it;
    `new` as in `seats.reply`, `sure` what a newcomer most likely gets (`seats.likely`).
    """
    if not answer.coming:
        submission = _submit(page, contact, answer, source) if source != Source.LINK else None
        seating = seats.leave(page_id=page.pk, contact_id=contact.pk, submission=submission)
    else:
        page.read_ahead()
        latest = None if new else Submission.objects.filter(page_id=page.pk, contact=contact).order_by("-pk").first()
        whole = _with_earlier(latest, answer)
        revised = latest is None or not latest.same_as(whole.answers, whole.guests)
        submission = _submit(page, contact, whole, source) if revised else latest
        if revised:
            before = latest.answers if latest else {}
            asked = answer.version.definition
            people.record_consents(
                page=page,
                contact=contact,
                definition=asked,
                given=answer.answers,
                before=before,
                by_hand=source == Source.HAND,
            )
        who = {"page_id": page.pk, "contact_id": contact.pk, "party": answer.party_size, "submission": submission}
        if sure == State.CONFIRMED:
            seating = seats.reply_at_once(**who)
        elif sure == State.WAITING:
            seating = seats.wait_at_once(**who)
        else:
            seating = seats.reply(**who, waiting_list=page.waiting_list, overrule=overrule, revised=revised, new=new)
    registration = seating.registration
    if registration is None:
        raise RuntimeError("a reply always leaves a registration")
    registration.contact = contact
    after(page=page, seating=seating, by_guest=source != Source.HAND, timeline=timeline)
    if sure == State.CONFIRMED:
        counters.count_in(page_id=page.pk, party=answer.party_size, waiting_list=page.waiting_list)
    return Outcome(NOTICE_FOR[State(registration.state)], registration, seating.changed)


def _submit(page: "RsvpPage", contact: Contact, answer: Answer, source: str) -> Submission:
    submission: Submission = Submission.objects.create(
        page_id=page.pk,
        contact=contact,
        version=answer.version,
        answers=answer.answers,
        guests=answer.guests,
        source=source,
        form_token=answer.form_token if source != Source.LINK else None,
        typed_name=people.other_name(contact, answer.person) if source == Source.PUBLIC else "",
    )
    return submission


def _again(page: "RsvpPage", sent: Submission, sender: Contact, registration: Registration, answer: Answer) -> Outcome:
    """The same copy of the form for the same address: a double click, or the way back to correct something."""
    # Compared with what was sent, not with what became of it: the owner of the link may have changed that since.
    whole = _with_earlier(sent, answer)
    repeated = not answer.coming or sent.same_as(whole.answers, whole.guests)
    if repeated and registration.is_active == answer.coming:
        return Outcome(NOTICE_FOR[State(registration.state)], registration)
    return take(page, sender, answer, Source.PUBLIC)


def _with_earlier(latest: Submission | None, answer: Answer) -> Answer:
    """The answer, with what was said before to questions that its form has lost since."""
    if latest is None:
        return answer
    answers, guests = latest.carried_into(answer.answers, answer.guests, asked=answer.version.definition)
    return replace(answer, answers=answers, guests=guests)


def sent_with(page: "RsvpPage", answer: Answer) -> Submission | None:
    """What was sent before with the same copy of the form; only the browser that did knows its token."""
    if answer.form_token is None:
        return None
    sent = Submission.objects.select_related("contact").filter(page_id=page.pk, form_token=answer.form_token)
    found: Submission | None = sent.first()
    return found


def one_at_a_time(register_id: int, key: str, *, form: uuid.UUID | None = None) -> bool:
    """Let no two replies of one address, or of one copy of a form, run at once: nobody must be made twice.

    Advisory locks until the end of the transaction, always taken first and in this order, so they cannot deadlock with
    each other or with the seats. Returns whether, with the lock held, somebody in the register has the address.
    """
    names = [f"reply {register_id} {key}", *([f"form {form}"] if form else [])]
    locks = ", ".join(["pg_advisory_xact_lock(hashtextextended(%s, 0))"] * len(names))
    # Two statements, for the second must see what was committed while the first one waited.
    asked = (
        "SELECT EXISTS (SELECT FROM registers_contact "
        "WHERE organisation_id = %s AND register_id = %s AND email_key = %s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {locks}; {asked}", [*names, scope.current(), register_id, key])
        cursor.nextset()
        known: bool = cursor.fetchone()[0]
    return known


def _notice_for_newcomer(page: "RsvpPage", answer: Answer) -> str:
    """What somebody new would be told just now; raises seats.TooLarge as it would for them."""
    if not answer.coming:
        return NoticeKind.DECLINED
    capacity = Capacity.objects.get(page_id=page.pk)
    state = seats.place(capacity=capacity, held=0, waits=0, party=answer.party_size, waiting_list=page.waiting_list)
    return NOTICE_FOR[state]


def _send_link_again(page: "RsvpPage", registration: Registration) -> None:
    """Mail the personal link, at most once an hour however often the address is typed."""
    now = timezone.now()
    due = Q(link_sent_at=None) | Q(link_sent_at__lt=now - LINK_AGAIN_AFTER)
    if Registration.objects.filter(due, pk=registration.pk).update(link_sent_at=now):
        key = f"registration-{registration.pk}-link-{now:%Y%m%dT%H%M%S}"
        letters.send_to_guest(
            page=page, registration=registration, kind=MessageKind.LINK_REMINDER, unique_key=key, by_guest=True
        )


def _entries(page: "RsvpPage", registration: Registration) -> list[Activity]:
    """What the guest's timeline tells of their reply."""
    if not registration.contact:
        return []
    data = {"page": page.pk, "party_size": registration.party_size, "version": registration.version}
    kind = f"event.{registration.state}"
    return [activity.entry(contact=registration.contact, kind=kind, source=f"page:{page.pk}", data=data)]
