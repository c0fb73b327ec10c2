"""What type of column values look like that the register has no column for yet."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple

from registers.addresses import find_addresses, phone_key_abroad, read_address
from registers.phones import begin_with_zero
from registers.texts import clean_line
from registers.values import (
    NO,
    PLAIN_READING,
    YES,
    Cell,
    ColumnType,
    PartOfDay,
    ValueMistake,
    cell_text,
    read_date,
    read_number,
    says_nothing,
)
from registers.values.money import has_currency

_LOOKS_LIKE_PHONE = re.compile(r"\(?(?:\+|00?)[\d\s()/.-]{6,20}\Z")
# Where no zero stands in front, only what is written in groups is a number to call, and no amount like 12 345 678, no
# 59.913868 and no 2019-2020.
_GROUPED = re.compile(
    r"(?=\S*[\s()/.-])(?!\d{1,2}(?:[\s.]\d{3})+\Z|\d+\.\d+\Z|(?:19|20)\d\d\W+(?:19|20)\d\d\Z)"
    r"\(?\d[\d\s()/.-]{6,20}\Z"
)
_TIME = re.compile(r"(?:[ T]|klo |kl\.? |um )\d{1,2}:\d{2}(?::\d{2})?\b|(?:klo|kl\.?|um) \d{1,2}\.\d{2}\b")
_MANY = 5  # days with one and the same time, as programs write that know only days
_TICKS = frozenset("x ✓ ✔ ☑".split())  # who has none has an empty cell
_TOKENS = re.compile(r"[,;|]")


class PhoneReading(NamedTuple):
    """Of what country the phone numbers without country code in a column are."""

    region: str = PLAIN_READING.region
    abroad: Sequence[str] = ()  # for each value where the person lives, if that is another country


AT_HOME = PhoneReading()


def guess_type(values: Sequence[Cell], phones: PhoneReading = AT_HOME, date_order: str = "dmy") -> str:
    """The type of a column with such values, of which none is empty."""
    texts = [cell_text(value) for value in values]
    if not texts:
        return ColumnType.TEXT
    if share(texts, has_address) > 0.7:
        return ColumnType.EMAIL
    if share(telling(values), lambda value: is_date(value, date_order)) > 0.9:
        return ColumnType.TEXT if has_times(values) else ColumnType.DATE
    distinct = {text.casefold() for text in texts}
    if distinct <= _TICKS or (distinct <= YES | NO and 1 < len(distinct) <= 3):
        return ColumnType.YES_NO
    numbers = _numbers(texts, phones)
    if share(numbers, _is_phone) > 0.7 and not any("," in text for text in texts):
        return ColumnType.PHONE
    if share(numbers, _has_phones) > 0.7:
        return ColumnType.PHONES
    if share(texts, has_currency) >= 0.1 and share(values, _is_amount) > 0.9:
        return ColumnType.MONEY
    if share(values, _is_number) > 0.95:
        return ColumnType.NUMBER
    if share(texts, lambda text: text.startswith(("http://", "https://", "www."))) > 0.9:
        return ColumnType.URL
    if any(len(text) > 200 or "\n" in text for text in texts):
        return ColumnType.LONG_TEXT
    return _guess_choice(texts, distinct)


def are_phones(values: Sequence[Cell], phones: PhoneReading) -> bool:
    """Whether half of them can be read as phone numbers, in whatever way they are written."""
    return share(_numbers(map(cell_text, values), phones), _Number.is_valid) >= 0.5


def has_address(text: str) -> bool:
    """Whether an e-mail address stands in a cell, or several do, and little else."""
    if text.count("@") < 2 or len(text) > 500:
        return bool(read_address(text))
    return bool(find_addresses(text)[0])


def telling(values: Sequence[Cell]) -> Sequence[Cell]:
    """Those that do not only say that there is nothing, as Outlook’s 0/0/00 does; all where each of them does."""
    return [value for value in values if not says_nothing(cell_text(value))] or values


def share(values: Sequence[Any], test: Callable[[Any], bool]) -> float:
    """For how many of the values the test holds, from 0 to 1; there must be one at least."""
    return sum(map(test, values)) / len(values)


def _guess_choice(texts: Sequence[str], distinct: set[str]) -> str:
    tokens = [clean_line(token) for text in texts for token in _TOKENS.split(text) if token.strip()]
    kinds = {token.casefold() for token in tokens}
    if len(tokens) > len(texts) and len(kinds) <= 40 and len(kinds) * 5 <= len(tokens) and max(map(len, kinds)) <= 40:
        return ColumnType.MULTIPLE_CHOICE
    if len(texts) >= 10 and len(distinct) <= 20 and len(distinct) * 4 <= len(texts) and max(map(len, distinct)) <= 40:
        return ColumnType.CHOICE
    return ColumnType.TEXT


class _Number(NamedTuple):
    text: str
    country: str
    home: str

    def is_valid(self) -> bool:
        return bool(phone_key_abroad(self.text, country=self.country, home=self.home))


def _numbers(texts: Iterable[str], phones: PhoneReading) -> list[_Number]:
    countries = chain(phones.abroad, repeat(""))
    return [
        _Number(text, country or phones.region, phones.region) for text, country in zip(texts, countries, strict=False)
    ]


def _is_phone(number: _Number) -> bool:
    text = number.text
    looks = _LOOKS_LIKE_PHONE.match(text) or (_GROUPED.match(text) and not begin_with_zero(number.country))
    return bool(looks) and number.is_valid()


def _has_phones(number: _Number) -> bool:
    return all(_is_phone(number._replace(text=part.strip())) for part in number.text.split(","))


def is_date(value: Cell, order: str = "dmy") -> bool:
    """Whether a cell can be read as a day, where days are written in this order; a bare number cannot."""
    if isinstance(value, (int, float, bool)):
        return False
    if isinstance(value, str) and clean_line(value).isdigit():
        return False
    try:
        read_date(value, order)
    except ValueMistake:
        return False
    return True


def is_part_of_day(value: Cell) -> bool:
    """Whether a cell is a day of which the year is not said, or a year alone."""
    try:
        read_date(value)
    except PartOfDay:
        return True
    except ValueMistake:
        pass
    return False


def has_times(values: Sequence[Cell]) -> bool:
    """Whether there is a time of day with the days, which a date would lose; one that is the same for all is none."""
    times = {_time_of(value) for value in values}
    return bool(times - {""}) and (len(times) > 1 or len(values) < _MANY)


def _time_of(value: Cell) -> str:
    found = _TIME.search(cell_text(value))
    return "" if found is None or not found[0].strip("T 0:") else found[0]


def _is_amount(value: Cell) -> bool:
    return has_currency(cell_text(value)) or _is_number(value)


def _is_number(value: Cell) -> bool:
    if isinstance(value, (dt.date, dt.time)):
        return False
    text = cell_text(value)
    if isinstance(value, str) and len(text) > 1 and text[0] == "0" and text[1].isdigit():
        return False  # a code with leading zeros
    try:
        read_number(value)
    except ValueMistake:
        return False
    return True
