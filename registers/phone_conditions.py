"""What is asked of phone numbers: in a country, however they are written, of numbers that are stored in E.164."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.lookups import Contains, StartsWith
from django.utils.translation import gettext as _

from registers.addresses import phone_key
from registers.columns import Column, columns_for
from registers.conditions import (
    RuleMistake,
    as_condition,
    compile_condition,
    one_value,
    operator_of,
    several_values,
)
from registers.models import Contact, Register
from registers.models.contact import ContactQuerySet
from registers.phones import beginnings
from registers.values import ColumnType
from registers.values.addresses import read_phone

PHONE_TYPES = {ColumnType.PHONE, ColumnType.PHONES}


def with_telephone(number: str, registers: Iterable[Register]) -> ContactQuerySet:
    """Who has this number (E.164) in one of these registers, as their first one or in a column of its own; whoever was
    added first is the first."""
    having = Q(pk__in=[])
    for register in registers:
        for column in columns_for(register):
            if column.type in PHONE_TYPES:
                having |= Q(register=register) & _has(column, number)
    return Contact.objects.filter(having).order_by("pk")


def phone_condition(column: Column, op: Any, value: Any, *, region: str) -> Q:
    """One condition on a column of phone numbers as a Q on Contact; numbers without country code are of `region`.
    Raises RuleMistake or ValueMistake."""
    operator = operator_of(column, op)
    if operator.takes == "nothing":
        return compile_condition(column, op, value)
    found = Q()
    for text in several_values(value) if operator.takes == "several" else [one_value(value)]:
        if op in ("is", "is_not", "any_of"):
            found |= _holds(column, text, region)
        elif starts := beginnings(text, region):
            for start in starts:
                found |= _begins(column, start)
            if op != "starts":
                found |= _contains(column, text)
        elif column.type == ColumnType.PHONES:
            raise RuleMistake(_("write the first digits of a number, such as +35840"))
        else:
            found |= compile_condition(column, "starts" if op == "starts" else "contains", text)
    return ~found if op in ("is_not", "contains_not") else found


def _holds(column: Column, text: str, region: str) -> Q:
    several = column.type == ColumnType.PHONES
    return _has(column, read_phone(text, region) if several else phone_key(text, region) or text)


def _has(column: Column, number: str) -> Q:
    if column.core:
        return Q(**{column.name: number})
    return Q(attributes__contains={column.name: [number] if column.type == ColumnType.PHONES else number})


def _begins(column: Column, start: str) -> Q:
    if column.core:
        return Q(**{f"{column.name}__startswith": start})
    stored = KeyTextTransform(column.name, "attributes")
    # Several are a list as text: each number stands behind a quotation mark.
    looked = Contains(stored, f'"{start}') if column.type == ColumnType.PHONES else StartsWith(stored, start)
    return Q(attributes__has_key=column.name) & as_condition(looked)


def _contains(column: Column, text: str) -> Q:
    """Digits anywhere in the number."""
    return compile_condition(column, "contains", re.sub(r"[^0-9]", "", text))
