"""How a file writes what can be read in two ways, days, numbers and postcodes: told by those that can only be read in
one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from babel import Locale, UnknownLocaleError
from django.utils.translation import gettext as _

from registers.imports.guessed_types import is_date, share, telling
from registers.postcodes import is_short, is_whole, whole_postcode
from registers.texts import clean_line
from registers.values import Cell, cell_text

# Where the month is written first.
_MONTH_FIRST = frozenset("US PR GU VI AS MP PH PW FM MH".split())
# Nothing but a time may stand behind a day: 06-45-78-12-34 is a phone number.
_DAY_AND_MONTH = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})\.?(?:[ ,T].*\d[:.]\d{2}.*)?\Z")
# Nearly everybody who writes points has the day first: only a column that cannot be read so has another order.
_WITH_POINTS = re.compile(r"(\d{1,2})(\.) ?(\d{1,2})\. ?(\d{4}|\d{2})\.?(?:[ ,T].*\d[:.]\d{2}.*)?\Z")
# With what currency there may be around it. Neither a day nor a phone number with points in it is one.
_NUMBER = re.compile(
    r"[^\d\s]{0,5}\s*[+\-−]?"
    r"(?P<whole>\d+|\d{1,3}(?:(?P<between>[.,\s'’])\d{3})(?:(?P=between)\d{3})*)(?:(?P<sign>[.,])(?P<cents>\d+))?"
    r"\s*[^\d\s]{0,5}\Z"
)


def date_orders(columns: Sequence[Sequence[Cell]], *, region: str) -> tuple[list[str], bool]:
    """ "mdy", "dmy" or "ymd" for each column, and whether the file tells it.

    A column that does not is as the others, the year in front only if they have the same sign between their numbers;
    where none does, as is usual in `region`.
    """
    found = [_date_order(values) for values in columns]
    signs = [_date_sign(values) for values in columns]
    year_first = {sign for sign, order in zip(signs, found, strict=True) if order == "ymd"}
    told = set(filter(None, found)) - {"ymd"}
    other = next(iter(told)) if len(told) == 1 else "mdy" if region in _MONTH_FIRST else "dmy"
    orders = [order or ("ymd" if sign in year_first else other) for sign, order in zip(signs, found, strict=True)]
    for at, values in enumerate(columns):
        if found[at] is None and any(_WITH_POINTS.match(cell_text(value)) for value in values):
            orders[at] = _date_order(values, _WITH_POINTS) or "dmy"
    return orders, bool(told or year_first)


def order_labels() -> dict[str, str]:
    """In what order days with slashes or hyphens may be read, as it is chosen."""
    return {"dmy": _("Day first"), "mdy": _("Month first"), "ymd": _("Year first")}


def day_of(entry: Mapping[str, Any]) -> str:
    """A day in a column that may be read in more than one order; "" where there is none."""
    shape = _WITH_POINTS if entry["date_order"] == "mdy" else _DAY_AND_MONTH
    days = (text for text in entry["samples"] if _DAY_AND_MONTH.match(text) or shape.match(text))
    return next((text for text in days if any(is_date(text, order) for order in order_labels())), "")


def short_postcode(texts: Sequence[str], region: str) -> str:
    """One of the postcodes of a column that has lost its zeros; "" where it has them, for then some begin with one."""
    if any(text.startswith("0") for text in texts):
        return ""
    short = [text for text in texts if is_short(text, region)]
    whole = share(texts, lambda text: is_whole(text, region)) if short else 0
    # One in fifty, for one alone is a slip of somebody's finger.
    return short[0] if len(short) > len(texts) / 50 and len(short) / len(texts) + whole > 1 / 2 else ""


def say_spelling(mapping: Sequence[Mapping[str, Any]], *, region: str) -> list[str]:
    """What is said where days are read with the month first, and where postcodes get their zeros back."""
    days = filter(None, (day_of(entry) for entry in mapping if entry["date_order"] == "mdy"))
    codes = (entry.get("short_postcode") for entry in mapping if entry["target"] == "postcode")
    lost = _("Postcodes such as “%(short)s” have lost their zeros in a spreadsheet: it is read as “%(whole)s”.")
    return [
        *[_("Days such as “%(day)s” are read with the month first.") % {"day": day} for day in days][:1],
        *[lost % {"short": short, "whole": whole_postcode(short, region)} for short in codes if short],
    ]


def _date_order(values: Sequence[Cell], shape: re.Pattern[str] = _DAY_AND_MONTH) -> str | None:
    """What the days of a column say together, a mistyped one among them not; other columns than of days say nothing."""
    found = [match.group(1, 3, 4) for value in values if (match := shape.match(clean_line(cell_text(value))))]
    days = [tuple(map(int, numbers)) for numbers in found]
    if _above(31, days, at=0) > _above(31, days, at=2):
        order = "ymd"
    elif more := _above(12, days, at=0) - _above(12, days, at=1):
        order = "dmy" if more > 0 else "mdy"
    else:
        return None
    return order if share(telling(values), lambda value: is_date(value, order)) > 0.5 else None


def _date_sign(values: Sequence[Cell]) -> str:
    """What stands between the numbers of days; "" where there are none."""
    return next((match[2] for value in values if (match := _DAY_AND_MONTH.match(clean_line(cell_text(value))))), "")


def _above(limit: int, days: Sequence[tuple[int, ...]], *, at: int) -> int:
    return sum(numbers[at] > limit for numbers in days)


def thousands_sign(values: Iterable[Cell]) -> str | None:
    """What stands between thousands in a column: ",", ".", or "" for spaces and the like; None where none tells."""
    between: set[str] = set()
    before_cents: set[str] = set()
    for value in values:
        match = _NUMBER.match(value.strip()) if isinstance(value, str) else None
        if match is None:
            continue
        sign, several = match["between"], match["whole"].count(match["between"] or " ") > 1
        if sign and (several or match["sign"]):
            between.add(sign)
        if match["sign"] and (sign or len(match["cents"]) != 3 or match["whole"] == "0" or len(match["whole"]) > 3):
            before_cents.add(match["sign"])
    if len(before_cents) > 1 or before_cents & between:
        return ""
    signs = between & {",", "."} or {",", "."} - before_cents
    return signs.pop() if len(signs) == 1 else "" if between else None


@cache
def usual_sign(region: str) -> str:
    """The same as it is usual in a country."""
    try:
        sign = Locale.parse(f"und_{region}").number_symbols["latn"]["group"]
    except (UnknownLocaleError, ValueError, KeyError):
        return ""
    return sign if sign in (",", ".") else ""
