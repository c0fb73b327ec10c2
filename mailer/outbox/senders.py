"""Whom a letter is from."""

from dataclasses import dataclass
from email.utils import parseaddr
from uuid import uuid4

from django.conf import settings

from mailer.models import Sender
from mailer.outbox.mime import MailboxError, ascii_address
from organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Identity:
    """The From line, and where answers go when not there."""

    name: str
    address: str
    reply_to: str = ""

    @property
    def domain(self) -> str:
        """What stands after the @ of this sender's Message-IDs."""
        return ascii_address(self.address).rpartition("@")[2]


def identity_of(sender: Sender | None, organisation: Organisation) -> Identity:
    """The identity of a sender; without one the organisation writes from the installation's own address."""
    if sender is not None:
        return Identity(sender.name, sender.email, sender.reply_to)
    return Identity(organisation.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1], organisation.contact_email)


def may_write(sender: Sender, organisation: Organisation) -> bool:
    """Whether mail servers take the sender's address."""
    try:
        return bool(identity_of(sender, organisation).domain)
    except MailboxError:
        return False


def default_sender() -> Sender | None:
    """The sender of automatic messages: the first that the organisation in scope made."""
    sender: Sender | None = Sender.objects.order_by("pk").first()
    return sender


def new_message_id(identity: Identity) -> str:
    """A Message-ID that nobody else has (RFC 5322, 3.6.4), without angle brackets. Raises MailboxError."""
    return f"{uuid4().hex}@{identity.domain}"
