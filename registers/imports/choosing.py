"""What a person chooses on the mapping page: where the columns of the file go, and by which rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registers.books import field_key
from registers.columns import columns_for
from registers.imports.guessing import COMPANY, FULL_NAME, NEW, SKIP
from registers.models.imports import Import
from registers.values import ColumnType


@dataclass(frozen=True)
class Choices:
    """What a person chose on the mapping page: one target (and type) for each column of the file, and the rules."""

    targets: Sequence[str]
    types: Sequence[str]
    match_by: str
    rule: str
    mistakes: str
    source: str = ""
    group: str = ""  # the id of the group that everybody goes into
    new_group: str = ""


def map_columns(batch: Import, choices: Choices) -> list[dict[str, Any]]:
    """The mapping of `batch` as chosen. Raises ValidationError that says what does not fit."""
    known = {column.key: column for column in columns_for(batch.register)}
    if len(choices.targets) != len(batch.mapping) or len(choices.types) != len(batch.mapping):
        raise ValidationError(_("The columns of the file and your choices do not fit together. Choose again."))
    used = Counter(target for target in choices.targets if target not in (SKIP, NEW))
    doubled = [_target_name(target, known) for target, count in used.items() if count > 1]
    if doubled:
        raise ValidationError(
            _("More than one column of the file goes to: %(columns)s. Choose one, or make the other a new column.")
            % {"columns": ", ".join(doubled)}
        )
    if FULL_NAME in used and {"first_name", "last_name"} & set(used):
        raise ValidationError(_("Choose either the whole name in one column, or first and last name; not both."))
    for target in used:
        if target not in (FULL_NAME, COMPANY) and target not in known:
            raise ValidationError(_("There is no column “%(key)s” in this register.") % {"key": target[:60]})
    if not set(choices.targets) - {SKIP}:
        raise ValidationError(_("No column of the file is to be imported. Say what at least one of them is."))
    if choices.match_by not in Import.MatchBy.values or choices.rule not in Import.Rule.values:
        raise ValidationError(_("Choose how people are matched, and what happens to those who are in the register."))
    if choices.mistakes not in Import.Mistakes.values:
        raise ValidationError(_("Choose what happens to rows with mistakes."))
    if choices.match_by and choices.match_by not in used:
        raise ValidationError(
            _("People are to be matched by “%(column)s”, but no column of the file goes there.")
            % {"column": _target_name(choices.match_by, known)}
        )
    taken = set(batch.register.fields.values_list("key", flat=True))
    mapping = []
    for entry, target, kind in zip(batch.mapping, choices.targets, choices.types, strict=True):
        entry = {**entry, "target": target}
        if target == NEW:
            entry["type"] = kind if kind in ColumnType.values else ColumnType.TEXT
            entry["key"] = field_key(entry["label"], taken=taken)
            taken.add(entry["key"])
        mapping.append(entry)
    return mapping


def _target_name(target: str, known: Mapping[str, Any]) -> str:
    special = {FULL_NAME: _("Whole name"), COMPANY: _("Company")}
    if target in special:
        return special[target]
    return str(known[target].label) if target in known else target
