"""Conditions on the columns of a register: which can be asked of a column of each type, and each as a Q.

Every Q here is true or false, never unknown, so that it may be negated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import BooleanField, DecimalField, ExpressionWrapper, Func, JSONField, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, Right
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    IContains,
    IExact,
    IStartsWith,
    LessThan,
)
from django.db.models.lookups import LessThanOrEqual as AtMost
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registers.addresses import address_spellings
from registers.columns import Column
from registers.texts import clean_line, spellings
from registers.values import ONE_OF, PLAIN_READING, ColumnType, read_date, read_money, read_number
from registers.values.money import stored_money

MAX_VALUES = 200


class RuleMistake(ValueError):
    """The rule cannot be followed; the message says which condition and why."""


class Operator(NamedTuple):
    key: str
    label: str | Promise
    takes: str  # "nothing", "one" or "several" values, or a number of "days"


_EMPTY = Operator("empty", gettext_lazy("is empty"), "nothing")
_FILLED = Operator("filled", gettext_lazy("is filled in"), "nothing")
_TEXT = (
    Operator("is", gettext_lazy("is"), "one"),
    Operator("is_not", gettext_lazy("is not"), "one"),
    Operator("contains", gettext_lazy("contains"), "one"),
    Operator("contains_not", gettext_lazy("does not contain"), "one"),
    Operator("starts", gettext_lazy("starts with"), "one"),
    Operator("any_of", gettext_lazy("is one of"), "several"),
    _FILLED,
    _EMPTY,
)
_COMPANY = tuple(operator for operator in _TEXT if operator.key != "starts")
_NUMBER = (
    Operator("eq", gettext_lazy("is"), "one"),
    Operator("lt", gettext_lazy("is less than"), "one"),
    Operator("lte", gettext_lazy("is at most"), "one"),
    Operator("gt", gettext_lazy("is more than"), "one"),
    Operator("gte", gettext_lazy("is at least"), "one"),
    _FILLED,
    _EMPTY,
)
PAST = Operator("past", gettext_lazy("is before today"), "nothing")
LAST_DAYS = Operator("last_days", gettext_lazy("is in the last … days"), "days")
NEXT_DAYS = Operator("next_days", gettext_lazy("is in the next … days"), "days")
BIRTHDAY = Operator(NEXT_DAYS.key, gettext_lazy("is a birthday in the next … days"), "days")
_DATE = (
    Operator("on", gettext_lazy("is on"), "one"),
    Operator("before", gettext_lazy("is before"), "one"),
    Operator("after", gettext_lazy("is after"), "one"),
    PAST,
    LAST_DAYS,
    NEXT_DAYS,
    _FILLED,
    _EMPTY,
)
_CHOICE = (
    Operator("any_of", gettext_lazy("is one of"), "several"),
    Operator("none_of", gettext_lazy("is none of"), "several"),
    _FILLED,
    _EMPTY,
)
_MULTIPLE = (
    Operator("any_of", gettext_lazy("includes any of"), "several"),
    Operator("all_of", gettext_lazy("includes all of"), "several"),
    Operator("none_of", gettext_lazy("includes none of"), "several"),
    _FILLED,
    _EMPTY,
)
_PHONES = (
    Operator("is", gettext_lazy("include"), "one"),
    Operator("is_not", gettext_lazy("do not include"), "one"),
    Operator("starts", gettext_lazy("include one that starts with"), "one"),
    _FILLED,
    _EMPTY,
)
_TICKED = (Operator("yes", gettext_lazy("is yes"), "nothing"), Operator("no", gettext_lazy("is not yes"), "nothing"))
_YES_NO = (*_TICKED, Operator("said_no", gettext_lazy("is no"), "nothing"), _FILLED, _EMPTY)
OPERATORS: dict[str, tuple[Operator, ...]] = {
    ColumnType.TEXT: _TEXT,
    ColumnType.LONG_TEXT: _TEXT,
    ColumnType.EMAIL: _TEXT,
    ColumnType.PHONE: _TEXT,
    ColumnType.URL: _TEXT,
    ColumnType.COMPANY: _COMPANY,
    ColumnType.NUMBER: _NUMBER,
    ColumnType.DATE: _DATE,
    ColumnType.YES_NO: _YES_NO,
    ColumnType.CHOICE: _CHOICE,
    ColumnType.MULTIPLE_CHOICE: _MULTIPLE,
    ColumnType.COUNTRY: _CHOICE,
    ColumnType.LANGUAGE: _CHOICE,
    ColumnType.PHONES: _PHONES,
    ColumnType.MONEY: _NUMBER,
}

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "lt": LessThan,
    "lte": AtMost,
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
}


def compile_condition(column: Column, op: Any, value: Any) -> Q:
    """One condition as a Q on Contact; what is asked of phone numbers as text, unless `phone_condition` is asked,
    and of dates by days only; `date_condition` knows today.
    Raises RuleMistake or ValueMistake."""
    return _COMPILERS[column.type](column, operator_of(column, op), value)


def operators_of(column: Column) -> tuple[Operator, ...]:
    """What can be asked of a column. Nobody was born in days to come: there the birthday is meant. In columns that
    every contact has there is yes or nothing."""
    known = _TICKED if column.core and column.type == ColumnType.YES_NO else OPERATORS[column.type]
    if column.key != "birth_date":
        return known
    return tuple(BIRTHDAY if operator is NEXT_DAYS else operator for operator in known)


def operator_of(column: Column, op: Any) -> Operator:
    """What `op` asks of a column; raises RuleMistake where that cannot be asked of it."""
    operator = next((known for known in operators_of(column) if known.key == op), None)
    if operator is None:
        raise RuleMistake(_("“%(op)s” cannot be asked of %(column)s") % {"op": str(op)[:40], "column": column.label})
    return operator


def one_value(value: Any) -> str:
    """What a condition compares with, as text; raises RuleMistake where it is missing."""
    if not isinstance(value, (str, int, float)) or isinstance(value, bool) or not clean_line(str(value)):
        raise RuleMistake(_("fill in what to compare with"))
    return clean_line(str(value))


def several_values(value: Any) -> list[str]:
    """What a condition compares with, as texts; raises RuleMistake where there is nothing, or too much."""
    values = value if isinstance(value, list) else [value]
    if not values:
        raise RuleMistake(_("choose at least one value"))
    if len(values) > MAX_VALUES:
        raise RuleMistake(_("compare with at most %(limit)s values") % {"limit": MAX_VALUES})
    return [one_value(each) for each in values]


def as_condition(lookup: Any) -> Q:
    """A lookup as a condition that is false, not unknown, where the value is missing: so that NOT means not."""
    return Q(ExpressionWrapper(lookup, output_field=BooleanField()))


def _filled(column: Column) -> Q:
    if not column.core:
        return Q(attributes__has_key=column.name)
    return Q(**{f"{column.name}__isnull": False}) if column.type == ColumnType.DATE else ~Q(**{column.name: ""})


def _text(column: Column, operator: Operator, value: Any) -> Q:
    if operator.takes == "nothing":
        return _filled(column) if operator is _FILLED else ~_filled(column)
    values = several_values(value) if operator.takes == "several" else [one_value(value)]
    lookup: Callable[[Any, str], Any] = {"contains": IContains, "contains_not": IContains, "starts": IStartsWith}.get(
        operator.key, IExact
    )
    if lookup is IExact:
        values = [column.asked(each) for each in values]
    if column.type == ColumnType.EMAIL:
        values = [spelling for value in values for spelling in address_spellings(value)]
    found = Q()
    for each in (spelling for value in values for spelling in spellings(value)):
        if column.core:
            found |= Q(**{f"{column.name}__{lookup.lookup_name}": each})  # type: ignore[attr-defined]
        else:
            has = Q(attributes__has_key=column.name)
            found |= has & as_condition(lookup(KeyTextTransform(column.name, "attributes"), each))
    return ~found if operator.key in ("is_not", "contains_not") else found


def _number(column: Column, operator: Operator, value: Any) -> Q:
    if operator.takes == "nothing":
        return _filled(column) if operator is _FILLED else ~_filled(column)
    number = read_number(one_value(value))
    if operator.key == "eq":
        return Q(attributes__contains={column.name: number})
    lookup = _COMPARISONS[operator.key]
    return Q(attributes__has_key=column.name) & as_condition(
        lookup(KeyTransform(column.name, "attributes"), Value(number, JSONField()))
    )


def _date(column: Column, operator: Operator, value: Any) -> Q:
    if operator.takes == "nothing":
        return _filled(column) if operator is _FILLED else ~_filled(column)
    text = one_value(value)
    date = read_date(text)
    if column.core:
        lookup = {"on": "exact", "before": "lt", "after": "gt"}[operator.key]
        return _filled(column) & Q(**{f"{column.name}__{lookup}": date})
    if operator.key == "on":
        return Q(attributes__contains={column.name: date.isoformat()})
    compare = LessThan if operator.key == "before" else GreaterThan
    return Q(attributes__has_key=column.name) & as_condition(
        compare(KeyTransform(column.name, "attributes"), Value(date.isoformat(), JSONField()))
    )


def _money(column: Column, operator: Operator, value: Any) -> Q:
    """Amounts of one currency: what is in another is neither more nor less."""
    if operator.takes == "nothing":
        return _filled(column) if operator is _FILLED else ~_filled(column)
    text = read_money(one_value(value), column.currency or PLAIN_READING.currency)
    if operator.key == "eq":
        return Q(attributes__contains={column.name: text})
    money = stored_money(text)
    assert money is not None
    stored = KeyTextTransform(column.name, "attributes")
    # What is no amount gives no number, and no mistake.
    amount = Cast(
        Func(
            stored,
            Value(r"^(-?[0-9]{1,13}(?:\.[0-9]{1,4})?) [A-Z]{3}$"),
            function="SUBSTRING",
            output_field=TextField(),
        ),
        DecimalField(max_digits=17, decimal_places=4),
    )
    compare = _COMPARISONS[operator.key](amount, Value(money.amount, DecimalField(max_digits=17, decimal_places=4)))
    of_currency = Exact(Right(stored, 3), Value(money.currency))
    return Q(attributes__has_key=column.name) & as_condition(of_currency) & _certain(compare)


def _certain(lookup: Any) -> Q:
    """As `as_condition`, for a lookup that may be unknown where there is a value."""
    return Q(Coalesce(ExpressionWrapper(lookup, output_field=BooleanField()), Value(False)))


def _yes_no(column: Column, operator: Operator, value: Any) -> Q:
    if operator in (_FILLED, _EMPTY):
        return _filled(column) if operator is _FILLED else ~_filled(column)
    if operator.key == "said_no":
        return Q(attributes__contains={column.name: False})
    yes = Q(**{column.name: True}) if column.core else Q(attributes__contains={column.name: True})
    return yes if operator.key == "yes" else ~yes


def _codes(column: Column, value: Any) -> list[str]:
    codes = several_values(value)
    known = {option.code for option in column.options}
    for code in codes:
        if code not in known:
            raise RuleMistake(
                _("“%(value)s” is not among the choices of %(column)s") % {"value": code[:60], "column": column.label}
            )
    return codes


def _choice(column: Column, operator: Operator, value: Any) -> Q:
    if operator.takes == "nothing":
        return _filled(column) if operator is _FILLED else ~_filled(column)
    found = Q()
    for code in _codes(column, value):
        found |= Q(attributes__contains={column.name: code})
    return ~found if operator.key == "none_of" else found


def _multiple(column: Column, operator: Operator, value: Any) -> Q:
    if operator.takes == "nothing":
        return _filled(column) if operator is _FILLED else ~_filled(column)
    codes = _codes(column, value)
    if operator.key == "all_of":
        return Q(attributes__contains={column.name: codes})
    found = Q()
    for code in codes:
        found |= Q(attributes__contains={column.name: [code]})
    return ~found if operator.key == "none_of" else found


_COMPILERS: dict[str, Callable[[Column, Operator, Any], Q]] = {
    **dict.fromkeys(OPERATORS, _text),
    ColumnType.NUMBER: _number,
    ColumnType.DATE: _date,
    ColumnType.YES_NO: _yes_no,
    ColumnType.MULTIPLE_CHOICE: _multiple,
    **dict.fromkeys(ONE_OF, _choice),
    ColumnType.MONEY: _money,
}
