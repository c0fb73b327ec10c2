"""The answer to a text message: a row of the outbox, in the transaction that does what the message asked for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import outbox
from campaigns.models import Message
from organisations.models import Organisation
from organisations.wake import wake_once
from sms.encoding import length_of
from sms.models import Inbound, SmsMessage
from sms.sending import send_answers

MOST_PARTS = 3
# To one telephone: two machines that answer each other come to an end, and nobody can be billed for many.
MOST_IN_AN_HOUR = 10


def answer(*, inbound: Inbound, text: str) -> None:
    """Queue the answer, where there is one and its telephone has not had too many of late."""
    recent = SmsMessage.objects.filter(address_key=inbound.phone, created_at__gt=timezone.now() - timedelta(hours=1))
    if not text or recent.count() >= MOST_IN_AN_HOUR:
        return
    message = SmsMessage(
        answers=inbound,
        contact=inbound.contact,
        address=inbound.phone,
        address_key=inbound.phone,
        traffic=Message.Traffic.TRANSACTIONAL,
        direct_answer=True,
        originator=inbound.number.number,
        text=text,
        parts=length_of(text).parts,
    )
    message.save()
    wake_once("urgent", send_answers, inbound.organisation_id)


def stopped(organisation: Organisation) -> str:
    """What somebody reads who wants no more, in the language of the organisation: one part, whatever its name."""
    text = _("You will get no more text messages from %(name)s.")
    name = organisation.name
    while name and length_of(text % {"name": name}).parts > 1:
        name = name[:-1]
    return text % {"name": name}


@transaction.atomic
def send_again(*, inbound: Inbound) -> bool:
    """A person wants an answer sent again that may have left or not; False where it is not unknown any more."""
    if not outbox.requeue(SmsMessage.objects.filter(answers=inbound).exclude(text="")):
        return False
    wake_once("urgent", send_answers, inbound.organisation_id)
    return True


def leave_answer(*, inbound: Inbound, user: Any) -> bool:
    """A person has looked at an answer that may have left or not, and leaves it at that."""
    return bool(outbox.leave(SmsMessage.objects.filter(answers=inbound), user=user))
