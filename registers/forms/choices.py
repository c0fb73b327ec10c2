"""What is offered to choose from; without a model's form in it, so that pages may be made with it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from registers.models import Group


def offer_groups(field: Any) -> None:
    """Let a field choose none or one of the groups of all registers: “Altos (Members)”."""
    groups = Group.objects.filter(register__leaving=False).select_related("register")
    field.queryset = groups.order_by("register__name", "name")
    field.label_from_instance = lambda group: f"{group.name} ({group.register.name})"
    field.empty_label = _("None")
