"""Letters as bytes, put together by hand.

``email.message.EmailMessage`` builds some 700 letters a second; this builds several times as many, because
it knows exactly one shape: ``multipart/alternative`` with a plain and an HTML part, wrapped in
``multipart/mixed`` where files go along. Everything it writes is 7-bit with CRLF line ends and no line longer
than 998 octets, so no server needs 8BITMIME or SMTPUTF8.

RFC 5322 (message format), RFC 2045 (MIME bodies), RFC 2047 (encoded words), RFC 2231 (file names).
"""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from registers.addresses import ascii_domain

LINE = 78  # RFC 5322, 2.1.1: what a line should not exceed; 998 is what it must not
HARD_LINE = 998
ENCODED_WORD = 75  # RFC 2047, 2: the longest encoded word

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0080-\u009f\u2028\u2029]+")
_SPACES = re.compile(r"\s+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]*\Z")
_ADDRESS = re.compile(r"[^\s\"(),:;<>@\[\\\]]+@[^\s\"(),:;<>@\[\\\]]+\Z")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*\Z")
_CONTENT_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]+(; ?[a-z-]+=[A-Za-z0-9._-]+)*\Z")
# RFC 2047, 5(3): what may stand for itself in an encoded word of a display name, the strictest place.
_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q = tuple(chr(b) if b in _PLAIN else "_" if b == 0x20 else f"={b:02X}" for b in range(256))


class MailboxError(ValueError):
    """An address that cannot be written into a header or an envelope as it is."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name and an address: who writes, or to whom."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along.

    ``content_type`` may carry parameters: ``text/calendar; method=PUBLISH; charset=utf-8``.
    """

    filename: str
    content: bytes
    content_type: str = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Mail:
    """One letter to one person, before it is bytes.

    ``message_id`` is without angle brackets. ``headers`` are ready ASCII values, folded at their spaces.
    """

    sender: Mailbox
    to: Mailbox
    subject: str
    text: str
    html: str
    message_id: str
    date: datetime
    reply_to: str = ""
    headers: Sequence[tuple[str, str]] = ()
    attachments: Sequence[Attachment] = ()


def assemble(mail: Mail) -> bytes:
    """The whole letter, ready for DATA (dots not yet stuffed).

    Raises :class:`MailboxError` for an address that cannot be written, ``ValueError`` for a header that could
    smuggle another.
    """
    boundary = f"=_{mail.message_id.partition('@')[0]}"
    lines = [
        _from_line(mail.sender),
        _mailbox_line("To", mail.to),
        _text_line("Subject", mail.subject),
        f"Date: {format_datetime(mail.date.astimezone(UTC))}",
        f"Message-ID: <{_clean_id(mail.message_id)}>",
    ]
    if mail.reply_to:
        lines.append(_from_line(Mailbox(mail.reply_to), "Reply-To"))
    lines += [_header_line(name, value) for name, value in mail.headers]
    lines.append("MIME-Version: 1.0")
    alternative = _alternative(mail, boundary)
    if not mail.attachments:
        return "\r\n".join(lines).encode("ascii") + b"\r\n" + alternative
    outer = f"{boundary}_m"
    lines.append(f'Content-Type: multipart/mixed;\r\n boundary="{outer}"\r\n\r\n--{outer}\r\n')
    between = f"\r\n--{outer}\r\n".encode("ascii")
    parts = [alternative, *(_attachment(a) for a in mail.attachments)]
    return b"".join(["\r\n".join(lines).encode("ascii"), between.join(parts), f"\r\n--{outer}--\r\n".encode("ascii")])


@lru_cache(maxsize=4096)
def ascii_address(address: str) -> str:
    """The address as an SMTP envelope and a header take it: the domain in its ASCII form (IDNA).

    Raises :class:`MailboxError` when there is none, as with letters beyond ASCII before the ``@`` (RFC 6531,
    which few servers speak).
    """
    local, _at, domain = address.rpartition("@")
    if not address.isascii():
        try:
            domain = ascii_domain(domain)
        except UnicodeError as error:
            raise MailboxError(address) from error
    plain = f"{local}@{domain}"
    if not plain.isascii() or not _ADDRESS.match(plain) or len(plain) > 254:
        raise MailboxError(address)
    return plain


def _alternative(mail: Mail, boundary: str) -> bytes:
    # Neither encoding below can produce "=_", so the boundary occurs in no body and none is searched for it.
    return b"".join(
        [
            f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n--{boundary}\r\n'.encode("ascii"),
            _body("plain", mail.text),
            f"\r\n--{boundary}\r\n".encode("ascii"),
            _body("html", mail.html),
            f"\r\n--{boundary}--\r\n".encode("ascii"),
        ]
    )


def _body(subtype: str, text: str) -> bytes:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    if not text.endswith("\r\n"):
        text += "\r\n"
    raw = text.encode("utf-8", "replace")
    # Quoted-printable where most is ASCII (readable, and filters like it), base64 where that would grow.
    if (len(raw) - len(text)) * 4 > len(text):
        encoding, body = "base64", encodebytes(raw).replace(b"\n", b"\r\n")
    else:
        encoding, body = "quoted-printable", b2a_qp(raw)
    head = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return head.encode("ascii") + body


def _attachment(attachment: Attachment) -> bytes:
    if not _CONTENT_TYPE.match(attachment.content_type):
        raise ValueError(f"not a content type: {attachment.content_type!r}")
    filename = _one_line(attachment.filename) or "file"
    if filename.isascii() and '"' not in filename and "\\" not in filename and len(filename) < 60:
        disposition = f'filename="{filename}"'
    else:
        disposition = f"filename*=utf-8''{quote(filename[:200], safe='')}"
    head = (
        f"Content-Type: {attachment.content_type}\r\n"
        f"Content-Disposition: attachment;\r\n {disposition}\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return head.encode("ascii") + encodebytes(attachment.content).replace(b"\n", b"\r\n")


@lru_cache(maxsize=1024)
def _from_line(mailbox: Mailbox, header: str = "From") -> str:
    return _mailbox_line(header, mailbox)


def _mailbox_line(header: str, mailbox: Mailbox) -> str:
    address = f"<{ascii_address(mailbox.address)}>"
    name = _one_line(mailbox.name)
    if not name:
        return f"{header}: {address[1:-1]}"
    if _is_plain(name):
        if not _ATOMS.match(name):
            name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return _fold(header, [*name.split(" "), address])
    return _fold(header, [*_encoded_words(name, LINE - len(header) - 2), address])


def _text_line(header: str, value: str) -> str:
    value = _one_line(value)
    if _is_plain(value):
        return _fold(header, value.split(" "))
    return _fold(header, _encoded_words(value, LINE - len(header) - 2))


def _header_line(name: str, value: str) -> str:
    if not _HEADER_NAME.match(name) or not value.isascii() or _CONTROL.search(value):
        raise ValueError(f"not a header: {name!r}: {value!r}")
    return _fold(name, value.split(" "))


def _fold(header: str, words: Sequence[str]) -> str:
    lines: list[str] = []
    line = f"{header}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE and line != f"{header}:":
            lines.append(line)
            line = f" {word}"
        else:
            line = f"{line} {word}"
    lines.append(line)
    return "\r\n".join(lines)


def _encoded_words(text: str, first_room: int) -> list[str]:
    """RFC 2047 encoded words, none of which splits a character; the first fits beside the header's name."""
    words: list[str] = []
    room = min(ENCODED_WORD, first_room) - len("=?utf-8?q??=")
    word = ""
    for character in text:
        coded = "".join([_Q[byte] for byte in character.encode("utf-8", "replace")])
        if len(word) + len(coded) > room:
            words.append(f"=?utf-8?q?{word}?=")
            room = ENCODED_WORD - len("=?utf-8?q??=")
            word = ""
        word += coded
    words.append(f"=?utf-8?q?{word}?=")
    return words


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text and (len(text) < LINE or max(map(len, text.split(" "))) < HARD_LINE - 40)


def _one_line(text: str) -> str:
    """Names come from spreadsheets: a line end in one becomes a space, and never a header of its own."""
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()


def _clean_id(message_id: str) -> str:
    if not message_id.isascii() or not _ADDRESS.match(message_id):
        raise ValueError(f"not a Message-ID: {message_id!r}")
    return message_id
