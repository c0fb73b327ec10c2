"""Segments: a rule, compiled to a Q.

A rule is JSON: {"match": "all" | "any" | "none", "conditions": [part, …]}, and each part is a rule again (at most
MAX_DEPTH deep) or a condition {"column": "city", "op": "is", "value": "Kemi"}. A column is one of the register, or
"group", "consent" (its value: "<purpose>:<channel>"), "about:<key>" for what `registers.particulars` knows, or
"deed:<key>" for what `registers.deeds` does (its value: days). A rule without conditions fits everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guards.ids import row_id
from registers.columns import Column, columns_for
from registers.conditions import Operator, RuleMistake, compile_condition, one_value
from registers.consents import Granted
from registers.date_conditions import date_condition, days
from registers.deeds import deeds
from registers.models.consent import Channel, Consent, Purpose
from registers.models.group import Group, GroupMembership
from registers.models.register import Register
from registers.particulars import ABOUT, particulars
from registers.phone_conditions import PHONE_TYPES, phone_condition
from registers.values import ColumnType, ValueMistake

GROUP, CONSENT, DEED = "group", "consent", "deed:"
MATCHES = ("all", "any", "none")
MAX_CONDITIONS = 50
MAX_DEPTH = 3

GROUP_OPERATORS = (
    Operator("in", gettext_lazy("includes the contact"), "one"),
    Operator("not_in", gettext_lazy("does not include the contact"), "one"),
)
CONSENT_OPERATORS = (
    Operator("given", gettext_lazy("is given for"), "one"),
    Operator("not_given", gettext_lazy("is not given for"), "one"),
)
DEED_OPERATORS = (
    Operator("within", gettext_lazy("in the last … days"), "one"),
    Operator("not_within", gettext_lazy("not in the last … days"), "one"),
    Operator("ever", gettext_lazy("at any time"), "nothing"),
    Operator("never", gettext_lazy("never"), "nothing"),
)


def compile_rule(rule: Any, register: Register) -> Q:
    """Turn a rule into a Q on Contact; the caller limits to the register. Raises RuleMistake."""
    check_shape(rule)
    return _Compiler(register).compile(rule)


def check_shape(rule: Any) -> None:
    """Raise RuleMistake for anything that has not the shape of a rule."""
    if _count_conditions(rule, depth=1) > MAX_CONDITIONS:
        raise RuleMistake(_("A rule can have at most %(limit)s conditions.") % {"limit": MAX_CONDITIONS})


def is_rule(part: Any) -> bool:
    return isinstance(part, dict) and "conditions" in part


def conditions_in(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Its conditions, also those in the rules within it, as people count them down the page."""
    for part in rule.get("conditions", []):
        yield from conditions_in(part) if is_rule(part) else [part]


def _count_conditions(rule: Any, *, depth: int) -> int:
    if not isinstance(rule, dict) or rule.get("match") not in MATCHES:
        raise RuleMistake(_("The rule must say whether all of its conditions count, any, or none."))
    if depth > MAX_DEPTH:
        raise RuleMistake(_("Blocks of conditions can be at most %(limit)s deep.") % {"limit": MAX_DEPTH})
    parts = rule.get("conditions")
    if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
        raise RuleMistake(_("The rule has no list of conditions."))
    return sum(_count_conditions(part, depth=depth + 1) if is_rule(part) else 1 for part in parts)


class _Compiler:
    def __init__(self, register: Register) -> None:
        self.register = register
        self.columns: dict[str, Column] = {column.key: column for column in columns_for(register, retired=True)}
        self.number = 0  # of the condition in work, as people count them down the page

    def compile(self, rule: dict[str, Any]) -> Q:
        parts = [self.compile(part) if is_rule(part) else self.condition(part) for part in rule["conditions"]]
        whole = parts[0] if parts else Q()
        for part in parts[1:]:
            whole = whole & part if rule["match"] == "all" else whole | part
        return ~whole if rule["match"] == "none" and parts else whole

    def condition(self, condition: dict[str, Any]) -> Q:
        self.number += 1
        key, op, value = condition.get("column"), condition.get("op"), condition.get("value")
        try:
            if key == GROUP:
                return _in_group(op, value, self.register)
            if key == CONSENT:
                return _consents(op, value)
            if isinstance(key, str) and key.startswith(ABOUT):
                return _about(key.removeprefix(ABOUT), op, value)
            if isinstance(key, str) and key.startswith(DEED):
                return _did(key.removeprefix(DEED), op, value)
            column = self.column(key)
            if column.type in PHONE_TYPES:
                return phone_condition(column, op, value, region=self.register.organisation.region)
            if column.type == ColumnType.DATE:
                return date_condition(column, op, value)
            return compile_condition(column, op, value)
        except (RuleMistake, ValueMistake) as mistake:
            where = _("Condition %(number)s") % {"number": self.number}
            raise RuleMistake(f"{where}: {mistake}.") from mistake

    def column(self, key: Any) -> Column:
        column = self.columns.get(key) if isinstance(key, str) else None
        if column is None:
            raise RuleMistake(_("there is no column “%(key)s” in this register") % {"key": str(key)[:60]})
        return column


def _operator(op: Any, known: tuple[Operator, ...], of: str) -> str:
    if op not in {operator.key for operator in known}:
        raise RuleMistake(_("“%(op)s” cannot be asked of %(column)s") % {"op": str(op)[:40], "column": of})
    return str(op)


def _in_group(op: Any, value: Any, register: Register) -> Q:
    op = _operator(op, GROUP_OPERATORS, _("a group"))
    try:
        group = Group.objects.filter(register=register, pk=int(value)).first()
    except (TypeError, ValueError, OverflowError):
        group = None
    if group is None:
        raise RuleMistake(_("choose a group of this register"))
    # EXISTS, not IN: PostgreSQL may begin with whichever side is smaller, also where it is negated. Unscoped, for group
    # and contact are of the organisation in scope already: to ask once more keeps it from an index that has all else.
    members = GroupMembership.unscoped.filter(contact=OuterRef("pk"), group__in=group.with_descendants())
    found = Q(Exists(members))
    return found if op == "in" else ~found


def _consents(op: Any, value: Any) -> Q:
    op = _operator(op, CONSENT_OPERATORS, _("a consent"))
    number, _colon, channel = one_value(value).partition(":")
    purpose = Purpose.objects.filter(pk=row_id(number)).first()
    if purpose is None or channel not in Channel.values:
        raise RuleMistake(_("choose one of your purposes"))
    given = Q(Granted(Consent.unscoped.filter(purpose=purpose, channel=channel)))  # as above
    return given if op == "given" else ~given


def _about(key: str, op: Any, value: Any) -> Q:
    particular = particulars().get(key)
    if particular is None:
        raise RuleMistake(_("nothing is known of “%(key)s”") % {"key": key[:60]})
    op = _operator(op, particular.operators, str(particular.label))
    takes = next(operator.takes for operator in particular.operators if operator.key == op)
    return particular.condition(op, one_value(value) if takes == "one" else "")


def _did(key: str, op: Any, value: Any) -> Q:
    deed = deeds().get(key)
    if deed is None:
        raise RuleMistake(_("nothing is known of “%(key)s”") % {"key": key[:60]})
    op = _operator(op, DEED_OPERATORS, str(deed.label))
    since = timezone.now() - timedelta(days=days(value)) if op in ("within", "not_within") else None
    people = Q(pk__in=deed.people(since))
    return people if op in ("within", "ever") else ~people
