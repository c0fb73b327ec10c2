"""`EMAIL_URL`: where mail leaves."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SCHEMES = {"smtp": 25, "smtps": 465, "smtp+tls": 587}


@dataclass(frozen=True)
class Relay:
    """An SMTP relay; `tls` from the first byte (RFC 8314), `starttls` after EHLO (RFC 3207)."""

    host: str
    port: int
    username: str
    password: str
    tls: bool
    starttls: bool
    timeout: float  # seconds


def parse_email_url(url: str) -> Relay:
    """Read `smtp://`, `smtps://` or `smtp+tls://user:password@host:port?timeout=20`.

    Raises ImproperlyConfigured with a sentence that says what is wrong.
    """
    if not url:
        raise ImproperlyConfigured("EMAIL_URL is not set, so no mail can leave.")
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ImproperlyConfigured(f"EMAIL_URL must start with one of {', '.join(SCHEMES)}, not {parts.scheme!r}.")
    if not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL names no host.")
    try:
        port = parts.port or SCHEMES[parts.scheme]
        timeout = float(parse_qs(parts.query).get("timeout", ["20"])[-1])
    except ValueError:  # its words could hold a part of the password
        raise ImproperlyConfigured("EMAIL_URL has a bad port or timeout: both are numbers.") from None
    if not 0 < timeout < float("inf"):
        raise ImproperlyConfigured("EMAIL_URL has a bad timeout: it is a number of seconds.")
    return Relay(
        host=parts.hostname,
        port=port,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "smtp+tls",
        timeout=timeout,
    )
