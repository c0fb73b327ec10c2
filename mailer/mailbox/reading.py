"""A kept mail taken apart for reading."""

from email.message import EmailMessage as ParsedMail
from email.message import MIMEPart
from email.parser import BytesParser
from email.policy import default as policy
from functools import cached_property
from typing import NamedTuple

from mailer.models import MailboxMessage


class AttachedFile(NamedTuple):
    number: int
    filename: str
    content_type: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


class OpenedMail:
    """The parts of a mail. What cannot be decoded is shown as well as it can be, never refused."""

    def __init__(self, message: MailboxMessage) -> None:
        self.row = message
        self._parsed: ParsedMail = BytesParser(policy=policy).parsebytes(bytes(message.raw))

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        """Names and values as they came, unfolded."""
        return [(name, " ".join(str(value).split())) for name, value in self._parsed.raw_items()]

    @cached_property
    def html(self) -> str:
        return self._body("html")

    @cached_property
    def text(self) -> str:
        return self._body("plain")

    @cached_property
    def files(self) -> list[AttachedFile]:
        return [
            AttachedFile(
                number,
                part.get_filename() or f"attachment-{number}",
                part.get_content_type(),
                _bytes(part),
            )
            for number, part in enumerate(self._parsed.iter_attachments(), start=1)
        ]

    def _body(self, subtype: str) -> str:
        part = self._parsed.get_body(preferencelist=(subtype,))
        if part is None:
            return ""
        content = _bytes(part)
        try:
            return content.decode(part.get_content_charset("utf-8"), "replace")
        except (LookupError, ValueError):  # no such encoding, or one that cannot say where it fails
            return content.decode("utf-8", "replace")


def _bytes(part: MIMEPart) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
