"""What two contacts have in common, how much that says, and how it is told.

Signs are bits, so that one integer tells what was found; `candidates` sets them in SQL.
"""

from __future__ import annotations

from enum import IntFlag
from functools import lru_cache

from django.utils.translation import gettext as _

LIKELY = 50
ALMOST_CERTAIN = 80


class Sign(IntFlag):
    EMAIL = 1
    PHONE = 2
    BIRTH_DATE = 4
    POSTCODE = 8
    STREET = 16
    SAME_NAME = 32
    SWAPPED_NAME = 64
    SIMILAR_NAME = 128
    NO_NAME = 256  # one of the two has no complete name
    OTHER_NAME = 512
    OTHER_BIRTH_DATE = 1024
    OTHER_EXTERNAL_ID = 2048


@lru_cache(maxsize=4_096)
def certainty(signs: int) -> int:
    """How sure it is that two contacts with these signs are one person, 0–99.

    A name carries most: people of other names who share an address are a couple, a family or an office, and stay
    below LIKELY whatever else they share. So do people of one name and address born on other days: father and son.
    """
    found = Sign(signs)
    points = 0
    if found & (Sign.SAME_NAME | Sign.SWAPPED_NAME):
        points = 40
        weights = {Sign.EMAIL: 48, Sign.BIRTH_DATE: 45, Sign.PHONE: 42, Sign.STREET: 30, Sign.POSTCODE: 18}
    elif found & Sign.SIMILAR_NAME:
        points = 25
        weights = {Sign.EMAIL: 42, Sign.BIRTH_DATE: 30, Sign.PHONE: 35, Sign.STREET: 15, Sign.POSTCODE: 5}
    elif found & Sign.NO_NAME:
        points = 20
        weights = {Sign.EMAIL: 45, Sign.BIRTH_DATE: 20, Sign.PHONE: 35, Sign.STREET: 5, Sign.POSTCODE: 5}
    else:
        weights = {Sign.EMAIL: 20, Sign.BIRTH_DATE: 10, Sign.PHONE: 15, Sign.STREET: 3, Sign.POSTCODE: 2}
    points += sum(weight for sign, weight in weights.items() if found & sign)
    if found & Sign.SWAPPED_NAME:
        points -= 5
    if found & Sign.OTHER_BIRTH_DATE:
        points -= 45
    if found & Sign.OTHER_EXTERNAL_ID:
        points -= 8
    ceiling = LIKELY - 5 if found & (Sign.OTHER_NAME | Sign.OTHER_BIRTH_DATE) else 99
    return max(1, min(points, ceiling))


def verdict(points: int) -> str:
    if points >= ALMOST_CERTAIN:
        return _("Almost certainly one person")
    return _("Probably one person") if points >= LIKELY else _("Probably different people")


def reasons(signs: int) -> list[str]:
    """The signs in words, those that speak for one person first."""
    words = {
        Sign.SAME_NAME: _("same name"),
        Sign.SWAPPED_NAME: _("first and last name swapped"),
        Sign.SIMILAR_NAME: _("similar name"),
        Sign.EMAIL: _("same e-mail address"),
        Sign.PHONE: _("same phone number"),
        Sign.BIRTH_DATE: _("same date of birth"),
        Sign.STREET: _("same street address"),
        Sign.POSTCODE: _("same postcode"),
        Sign.NO_NAME: _("a name is missing"),
        Sign.OTHER_NAME: _("but different names"),
        Sign.OTHER_BIRTH_DATE: _("but different dates of birth"),
        Sign.OTHER_EXTERNAL_ID: _("but different external ids"),
    }
    return [word for sign, word in words.items() if signs & sign]
