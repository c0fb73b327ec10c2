"""Rules of segments as forms send them and as people read them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from registers.columns import Column, columns_for
from registers.companies import company_names
from registers.conditions import Operator, operators_of
from registers.deeds import deeds
from registers.models import Contact, Group, Register
from registers.models.consent import Channel, Purpose
from registers.particulars import ABOUT, particulars
from registers.segments import (
    CONSENT,
    CONSENT_OPERATORS,
    DEED,
    DEED_OPERATORS,
    GROUP,
    GROUP_OPERATORS,
    MATCHES,
    MAX_CONDITIONS,
    conditions_in,
    is_rule,
)
from registers.texts import clean_line, read_labels, sort_key
from registers.values import ColumnType

SUGGESTED = ("city", "country", "language", "postcode", "source")
SUGGESTIONS = 40
FEW = 5_000  # people who are all looked at for suggestions
STARTS = ("", *"cehjklmnprstv}", "\u0400")  # of sort keys, where some are looked at of more: nameless to Cyrillic
MAX_PARTS = 4 * MAX_CONDITIONS  # blank ones included; one more than fit is refused in words, hundreds are no form
_PART = re.compile(r"(column|match)-(\d{1,4}(?:\.\d{1,4}){0,2})\Z")


def rule_from(data: QueryDict, *, keep_blank: bool = False) -> dict[str, Any]:
    """The rule in a form's fields: `match`, and `column-N`, `op-N`, `value-N` of each condition that has a column.

    A block of conditions at N has `match-N`, and its parts the numbers N.0, N.1 and so on. `keep_blank` keeps
    conditions without a column and empty blocks, to show the form again as it is.
    """
    paths = {tuple(map(int, found[2].split("."))) for name in data if (found := _PART.match(name))}
    rule = _rule_at((), sorted(paths)[:MAX_PARTS], data)
    return rule if keep_blank else without_blanks(rule)


def _rule_at(at: tuple[int, ...], paths: Sequence[tuple[int, ...]], data: QueryDict) -> dict[str, Any]:
    match = data.get(f"match-{_dotted(at)}" if at else "match", "")
    below = [path for path in paths if len(path) == len(at) + 1 and path[:-1] == at]
    parts = [
        _rule_at(path, paths, data) if f"match-{_dotted(path)}" in data else _condition_at(_dotted(path), data)
        for path in below
    ]
    return {"match": match if match in MATCHES else "all", "conditions": parts}


def _condition_at(at: str, data: QueryDict) -> dict[str, Any]:
    values = [value for value in map(clean_line, data.getlist(f"value-{at}")) if value]
    op = clean_line(data.get(f"op-{at}", ""))
    condition: dict[str, Any] = {"column": clean_line(data.get(f"column-{at}", "")), "op": op}
    if len(values) == 1 and op.endswith("_of"):
        values = read_labels(values[0]) or values  # a line of several; the codes of choices hold no commas
    if values:
        condition["value"] = values if op.endswith("_of") else values[0]
    return condition


def _dotted(path: tuple[int, ...]) -> str:
    return ".".join(map(str, path))


def without_blanks(rule: dict[str, Any]) -> dict[str, Any]:
    """The rule without conditions that name no column, and without blocks that hold none."""
    parts = [without_blanks(part) if is_rule(part) else part for part in rule["conditions"]]
    filled = [part for part in parts if part.get("conditions") or part.get("column")]
    return {"match": rule["match"], "conditions": filled}


def operators_for(column: Column | None, key: str) -> tuple[Operator, ...]:
    if key == GROUP:
        return GROUP_OPERATORS
    if key == CONSENT:
        return CONSENT_OPERATORS
    if key.startswith(ABOUT):
        particular = particulars().get(key.removeprefix(ABOUT))
        return particular.operators if particular else ()
    if key.startswith(DEED):
        return DEED_OPERATORS
    return operators_of(column) if column else ()


def builder_columns(register: Register, rule: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """What the rule builder offers, as JSON: columns with their operators and what there is to choose.

    What `rule` asks for is among it even if it is retired or gone: a form that could not show a condition would save
    another rule than it was given.
    """
    asked = list(conditions_in(rule)) if rule else []
    groups = [[str(group.pk), group.name] for group in Group.objects.filter(register=register)]
    common = common_values(register)
    offered: list[dict[str, Any]] = []
    if groups:
        offered.append(_offer(GROUP, _("Group"), "choice_one", GROUP_OPERATORS, groups, []))
    in_use = {column.key for column in columns_for(register)}
    for column in columns_for(register, retired=True):
        if column.key not in in_use and not any(condition.get("column") == column.key for condition in asked):
            continue
        kind = {ColumnType.NUMBER: "number", ColumnType.DATE: "date"}.get(ColumnType(column.type), "text")
        if column.options:
            kind = "choices"
        suggestions = common.get(column.key, [])
        if column.named:
            suggestions = sorted({column.named(value) for value in suggestions}, key=sort_key)
        if column.type == ColumnType.COMPANY:
            suggestions = company_names()
        options = [[option.code, option.label] for option in column.options]
        label = column.label if column.key in in_use else _("%(name)s (retired)") % {"name": column.label}
        offered.append(_offer(column.key, label, kind, operators_of(column), options, suggestions))
    if purposes := consent_options():
        offered.append(_offer(CONSENT, _("Consent"), "choice_one", CONSENT_OPERATORS, list(map(list, purposes)), []))
    for each in particulars().values():
        suggestions = each.suggestions(register)
        offered.append(_offer(f"{ABOUT}{each.key}", each.label, "text", each.operators, [], suggestions))
    known = deeds().values()
    offered += [_offer(f"{DEED}{deed.key}", deed.label, "number", DEED_OPERATORS, [], []) for deed in known]
    for condition in asked:
        _offer_as_asked(offered, condition)
    return offered


def _offer_as_asked(offered: list[dict[str, Any]], condition: dict[str, Any]) -> None:
    """Add to what is offered what a condition asks for and is not among it: whoever saves it is told what is wrong."""
    key, op, value = str(condition.get("column") or ""), condition.get("op"), condition.get("value")
    if not key:
        return
    column = next((column for column in offered if column["key"] == key), None)
    if column is None:
        label = {GROUP: _("Group"), CONSENT: _("Consent")}.get(key, _("(a column that is gone)"))
        kind = "choice_one" if key in (GROUP, CONSENT) else "text"
        column = _offer(key, label, kind, operators_for(None, key), [], [])
        offered.append(column)
    values = [str(each) for each in (value if isinstance(value, list) else [value]) if each is not None]
    if op and op not in [known for known, _label, _takes in column["operators"]]:
        takes = "several" if isinstance(value, list) else "one" if values else "nothing"
        column["operators"].append([op, _("(a condition that is gone)"), takes])
    if column["kind"] in ("choices", "choice_one"):
        names = dict(consent_options(retired=True)) if key == CONSENT else {}
        codes = {code for code, _label in column["options"]}
        column["options"] += [[each, names.get(each) or _gone(key, each)] for each in values if each not in codes]


def _gone(key: str, value: str) -> str:
    known = {GROUP: _("(a group that is gone)"), CONSENT: _("(a purpose that is gone)")}
    return known.get(key) or _("%(name)s (gone)") % {"name": value}


def consent_options(*, retired: bool = False) -> list[tuple[str, str]]:
    """Each purpose of the organisation by each channel, with those of retired purposes if asked for."""
    purposes = Purpose.objects.all() if retired else Purpose.objects.filter(retired=False)
    return [
        (
            f"{purpose.pk}:{channel.value}",
            f"{_('%(name)s (retired)') % {'name': purpose.name} if purpose.retired else purpose.name}, {channel.label}",
        )
        for purpose in purposes
        for channel in Channel
    ]


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


def common_values(register: Register) -> dict[str, list[str]]:
    """Of each of the SUGGESTED columns the values that occur most, in alphabetical order."""
    columns = zip(*_people_to_count(register), strict=True)
    return {name: _most_common(values) for name, values in zip(SUGGESTED, columns, strict=False)}


def _most_common(values: Iterable[str]) -> list[str]:
    counts = Counter(filter(None, values))
    return sorted(sorted(counts, key=lambda value: (-counts[value], value))[:SUGGESTIONS])


def _people_to_count(register: Register) -> list[tuple[str, ...]]:
    """All people where they are few. Of many some from all over the alphabet, for nobody waits for a million."""
    people = Contact.objects.filter(register=register).values_list(*SUGGESTED)
    everybody = list(people.order_by()[: FEW + 1])
    if len(everybody) <= FEW:
        return everybody
    by_name = people.order_by("sort_key", "id")
    first, *others = (by_name.filter(sort_key__gte=start)[: FEW // len(STARTS)] for start in STARTS)
    return list(first.union(*others, all=True))


def describe_rule(rule: dict[str, Any], register: Register) -> str:
    """A rule in words: “City is Kemi, and Interests includes any of music”."""
    names = _Names(
        columns={column.key: column for column in columns_for(register, retired=True)},
        groups={str(group.pk): group.name for group in register.groups.all()},
    )
    return _describe(rule, names) or _("everybody")


@dataclass
class _Names:
    columns: dict[str, Column]
    groups: dict[str, str]

    @cached_property
    def consents(self) -> dict[str, str]:
        return dict(consent_options(retired=True))


def _describe(rule: dict[str, Any], names: _Names) -> str:
    words = []
    for part in rule.get("conditions", []):
        if is_rule(part):
            words.append(f"({_describe(part, names)})" if part.get("match") != "none" else _describe(part, names))
        else:
            words.append(_describe_condition(part, names))
    whole = (_(", and ") if rule.get("match") == "all" else _(", or ")).join(words)
    return _("none of (%(conditions)s)") % {"conditions": whole} if rule.get("match") == "none" and words else whole


def _value_words(column: Column, op: Any, value: str) -> str:
    """A value as the screens call it; a part of one, as in “contains e”, stays what it is."""
    if column.options:
        return column.option_label(value)
    return column.named(value) if column.named and op in ("is", "is_not", "any_of") else value


def _describe_condition(condition: dict[str, Any], names: _Names) -> str:
    key, op = str(condition.get("column", "")), condition.get("op")
    column = names.columns.get(key)
    operator = next((known for known in operators_for(column, key) if known.key == op), None)
    value = condition.get("value", "")
    values = [str(each) for each in (value if isinstance(value, list) else [value])]
    if column:
        label, shown = str(column.label), [_value_words(column, op, each) for each in values]
    elif key == GROUP:
        label, shown = _("Group"), [names.groups.get(each) or _gone(key, each) for each in values]
    elif key == CONSENT:
        label, shown = _("Consent"), [names.consents.get(each) or _gone(key, each) for each in values]
    elif key.startswith(ABOUT) and (particular := particulars().get(key.removeprefix(ABOUT))):
        label, shown = str(particular.label), values
    elif deed := deeds().get(key.removeprefix(DEED)):
        label, shown = str(deed.label), values
    else:
        label, shown = _("(a column that is gone)"), values
    how = str(operator.label) if operator else ""
    if "…" in how:
        return f"{label} {how.replace('…', ', '.join(shown))}"
    return " ".join(filter(None, [label, how, ", ".join(shown)]))
