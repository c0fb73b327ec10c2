"""From a claimed row to what a mail server takes: whom it goes to, whom it is from, and the bytes of the letter."""

from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.carrying import Sorted
from campaigns.consents import refusals
from campaigns.invitations import Invitation
from campaigns.models import Message
from campaigns.outbox import Result
from campaigns.suppression import ERASED, stopped_by
from campaigns.transport import Outcome
from mailer.answers.tracking import Addresses, as_headers
from mailer.merging.fields import values_for, values_for_many
from mailer.models import EmailCampaign, EmailMessage
from mailer.outbox import aftermath
from mailer.outbox.joiners import purposes_of, who_left
from mailer.outbox.mime import Attachment, Mail, Mailbox, MailboxError, ascii_address, assemble
from mailer.outbox.senders import Identity, identity_of
from mailer.rendering import CompiledEmail
from mailer.transports import Parcel, Transport
from registers.absences import AWAY, away_among
from registers.models import Channel, Contact
from registers.suppression import suppressed

DECEASED = "deceased"


class MissingAddress(Exception):
    """The letter needs an address, the personal link say, that can no longer be made: nobody can get it as it is."""


class Letters:
    """What all e-mails have in common on their way to a mail server."""

    messages = EmailMessage
    is_silent = gettext_lazy("The mail server takes letters and does not say what becomes of them (%(answer)s)")

    def refusal(self, error: ValueError) -> str:
        """Why no letter could be made of a row, in words for the report."""
        if isinstance(error, MailboxError):
            return _("Mail servers do not take this address.")
        return _("No letter could be made: %(why)s") % {"why": error}

    def push(self, transport: Transport, parcel: Parcel) -> Outcome:
        return transport.push(return_path=parcel.return_path, recipient=parcel.recipient, content=parcel.content)

    def settled(self, rows: Mapping[int, EmailMessage], results: Mapping[int, Result]) -> None:
        aftermath.settled(rows, results)


class CampaignLetters(Letters):
    """Makes the letters of one campaign from what was frozen when it started."""

    def __init__(self, campaign: EmailCampaign) -> None:
        if campaign.compiled is None:
            raise ValueError(f"Campaign {campaign.pk} has not been frozen.")
        self.campaign = campaign
        self.compiled = CompiledEmail.from_json(campaign.compiled)
        self.identity = Identity(campaign.from_name, campaign.from_address, campaign.reply_to)
        page = campaign.invites_to.specific if campaign.invites_to else None
        self.invitation = page if isinstance(page, Invitation) else None
        self.contacts: dict[int, Contact] = {}
        self.values: dict[int, dict[str, str]] = {}

    def sort(self, rows: Sequence[EmailMessage]) -> Sorted:
        """Ask once more who may be written to, and fetch what the letters need, for a whole batch."""
        ids = {row.contact_id for row in rows if row.contact_id}
        self.contacts = Contact.objects.select_related("register").in_bulk(ids)
        self.values = values_for_many(self.contacts.values())
        stopped = stopped_rows(rows, self.contacts, purpose_id=self.campaign.purpose_id)
        return Sorted([row for row in rows if row.pk not in stopped], stopped)

    def parcel(self, row: EmailMessage) -> Parcel:
        """Raises MailboxError for an address that no mail server takes, MissingAddress for a letter nobody can get."""
        contact = self.contacts[row.contact_id]  # type: ignore[index]
        addresses = Addresses(row.pk)
        rendered = self.compiled.personalise(
            self.values[contact.pk], urls=self.urls(contact, addresses, row), link=addresses.link
        )
        return _parcel(
            row,
            self.identity,
            name=contact.full_name,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            headers=as_headers(addresses, row),
        )

    def urls(self, contact: Contact, addresses: Addresses, row: EmailMessage) -> dict[str, str]:
        urls = {
            "unsubscribe_url": addresses.unsubscribe,
            "web_url": addresses.web,
            "open_pixel": addresses.pixel,
        }
        if "personal_url" in self.compiled.needs:
            if self.invitation is None:
                raise MissingAddress("personal_url")
            urls["personal_url"] = self.invitation.personal_url(contact, letter=row)
        return urls

    def on_the_web(self, row: EmailMessage) -> str:
        """The letter as it was sent to this recipient; with fall-backs where the person was erased."""
        contact = Contact.objects.select_related("register").filter(pk=row.contact_id).first()
        addresses = Addresses(row.pk)
        urls = {
            "unsubscribe_url": addresses.unsubscribe,
            "web_url": addresses.web,
            "open_pixel": addresses.pixel,
            "personal_url": self.campaign.web_url,  # reached through its numbered link, which knows the person
        }
        values = values_for(contact) if contact is not None else {}
        return self.compiled.personalise(values, urls=urls, link=addresses.link).html

    def destination(self, row: EmailMessage, position: int) -> str:
        """Where a link with slots leads for this recipient; the web version where the person was erased."""
        contact = Contact.objects.select_related("register").filter(pk=row.contact_id).first()
        if contact is None:
            return self.campaign.web_url
        values = values_for(contact) if self.compiled.links[position].has_fields else {}
        return self.compiled.destination(position, values, urls=self.urls(contact, Addresses(row.pk), row))


class SingleLetters(Letters):
    """Makes automatic and test letters: each carries its content itself."""

    def __init__(self) -> None:
        self.contacts: dict[int, Contact] = {}

    def sort(self, rows: Sequence[EmailMessage]) -> Sorted:
        ids = {row.contact_id for row in rows if row.contact_id}
        self.contacts = Contact.objects.select_related("register").in_bulk(ids)
        stopped, purposes = who_left(rows), purposes_of(rows)
        for purpose in {None, *purposes.values()}:
            some = [row for row in rows if purposes.get(row.pk) == purpose]
            stopped |= stopped_rows(some, self.contacts, purpose_id=purpose)
        return Sorted([row for row in rows if row.pk not in stopped], stopped)

    def parcel(self, row: EmailMessage) -> Parcel:
        letter: dict[str, Any] = row.letter or {}
        contact = self.contacts.get(row.contact_id or 0)
        return _parcel(
            row,
            _letter_identity(row, letter),
            name=contact.full_name if contact and contact.email_key == row.address_key else "",
            subject=letter["subject"],
            text=letter["text"],
            html=letter["html"],
            headers=_headers(row),
            attachments=[
                Attachment(item["filename"], b64decode(item["content"]), item["content_type"])
                for item in letter.get("attachments", [])
            ],
        )


def _letter_identity(row: EmailMessage, letter: Mapping[str, Any]) -> Identity:
    identity = identity_of(row.sender, row.organisation)
    return replace(identity, name=letter["from_name"]) if letter.get("from_name") else identity


def _headers(row: EmailMessage) -> list[tuple[str, str]]:
    if row.traffic == Message.Traffic.TEST:
        return []
    # RFC 3834: no holiday notice answers this.
    made = [("Auto-Submitted", "auto-generated")]
    return [*made, *as_headers(Addresses(row.pk), row)] if row.traffic == Message.Traffic.BULK else made


def stopped_rows(
    rows: Sequence[EmailMessage], contacts: Mapping[int, Contact], *, purpose_id: int | None = None
) -> dict[int, str]:
    """Which rows must not leave, and why. All rows are of the organisation in scope, and for `purpose_id` where there
    is one."""
    if not rows:
        return {}
    kinds = suppressed(
        organisation_id=rows[0].organisation_id,
        channel=Channel.EMAIL,
        addresses=[row.address_key for row in rows],
    )
    bulk = [row.contact_id for row in rows if row.traffic == Message.Traffic.BULK and row.contact_id]
    absent = away_among(bulk)
    asked = [
        (row.address_key, contacts[row.contact_id].register_id)
        for row in rows
        if row.contact_id is not None and row.contact_id in contacts
    ]
    unwilling = refusals(asked, purpose_id=purpose_id, channel=Channel.EMAIL)
    stopped: dict[int, str] = {}
    for row in rows:
        contact = contacts.get(row.contact_id or 0)
        known = set(kinds.get(row.address_key, ()))
        if contact is not None and contact.deceased:
            known.add(DECEASED)
        reason = stopped_by(known, traffic=row.traffic, direct_answer=row.direct_answer)
        gone = contact is None or contact.register.leaving  # a register that is being deleted
        if not reason and (not row.address or (gone and row.traffic == Message.Traffic.BULK)):
            reason = ERASED
        if not reason and row.traffic == Message.Traffic.BULK and row.contact_id in absent:
            reason = AWAY
        if not reason and row.traffic == Message.Traffic.BULK:
            reason = unwilling.get(row.address_key, "")
        if reason:
            stopped[row.pk] = reason
    return stopped


def _parcel(row: EmailMessage, identity: Identity, *, name: str, **parts: Any) -> Parcel:
    recipient = ascii_address(row.address)
    mail = Mail(
        sender=Mailbox(identity.address, identity.name),
        to=Mailbox(row.address, name),
        reply_to=identity.reply_to,
        message_id=row.message_id,
        date=timezone.now(),
        **parts,
    )
    return Parcel(ascii_address(identity.address), recipient, assemble(mail))
