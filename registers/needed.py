"""What would not work any more without a group or a segment: said before somebody deletes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from guards.ids import row_id
from registers.models import Automation, Group, Segment
from registers.segments import GROUP, conditions_in
from registers.signals import about_to_go
from registers.texts import in_quotes


def needed_for(rows: Sequence[Group | Segment]) -> str:
    """Sentences that name who uses these groups, or this segment; "" where nobody does."""
    groups = {row.pk for row in rows if isinstance(row, Group)}
    asking: list[Segment] = []
    acting: list[Automation] = []
    if groups:
        of_register = Segment.objects.filter(register=rows[0].register_id)
        asking = [segment for segment in of_register if groups & _groups_in(segment.rule)]
        acting = list(Automation.objects.filter(settings__group__in=list(groups)).exclude(group__in=groups))
    sentences: list[tuple[str, Sequence[Any]]] = [
        (_("Segments that ask for it cannot be used any more then: %(names)s."), asking),
        (_("Automations that add to it, or take out of it, do nothing then: %(names)s."), acting),
    ]
    found = [text % {"names": in_quotes(named)} for text, named in sentences if named]
    # What needs a segment needs the group that it asks for.
    said = about_to_go.send(sender=type(rows[0]), rows=[*rows, *asking])
    return " ".join([*found, *(sentence for _receiver, sentence in said if sentence)])


def _groups_in(rule: dict[str, Any]) -> set[int]:
    return {row_id(condition.get("value")) for condition in conditions_in(rule) if condition.get("column") == GROUP}
