"""What a person chooses on the mapping page: where the columns of the file go, and by which rules."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from registers.books import field_key
from registers.columns import Column, columns_for
from registers.imports.consent_cells import ConsentChoices, ConsentWords, check_consents, consent_targets, is_consent
from registers.imports.keys import missing_columns
from registers.imports.parts import (
    ADDED_TO,
    BIRTH_PARTS,
    COMPANY,
    NAME_PREFIX,
    NO_COLUMNS,
    ROLE,
    WHOLE_NAMES,
    part_labels,
    parts_of,
)
from registers.imports.spelling import order_labels
from registers.imports.stop_cells import check_stops, is_stop
from registers.imports.targets import NEW, NOTE_AT, NOTE_KIND, NOTE_TARGETS, NOTE_TEXT, SKIP
from registers.models.imports import Import
from registers.values import ColumnType, ValueMistake, find_option, read_date

RULES = Import.Rule.values
# All that is read where the rows are notes: besides them, only by what people are known.
_OF_NOTES = {
    *NOTE_TARGETS,
    *WHOLE_NAMES,
    NAME_PREFIX,
    *BIRTH_PARTS,
    "first_name",
    "last_name",
    "birth_date",
    "email",
    "phone",
    "external_id",
}


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
    rules: Sequence[str] = ()  # for each column of the file; "" for the one of all
    orders: Mapping[int, str] = field(default_factory=dict)  # how days are read, by place of the column
    as_of: str = ""  # the day the list is from, in ISO form
    consents: Mapping[int, ConsentChoices] = field(default_factory=dict)  # by place of the column
    stops: Mapping[int, Sequence[str]] = field(default_factory=dict)  # what its words mean, by place of the column
    known_only: bool = False  # companies that are not known are mistakes
    consent_words: ConsentWords = field(default_factory=ConsentWords)


def map_columns(batch: Import, choices: Choices) -> list[dict[str, Any]]:
    """The mapping of `batch` as chosen. Raises ValidationError that says what does not fit."""
    known = {column.key: column for column in columns_for(batch.register)}
    consents = consent_targets(batch.register) if any(map(is_consent, choices.targets)) else {}
    if len(choices.targets) != len(batch.mapping) or len(choices.types) != len(batch.mapping):
        raise ValidationError(_("The columns of the file and your choices do not fit together. Choose again."))
    used = Counter(target for target in choices.targets if target not in (SKIP, NEW) and not is_stop(target))
    shared = {target for target, count in used.items() if count > 1}
    doubled = [
        _target_name(target, known, consents) for target in used if target in shared and not _is_several(target, known)
    ]
    if doubled:
        raise ValidationError(
            _("More than one column of the file goes to: %(columns)s. Choose one, or make the other a new column.")
            % {"columns": ", ".join(doubled)}
        )
    _check_parts(used)
    about_notes = _check_notes(used, choices.match_by)
    for target in used:
        if target not in (*NO_COLUMNS, COMPANY, ROLE, *NOTE_TARGETS) and target not in known and not is_consent(target):
            raise ValidationError(_("There is no column “%(key)s” in this register.") % {"key": target[:60]})
    if not set(choices.targets) - {SKIP}:
        raise ValidationError(_("No column of the file is to be imported. Say what at least one of them is."))
    keys = choices.match_by.split(",") if choices.match_by else []
    if not set(keys) <= set(Import.MatchBy.values) or len(set(keys)) < len(keys) or choices.rule not in RULES:
        raise ValidationError(_("Choose how people are matched, and what happens to those who are in the register."))
    if choices.mistakes not in Import.Mistakes.values:
        raise ValidationError(_("Choose what happens to rows with mistakes."))
    if missing := missing_columns(choices.match_by, used):
        raise ValidationError(
            _("People are to be matched by “%(column)s”, but no column of the file goes there.")
            % {"column": Import.MatchBy(missing[0]).label}
        )
    rules = [*choices.rules, *[""] * len(choices.targets)][: len(choices.targets)]
    if not set(rules) <= {"", *RULES}:
        raise ValidationError(_("Choose what happens to those who are in the register already."))
    for target in [*shared, *set(ADDED_TO.values()), "birth_date"]:
        alike = {target, *(added for added, whole in ADDED_TO.items() if whole == target)}
        alike |= {*BIRTH_PARTS} if target == "birth_date" else set()
        chosen = {rule or choices.rule for rule, where in zip(rules, choices.targets, strict=True) if where in alike}
        if len(chosen) > 1:
            raise ValidationError(
                _("The columns that go to %(column)s together have different rules. Choose the same for each of them.")
                % {"column": _target_name(target, known, consents)}
            )
    said = {} if about_notes else check_consents(batch, choices.targets, choices.consents, choices.consent_words)
    stops = {} if about_notes else check_stops(batch.mapping, choices.targets, choices.stops)
    taken = set(batch.register.fields.values_list("key", flat=True))
    mapping = []
    for at, entry in enumerate(batch.mapping):
        target, kind, rule = choices.targets[at], choices.types[at], rules[at]
        if about_notes and target not in _OF_NOTES:
            target = SKIP
        entry = {**entry, "target": target, "rule": rule if rule != choices.rule else ""}
        entry["ticks"] = _is_several(target, known) and (target in shared or _names_option(entry, known[target]))
        if choices.orders.get(at) in order_labels():
            entry["date_order"] = choices.orders[at]
        entry.pop("consent", None)
        entry.pop("stop", None)
        entry.pop("known_only", None)
        if at in said:
            entry |= {"consent": said[at], "rule": ""}
        if at in stops:
            entry |= {"stop": stops[at], "rule": ""}
        if target == NEW:
            entry["type"] = kind if kind in ColumnType.values else ColumnType.TEXT
            entry["key"] = field_key(entry["label"], taken=taken)
            taken.add(entry["key"])
        of_type = entry["type"] if target == NEW else known[target].type if target in known else ""
        if choices.known_only and (target == COMPANY or of_type == ColumnType.COMPANY):
            entry["known_only"] = True
        mapping.append(entry)
    return mapping


def read_as_of(batch: Import, choices: Choices) -> dt.date | None:
    """The day the list is from; it counts only where the newer value wins. Raises ValidationError."""
    if Import.Rule.NEWER not in (choices.rule, *choices.rules):
        return None
    today = timezone.localdate(timezone=batch.organisation.zone)
    if not choices.as_of:
        return today
    try:
        day = read_date(choices.as_of)
    except ValueMistake as mistake:
        raise ValidationError(_("This list is as of: %(mistake)s.") % {"mistake": mistake}) from mistake
    if day > today:
        raise ValidationError(_("A list cannot be from a day to come. Say from which day its data are."))
    return day


def _check_parts(used: Collection[str]) -> None:
    """Raises ValidationError where a column of the contact would come from two of the file, or from half of one."""
    parts = Counter(part for target in used for part in parts_of(target))
    if parts["first_name"] > 1 or parts["last_name"] > 1:
        raise ValidationError(_("Choose either the whole name in one column, or first and last name; not both."))
    if parts["postcode"] > 1 or parts["city"] > 1:
        raise ValidationError(_("Choose either postcode and city in one column, or each in its own; not both."))
    if parts["street"] > 1:
        raise ValidationError(_("Choose either the address in one column, or the street in its own; not both."))
    if 0 < len({*BIRTH_PARTS} & set(used)) < len(BIRTH_PARTS):
        raise ValidationError(_("A date of birth needs three columns: say which hold its day, its month and its year."))
    if parts["birth_date"] > len(BIRTH_PARTS):
        raise ValidationError(_("Choose either the date of birth in one column, or day, month and year; not both."))
    if NAME_PREFIX in used and "last_name" not in used:
        raise ValidationError(_("Something goes in front of the last name: say which column of the file holds that."))
    if ROLE in used and COMPANY not in used:
        raise ValidationError(_("A role is one in a company: say which column of the file holds the company."))
    if "street" in {ADDED_TO.get(target) for target in used} and "street" not in used:
        raise ValidationError(_("A house number goes with the street: say which column of the file holds that."))


def _check_notes(used: Collection[str], match_by: str) -> bool:
    """Whether the rows are notes. Raises ValidationError where it cannot be said what of, or on whom."""
    if not {*NOTE_TARGETS} & set(used):
        return False
    if NOTE_TEXT not in used:
        raise ValidationError(_("The rows are to become notes: say which column of the file holds what was said."))
    if not match_by:
        raise ValidationError(_("The rows are to become notes: choose by what the people they are about are found."))
    return True


def _is_several(target: str, known: Mapping[str, Column]) -> bool:
    """Whether several columns of the file may go there: each adds choices."""
    return target in known and known[target].type == ColumnType.MULTIPLE_CHOICE


def _names_option(entry: Mapping[str, Any], column: Column) -> bool:
    """Whether the column of the file is called like a choice, and so may hold yes and no."""
    return find_option(entry["header"], column.options) is not None


def note_labels() -> dict[str, str]:
    """What columns of notes hold, as it is chosen."""
    return {
        NOTE_TEXT: _("Note: what was said"),
        NOTE_AT: _("Note: when"),
        NOTE_KIND: _("Note: how (phone call, meeting…)"),
    }


def _target_name(target: str, known: Mapping[str, Column], consents: Mapping[str, str]) -> str:
    special = {**part_labels(), COMPANY: _("Company"), ROLE: _("Role in the company"), **note_labels(), **consents}
    if target in special:
        return special[target]
    return str(known[target].label) if target in known else target
