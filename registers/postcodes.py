"""The zeros in front of postcodes: a spreadsheet takes 00180 for a number and keeps 180."""

from __future__ import annotations

# Where postcodes are nothing but so many digits, and some begin with zeros.
_DIGITS = {
    **dict.fromkeys("AU DK NO NZ ZA".split(), 4),
    **dict.fromkeys("DE ES FI FR IT KR LT MX MY PR SK TR UA US VA VI".split(), 5),
    **dict.fromkeys("CN EC RO SG".split(), 6),
    "JP": 7,
}
_MOST_LOST = 2  # zeros in front of what is still a postcode, and not a mistake


def with_zeros(number: int, country: str) -> str:
    """As many digits as the postcodes of `country` have; as it is where they have letters, or differ in length."""
    return str(number).zfill(_DIGITS.get(country, 0))


def whole_postcode(text: str, country: str) -> str:
    """A text that has lost its zeros on its way through a spreadsheet, with them; any other as it is."""
    return with_zeros(int(text), country) if is_short(text, country) else text


def is_whole(text: str, country: str) -> bool:
    return text.isdecimal() and len(text) == _DIGITS.get(country)


def is_short(text: str, country: str) -> bool:
    """Whether it would be whole with the zeros that it may have lost."""
    digits = _DIGITS.get(country, 0)
    return digits - _MOST_LOST <= len(text) < digits and text.isascii() and text.isdecimal() and text[0] != "0"
