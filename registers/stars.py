"""Important contacts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from registers import activity
from registers.models.contact import Contact
from registers.models.star import Star
from registers.particulars import Particular, register_particular


def starred() -> Any:
    """The ids of important contacts, as a queryset."""
    return Star.objects.order_by().values("contact")


def starred_among(contacts: Iterable[Contact]) -> set[int]:
    """Which of the contacts are important, by id."""
    ids = [contact.pk for contact in contacts]
    return set(Star.objects.filter(contact__in=ids).values_list("contact", flat=True)) if ids else set()


def star_of(contact: Contact) -> Star | None:
    """What makes a contact an important one, with whoever is responsible; None where nothing does."""
    found: Star | None = Star.objects.select_related("responsible").filter(contact=contact).first()
    return found


@transaction.atomic
def set_star(*, contact: Contact, responsible: Any, source: str = "") -> None:
    """Make a contact an important one, or somebody else responsible for them."""
    _star, made = Star.objects.update_or_create(contact=contact, defaults={"responsible": responsible})
    if made:
        activity.record(contact=contact, kind="starred", source=source)


@transaction.atomic
def remove_star(*, contact: Contact, source: str = "") -> None:
    """The contact is like any other again."""
    count, _rows = Star.objects.filter(contact=contact).delete()
    if count:
        activity.record(contact=contact, kind="unstarred", source=source)


activity.register_kind("starred", gettext_lazy("Marked as important"), "star")
activity.register_kind("unstarred", gettext_lazy("No longer important"), "star")
register_particular(
    Particular(key="important", label=gettext_lazy("Important contact"), people=lambda _op, _value: starred())
)
