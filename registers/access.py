"""The access log: every door to contact data writes here whom it let see what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from registers.models import Company, Contact, Group, Import, Register
from registers.models.access import AccessLog


@dataclass(frozen=True, slots=True)
class _Look:
    model: Any
    url: str | Callable[[Any], str]
    label: Callable[[Any], str]
    related: Sequence[str]
    defer: Sequence[str]

    def rows(self, ids: Iterable[int]) -> Any:
        rows = self.model.objects.filter(pk__in=ids).defer(*self.defer)
        return rows.select_related(*self.related) if self.related else rows

    def show(self, row: Any) -> SafeString:
        url = self.url(row) if callable(self.url) else reverse(self.url, args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, self.label(row))


# By the word in front of the number in `AccessLog.subject`; and what stands there without a number.
_shown: dict[str, _Look] = {}
_lists: dict[str, Any] = {
    "birthdays": gettext_lazy("Round birthdays"),
    "follow-ups": gettext_lazy("Follow-ups"),
    "suppression": gettext_lazy("Not to be written to"),
}


def register_list(word: str, label: Any) -> None:
    """Let the log call a list, or a screen, that is no row: `label` is what people call it."""
    _lists[word] = label


def register_subject(
    model: type[models.Model],
    url: str | Callable[[Any], str],
    *,
    word: str = "",
    label: Callable[[Any], str] = str,
    related: Sequence[str] = (),
    defer: Sequence[str] = (),
) -> None:
    """Let the log call the rows of a model by their names, as long as they are there, and lead to them.

    `url`: a function, or the name of a URL that takes the id alone. `word`: what stands in front of the id, where that
    is not the model's name. `related`: what the names need of other tables; `defer`: large columns that they do not.
    """
    _shown[word or str(model._meta.model_name)] = _Look(model, url, label, related, defer)


register_subject(Contact, "registers:contact")
register_subject(Register, "registers:contacts")
register_subject(Group, "registers:group")
register_subject(Company, "registers:company")
register_subject(
    Import,
    lambda batch: reverse(f"registers:{'change' if batch.is_change else 'import_step'}", args=[batch.pk]),
    defer=["mapping", "found_options"],
)


def log_access(
    *,
    user: Any,
    action: str,
    subject: str | models.Model,
    count: int = 1,
    purpose: str = "",
    fields: Sequence[str] = (),
) -> AccessLog:
    """Write down that `user` did `action` with the data of `count` people.

    `subject` is "register:3", "contact:17", or the row itself; never a name: the log outlives an erased person.
    """
    if isinstance(subject, models.Model):
        subject = f"{subject._meta.model_name}:{subject.pk}"
    entry: AccessLog = AccessLog.objects.create(
        user=user if getattr(user, "is_authenticated", False) else None,
        action=AccessLog.Action(action),
        subject=subject[:100],
        count=count,
        purpose=purpose[:200],
        fields=list(fields),
    )
    return entry


def shown_subjects(subjects: Iterable[str]) -> dict[str, str]:
    """What stands for these subjects in a list. The log keeps numbers, for it outlives who is erased."""
    wanted: dict[str, set[int]] = defaultdict(set)
    lists: dict[str, str] = {}
    for subject in subjects:
        if subject in _lists:
            lists[subject] = str(_lists[subject])
        kind, _colon, number = subject.partition(":")
        if kind in _shown and number.isdecimal():
            wanted[kind].add(int(number))
    return lists | {
        f"{kind}:{row.pk}": _shown[kind].show(row)
        for kind, numbers in wanted.items()
        for row in _shown[kind].rows(numbers)
    }
