"""The filters of a list of contacts, which are conditions of segments by other names."""

from __future__ import annotations

import json
from collections.abc import Container
from functools import cache
from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.active_filters import ActiveFilter, BaseFilterAdapter, register_filter_adapter_class
from wagtail.admin.filters import WagtailFilterSet

from guards.ids import row_id
from registers.absences import away
from registers.columns import Column, columns_for
from registers.conditions import RuleMistake
from registers.couples import in_couples
from registers.models import Contact, Group, Reason, Register, Segment
from registers.particulars import ABOUT
from registers.reasons import having
from registers.rules import describe_rule
from registers.segments import GROUP, check_shape, compile_rule
from registers.stars import starred
from registers.texts import clean_line
from registers.values import ColumnType

MAX_OPTION_FILTERS = 8
MAX_BOXES = 60  # options more than this are chosen from a drop-down, one at a time
RULE = "rule"
LONGEST_RULE = 6_000  # characters: an address has to hold it
Rule = dict[str, Any]


def _part(column: str, op: str, value: Any = None) -> Rule:
    return {"column": column, "op": op} if value is None else {"column": column, "op": op, "value": value}


# What `has=…` asks for: its name, the rows, and the same as a condition of a segment.
_STATES: dict[str, Rule] = {
    "email": _part("email", "filled"),
    "no_email": _part("email", "empty"),
    "phone": _part("phone", "filled"),
    "no_phone": _part("phone", "empty"),
    "away": _part(f"{ABOUT}away", "yes"),
    "couple": _part(f"{ABOUT}couple", "yes"),
    "important": _part(f"{ABOUT}important", "yes"),
    "deceased": _part("deceased", "yes"),
}


def read_rule(text: str) -> Rule | None:
    """The rule in an address; None where it holds none. Raises RuleMistake for what is none."""
    if not text:
        return None
    try:
        rule = json.loads(text) if len(text) <= LONGEST_RULE else None
    except (ValueError, RecursionError):
        rule = None
    check_shape(rule)
    return rule if isinstance(rule, dict) and rule["conditions"] else None


def write_rule(rule: Rule) -> str:
    """A rule for an address. Raises RuleMistake if it is too long for one."""
    text = json.dumps(rule, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LONGEST_RULE:
        raise RuleMistake(_("These conditions are too long for a filter: save them as a segment."))
    return text


class RuleWidget(forms.HiddenInput):
    """Keeps the rule, and leads to where it is made."""

    input_type = "hidden"

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url

    @property
    def is_hidden(self) -> bool:
        return False  # it has a label and a place in the drawer

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        hidden = super().render(name, value, attrs, renderer)
        return format_html(
            '{}<a class="button button-small" href="{}">{}</a>', hidden, self.url, _("Choose conditions…")
        )


class RuleFilter(django_filters.CharFilter):
    pass


class RuleFilterAdapter(BaseFilterAdapter):
    def get_active_filters(self) -> list[ActiveFilter]:
        url = self.get_url_without_filter_param(self.name)
        try:
            rule = read_rule(self.value)
            words = describe_rule(rule, self.filter.register) if rule else ""
        except RuleMistake as mistake:
            words = str(mistake)
        return [ActiveFilter(self.bound_field.auto_id, self.filter.label, words, url)] if words else []


register_filter_adapter_class(RuleFilter, adapter_class=RuleFilterAdapter)


def filter_class(
    register: Register,
    columns: list[Column],
    request: HttpRequest | None = None,
    *,
    only: Container[str] | None = None,
) -> type[Any]:
    """Filters for groups, segments, reachability, each choice column of the register, and any rule.

    Of these `only` the ones of some names, where nobody sees the others: their choices need not be looked up.
    """
    filters: dict[str, Any] = {}

    def asked(name: str) -> bool:
        return only is None or name in only

    groups = list(Group.objects.filter(register=register)) if asked("group") else []
    segments = list(Segment.objects.filter(register=register)) if asked("segment") else []
    words = list(Reason.objects.all()) if asked("reason") else []
    if groups:
        filters["group"] = django_filters.ChoiceFilter(
            label=_("Group"), choices=[(str(group.pk), group.name) for group in groups], method="of_group"
        )
    if segments:
        filters["segment"] = django_filters.ChoiceFilter(
            label=_("Segment"), choices=[(str(segment.pk), segment.name) for segment in segments], method="of_segment"
        )
    if words:
        filters["reason"] = django_filters.ChoiceFilter(
            label=_("Reason"), choices=[(str(word.pk), word.name) for word in words], method="of_reason"
        )
    if asked("has"):
        filters["has"] = django_filters.ChoiceFilter(
            label=_("State"),
            method="by_reach",
            choices=[
                ("email", _("has an e-mail address")),
                ("no_email", _("has no e-mail address")),
                ("phone", _("has a phone number")),
                ("no_phone", _("has no phone number")),
                ("away", _("is on leave")),
                ("couple", _("is part of a couple")),
                ("important", _("is an important contact")),
                ("deceased", _("is deceased")),
            ],
        )
    choice_columns = [column for column in _choice_columns(columns) if asked(f"is_{column.name}")]
    for column in choice_columns:
        if len(column.options) > MAX_BOXES:
            filters[f"is_{column.name}"] = django_filters.ChoiceFilter(
                label=column.label, choices=list(column.options), method="by_option"
            )
            continue
        filters[f"is_{column.name}"] = django_filters.MultipleChoiceFilter(
            label=column.label,
            choices=list(column.options),
            method="by_option",
            widget=forms.CheckboxSelectMultiple,
        )
    if asked(RULE):
        builder = reverse("registers:filter", args=[register.pk])
        query = request.GET.urlencode() if request else ""
        filters[RULE] = RuleFilter(
            label=_("Any column, and what they did"), method="by_rule", widget=RuleWidget(f"{builder}?{query}")
        )
        filters[RULE].register = register

    def of_group(self: Any, queryset: Any, name: str, value: str) -> Any:
        return queryset.in_group(next(group for group in groups if str(group.pk) == value))

    @cache
    def condition_of(segment: str) -> Q:
        """Raises RuleMistake."""
        chosen = next(each for each in segments if str(each.pk) == segment)
        return compile_rule(chosen.rule, register)

    def of_segment(self: Any, queryset: Any, name: str, value: str) -> Any:
        try:
            return queryset.filter(condition_of(value))
        except RuleMistake:
            return queryset.none()

    def of_reason(self: Any, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(pk__in=having(int(value)))  # one of the choices above

    def by_reach(self: Any, queryset: Any, name: str, value: str) -> Any:
        match value:
            case "email":
                return queryset.exclude(email_key="")
            case "no_email":
                return queryset.filter(email_key="")
            case "away":
                return queryset.filter(pk__in=away())
            case "important":
                return queryset.filter(pk__in=starred())
            case "couple":
                return queryset.filter(pk__in=in_couples())
        return _fitting(queryset, {"match": "all", "conditions": [_STATES[value]]}, register)

    def by_option(self: Any, queryset: Any, name: str, value: str | list[str]) -> Any:
        column = next(column for column in choice_columns if f"is_{column.name}" == name)
        several = column.type == ColumnType.MULTIPLE_CHOICE
        wanted = Q()
        for code in [value] if isinstance(value, str) else value:
            wanted |= Q(attributes__contains={column.name: [code] if several else code})
        return queryset.filter(wanted)

    def by_rule(self: Any, queryset: Any, name: str, value: str) -> Any:
        try:
            rule = read_rule(value)
        except RuleMistake:
            return queryset.none()
        return _fitting(queryset, rule, register) if rule else queryset

    meta = type("Meta", (), {"model": Contact, "fields": []})
    methods = {"of_group": of_group, "of_segment": of_segment, "of_reason": of_reason, "by_reach": by_reach}
    members = {**filters, **methods, "by_option": by_option, "by_rule": by_rule, "Meta": meta}
    members["condition_of"] = staticmethod(condition_of)
    return type("ContactFilterSet", (WagtailFilterSet,), members)


def _choice_columns(columns: list[Column]) -> list[Column]:
    return [column for column in columns if column.options][:MAX_OPTION_FILTERS]


def _fitting(queryset: Any, rule: Rule, register: Register) -> Any:
    """Nobody fits a rule that can no longer be followed."""
    try:
        return queryset.filter(compile_rule(rule, register))
    except RuleMistake:
        return queryset.none()


def matching_contacts(register: Register, query: QueryDict, request: HttpRequest) -> Any:
    """The contacts that the list shows for a query string: for acting on all of them.

    Nobody, where it asks for what is no more, such as a group that was deleted: all were not meant.
    """
    filters = filter_class(register, columns_for(register))(data=query, request=request)
    found = Contact.objects.filter(register=register)
    found = found.none() if asks_for_what_is_gone(filters, query) else filters.filter_queryset(found)
    searched = clean_line(query.get("q", ""))
    return found.search(searched) if searched else found


def asks_for_what_is_gone(filters: Any, query: QueryDict) -> bool:
    """Whether a list with this query string is filtered by a column, group or choice that is not there any more, or by
    a segment that asks for one."""
    known = filters.filters if filters else {}
    if any(_is_ours(name) and name not in known and query.get(name) for name in query):
        return True
    if filters and not filters.is_valid():
        return True
    if segment := query.get("segment", ""):
        try:
            filters.condition_of(segment)
        except RuleMistake:
            return True
    return False


def _is_ours(name: str) -> bool:
    """Whether it is the name of a filter, which there is only where there is something to choose."""
    return name in ("group", "segment", "reason") or name.startswith("is_")


def rule_of(register: Register, query: QueryDict) -> Rule:
    """The filters of a list as the rule of a segment. What was typed into the search box is no condition."""
    parts: list[Rule] = []
    if group := row_id(query.get("group", "")):
        parts.append(_part(GROUP, "in", str(group)))
    for column in _choice_columns(columns_for(register)):
        codes = {option.code for option in column.options}
        if chosen := [code for code in query.getlist(f"is_{column.name}") if code in codes]:
            parts.append(_part(column.key, "any_of", chosen))
    if word := row_id(query.get("reason", "")):
        names = Reason.objects.filter(pk=word).values_list("name", flat=True)
        parts += [_part(f"{ABOUT}reason", "is", name) for name in names]
    if state := _STATES.get(query.get("has", "")):
        parts.append(state)
    rules = [_rule_or_none(query.get(RULE, ""))]
    if segment := row_id(query.get("segment", "")):
        rules.append(Segment.objects.filter(register=register, pk=segment).values_list("rule", flat=True).first())
    for rule in filter(None, rules):
        # Conditions that all count need no block of their own.
        parts += rule["conditions"] if rule["match"] == "all" else [rule]
    return {"match": "all", "conditions": parts}


def _rule_or_none(text: str) -> Rule | None:
    try:
        return read_rule(text)
    except RuleMistake:
        return None
