"""What is left of an e-mail when its recipient is erased: that it was sent, when, and what became of it."""

from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Now
from django.dispatch import receiver

from campaigns.models import Message
from campaigns.suppression import CHUNK, ERASED
from guards.chunks import in_chunks
from mailer.models import EmailMessage, MailboxMessage
from registers.models import Channel
from registers.signals import contacts_erased
from registers.suppression import pseudonym

State = Message.State

_BLANK = """
UPDATE mailer_emailmessage AS message SET address = '', address_key = erased.key, error = ''
FROM unnest(%s::bigint[], %s::text[]) AS erased (id, key)
WHERE message.id = erased.id
"""


@receiver(contacts_erased, dispatch_uid="blank e-mails of the erased")
def blank_messages(contacts: Any, **_kwargs: Any) -> None:
    """Take address, content and the server's answer out of the contacts' messages; what has not left does not leave.

    The address becomes a pseudonym: a campaign still has one message per address, and an old letter can unsubscribe.
    """
    messages = EmailMessage.unscoped.filter(contact__in=contacts.order_by().values("pk"))
    _keep_back(messages)
    messages.filter(letter__isnull=False).update(letter={})
    _take_from_mailbox(messages)
    rows = messages.order_by("pk").values_list("pk", "organisation_id", "address_key")
    for some in in_chunks(rows, CHUNK):
        keys = [
            pseudonym(organisation_id=organisation_id, channel=Channel.EMAIL, address=address_key)
            for _pk, organisation_id, address_key in some
        ]
        with connection.cursor() as cursor:
            cursor.execute(_BLANK, [[pk for pk, *_rest in some], keys])


def letters_kept(kind: str) -> QuerySet[EmailMessage]:
    """Automatic letters of a kind, of all organisations, whose content is still there."""
    kept: QuerySet[EmailMessage] = EmailMessage.unscoped.filter(kind=kind, letter__isnull=False).exclude(letter={})
    return kept


def letters_about(rows: QuerySet[Any], *, kind: str, apart: str, by: str = "pk") -> QuerySet[EmailMessage]:
    """Those of them whose unique key has the id of one of `rows`, in its column `by`, as its second part; the parts
    stand `apart`."""
    about = Func(F("unique_key"), Value(apart), Value(2), function="split_part", output_field=TextField())
    ids = rows.order_by().annotate(as_text=Cast(by, TextField())).values("as_text")
    return letters_kept(kind).annotate(about=about).filter(about__in=ids)


def forget_letters(letters: QuerySet[EmailMessage]) -> None:
    """Blank letters to the team about somebody who is no recipient of theirs; what has not left does not leave."""
    rows = EmailMessage.unscoped.filter(pk__in=list(letters.values_list("pk", flat=True)))
    _keep_back(rows)
    rows.update(letter={})
    _take_from_mailbox(rows)


def _keep_back(messages: QuerySet[EmailMessage]) -> None:
    waiting = messages.filter(state__in=(*Message.WAITING, State.CLAIMED))
    waiting.update(state=State.SUPPRESSED, suppressed_by=ERASED, lease_until=None)


def _take_from_mailbox(messages: QuerySet[EmailMessage]) -> None:
    """The practice mailbox, where one is used, is ours: what lies in a real one is out of reach."""
    MailboxMessage.objects.filter(message_id__in=messages.order_by().values("message_id")).delete()


def empty_old_letters() -> int:
    """Automatic and test letters that were through with long ago lose their content; returns how many did."""
    old = EmailMessage.unscoped.filter(letter__isnull=False, created_at__lt=Now() - settings.KEEP_LETTERS)
    return int(old.exclude(letter={}).exclude(state__in=Message.OPEN).update(letter={}))
