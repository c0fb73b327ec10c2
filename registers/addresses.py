"""E-mail addresses and phone numbers: one spelling each, so that equal means the same."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from functools import lru_cache

import idna
import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from registers.phones import LONGEST, begin_with_zero, plain_number
from registers.texts import clean_line

MAX_EMAIL = 254
_ORDINARY = re.compile(r"[a-z0-9][a-z0-9._+-]{0,62}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}\Z")
_MORE_THAN_DIGITS = re.compile(r"[^\W\d_]|[#~]")
_NUMBER_AMONG_WORDS = re.compile(r"\+?\(?\d(?:[\s()./-]{0,3}\d){4,}")
_MAILTO = re.compile(r"mailto:", re.IGNORECASE)
_BEHIND = " .,;:"  # what stays behind an address that is copied out of a text
_ANGLE = re.compile(r"<([^<>]+)>\s*\Z")
# As people write numbers in North America: “(425) 882-8080”. Where numbers begin with a zero nobody has left it out
# here, and half of them would be mobile numbers of somebody else.
_AMERICAN = re.compile(r"(?:\([1-9]\d\d\) ?|[1-9]\d\d[-.])\d{3}[-.]\d{4}\Z")
_AROUND_ADDRESSES = re.compile(r"[\s,;|/<>()\[\]\"“”«»、，；]+")


def is_ordinary(text: str) -> bool:
    """Whether `text` is an address that stands there in its one spelling already, as most do."""
    return len(text) <= MAX_EMAIL and bool(_ORDINARY.match(text)) and ".." not in text and ".@" not in text


def address_key(email: str) -> str:
    """Return the one spelling of an address (NFKC, lower case, ASCII domain), or "" if it is none."""
    return email if is_ordinary(email) else _address_key(email)


@lru_cache(maxsize=4_096)
def _address_key(email: str) -> str:
    text = unicodedata.normalize("NFKC", clean_line(email)).lower()
    if len(text) > MAX_EMAIL:
        return ""
    if is_ordinary(text):
        return text
    local, at, domain = text.rpartition("@")
    if not at:
        return ""
    try:
        text = f"{local}@{ascii_domain(domain)}"
        validate_email(text)
    except (UnicodeError, ValidationError):
        return ""
    return text


def ascii_domain(domain: str) -> str:
    """The domain as name servers know it (IDNA 2008, or 2003 where that takes more); UnicodeError where there is none.

    `straße.de` is not `strasse.de`, as Python's own codec would have it.
    """
    if not domain.isascii():
        with suppress(idna.IDNAError):
            return idna.encode(domain, uts46=True).decode("ascii")
    return domain.encode("idna").decode("ascii")


def address_spellings(text: str) -> list[str]:
    """What is asked of addresses, as it is typed, and with its domain as name servers know it and as people read it:
    browsers make `xn--mller-kva.example` of `müller.example` where a form asks for an address."""
    local, at, domain = text.rpartition("@")
    is_foreign = not domain.isascii() or "xn--" in domain.lower()
    found = [text]
    if is_foreign and (at or "." in domain.strip(".")):
        for spell in (ascii_domain, idna.decode):
            with suppress(UnicodeError):
                found.append(f"{local}{at}{spell(domain.lower())}")
    return list(dict.fromkeys(found))


def read_address(text: str) -> str:
    """Return the address in `text`, which may be `Name <address>`, as written; "" if there is not one."""
    text = clean_line(text).rstrip(_BEHIND)
    if match := _ANGLE.search(text):
        text = match[1].strip()
    if match := _MAILTO.match(text):
        text = text[match.end() :].strip()
    return text if address_key(text) else ""


def find_addresses(text: str) -> tuple[list[str], list[str]]:
    """The different addresses in a text that may hold several, with names and anything else between them; and what
    looks like one there, and is none."""
    found: dict[str, str] = {}
    torn = []
    for part in _AROUND_ADDRESSES.split(text):
        if "@" not in part:
            continue
        part = part.strip(".:'’").removeprefix("mailto:")
        if key := address_key(part):
            found.setdefault(key, part)
        else:
            torn.append(part)
    return list(found.values()), torn


@lru_cache(maxsize=65_536)
def phone_key(text: str, region: str = "FI") -> str:
    """Return a phone number in E.164 (`+358401234567`), or "" if it cannot be one.

    Numbers without country code are read as numbers of `region` (ISO 3166 alpha-2). `00` and a `(0)` after
    the country code are understood, and so are numbers from which a spreadsheet took the leading zero or plus.
    """
    text = clean_line(text)
    if number := plain_number(text, region):
        return number
    text = text.replace("(0)", "")
    if len(text) > 40 or (begin_with_zero(region) and _AMERICAN.match(text)):
        return ""
    for candidate in (text, "+" + text if text.isdigit() and text[:1] != "0" else ""):
        if not candidate:
            continue
        try:
            parsed = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
            return number if len(number) <= LONGEST else ""  # German patterns have room for two in one
    return ""


def more_than_digits(text: str) -> bool:
    """Whether there is something in a phone number that may stand before an extension."""
    return bool(_MORE_THAN_DIGITS.search(text))


def find_extension(text: str, region: str) -> str:
    """What is dialled after a phone number, or after one of several: “x45”, “ext. 45”; "" if nothing."""
    for part in re.split(r"[,/|\n]|;(?!ext=)", text) if more_than_digits(text) else ():
        try:
            if extension := phonenumbers.parse(clean_line(part), region).extension:
                return str(extension)
        except phonenumbers.NumberParseException:
            continue
    return ""


def find_number(text: str, region: str) -> tuple[str, str]:
    """The one phone number in a text, in E.164, and the words beside it; "", "" where it is not so."""
    found = _NUMBER_AMONG_WORDS.findall(text)
    if len(found) != 1:
        return "", ""
    words = clean_line(text.replace(found[0], " ")).strip(" ()[],;:.-–—")
    number = phone_key(found[0], region) if words and not re.search(r"[\d@]", words) else ""
    return (number, words) if number else ("", "")


def phone_key_abroad(text: str, *, country: str, home: str) -> str:
    """The same for somebody who lives in `country`, in a list of people in `home`.

    A number without country code is one of the country that they live in, unless only at home it can be one, or only
    there a mobile one: people who have moved keep those, and write them in full.
    """
    there, at_home = phone_key(text, country), phone_key(text, home)
    in_full = not begin_with_zero(home) or begin_with_zero(country) or clean_line(text).startswith(("0", "(0"))
    moved = there and at_home and there != at_home and in_full and _is_mobile(at_home) and not _is_mobile(there)
    return at_home if moved else there or at_home


@lru_cache(maxsize=4_096)
def _is_mobile(number: str) -> bool:
    kind: int = phonenumbers.number_type(phonenumbers.parse(number))
    return kind == phonenumbers.PhoneNumberType.MOBILE
