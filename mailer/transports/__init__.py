"""Ways out for e-mail, chosen by the scheme of ``EMAIL_URL``."""

from urllib.parse import parse_qs, unquote, urlsplit

from django.utils.module_loading import import_string

from mailer.transports.base import Fate, Outcome, Transport, TransportError

__all__ = ["SCHEMES", "Fate", "Outcome", "Transport", "TransportError", "transport_for"]

# scheme → (class, how the connection is secured)
SCHEMES = {
    "smtp": ("mailer.transports.smtp.SmtpTransport", "none"),
    "smtp+tls": ("mailer.transports.smtp.SmtpTransport", "starttls"),
    "smtps": ("mailer.transports.smtp.SmtpTransport", "tls"),
    "memory": ("mailer.transports.memory.MemoryTransport", "none"),
}


def transport_for(url: str) -> Transport:
    """A transport, not yet connected, for ``smtp+tls://user:password@host:port?timeout=30``.

    Raises ``ValueError``, in words, for a URL that cannot be one.
    """
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES:
        raise ValueError(f"EMAIL_URL must begin with one of {', '.join(f'{s}://' for s in SCHEMES)}")
    if not parts.hostname and parts.scheme != "memory":
        raise ValueError("EMAIL_URL names no host")
    path, security = SCHEMES[parts.scheme]
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    unknown = options.keys() - {"timeout"}
    if unknown:
        raise ValueError(f"EMAIL_URL has an unknown option: {', '.join(sorted(unknown))}")
    transport: Transport = import_string(path)(
        host=parts.hostname or "",
        port=parts.port,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security=security,
        timeout=float(options.get("timeout", 30)),
    )
    return transport
