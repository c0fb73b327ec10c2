"""Single letters: automatic messages (confirmations, reminders) and tests."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from campaigns import outbox
from campaigns.models import Message
from mailer.answers.tracking import Addresses
from mailer.models import EmailCampaign, EmailMessage, Sender
from mailer.outbox.mime import Attachment
from mailer.outbox.senders import identity_of, new_message_id
from mailer.outbox.sending import send_series, send_singles
from mailer.rendering import CompiledEmail, Rendered
from mailer.rendering.urls import page_url
from organisations.models import Organisation, User
from organisations.wake import wake, wake_once
from registers.addresses import address_key
from registers.models import Contact

Traffic = Message.Traffic


def queue_email(
    *,
    to: str,
    kind: str,
    unique_key: str,
    letter: Rendered,
    contact: Contact | None = None,
    attachments: Sequence[Attachment] = (),
    direct_answer: bool = False,
    sender: Sender | None = None,
    organisation: Organisation | None = None,
) -> None:
    """Queue one automatic e-mail of the organisation in scope, in the caller's transaction.

    `unique_key` says what it is about ("registration:12:confirmation:3"): the same key is one e-mail, and calling again
    changes nothing. `sender` is whom it is from, without one the installation's own address. `direct_answer`: it
    answers what the person has just done, and reaches even those who complained before. `organisation` spares reading
    the one in scope again. Raises ValueError for an address that is none and for an empty key.
    """
    if not unique_key:
        raise ValueError("An automatic e-mail needs a unique key.")
    row = _row(to=to, sender=sender, letter=letter, attachments=attachments, organisation=organisation)
    row.contact = contact
    row.traffic = Traffic.TRANSACTIONAL
    row.kind = kind
    row.unique_key = unique_key
    row.direct_answer = direct_answer
    EmailMessage.objects.bulk_create([row], ignore_conflicts=True)
    wake_once("urgent", send_singles, row.organisation_id)


@transaction.atomic
def queue_test(
    *, campaign: EmailCampaign, letter: CompiledEmail, user: User, to: str, from_name: str = ""
) -> EmailMessage:
    """Queue a test of a campaign's letter to an address, which may be the user's own; it counts nowhere.

    It comes from `from_name`, or the sender's own, and is filled in with the user's own name; links lead straight to
    where they point, and the personal link to the page that everybody may open. Raises ValueError for what is no
    address.
    """
    row = _row(to=to, sender=campaign.sender, letter=Rendered("", "", ""), attachments=())
    row.campaign = campaign
    row.traffic = Traffic.TEST
    row.kind = "test"
    if row.address_key != address_key(user.email):
        # Goes with the person, should they be erased.
        row.contact = Contact.objects.filter(email_key=row.address_key).order_by("pk").first()
    row.save()
    addresses = Addresses(row.pk)
    rendered = letter.personalise(
        {"first_name": user.first_name, "last_name": user.last_name, "email": user.email},
        urls={
            "unsubscribe_url": addresses.unsubscribe,
            "web_url": addresses.web,
            "personal_url": page_url(campaign.invites_to) if campaign.invites_to else addresses.web,
        },
    )
    subject = _("[Test] %(subject)s") % {"subject": rendered.subject}
    row.letter = {"subject": subject, "html": rendered.html, "text": rendered.text, "from_name": from_name}
    row.save(update_fields=["letter"])
    wake("urgent", send_singles, row.organisation_id)
    return row


def kept_letters() -> QuerySet[EmailMessage]:
    """Automatic and test messages of the organisation in scope whose content is still there, and automations'."""
    letters: QuerySet[EmailMessage] = EmailMessage.objects.filter(Q(letter__isnull=False) & ~Q(letter={}))
    return letters.filter(~Q(traffic=Traffic.BULK) | Q(campaign=None))


@transaction.atomic
def send_letter_again(*, message: EmailMessage) -> bool:
    """A person wants an automatic or test message that is not known to leave again: the same row and Message-ID.

    False where it is not unknown (any more), or its content has been forgotten.
    """
    if not outbox.requeue(kept_letters().filter(pk=message.pk)):
        return False
    if message.traffic == Traffic.BULK:
        wake("bulk", send_series, message.organisation_id)
    else:
        wake("urgent", send_singles, message.organisation_id)
    return True


def _row(
    *,
    to: str,
    sender: Sender | None,
    letter: Rendered,
    attachments: Sequence[Attachment],
    organisation: Organisation | None = None,
) -> EmailMessage:
    key = address_key(to)
    if not key:
        raise ValueError("not an e-mail address")
    organisation = organisation or Organisation.in_scope()
    content: dict[str, Any] = {"subject": letter.subject, "html": letter.html, "text": letter.text}
    if attachments:
        content["attachments"] = [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "content": b64encode(attachment.content).decode(),
            }
            for attachment in attachments
        ]
    return EmailMessage(
        organisation=organisation,
        address=to.strip(),
        address_key=key,
        sender=sender,
        message_id=new_message_id(identity_of(sender, organisation)),
        letter=content,
    )
