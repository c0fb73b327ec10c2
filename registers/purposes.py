"""What personal data are used for: the organisation's purposes, and which of them a register has, by which right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import PROTECT, RESTRICT, ProtectedError, RestrictedError
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.translation import gettext as _

from registers.models.automation import Automation
from registers.models.consent import Purpose
from registers.models.legal_basis import LegalBasis, RegisterPurpose
from registers.models.register import Register
from registers.texts import clean_line


class PurposeInUse(Exception):
    """People have agreed to it, or are written to for it: it can only be retired."""


def purpose_named(name: str) -> Purpose:
    """The organisation's purpose of this name, in whatever case: made where there is none, no longer retired."""
    name = clean_line(name)[:120]
    found: Purpose | None = Purpose.objects.filter(name__iexact=name).first()
    if found is None:
        made: Purpose = Purpose.objects.create(name=name)
        return made
    if found.retired:
        retire_purpose(purpose=found, retired=False)
    return found


def retire_purpose(*, purpose: Purpose, retired: bool = True) -> None:
    """Offer it no more, or again; what people have agreed to stays as it is."""
    purpose.retired = retired
    purpose.save(update_fields=["retired"])


def is_in_use(purpose: Purpose) -> bool:
    """Whether people have acted on it, or a campaign was or an automation is for it: packages above say so by their
    foreign keys, automations in their settings."""
    return Automation.objects.filter(settings__purpose=purpose.pk).exists() or any(
        relation.related_model._default_manager.filter(**{relation.field.name: purpose}).exists()
        for relation in Purpose._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel) and relation.on_delete in (PROTECT, RESTRICT)
    )


def delete_purpose(*, purpose: Purpose) -> None:
    """Delete a purpose that nobody has agreed to and nobody is written to for. Raises PurposeInUse otherwise."""
    if is_in_use(purpose):
        raise PurposeInUse
    try:
        with transaction.atomic():
            purpose.delete()
    except (ProtectedError, RestrictedError) as error:
        raise PurposeInUse from error


def purposes_of(register: Register) -> list[RegisterPurpose]:
    """What its people are kept for now."""
    return list(RegisterPurpose.objects.filter(register=register, purpose__retired=False).select_related("purpose"))


@transaction.atomic
def set_purposes(*, register: Register, rows: Iterable[Mapping[str, Any]]) -> None:
    """Let `rows` be all that the register's people are kept for: each with `purpose`, `legal_basis`, and where it is
    known `retention` and `note`. Raises ValidationError where a purpose stands twice or a basis is unknown.
    """
    wanted: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        purpose = row["purpose"]
        if purpose.pk in wanted:
            raise ValidationError(_("“%(purpose)s” stands there twice: keep one of them.") % {"purpose": purpose})
        if row["legal_basis"] not in LegalBasis.values:
            raise ValidationError(_("Choose by which right “%(purpose)s” is done.") % {"purpose": purpose})
        wanted[purpose.pk] = row
    known = {row.purpose_id: row for row in RegisterPurpose.objects.filter(register=register).select_for_update()}
    gone = [row.pk for pk, row in known.items() if pk not in wanted]
    # What is retired is not shown in the form, and comes back with its purpose.
    RegisterPurpose.objects.filter(pk__in=gone, purpose__retired=False).delete()
    for pk, row in wanted.items():
        RegisterPurpose.objects.update_or_create(
            register=register,
            purpose_id=pk,
            defaults={
                "legal_basis": row["legal_basis"],
                "retention": clean_line(row.get("retention", ""))[:200],
                "note": row.get("note", "").strip(),
            },
        )
