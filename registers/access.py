"""The access log: every door to contact data writes here whom it let see what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from registers.models import Company, Contact, Group, Register
from registers.models.access import AccessLog

# Model and name of the URL, by the word in front of the number in `AccessLog.subject`.
_shown: dict[str, tuple[Any, str, Sequence[str]]] = {}


def register_subject(model: type[models.Model], url_name: str, *, defer: Sequence[str] = ()) -> None:
    """Let the log call the rows of a model by their names, as long as they are there, and lead to `url_name`.

    `defer`: large columns that their names do not need.
    """
    _shown[str(model._meta.model_name)] = model, url_name, defer


register_subject(Contact, "registers:contact")
register_subject(Register, "registers:contacts")
register_subject(Group, "registers:group")
register_subject(Company, "registers:company")


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


def shown_subjects(subjects: Iterable[str]) -> dict[str, SafeString]:
    """What stands for these subjects in a list. The log keeps numbers, for it outlives who is erased."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for subject in subjects:
        kind, _colon, number = subject.partition(":")
        if kind in _shown and number.isdecimal():
            wanted[kind].add(int(number))
    return {
        f"{kind}:{row.pk}": format_html('<a href="{}">{}</a>', reverse(_shown[kind][1], args=[row.pk]), row)
        for kind, numbers in wanted.items()
        for row in _shown[kind][0].objects.filter(pk__in=numbers).defer(*_shown[kind][2])
    }
