"""SMTP (RFC 5321) on one kept connection.

The only question that matters is when a broken line leaves us not knowing. Until the server has answered
DATA with 354 it cannot have the letter: a line lost before that is a letter that surely did not leave. From
the first octet of the letter until the answer to its final dot nobody can tell (RFC 5321, 4.5.3.2.6; RFC
1047): that is :attr:`Fate.UNKNOWN`. Half an answer, or one that is not SMTP, is none.
"""

import contextlib
import re
import smtplib
import socket
import ssl
from base64 import b64encode

from django.utils.translation import gettext as _

from campaigns.transport import Fate, Outcome, TransportError
from mailer.transports.relay import parse_email_url

# RFC 3463, 3.2: X.1.7 and X.1.8 blame the sender's address, not the recipient's.
_DEAD_ADDRESS = re.compile(r"\A5\.1\.(?:0|1|2|3|4|6|10)\b")
# RFC 5321, 4.2: three digits, and a hyphen where another line follows.
_REPLY_LINE = re.compile(rb"\A([2-5]\d\d)(?:([ -])(.*))?\r?\n\Z", re.DOTALL)
_LONGEST_LINE = 8192  # octets; sixteen times what RFC 5321 (4.5.3.1.5) allows
_MOST_LINES = 100
LETTERS_PER_CONNECTION = 1000  # many relays close the line after so many; better to do it ourselves


class SmtpTransport:
    """Sends to the relay that `EMAIL_URL` names."""

    def __init__(self, url: str) -> None:
        self.relay = parse_email_url(url)
        self._line: smtplib.SMTP | None = None
        self._sent = 0

    def open(self) -> None:
        if self._line is not None:
            return
        try:
            self._line = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            raise TransportError(
                _("The mail server %(host)s did not accept our user name and password: %(answer)s")
                % {"host": self.relay.host, "answer": _words(error.smtp_error)},
                permanent=error.smtp_code >= 500,
            ) from error
        except smtplib.SMTPNotSupportedError as error:
            raise TransportError(
                _("The mail server %(host)s does not offer what EMAIL_URL asks for (%(answer)s)")
                % {"host": self.relay.host, "answer": str(error)},
                permanent=True,
            ) from error
        except UnicodeError:  # its words quote the password
            raise TransportError(
                _("The host, the user name or the password in EMAIL_URL has letters that cannot be said to %(host)s")
                % {"host": self.relay.host},
                permanent=True,
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            raise TransportError(
                _("The mail server %(host)s does not answer (%(answer)s)")
                % {"host": self.relay.host, "answer": _reason(error)}
            ) from error
        self._sent = 0

    def push(self, *, return_path: str, recipient: str, content: bytes) -> Outcome:
        self.open()
        line = self._line
        assert line is not None
        try:
            refused = self._envelope(line, return_path, recipient)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            raise TransportError(
                _("The mail server %(host)s closed the line (%(answer)s)")
                % {"host": self.relay.host, "answer": _reason(error)}
            ) from error
        if refused is not None:
            return refused
        try:
            line.send(_stuffed(content))
            code, words = _final_answer(line)
        except (OSError, smtplib.SMTPServerDisconnected, _NoAnswer) as error:
            self._drop()
            return Outcome(Fate.UNKNOWN, 0, _reason(error))
        self._sent += 1
        outcome = _outcome(code, words)
        if code == 421 or self._sent >= LETTERS_PER_CONNECTION:
            self.close()
        return outcome

    def close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                line.quit()
            line.close()

    def _connect(self) -> smtplib.SMTP:
        # Reading the machine's certificates takes longer than a dozen letters: not where none is asked for.
        context = ssl.create_default_context() if self.relay.tls or self.relay.starttls else None
        if self.relay.tls:
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                self.relay.host, self.relay.port, timeout=self.relay.timeout, context=context
            )
        else:
            line = smtplib.SMTP(self.relay.host, self.relay.port, timeout=self.relay.timeout)
        try:
            assert line.sock is not None
            # Without this the short commands wait for the server's delayed acknowledgement, 40 ms each.
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.relay.starttls:
                line.starttls(context=context)
            line.ehlo_or_helo_if_needed()
            if self.relay.username:
                _sign_in(line, self.relay.username, self.relay.password)
        except BaseException:
            line.close()
            raise
        return line

    def _envelope(self, line: smtplib.SMTP, return_path: str, recipient: str) -> Outcome | None:
        """MAIL, RCPT and DATA. None means that the server waits for the letter."""
        code, words = line.docmd("MAIL", f"FROM:<{return_path}>")
        if code != 250:
            self._start_over(line, code)
            if code >= 500:
                raise TransportError(
                    _("The mail server %(host)s does not let %(sender)s send: %(answer)s")
                    % {"host": self.relay.host, "sender": return_path, "answer": _words(words)},
                    permanent=True,
                )
            if code == 421:
                raise TransportError(
                    _("The mail server %(host)s asks us to come back later: %(answer)s")
                    % {"host": self.relay.host, "answer": _words(words)}
                )
            return _refusal(code, words)
        for command, argument, expected in (("RCPT", f"TO:<{recipient}>", (250, 251)), ("DATA", "", (354,))):
            code, words = line.docmd(command, argument)
            if code not in expected:
                self._start_over(line, code)
                return _refusal(code, words)
        return None

    def _start_over(self, line: smtplib.SMTP, code: int) -> None:
        if code == 421:  # RFC 5321, 3.8: the server is closing the line
            self._drop()
            return
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if line.rset()[0] == 250:
                return
        self._drop()

    def _drop(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()


def _sign_in(line: smtplib.SMTP, name: str, password: str) -> None:
    if f"{name}{password}".isascii() or "PLAIN" not in line.esmtp_features.get("auth", "").upper().split():
        line.login(name, password)
        return
    # In UTF-8 (RFC 4616); smtplib knows ASCII alone.
    code, words = line.docmd("AUTH", f"PLAIN {b64encode(f'{chr(0)}{name}{chr(0)}{password}'.encode()).decode()}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, words)


def _stuffed(content: bytes) -> bytes:
    """The letter with its dots doubled and its final dot (RFC 5321, 4.5.2). It ends with CRLF already."""
    content = content.replace(b"\r\n.", b"\r\n..")
    return (b"." if content.startswith(b".") else b"") + content + b".\r\n"


class _NoAnswer(Exception):
    """What came after the final dot is no reply, or only the beginning of one."""


def _final_answer(line: smtplib.SMTP) -> tuple[int, bytes]:
    """The reply to the final dot. Raises _NoAnswer unless it is whole and well-formed, and positive or a refusal.

    smtplib's own reading takes “2” before a broken line for a code, and text for a code of -1.
    """
    assert line.file is not None
    words: list[bytes] = []
    first = b""
    for _number in range(_MOST_LINES):
        octets = line.file.readline(_LONGEST_LINE)
        found = _REPLY_LINE.match(octets)
        if found is None or found[1] != (first or found[1]) or found[1].startswith(b"3"):
            raise _NoAnswer(_broken(octets))
        first = found[1]
        words.append((found[3] or b"").strip())
        if found[2] != b"-":
            return int(first), b"\n".join(words)
    raise _NoAnswer(_("an answer without end"))


def _broken(octets: bytes) -> str:
    if not octets:
        return _("the line broke before the answer")
    return _("not an answer: “%(answer)s”") % {"answer": _words(octets)[:200]}


def _refusal(code: int, words: bytes | str) -> Outcome:
    """The server does not want the letter, and has not had it: whatever it says, that is no yes."""
    outcome = _outcome(code, words)
    return outcome if outcome.fate is Fate.REJECTED else Outcome(Fate.DEFERRED, max(code, 0), outcome.answer)


def _outcome(code: int, words: bytes | str) -> Outcome:
    answer = _words(words)
    if 200 <= code < 300:
        return Outcome(Fate.ACCEPTED, code, answer)
    if 500 <= code < 600:
        return Outcome(Fate.REJECTED, code, answer, dead_address=bool(_DEAD_ADDRESS.match(answer)))
    return Outcome(Fate.DEFERRED, code, answer)


def _words(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())[:300]


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    if isinstance(error, TimeoutError):
        return _("no answer in time")
    if isinstance(error, ConnectionRefusedError):
        return _("connection refused")
    return _words(str(error)) or type(error).__name__
