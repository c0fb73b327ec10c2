"""Whom the mails that an event sends by itself reach."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from campaigns.models import Message
from campaigns.suppression import stopped_among
from organisations import scope
from registers.models import Channel, Contact
from sites.models.seats import RegistrationQuerySet


class Reach(NamedTuple):
    """How many of some replies are told of what happens, and how many are not."""

    told: int
    stopped: int  # the address does not work, its owner has complained, or has died
    not_told: int  # without an address
    erased: int  # from the register


def reach_of(replies: RegistrationQuerySet) -> Reach:
    keys = list(replies.order_by().values_list("contact__email_key", flat=True))
    known = [key for key in keys if key]
    stopped = unreachable(known)
    lost = sum(key in stopped for key in known)
    return Reach(told=len(known) - lost, stopped=lost, not_told=keys.count(""), erased=sum(key is None for key in keys))


def is_reached(contact: Contact | None) -> bool:
    return contact is not None and contact.email_key != "" and not unreachable([contact.email_key])


def unreachable(addresses: Iterable[str]) -> Collection[str]:
    """Those of `addresses`, as keys, to which no mail of an event goes, unless it answers their owner at once."""
    traffic = Message.Traffic.TRANSACTIONAL
    return stopped_among(addresses, organisation_id=scope.current(), channel=Channel.EMAIL, traffic=traffic)
