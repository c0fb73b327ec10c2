"""What is known of few people, in tables of its own, as conditions of segments: who is on leave, who is in a couple."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from registers.conditions import Operator
from registers.models.register import Register

ABOUT = "about:"
YES_NO = (
    Operator("yes", gettext_lazy("is true"), "nothing"),
    Operator("no", gettext_lazy("is not true"), "nothing"),
)


def _no_suggestions(register: Register) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Particular:
    """`people` gives, for a value (“” where the operators take none), a queryset of the ids of whom it is true.

    Operators whose key begins with “no” are the opposite of what `people` finds.
    """

    key: str
    label: str | Promise
    people: Callable[[str, str], Any]  # operator key, value → ids of contacts; none of them NULL
    operators: tuple[Operator, ...] = YES_NO
    suggestions: Callable[[Register], list[str]] = _no_suggestions

    def condition(self, op: str, value: str) -> Q:
        found = Q(pk__in=self.people(op, value))
        return ~found if op.startswith("no") else found


_particulars: dict[str, Particular] = {}


def register_particular(particular: Particular) -> None:
    _particulars[particular.key] = particular


def particulars() -> dict[str, Particular]:
    """All of them by key, in the order in which they are offered."""
    return dict(_particulars)
