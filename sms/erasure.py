"""What is left of text messages when a person is erased: that there were some, when, and what became of them."""

from typing import Any

from django.db.models import Q
from django.dispatch import receiver

from campaigns.models import Message
from campaigns.suppression import ERASED
from registers.models.contact import telephones_of
from registers.signals import contacts_erased
from sms.models import Inbound, SmsMessage

State = Message.State


@receiver(contacts_erased, dispatch_uid="blank text messages of the erased")
def blank_text_messages(contacts: Any, **_kwargs: Any) -> None:
    """Take telephone and text out of what they have sent and were sent; what has not left does not leave.

    With it goes what their telephones have sent and nobody was known to have sent: from before they joined, or while
    several shared one.
    """
    people = contacts.order_by().values("pk")
    theirs = Q(contact__in=people) | Q(contact=None, pk__in=_of_their_telephones(contacts))
    received = Inbound.unscoped.filter(theirs)
    sent = SmsMessage.unscoped.filter(Q(contact__in=people) | Q(answers__in=received.values("pk")))
    waiting = sent.filter(state__in=(*Message.WAITING, State.CLAIMED))
    waiting.update(state=State.SUPPRESSED, suppressed_by=ERASED, lease_until=None)
    sent.update(address="", address_key="", text="", error="")
    received.filter(outcome=Inbound.Outcome.FAILED).update(outcome=Inbound.Outcome.DROPPED)
    received.update(sender="", phone="", text="")


def _of_their_telephones(contacts: Any) -> list[int]:
    """The ids of what nobody is known to have sent, from telephones of these people."""
    nobodys = Inbound.unscoped.filter(contact=None).exclude(phone="")
    organisations = set(contacts.order_by().values_list("organisation", flat=True).distinct())
    if not nobodys.filter(organisation__in=organisations).exists():
        return []
    phones: dict[int, set[str]] = {}
    for organisation_id, phone, attributes in contacts.order_by().values_list("organisation", "phone", "attributes"):
        phones.setdefault(organisation_id, set()).update(telephones_of(phone, attributes))
    return [
        pk
        for organisation_id, numbers in phones.items()
        for pk in nobodys.filter(organisation=organisation_id, phone__in=numbers).values_list("pk", flat=True)
    ]
