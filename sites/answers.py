"""Answers as people read them, and as a spreadsheet takes them."""

import re
from contextlib import suppress
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

ISO_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])\Z")


def said(answer: Any) -> str:
    """An answer as people read it."""
    if isinstance(answer, bool):
        return _("yes") if answer else _("no")
    if isinstance(answer, list):
        return ", ".join(map(str, answer))
    day = _day(answer)
    return date_format(day, "DATE_FORMAT") if day else str(answer)


def cell(answer: Any) -> str | int | float | date:
    """An answer as text, but numbers and days that a spreadsheet can reckon with."""
    return answer if type(answer) in (int, float) else _day(answer) or said(answer)


def _day(answer: Any) -> date | None:
    if isinstance(answer, str) and ISO_DATE.match(answer):
        with suppress(ValueError):  # a text that only looks like a date
            return date.fromisoformat(answer)
    return None
