"""Segments: a rule of conditions, compiled to a Q.

A rule is JSON: {"match": "all" | "any", "conditions": [{"column": "city", "op": "is", "value": "Kemi"}, …]}. A column
is a column of the register, or "group". A rule without conditions fits everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, JSONField, Q, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, IContains, IExact, IStartsWith, LessThan
from django.db.models.lookups import LessThanOrEqual as AtMost
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registers.columns import Column, columns_for
from registers.models.group import Group, GroupMembership
from registers.models.register import Register
from registers.texts import clean_line
from registers.values import ColumnType, ValueMistake, read_date, read_number

GROUP = "group"
MAX_CONDITIONS = 50
MAX_VALUES = 200


class RuleMistake(ValueError):
    """The rule cannot be followed; the message says which condition and why."""


class Operator(NamedTuple):
    key: str
    label: str | Promise
    takes: str  # "nothing", "one" or "several" values


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
_NUMBER = (
    Operator("eq", gettext_lazy("is"), "one"),
    Operator("lt", gettext_lazy("is less than"), "one"),
    Operator("lte", gettext_lazy("is at most"), "one"),
    Operator("gt", gettext_lazy("is more than"), "one"),
    Operator("gte", gettext_lazy("is at least"), "one"),
    _FILLED,
    _EMPTY,
)
_DATE = (
    Operator("on", gettext_lazy("is on"), "one"),
    Operator("before", gettext_lazy("is before"), "one"),
    Operator("after", gettext_lazy("is after"), "one"),
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
_YES_NO = (Operator("yes", gettext_lazy("is yes"), "nothing"), Operator("no", gettext_lazy("is not yes"), "nothing"))
GROUP_OPERATORS = (
    Operator("in", gettext_lazy("includes the contact"), "one"),
    Operator("not_in", gettext_lazy("does not include the contact"), "one"),
)
OPERATORS: dict[str, tuple[Operator, ...]] = {
    ColumnType.TEXT: _TEXT,
    ColumnType.LONG_TEXT: _TEXT,
    ColumnType.EMAIL: _TEXT,
    ColumnType.PHONE: _TEXT,
    ColumnType.URL: _TEXT,
    ColumnType.NUMBER: _NUMBER,
    ColumnType.DATE: _DATE,
    ColumnType.YES_NO: _YES_NO,
    ColumnType.CHOICE: _CHOICE,
    ColumnType.MULTIPLE_CHOICE: _MULTIPLE,
}
NOBODY = Q(pk__in=[])


def compile_rule(rule: Any, register: Register) -> Q:
    """Turn a rule into a Q on Contact; the caller limits to the register. Raises RuleMistake."""
    conditions = check_shape(rule)
    columns = {column.key: column for column in columns_for(register, retired=True)}
    compiled = []
    for number, condition in enumerate(conditions, start=1):
        try:
            compiled.append(_compile(condition, columns, register))
        except (RuleMistake, ValueMistake) as mistake:
            where = _("Condition %(number)s") % {"number": number}
            raise RuleMistake(f"{where}: {mistake}.") from mistake
    whole = compiled[0] if compiled else Q()
    for part in compiled[1:]:
        whole = whole & part if rule["match"] == "all" else whole | part
    return whole


def check_shape(rule: Any) -> list[dict[str, Any]]:
    """The conditions of a rule that has the shape of one; raises RuleMistake for anything else."""
    if not isinstance(rule, dict) or rule.get("match") not in ("all", "any"):
        raise RuleMistake(_("The rule must say whether all of its conditions count, or any."))
    conditions = rule.get("conditions")
    if not isinstance(conditions, list) or not all(isinstance(condition, dict) for condition in conditions):
        raise RuleMistake(_("The rule has no list of conditions."))
    if len(conditions) > MAX_CONDITIONS:
        raise RuleMistake(_("A rule can have at most %(limit)s conditions.") % {"limit": MAX_CONDITIONS})
    return conditions


def _compile(condition: dict[str, Any], columns: dict[str, Column], register: Register) -> Q:
    key, op, value = condition.get("column"), condition.get("op"), condition.get("value")
    if key == GROUP:
        return _compile_group(op, value, register)
    column = columns.get(key) if isinstance(key, str) else None
    if column is None:
        raise RuleMistake(_("there is no column “%(key)s” in this register") % {"key": str(key)[:60]})
    operator = next((known for known in OPERATORS[column.type] if known.key == op), None)
    if operator is None:
        raise RuleMistake(_("“%(op)s” cannot be asked of %(column)s") % {"op": str(op)[:40], "column": column.label})
    return _COMPILERS[column.type](column, operator, value)


def _compile_group(op: Any, value: Any, register: Register) -> Q:
    if op not in {operator.key for operator in GROUP_OPERATORS}:
        raise RuleMistake(_("“%(op)s” cannot be asked of a group") % {"op": str(op)[:40]})
    try:
        group = Group.objects.filter(register=register, pk=int(value)).first()
    except (TypeError, ValueError, OverflowError):
        group = None
    if group is None:
        raise RuleMistake(_("choose a group of this register"))
    members = Q(pk__in=GroupMembership.objects.filter(group__in=group.with_descendants()).values("contact"))
    return members if op == "in" else ~members


def _one(value: Any) -> str:
    if not isinstance(value, (str, int, float)) or isinstance(value, bool) or not clean_line(str(value)):
        raise RuleMistake(_("fill in what to compare with"))
    return clean_line(str(value))


def _several(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if not values or len(values) > MAX_VALUES:
        raise RuleMistake(_("choose at least one value"))
    return [_one(each) for each in values]


def _expression(lookup: Any) -> Q:
    """A lookup as a condition that is false, not unknown, where the value is missing: so that NOT means not."""
    return Q(ExpressionWrapper(lookup, output_field=BooleanField()))


def _filled(column: Column) -> Q:
    if not column.core:
        return Q(attributes__has_key=column.name)
    return Q(**{f"{column.name}__isnull": False}) if column.type == ColumnType.DATE else ~Q(**{column.name: ""})


def _text(column: Column, operator: Operator, value: Any) -> Q:
    if operator.takes == "nothing":
        return _filled(column) if operator is _FILLED else ~_filled(column)
    values = _several(value) if operator.takes == "several" else [_one(value)]
    lookup: Callable[[Any, str], Any] = {"contains": IContains, "contains_not": IContains, "starts": IStartsWith}.get(
        operator.key, IExact
    )
    found = Q()
    for each in values:
        if column.core:
            found |= Q(**{f"{column.name}__{lookup.lookup_name}": each})  # type: ignore[attr-defined]
        else:
            has = Q(attributes__has_key=column.name)
            found |= has & _expression(lookup(KeyTextTransform(column.name, "attributes"), each))
    return ~found if operator.key in ("is_not", "contains_not") else found


def _number(column: Column, operator: Operator, value: Any) -> Q:
    if operator.takes == "nothing":
        return _filled(column) if operator is _FILLED else ~_filled(column)
    number = read_number(_one(value))
    if operator.key == "eq":
        return Q(attributes__contains={column.name: number})
    lookup = {"lt": LessThan, "lte": AtMost, "gt": GreaterThan, "gte": GreaterThanOrEqual}[operator.key]
    return Q(attributes__has_key=column.name) & _expression(
        lookup(KeyTransform(column.name, "attributes"), Value(number, JSONField()))
    )


def _date(column: Column, operator: Operator, value: Any) -> Q:
    if operator.takes == "nothing":
        return _filled(column) if operator is _FILLED else ~_filled(column)
    text = _one(value)
    date = read_date(text)
    if column.core:
        lookup = {"on": "exact", "before": "lt", "after": "gt"}[operator.key]
        return _filled(column) & Q(**{f"{column.name}__{lookup}": date})
    if operator.key == "on":
        return Q(attributes__contains={column.name: date.isoformat()})
    compare = LessThan if operator.key == "before" else GreaterThan
    return Q(attributes__has_key=column.name) & _expression(
        compare(KeyTransform(column.name, "attributes"), Value(date.isoformat(), JSONField()))
    )


def _yes_no(column: Column, operator: Operator, value: Any) -> Q:
    yes = Q(**{column.name: True}) if column.core else Q(attributes__contains={column.name: True})
    return yes if operator.key == "yes" else ~yes


def _codes(column: Column, value: Any) -> list[str]:
    codes = _several(value)
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
    ColumnType.CHOICE: _choice,
    ColumnType.MULTIPLE_CHOICE: _multiple,
}
