"""Cells that are already as they would be stored: seen at a glance, and most files hold little else.

Whatever is not recognised here takes the way through `Column.parse`; what is gives the same answer as that way does.
"""

from __future__ import annotations

import datetime as dt
import re
import time
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from registers.addresses import is_ordinary
from registers.columns import CORE_COLUMNS, Column
from registers.phones import plain_number
from registers.values import MAX_COMPANY, MAX_LONG_TEXT, MAX_TEXT, PLAIN_READING, ColumnType

NOT_PLAIN = object()
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,13})\Z")
_BIRTH_DATE = next(column.special for column in CORE_COLUMNS if column.key == "birth_date")

Glance = Callable[[str], Any]


def glance_for(column: Column, region: str = PLAIN_READING.region) -> Glance | None:
    """A function that gives the stored value of a plain cell, or NOT_PLAIN; None for columns that have none such."""
    if column.special is not None and column.special is not _BIRTH_DATE:
        return None
    match column.type:
        case ColumnType.TEXT:
            return _text(min(MAX_TEXT, column.max_length or MAX_TEXT))
        case ColumnType.COMPANY:
            return _text(MAX_COMPANY)
        case ColumnType.LONG_TEXT:
            return _text(min(MAX_LONG_TEXT, column.max_length or MAX_LONG_TEXT))
        case ColumnType.EMAIL:
            return _email
        case ColumnType.PHONE:
            return lambda cell: plain_number(cell, region) or NOT_PLAIN
        case ColumnType.DATE:
            return _past_date if column.special is _BIRTH_DATE else _date
        case ColumnType.NUMBER:
            return _number
    return None


def is_plain(text: str) -> bool:
    """Whether cleaning would leave a text as it is."""
    return (
        text.isprintable()
        and "  " not in text
        and text[:1] != " "
        and text[-1:] != " "
        and (text.isascii() or ("\ufffd" not in text and unicodedata.is_normalized("NFC", text)))
    )


def _text(limit: int) -> Glance:
    def glance(cell: str) -> Any:
        return cell if cell and len(cell) <= limit and is_plain(cell) else NOT_PLAIN

    return glance


def _email(cell: str) -> Any:
    return cell if is_ordinary(cell) else NOT_PLAIN


def _date(cell: str) -> Any:
    if not _ISO_DATE.match(cell) or not "1850" <= cell[:4] <= "2200":
        return NOT_PLAIN
    try:
        dt.date.fromisoformat(cell)
    except ValueError:
        return NOT_PLAIN
    return cell


def _past_date(cell: str) -> Any:
    value = _date(cell)
    return NOT_PLAIN if value is NOT_PLAIN or value >= _today(int(time.time() // 3_600)) else value


@lru_cache(maxsize=1)
def _today(hours: int) -> str:
    """The day in UTC, so many hours after 1970 began."""
    return (dt.date(1970, 1, 1) + dt.timedelta(hours=hours)).isoformat()


def _number(cell: str) -> Any:
    return int(cell) if _NUMBER.match(cell) else NOT_PLAIN
