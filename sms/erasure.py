"""What is left of text messages when a person is erased: that there were some, when, and what became of them."""

from typing import Any

from django.dispatch import receiver

from campaigns.models import Message
from campaigns.suppression import ERASED
from registers.signals import contacts_erased
from sms.models import Inbound, SmsMessage

State = Message.State


@receiver(contacts_erased, dispatch_uid="blank text messages of the erased")
def blank_text_messages(contacts: Any, **_kwargs: Any) -> None:
    """Take telephone and text out of what they have sent and were sent; what has not left does not leave."""
    people = contacts.order_by().values("pk")
    sent = SmsMessage.unscoped.filter(contact__in=people)
    sent.filter(state__in=(*Message.WAITING, State.CLAIMED)).update(
        state=State.SUPPRESSED, suppressed_by=ERASED, lease_until=None
    )
    sent.update(address="", address_key="", text="", error="")
    Inbound.unscoped.filter(contact__in=people).update(sender="", phone="", text="")
