"""What becomes of a text message that has come in: kept first, then done, one after the other.

Who sends JOIN and then LEAVE has left, however many workers there are: each message is done in the order of its row, in
one transaction with its answer.
"""

from __future__ import annotations

import logging
import time
from typing import Any
from uuid import uuid4

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import translation

from guards.seen import fingerprint
from organisations import scope
from organisations.models import Organisation
from organisations.wake import wake_once
from registers import activity
from registers.addresses import phone_key
from registers.models import Contact, Register
from registers.phone_conditions import with_telephone
from registers.texts import clean_line, clean_lines
from sms import answering, joining
from sms.models import Inbound, Keyword, ShortNumber
from sms.models.inbound import LONGEST
from sms.words import first_word, is_stop

logger = logging.getLogger(__name__)

JOB_SECONDS = 3  # of one job, before others have their turn
Outcome = Inbound.Outcome


def receive(*, number: ShortNumber, provider_id: str, sender: str, text: str) -> bool:
    """Keep a message that has come to `number`, of the organisation in scope; whether it is new.

    `provider_id` is the gateway's own: the same one, with the same sender and text, is the same message, however often
    it is delivered. A gateway that has none delivers each message as a new one.
    """
    sender, text = clean_line(sender)[:40], clean_lines(text)[:LONGEST]
    own_id = clean_line(provider_id)[:80]
    _inbound, new = Inbound.objects.get_or_create(
        number=number,
        provider_id=f"{own_id}:{fingerprint(sender, text)}" if own_id else uuid4().hex,
        defaults={
            "sender": sender,
            "phone": telephone(sender, region=Organisation.in_scope().region),
            "text": text,
        },
    )
    wake_once("urgent", do_waiting, number.organisation_id)
    return bool(new)


def telephone(sender: str, *, region: str) -> str:
    """The number that a message is from in E.164, "" where it is from a name; gateways leave out the plus."""
    in_full = sender.isdigit() and not sender.startswith("0")
    return (phone_key(f"+{sender}") if in_full else "") or phone_key(sender, region)


def do_waiting(organisation_id: int) -> None:
    """Do what has come in for an organisation. Any number of workers may try: one does it, the others leave."""
    until = time.monotonic() + JOB_SECONDS
    with scope.organisation(organisation_id):
        organisation = Organisation.objects.get(pk=organisation_id)
        with translation.override(organisation.language):
            while time.monotonic() < until:
                if not _do_next(organisation):
                    return
    wake_once("urgent", do_waiting, organisation_id)


def _do_next(organisation: Organisation) -> bool:
    """Do the oldest that waits; whether it was this worker's to do one."""
    inbound = None
    try:
        with transaction.atomic():
            if not _is_mine(organisation):
                return False
            inbound = Inbound.objects.filter(outcome=Outcome.WAITING).order_by("pk").select_for_update().first()
            if inbound is None:
                return False
            _do(inbound, organisation)
            inbound.save(update_fields=["outcome", "keyword", "contact"])
    except (OperationalError, InterfaceError):
        raise
    except Exception:  # one message that nobody has foreseen must not hold up all those behind it
        if inbound is None:
            raise
        logger.exception("Text message %d could not be done.", inbound.pk)
        Inbound.objects.filter(pk=inbound.pk, outcome=Outcome.WAITING).update(outcome=Outcome.FAILED)
    return True


def _is_mine(organisation: Organisation) -> bool:
    """Whether no other worker is at the messages of the organisation, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"text messages of {organisation.pk}"]
        )
        return bool(cursor.fetchone()[0])


def _do(inbound: Inbound, organisation: Organisation) -> None:
    if not inbound.phone:
        inbound.outcome = Outcome.NO_NUMBER
    elif is_stop(inbound.text):
        _stop(inbound, organisation)
    elif keyword := _keyword(inbound):
        inbound.keyword = keyword
        act = joining.join if keyword.act == Keyword.Act.JOIN else joining.leave
        inbound.outcome, inbound.contact = act(keyword=keyword, inbound=inbound)
        answering.answer(inbound=inbound, text=keyword.reply)
    else:
        inbound.outcome = Outcome.OTHER
        inbound.contact = _only_contact(inbound)
        _tell(inbound, "sms.received")
        answering.answer(inbound=inbound, text=inbound.number.other_reply)


def _keyword(inbound: Inbound) -> Keyword | None:
    words = first_word(inbound.text)
    keywords = Keyword.objects.filter(number=inbound.number_id, register__leaving=False)
    found = {keyword.word: keyword for keyword in keywords.filter(word__in=words).select_related("register", "group")}
    return next((found[word] for word in words if word in found), None)


def _stop(inbound: Inbound, organisation: Organisation) -> None:
    """No campaign writes to this telephone any more, whoever it is and whatever registers they are in."""
    inbound.outcome = Outcome.STOPPED
    inbound.contact = _only_contact(inbound)
    joining.stop(inbound=inbound, contact=inbound.contact, source=f"SMS: STOP to {inbound.number}")
    _tell(inbound, "sms.stopped")
    answering.answer(inbound=inbound, text=answering.stopped(organisation))


def _only_contact(inbound: Inbound) -> Contact | None:
    """Whose telephone it is, where the organisation has one contact with it."""
    found = list(with_telephone(inbound.phone, Register.objects.all()).filter(deceased=False)[:2])
    return found[0] if len(found) == 1 else None


def _tell(inbound: Inbound, kind: str) -> None:
    if inbound.contact is not None:
        data: dict[str, Any] = {"text": inbound.text[:200]}
        activity.record(contact=inbound.contact, kind=kind, source=f"SMS to {inbound.number}", data=data)


def has_said_more(inbound: Inbound) -> bool:
    """Whether its telephone has sent something since that was done: what it said before counts no more."""
    return bool(_later(inbound.phone, inbound.pk).exists())


def said_more() -> Exists:
    """The same of each row of a list."""
    return Exists(_later(OuterRef("phone"), OuterRef("pk")))


def _later(phone: Any, pk: Any) -> Any:
    return Inbound.objects.filter(phone=phone, pk__gt=pk).exclude(outcome__in=[Outcome.FAILED, Outcome.DROPPED])


@transaction.atomic
def do_again(*, inbound: Inbound) -> bool:
    """A person wants a message tried again that could not be done. False where somebody has done so meanwhile, and
    where its telephone has said more since."""
    if has_said_more(inbound):
        return False
    again = Inbound.objects.filter(pk=inbound.pk, outcome=Outcome.FAILED).update(outcome=Outcome.WAITING)
    wake_once("urgent", do_waiting, inbound.organisation_id)
    return bool(again)


def leave_undone(*, inbound: Inbound) -> bool:
    """A person has looked at a message that could not be done, and leaves it at that."""
    return bool(Inbound.objects.filter(pk=inbound.pk, outcome=Outcome.FAILED).update(outcome=Outcome.DROPPED))
