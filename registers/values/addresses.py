"""E-mail addresses, phone numbers and web addresses."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from registers.addresses import phone_key, phone_key_abroad, read_address
from registers.values.cells import ValueMistake, fit

MAX_PHONES = 10
_BETWEEN_NUMBERS = re.compile(r"[,;/|\n]|:::")  # the last one is Google's

_LIKE_ADDRESS = re.compile(r"[^\s@,;<>]@[^\s@,;<>]")  # anna@@example.org is one, mistyped


class SeveralNumbers(ValueMistake):
    """A text of several phone numbers, where one is asked for."""

    def __init__(self, message: str, numbers: list[str]) -> None:
        super().__init__(message)
        self.numbers = numbers


def read_email(text: str) -> str:
    """The one e-mail address in a text, as it is written; raises ValueMistake."""
    if address := read_address(text):
        return address
    if len(_LIKE_ADDRESS.findall(text)) > 1:
        raise ValueMistake(_("“%(text)s” holds more than one e-mail address; keep one") % {"text": text[:80]})
    if (strange := sorted({char for char in text if ord(char) > 127})) and "@" in text:
        raise ValueMistake(
            _("“%(text)s” holds “%(letters)s”, which cannot stand in an e-mail address")
            % {"text": text[:80], "letters": " ".join(strange)}
        )
    raise ValueMistake(_("“%(text)s” is not an e-mail address") % {"text": text[:80]})


def read_phone(text: str, region: str, abroad: str = "") -> str:
    """The one phone number in a text, in E.164; raises ValueMistake, or SeveralNumbers."""
    number = phone_key_abroad(text, country=abroad, home=region) if abroad else phone_key(text, region)
    if number:
        return number
    several = [part.strip() for part in _BETWEEN_NUMBERS.split(text) if part.strip()]
    if len(several) > 1 and all(phone_key(part, abroad or region) for part in several):
        says = _("“%(text)s” holds more than one phone number; keep one")
        raise SeveralNumbers(says % {"text": text[:60]}, several)
    raise ValueMistake(_("“%(text)s” is not a phone number") % {"text": text[:60]})


def read_phones(text: str, region: str, abroad: str = "") -> list[str]:
    """The numbers in a text, with commas, semicolons, slashes or line breaks between them; each once."""
    parts = [part.strip() for part in _BETWEEN_NUMBERS.split(text) if part.strip()]
    if len(parts) > MAX_PHONES:
        raise ValueMistake(_("At most %(limit)s phone numbers fit") % {"limit": MAX_PHONES})
    return list(dict.fromkeys(read_phone(part, region, abroad) for part in parts))


def read_url(text: str) -> str:
    """A web address, with its scheme; raises ValueMistake."""
    url = text if re.match(r"https?://", text, re.IGNORECASE) else f"https://{text}"
    if not re.match(r"https?://[^\s/<>\"']+\.[^\s<>\"']+\Z", url, re.IGNORECASE):
        raise ValueMistake(_("“%(text)s” is not a web address") % {"text": text[:60]})
    return fit(url, 2_000)
