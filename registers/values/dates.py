"""Dates as spreadsheets hold them and as people write them."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone
from django.utils.translation import gettext as _

from registers.texts import clean_line
from registers.values.cells import Cell, ValueMistake, cell_text
from registers.values.written_dates import is_without_year, read_written

_TIME = r"(?:[ ,T]+(?:(?:klo|kl|um|at|om|à)\.? )?\d{1,2}[:.]\d{2}.*)?\Z"
_DMY = re.compile(r"(\d{1,2})[./\- ]\s?(\d{1,2})[./\- ]\s?(\d{4}|\d{2})\.?(?: ?[rгр]\.)?" + _TIME)
_YMD = re.compile(r"(\d{4})[./\-] ?(\d{1,2})[./\-] ?(\d{1,2})\.?" + _TIME)
_NO_YEAR = re.compile(r"--\d{2}-?\d{2}\Z|\d{1,2}(?P<sign>[./-]) ?\d{1,2}(?P=sign)?(?:-+|\?+|[xX]+|_+)?\Z")
_ONLY_YEAR = re.compile(r"(?:\d{1,2}[./-])?(?:18[5-9]\d|19\d\d|20\d\d)(?:-\d{2})?\Z")
_NOT_KNOWN = (0, 1604)  # what programs write for the year where they do not know it; Apple's is the last
_LAST_DAY = 31
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_EXCEL_EPOCH = dt.date(1899, 12, 30)
# Excel serials between 1910 and 2100; other bare numbers are no dates.
_EXCEL_DAYS = range(3_654, 73_051)


class PartOfDay(ValueMistake):
    """It is a day of every year, or any day of one."""


def read_date(cell: Cell, order: str = "dmy") -> dt.date:
    """Read a date from a date cell or from text; day first unless `order` is "mdy" or "ymd"."""
    if isinstance(cell, dt.datetime):
        return _possible(cell.date(), cell)
    if isinstance(cell, dt.date):
        return _possible(cell, cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and cell // 1 in _EXCEL_DAYS:
        return _EXCEL_EPOCH + dt.timedelta(days=int(cell))
    text = clean_line(cell_text(cell))
    if match := _YMD.match(text) or _COMPACT.match(text):
        year, month, day = map(int, match.groups())
    elif match := _DMY.match(text):
        year, month, day = _in_order(match.groups(), order)
    elif written := read_written(text):
        year, month, day = _whole_year(written[0]), *written[1:]
    elif _NO_YEAR.match(text) or is_without_year(text):
        raise _without_year(text)
    elif _ONLY_YEAR.match(text):
        raise PartOfDay(_("“%(text)s” is a year without its day") % {"text": text[:60]})
    else:
        raise ValueMistake(_("“%(text)s” is not a date; write it like 18.12.1986") % {"text": text[:60]})
    if year in _NOT_KNOWN and 1 <= month <= 12 and 1 <= day <= 31:
        raise _without_year(text)
    try:
        date = dt.date(year, month, day)
    except ValueError as error:
        raise ValueMistake(_("“%(text)s” is not a day in the calendar") % {"text": text[:60]}) from error
    return _possible(date, cell)


def _in_order(digits: tuple[str, ...], order: str) -> tuple[int, int, int]:
    """Year, month and day of three numbers; whatever the order, no day has a number as high as most years."""
    first, second, third = digits
    if int(first) > _LAST_DAY or (order == "ymd" and int(third) <= _LAST_DAY):
        return _whole_year(first), int(second), int(third)
    day, month = (second, first) if order == "mdy" else (first, second)
    return _whole_year(third), int(month), int(day)


def _whole_year(digits: str) -> int:
    """The year of two digits that is the last to have been."""
    year, this_year = int(digits), timezone.now().year
    if len(digits) > 2:
        return year
    return year + this_year // 100 * 100 - (100 if year > this_year % 100 else 0)


def _without_year(text: str) -> PartOfDay:
    return PartOfDay(_("“%(text)s” is a day without its year") % {"text": text[:60]})


def _possible(date: dt.date, cell: Cell) -> dt.date:
    if not 1850 <= date.year <= 2200:
        raise ValueMistake(_("“%(text)s” is not a likely date") % {"text": cell_text(cell)[:60]})
    return date
