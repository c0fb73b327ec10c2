"""From a filled form to a row of the register: kept until the address is confirmed, then all in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mailer.models import EmailMessage, MailboxMessage
from organisations.sweeps import sweep
from registers import activity
from registers.addresses import address_key
from registers.columns import columns_for
from registers.consents import newest_acts
from registers.contacts import save_contact
from registers.duplicates.former import present_contact
from registers.memberships import add_to_group, remove_from_group
from registers.models import Activity, Channel, Contact, Group, SuppressionKind
from registers.suppression import SAID_NO, lift, suppress, suppressed
from registers.values import ValueMistake
from sites import people
from sites.answers import said
from sites.forms.definition import Definition
from sites.models.signups import SignUp
from sites.replies import Answer, one_at_a_time
from sites.signups import letters
from sites.signups.forms import SignUpForm, agreed_to

if TYPE_CHECKING:
    from sites.models.signup_pages import SignUpPage

MOST_AT_ONE_ADDRESS = 5  # people who share an address and get a link each
FORGET_EVERY = timedelta(hours=1)
AT_ONCE = 1_000


class SignUpChanged(Exception):
    """Somebody has sent the form again, with other words, since its confirmation was shown."""


@transaction.atomic
def ask(*, page: SignUpPage, form: SignUpForm) -> None:
    """Keep what was typed, and mail the address a link that confirms it.

    What is typed again before that takes the place of what was typed first; nothing tells whether the address is known.
    """
    person = form.person()
    email = person.pop("email")
    key = address_key(email)
    one_at_a_time(page.register_id, key)
    _wait(page, key, email=email, person=person, answers=form.answers(), contact=None, moves=False)


def _wait(page: SignUpPage, key: str, **values: Any) -> None:
    """Have what was typed wait for its confirmation, in place of what waits for that of the same address."""
    values |= {"version": page.form_version, "created_at": timezone.now()}
    waiting = {"page": page, "email_key": key, "confirmed_at": None}
    sign_up, _new = SignUp.objects.update_or_create(**waiting, defaults=values)
    letters.send_confirmation(page=page, sign_up=sign_up)


@transaction.atomic
def send_links(*, page: SignUpPage, email: str) -> None:
    """Mail everybody of the register at this address a link of their own; who typed it learns nothing."""
    key = address_key(email)
    if not key:
        return
    found = Contact.objects.filter(register=page.register_id, email_key=key, deceased=False).order_by("pk")
    for contact in found[:MOST_AT_ONE_ADDRESS]:
        letters.send_own_link(page=page, contact=contact)


@transaction.atomic
def confirm(*, page: SignUpPage, sign_up_id: int, seen: str) -> bool:
    """The owner of the address says that it was them. Whether there was a sign-up to confirm, now or before.

    `seen` is the `mark` of what they were shown. Raises SignUpChanged where something else has been typed since.
    """
    asked = SignUp.objects.filter(page=page, pk=sign_up_id)
    first = asked.first()
    if first is None:
        return False
    one_at_a_time(page.register_id, first.email_key)
    sign_up = asked.select_for_update(of=("self",)).select_related("version").first()
    if sign_up is None or sign_up.confirmed_at:
        return sign_up is not None
    if seen != sign_up.mark:
        raise SignUpChanged
    if sign_up.moves:
        contact = _move(page, sign_up)
    else:
        contact = _put_into_register(page, sign_up)
        _agree(page, contact, sign_up)
        _listen_again(page, contact)
    _give_letters(contact, sign_up)
    sign_up.contact, sign_up.confirmed_at = contact, timezone.now()
    sign_up.email = sign_up.email_key = ""
    sign_up.person, sign_up.answers = {}, {}
    sign_up.save()
    return True


def _put_into_register(page: SignUpPage, sign_up: SignUp) -> Contact:
    """Whoever the register has at this address, brought up to date, else a new contact; a name that is known stays."""
    answer = Answer(
        coming=True,
        version=sign_up.version,
        person={**sign_up.person, "email": sign_up.email},
        answers=sign_up.answers,
    )
    contact = people.known_as(register_id=page.register_id, email_key=sign_up.email_key, person=answer.person)
    timeline: list[Activity] = []
    data: dict[str, Any] = {"page": page.pk}
    if contact is None:
        contact = people.welcome(page=page, answer=answer, timeline=timeline)
    else:
        data |= _bring_up_to_date(page, contact, sign_up)
        contact.refresh_from_db()
    data["left_out"] = _left_out(page, contact, sign_up)
    timeline.append(activity.entry(contact=contact, kind="signup.joined", source=page.source, data=data))
    activity.write(timeline)
    if page.group is not None:
        add_to_group(group=page.group, contacts=[contact.pk], source=page.source)
    return contact


def _move(page: SignUpPage, sign_up: SignUp) -> Contact:
    """Write to somebody at their new address from now on; who said no at the former one has not said yes by this."""
    assert sign_up.contact is not None  # it goes with its contact
    contact = _locked(sign_up.contact)
    stops = suppressed(organisation_id=contact.organisation_id, channel=Channel.EMAIL, addresses=[contact.email_key])
    refused = stops.get(contact.email_key, set()) & SAID_NO
    save_contact(register=contact.register, contact=contact, values={"email": sign_up.email}, source=page.source)
    for kind in sorted(refused):
        _stop(contact, kind, page)
    return contact


def _locked(contact: Contact) -> Contact:
    """The contact as it is now, or the one it has been merged with, until the transaction ends."""
    rows = Contact.objects.select_related("register").select_for_update(of=("self",), no_key=True)
    found: Contact = rows.get(pk=present_contact(contact).pk)
    return found


def _agree(page: SignUpPage, contact: Contact, sign_up: SignUp) -> None:
    """What was ticked counts from now on; a box that was left empty takes back nothing that was agreed to before."""
    people.record_consents(
        page=page, contact=contact, definition=sign_up.version.definition, given=sign_up.answers, before={}
    )


def _listen_again(page: SignUpPage, contact: Contact) -> None:
    """Who signs up and confirms it wants the letters again that they had unsubscribed from; nothing else is lifted."""
    ended = lift(
        organisation_id=contact.organisation_id,
        channel=Channel.EMAIL,
        address=contact.email_key,
        kinds=[SuppressionKind.UNSUBSCRIBED],
        reason=_("Signed up again on “%(page)s”, and confirmed it by e-mail.") % {"page": page.title},
    )
    if ended:
        activity.record(contact=contact, kind="resubscribed", source=page.source)


def _bring_up_to_date(page: SignUpPage, contact: Contact, sign_up: SignUp) -> dict[str, str]:
    """Write what was typed to the row of who is known; what is worth telling on their timeline.

    Where several share an address and none is called as was typed, nobody's details are changed by another's.
    """
    named = contact.first_name or contact.last_name
    if named and (other := people.other_name(contact, sign_up.person)):
        return {"subject": other}
    # An empty box says nothing: it may never have been looked at.
    answers = {key: given for key, given in sign_up.answers.items() if given is not False}
    answer = Answer(coming=True, version=sign_up.version, person=sign_up.person, answers=answers)
    people.bring_up_to_date(page=page, contact=contact, answer=answer)
    return {}


def _left_out(page: SignUpPage, contact: Contact, sign_up: SignUp) -> dict[str, list[str]]:
    """{question: [answer]} of what the row does not say now: somebody else at the address, or a value that is taken."""
    columns = {column.key: column for column in columns_for(page.register)}
    found: dict[str, list[str]] = {}
    for question in sign_up.version.definition.questions:
        column, answer = columns.get(question.column), sign_up.answers.get(question.id)
        if column is None or answer is None or answer is False:
            continue
        try:
            stands = column.stored(contact) == people.parsed(column, answer)
        except ValueMistake:
            stands = False
        if not stands:
            found[question.label] = [said(answer)]
    return found


def _give_letters(contact: Contact, sign_up: SignUp) -> None:
    """Now it is known whose they are: they are erased with the person."""
    sent = letters.confirmations([sign_up])
    EmailMessage.objects.filter(pk__in=[message.pk for message in sent]).update(contact=contact)


def had_unsubscribed(sign_up: SignUp) -> bool:
    """Whether confirming would let the letters come again that the address had unsubscribed from."""
    stops = suppressed(organisation_id=sign_up.organisation_id, channel=Channel.EMAIL, addresses=[sign_up.email_key])
    return SuppressionKind.UNSUBSCRIBED in stops.get(sign_up.email_key, ())


@transaction.atomic
def change(*, page: SignUpPage, contact: Contact, form: SignUpForm) -> None:
    """Write what the owner of a link has changed; another address is asked first whether it is theirs.

    Raises ValidationError by column where the register refuses a value.
    """
    contact = _locked(contact)
    save_contact(
        register=contact.register, contact=contact, values=form.values(), source=page.source, make_companies=False
    )
    before = _agreed_before(form.definition, contact)
    people.record_consents(page=page, contact=contact, definition=form.definition, given=form.answers(), before=before)
    if address := form.new_address:
        _wait(page, address_key(address), email=address, person={}, answers={}, contact=contact, moves=True)


def _agreed_before(definition: Definition, contact: Contact) -> dict[str, bool]:
    agreed = agreed_to(contact)
    return {question.id: question.purpose in agreed for question in definition.consents}


def _stop(contact: Contact, kind: str, page: SignUpPage) -> None:
    suppress(
        organisation_id=contact.organisation_id,
        channel=Channel.EMAIL,
        address=contact.email_key,
        kind=kind,
        source=page.source,
    )


@transaction.atomic
def leave(*, page: SignUpPage, contact: Contact) -> None:
    """Take the owner of a link off the list: out of the page's group and those below it, and what they agreed to on it
    taken back. Where there was nothing of that, no campaign reaches their address any more.
    """
    contact = _locked(contact)
    definition = page.definition
    before = _agreed_before(definition, contact)
    people.record_consents(page=page, contact=contact, definition=definition, given={}, before=before)
    left = sum(
        remove_from_group(group=group, contacts=[contact.pk], source=page.source)
        for group in (Group.objects.filter(pk__in=page.group.with_descendants()) if page.group else ())
    )
    if not left and not any(before.values()):
        _stop(contact, SuppressionKind.UNSUBSCRIBED, page)
    activity.record(contact=contact, kind="signup.left", source=page.source, data={"page": page.pk})


def who_left(*, page: SignUpPage, contacts: Sequence[int]) -> dict[int, datetime]:
    """{id: when} of those who have taken themselves off the list, and whom nobody has put on it again since."""
    acts = Activity.objects.filter(contact__in=contacts, kind__in=("signup.joined", "signup.left"), data__page=page.pk)
    last = acts.order_by("contact_id", "-at", "-pk").distinct("contact_id")
    left = {act.contact_id: act.at for act in last if act.kind == "signup.left"}
    if left and page.group:
        for back in Contact.objects.in_group(page.group).filter(pk__in=left).values_list("pk", flat=True):
            del left[back]
    purposes = {question.purpose for question in page.definition.consents}
    for act in newest_acts(left):
        if act.granted and act.channel == Channel.EMAIL and act.purpose_id in purposes:
            left.pop(act.contact_id, None)
    return left


@sweep(every=FORGET_EVERY)
def forget_unconfirmed() -> None:
    """Whoever did not confirm in time has never been here."""
    forget(SignUp.unscoped.filter(created_at__lt=timezone.now() - SignUp.KEEP_WAITING))


@transaction.atomic
def forget(sign_ups: Any) -> None:
    """Delete those of them that were not confirmed, with the mails that asked for it."""
    rows = sign_ups.filter(confirmed_at=None).select_for_update(skip_locked=True, of=("self",)).order_by("pk")
    while waiting := list(rows[:AT_ONCE]):
        sent = letters.confirmations(waiting)
        MailboxMessage.objects.filter(message_id__in=[message.message_id for message in sent]).delete()
        EmailMessage.unscoped.filter(pk__in=[message.pk for message in sent]).delete()
        SignUp.unscoped.filter(pk__in=[sign_up.pk for sign_up in waiting]).delete()
