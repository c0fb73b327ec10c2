"""What is asked of dates by how far away they are, from the day it is when somebody asks."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from registers.absences import today
from registers.columns import Column
from registers.conditions import BIRTHDAY, NEXT_DAYS, PAST, RuleMistake, compile_condition, one_value, operator_of

MAX_DAYS = 36_500


def date_condition(column: Column, op: Any, value: Any) -> Q:
    """One condition on a column of dates as a Q on Contact. Today is one of the last and of the next days.
    Raises RuleMistake or ValueMistake."""
    operator = operator_of(column, op)
    if operator is PAST:
        return compile_condition(column, "before", today().isoformat())
    if operator.takes != "days":
        return compile_condition(column, op, value)
    if operator is BIRTHDAY:
        return has_birthday(days(value))
    day, far, near = today(), dt.timedelta(days=days(value) + 1), dt.timedelta(days=1)
    after, before = (day - near, day + far) if operator is NEXT_DAYS else (day - far, day + near)
    return compile_condition(column, "after", after.isoformat()) & compile_condition(
        column, "before", before.isoformat()
    )


def has_birthday(ahead: int) -> Q:
    """Those whose birthday is today or so many days ahead; of 29 February, in other years, on the 28th."""
    first = today()
    last = first + dt.timedelta(days=ahead)
    known = Q(birth_date__isnull=False)
    if ahead >= 365:
        return known
    after = Q(birth_date__month__gt=first.month) | Q(birth_date__month=first.month, birth_date__day__gte=first.day)
    before = Q(birth_date__month__lt=last.month) | Q(birth_date__month=last.month, birth_date__day__lte=last.day)
    if (last.month, last.day) == (2, 28) and not calendar.isleap(last.year):
        before |= Q(birth_date__month=2)
    return known & (after & before if last.year == first.year else after | before)


def days(value: Any) -> int:
    """A number of days, from 1 on; raises RuleMistake."""
    text = one_value(value)
    if not text.isdecimal() or len(text) > 6 or not 0 < int(text) <= MAX_DAYS:
        raise RuleMistake(_("write the number of days, such as 30"))
    return int(text)
