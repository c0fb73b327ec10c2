"""Short signed tokens for links in mails: readable parts, one HMAC, no state.

A token is `part.part….signature`, only characters that survive in an URL. The salt names the purpose, so a
token made for one door never opens another. A token proves that we made it; whether it is still good is the
caller's to decide.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re

from django.conf import settings

SIGNATURE_BYTES = 16  # 128 bits: out of reach for guessing online, and links stay short
_PLAIN = re.compile(r"[A-Za-z0-9_-]+\Z")
_ESCAPE = "~"


class TokenError(Exception):
    """The token is not ours: forged, altered, cut off, or made for another purpose."""


def sign(salt: str, *parts: str | int) -> str:
    """Return a token that carries `parts` (at least one), signed for the purpose `salt`."""
    if not parts:
        raise ValueError("a token carries at least one part")
    body = ".".join(_encode(str(part)) for part in parts)
    return f"{body}.{_signature(settings.SECRET_KEY, salt, body)}"


def unsign(salt: str, token: str) -> tuple[str, ...]:
    """Return the parts of `token` as strings, or raise TokenError.

    Old secrets in SECRET_KEY_FALLBACKS still count.
    """
    body, dot, signature = token.rpartition(".")
    if not dot or not body or not signature.isascii():
        raise TokenError
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        if body.isascii() and hmac.compare_digest(_signature(secret, salt, body), signature):
            try:
                return tuple(map(_decode, body.split(".")))
            except (ValueError, binascii.Error) as error:
                raise TokenError from error
    raise TokenError


def _signature(secret: str | bytes, salt: str, body: str) -> str:
    key = hmac.digest(_bytes(secret), b"kokoon.tokens:" + salt.encode(), hashlib.sha256)
    return _base64(hmac.digest(key, body.encode(), hashlib.sha256)[:SIGNATURE_BYTES])


def _bytes(secret: str | bytes) -> bytes:
    return secret.encode() if isinstance(secret, str) else secret


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _encode(part: str) -> str:
    return part if _PLAIN.match(part) else _ESCAPE + _base64(part.encode())


def _decode(part: str) -> str:
    if not part.startswith(_ESCAPE):
        return part
    raw = part[1:]
    return base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)).decode()
