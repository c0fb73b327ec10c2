"""Mails into PostgreSQL, many at a time."""

import re
from collections.abc import Iterable, Sequence
from email.message import EmailMessage as ParsedMail
from email.parser import BytesHeaderParser
from email.policy import default as policy
from typing import NamedTuple

from django.db import InterfaceError, OperationalError, connection, transaction

from mailer.models import EmailMessage, MailboxMessage

KEPT = 10_000  # newest mails; what is older goes
HEAD = re.compile(rb"\r?\n\r?\n")
MAX_HEADER = 2_000  # characters of a header that are kept apart for the list


class Received(NamedTuple):
    """One mail as SMTP gave it: the envelope and the bytes."""

    return_path: str
    recipients: Sequence[str]
    raw: bytes


class NotStoredError(Exception):
    """The database cannot be reached at the moment; the sender should try again."""


def store(mails: Sequence[Received]) -> None:
    """Keep the mails, all or none; raises NotStoredError where the database does not answer."""
    rows = [_row(mail) for mail in mails]
    try:
        _insert(rows)
    except (OperationalError, InterfaceError):
        connection.close()  # the server was restarted since the last mail: a new connection may do
        try:
            _insert(_not_kept(rows))
        except (OperationalError, InterfaceError) as error:
            connection.close()
            raise NotStoredError(str(error)) from error


def _insert(rows: Sequence[MailboxMessage]) -> None:
    with transaction.atomic():
        organisations = _organisations([row.message_id for row in rows])
        for row in rows:
            row.pk = None
            row.organisation_id = organisations.get(row.message_id)
        MailboxMessage.objects.bulk_create(rows)
        _forget_oldest()


def _not_kept(rows: Sequence[MailboxMessage]) -> list[MailboxMessage]:
    """The server may have ended after the commit, before it could say so."""
    ids = [row.message_id for row in rows if row.message_id]
    kept = set(MailboxMessage.objects.filter(message_id__in=ids).values_list("message_id", "to"))
    return [row for row in rows if (row.message_id, row.to) not in kept]


def _organisations(message_ids: Iterable[str]) -> dict[str, int]:
    """Whose mails these are, for those that we have sent."""
    rows = EmailMessage.unscoped.filter(message_id__in=message_ids)
    return dict(rows.values_list("message_id", "organisation_id"))


def _row(mail: Received) -> MailboxMessage:
    headers = BytesHeaderParser(policy=policy).parsebytes(HEAD.split(mail.raw, 1)[0])
    return MailboxMessage(
        return_path=_text(mail.return_path, 320),
        to=_text(", ".join(mail.recipients), MAX_HEADER),
        message_id=_header(headers, "Message-ID").strip("<> ")[:255],
        subject=_header(headers, "Subject"),
        sender=_header(headers, "From"),
        raw=mail.raw,
    )


def _header(headers: ParsedMail, name: str) -> str:
    try:
        return _text(str(headers.get(name, "")), MAX_HEADER)
    except (ValueError, IndexError, AttributeError, TypeError):  # the parser stumbles over some broken headers
        return ""


def _text(value: str, limit: int) -> str:
    """Text as PostgreSQL takes it: no NUL, no half surrogates."""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()[:limit]


def _forget_oldest() -> None:
    oldest_kept = MailboxMessage.objects.order_by("-pk").values_list("pk", flat=True)[KEPT - 1 : KEPT].first()
    if oldest_kept is not None:
        MailboxMessage.objects.filter(pk__lt=oldest_kept).delete()
