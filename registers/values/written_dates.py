"""Days with the month in words: “12 mars 2024”, “Mar 5th, 2021”, “15. joulukuuta 2023”, 2024年3月1日, 昭和45年3月1日,
2024년 3월 1일.

The names of the months are Unicode's (CLDR), through Babel, in the languages of spreadsheets.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from registers.texts import plain
from registers.values.world import SPOKEN

_WEEKDAY = r"(?:[^\W\d_]{2,12}[.,]{0,2} )?"
_MONTH = r"(?P<month>[^\W\d_]{3,14})"
_YEAR = r"(?P<year>\d{4}|(?<=[ '’-])\d{2})"
_TIME = r"(?:[ ,T]+(?:[^\W\d_]{1,4} )?\d{1,2}[:.]\d{2}.*)?"
_WRITTEN = (
    re.compile(
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|[ºª.])?[ -]?(?:de |of )?{_MONTH}[.,]?[ -](?:de |del )?"
        rf"['’]?{_YEAR}(?: ?[^\W\d_]\.)?{_TIME}\Z",
        re.IGNORECASE,
    ),
    re.compile(rf"(?P<year>\d{{4}})\.? {_MONTH}\.? (?P<day>\d{{1,2}})\.?{_TIME}\Z", re.IGNORECASE),
    re.compile(rf"{_WEEKDAY}{_MONTH}\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}{_TIME}\Z", re.IGNORECASE),
)
_JAPANESE = re.compile(
    r"(?:(?P<era>明治|大正|昭和|平成|令和)\s?(?P<of_era>\d{1,2}|元)|(?P<year>\d{4}))\s?[年년]"
    r"\s?(?P<month>\d{1,2})\s?[月월]\s?(?P<day>\d{1,2})\s?[日일]\Z"
)
_WITHOUT_YEAR = (
    re.compile(rf"\d{{1,2}}(?:st|nd|rd|th|er|[ºª.])?[ -]?(?:de |of )?{_MONTH}\.?\Z", re.IGNORECASE),
    re.compile(rf"{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?\Z", re.IGNORECASE),
)
_JAPANESE_WITHOUT_YEAR = re.compile(r"\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]\Z")
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}  # the year before their first


def read_written(text: str) -> tuple[str, int, int] | None:
    """Year (of two digits where it is so written), month and day; None where it is no such text."""
    if text.isascii() and not any(char.isalpha() for char in text):
        return None
    for pattern in _WRITTEN:
        if (match := pattern.match(text)) and (month := _months().get(plain(match["month"]))):
            return match["year"], month, int(match["day"])
    if match := _JAPANESE.match(text):
        year = match["year"] or str(_ERAS[match["era"]] + (1 if match["of_era"] == "元" else int(match["of_era"])))
        return year, int(match["month"]), int(match["day"])
    return None


def is_without_year(text: str) -> bool:
    """Whether it is such a day of which the year is not said."""
    matches = (pattern.match(text) for pattern in _WITHOUT_YEAR)
    return bool(_JAPANESE_WITHOUT_YEAR.match(text)) or any(
        match and plain(match["month"]) in _months() for match in matches
    )


def month_number(text: str) -> int | None:
    """The month that is meant by its number or its name."""
    text = text.strip().strip(".月월")
    if text.isdecimal():
        return int(text) if len(text) < 3 and 1 <= int(text) <= 12 else None
    return _months().get(plain(text))


@cache
def _months() -> dict[str, int]:
    """Number by name, without accents; a name that means two months in two languages means neither."""
    found: dict[str, set[int]] = {}
    for spoken in SPOKEN:
        for names in Locale(spoken).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in names[width].items():
                    found.setdefault(plain(name.strip(".")), set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1 and not name[0].isdigit()}
