"""Rules of segments as forms send them and as people read them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import QueryDict
from django.utils.translation import gettext as _

from registers.columns import Column, columns_for
from registers.models import Contact, Group, Register
from registers.segments import GROUP, GROUP_OPERATORS, MAX_CONDITIONS, OPERATORS, Operator
from registers.texts import clean_line
from registers.values import ColumnType

SUGGESTED = ("city", "country", "language", "postcode", "source")
SUGGESTIONS = 40


def rule_from(data: QueryDict) -> dict[str, Any]:
    """The rule in a form's fields: `match`, and `column-N`, `op-N`, `value-N` of each condition that has a column."""
    conditions = []
    for at in range(MAX_CONDITIONS):
        column = clean_line(data.get(f"column-{at}", ""))
        if not column:
            continue
        values = [value for value in map(clean_line, data.getlist(f"value-{at}")) if value]
        op = clean_line(data.get(f"op-{at}", ""))
        condition: dict[str, Any] = {"column": column, "op": op}
        if values:
            condition["value"] = values if op.endswith("_of") else values[0]
        conditions.append(condition)
    return {"match": "any" if data.get("match") == "any" else "all", "conditions": conditions}


def operators_for(column: Column | None, key: str) -> tuple[Operator, ...]:
    if key == GROUP:
        return GROUP_OPERATORS
    return OPERATORS[column.type] if column else ()


def builder_columns(register: Register) -> list[dict[str, Any]]:
    """What the rule builder offers, as JSON: columns with their operators and what there is to choose."""
    groups = [[str(group.pk), group.name] for group in Group.objects.filter(register=register)]
    offered: list[dict[str, Any]] = []
    if groups:
        offered.append(_offer(GROUP, _("Group"), "choice_one", GROUP_OPERATORS, groups, []))
    for column in columns_for(register):
        kind = {ColumnType.NUMBER: "number", ColumnType.DATE: "date"}.get(ColumnType(column.type), "text")
        if column.type in (ColumnType.CHOICE, ColumnType.MULTIPLE_CHOICE):
            kind = "choices"
        suggestions = common_values(register, column.key) if column.key in SUGGESTED else []
        options = [[option.code, option.label] for option in column.options]
        offered.append(_offer(column.key, column.label, kind, OPERATORS[column.type], options, suggestions))
    return offered


def _offer(
    key: str, label: Any, kind: str, operators: tuple[Operator, ...], options: list[list[str]], suggestions: list[str]
) -> dict[str, Any]:
    return {
        "key": key,
        "label": str(label),
        "kind": kind,
        "operators": [[operator.key, str(operator.label), operator.takes] for operator in operators],
        "options": options,
        "suggestions": suggestions,
    }


def common_values(register: Register, name: str) -> list[str]:
    """The values of a core column that occur most, in alphabetical order."""
    rows = Contact.objects.filter(register=register).exclude(**{name: ""}).order_by().values_list(name)
    top = rows.annotate(count=Count("pk")).order_by("-count", name)[:SUGGESTIONS]
    return sorted(value for value, _count in top)


def describe_rule(rule: dict[str, Any], register: Register) -> str:
    """A rule in words: “City is Kemi, and Interests includes any of music”."""
    columns = {column.key: column for column in columns_for(register, retired=True)}
    groups = {str(group.pk): group.name for group in register.groups.all()}
    words = []
    for condition in rule.get("conditions", []):
        key, op = str(condition.get("column", "")), condition.get("op")
        column = columns.get(key)
        label = _("Group") if key == GROUP else str(column.label) if column else _("(a column that is gone)")
        operator = next((known for known in operators_for(column, key) if known.key == op), None)
        value = condition.get("value", "")
        values = value if isinstance(value, list) else [value]
        if column:
            shown = [column.option_label(each) if column.options else str(each) for each in values]
        else:
            shown = [groups.get(str(each), str(each)) for each in values]
        words.append(" ".join(filter(None, [label, str(operator.label) if operator else "", ", ".join(shown)])))
    if not words:
        return _("everybody")
    return (_(", and ") if rule.get("match") == "all" else _(", or ")).join(words)
