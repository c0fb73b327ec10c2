"""How a text travels as SMS: in which alphabet, and in how many parts.

The GSM 7-bit default alphabet and its extension table are those of 3GPP TS 23.038 (6.2.1); how long messages are parted
is 3GPP TS 23.040 (9.2.3.24.1): a header of 6 octets takes 7 septets or 3 UCS-2 units from each part.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = "\f^{}\\[~]|€"  # each is an escape and a septet
_WIDTHS = dict.fromkeys(GSM_BASIC, 1) | dict.fromkeys(GSM_EXTENDED, 2)

SEPTETS, SEPTETS_OF_PART = 160, 153
UNITS, UNITS_OF_PART = 70, 67


@dataclass(frozen=True, slots=True)
class Length:
    """`used` is in septets where `gsm`, else in UCS-2 units of 16 bits; `parts` is what is paid for."""

    gsm: bool
    used: int
    parts: int


def length_of(text: str) -> Length:
    """How much room a text takes. What would be torn apart (an escape, a surrogate pair) begins the next part."""
    gsm = all(letter in _WIDTHS for letter in text)
    widths = [_WIDTHS[letter] if gsm else 1 + (ord(letter) > 0xFFFF) for letter in text]
    used = sum(widths)
    if used <= (SEPTETS if gsm else UNITS):
        return Length(gsm, used, 1 if text else 0)
    return Length(gsm, used, _parts(widths, SEPTETS_OF_PART if gsm else UNITS_OF_PART))


def _parts(widths: Iterable[int], room: int) -> int:
    parts, left = 1, room
    for width in widths:
        if width > left:
            parts, left = parts + 1, room
        left -= width
    return parts
