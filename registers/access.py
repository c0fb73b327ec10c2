"""The access log: every door to contact data writes here whom it let see what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from registers.models.access import AccessLog


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
