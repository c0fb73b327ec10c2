"""Writing down who took out which list of people, and what for; and the purposes that are offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from registers.access import log_access
from registers.models import Export, ExportPurpose, Purpose, Register
from registers.texts import clean_line

MAX_PURPOSES = 100
_LATELY = 200


@transaction.atomic
def record_export(
    *,
    user: Any,
    logged_as: str | models.Model,
    subject: str,
    purpose: str,
    fields: Sequence[str],
    fmt: str,
    count: int,
    register: Register | None = None,
    options: Mapping[str, Any] | None = None,
    left_out: int = 0,
) -> Export:
    """Write down an export, for the owners' list of exports and in the access log.

    `subject` is for people (“Members – Board”), `logged_as` for the log (“register:3”, or the row itself).
    """
    log_access(user=user, action="export", subject=logged_as, count=count, purpose=purpose, fields=fields)
    export: Export = Export.objects.create(
        register=register,
        created_by=user,
        subject=clean_line(subject)[:200],
        purpose=purpose[:200],
        fields=list(fields),
        format=fmt,
        count=count,
        options=dict(options or {}),
        left_out=left_out,
    )
    return export


def last_export(*, user: Any, register: Register, formats: Sequence[str]) -> Export | None:
    """What this user took from this register last in one of these formats: so that it is offered again."""
    rows = Export.objects.filter(user_is(user), register=register, format__in=formats)
    found: Export | None = rows.order_by("-pk").first()
    return found


def user_is(user: Any) -> models.Q:
    return models.Q(created_by=user.pk)


def purposes() -> list[str]:
    """What the organisation in scope takes lists out for, as its owners have written it down."""
    return list(ExportPurpose.objects.values_list("name", flat=True)[:MAX_PURPOSES])


def suggested_purposes() -> list[str]:
    """What was typed for the latest exports, and what people consent to, where it is not on the list yet."""
    typed = Export.objects.order_by("-pk").values_list("purpose", flat=True)[:_LATELY]
    named = Purpose.objects.filter(retired=False).values_list("name", flat=True)
    known = {name.casefold() for name in purposes()}
    found: dict[str, str] = {}
    for name in (*typed, *named):
        if name and name.casefold() not in known:
            found.setdefault(name.casefold(), name)
    return list(found.values())[:20]


def add_purpose(*, name: str) -> ExportPurpose:
    """Put a purpose on the list. Raises ValidationError."""
    name = clean_line(name)
    if not name or len(name) > 200:
        raise ValidationError({"name": _("Write the purpose in 200 characters at most.")})
    if ExportPurpose.objects.filter(name__iexact=name).exists():
        raise ValidationError({"name": _("“%(name)s” is on the list already.") % {"name": name}})
    if ExportPurpose.objects.count() >= MAX_PURPOSES:
        raise ValidationError({"name": _("A list of %(most)s purposes is long enough.") % {"most": MAX_PURPOSES}})
    purpose: ExportPurpose = ExportPurpose.objects.create(name=name)
    return purpose
