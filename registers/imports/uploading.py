"""The steps of an import that a person takes: upload, map, confirm, cancel."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guards.uploads import check_spreadsheet
from organisations import scope
from organisations.wake import wake
from registers.books import add_field, add_options, field_key
from registers.columns import columns_for
from registers.imports.groups import choose_group, make_group
from registers.imports.guessing import COMPANY, FULL_NAME, NEW, SAMPLE_ROWS, SKIP, guess_mapping, guess_match
from registers.imports.leases import lease_end
from registers.imports.options import found_labels, missing_options
from registers.imports.reading import open_table, read_rows
from registers.imports.running import run_import
from registers.models.imports import Import, ImportChange, ImportRow
from registers.models.register import Field, Register
from registers.texts import clean_line
from registers.values import Cell, ColumnType, cell_text, find_option

State = Import.State


def start_import(*, register: Register, file: IO[bytes], name: str, user: Any, sheet: str = "") -> Import:
    """Keep an uploaded spreadsheet and guess its columns. Raises UploadError; then nothing is kept."""
    kind = check_spreadsheet(file, name=name)
    batch = Import(
        register=register,
        organisation_id=register.organisation_id,
        original_name=clean_line(name)[:200] or _("table"),
        stored_name=f"{uuid.uuid4()}.{kind}",
        kind=kind,
        created_by=user,
        source=clean_line(name)[:120],
    )
    batch.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with batch.path.open("xb") as target:
        while part := file.read(1 << 20):
            target.write(part)
    batch.path.chmod(0o600)
    try:
        _guess(batch, sheet)
        batch.save()
    except Exception:  # whatever it is: a list of people must not stay behind without a row that tells of it
        batch.path.unlink(missing_ok=True)
        raise
    return batch


def choose_sheet(*, batch: Import, sheet: str) -> Import:
    """Take another sheet of the same file. Raises UploadError if it cannot be read."""
    _guess(batch, sheet)
    batch.save()
    return batch


def _guess(batch: Import, sheet: str) -> None:
    table = open_table(batch.path, batch.kind, sheet=sheet)
    rows: list[list[Cell]] = []
    total = 0
    for row in read_rows(batch.path, batch.kind, table):
        total += 1
        if len(rows) < SAMPLE_ROWS:
            rows.append(row.cells)
    columns = columns_for(batch.register)
    batch.sheet, batch.total, batch.notes = table.sheet, total, table.notes
    batch.mapping = guess_mapping(table.headers, rows, columns)
    for at, entry in enumerate(batch.mapping):
        entry["header"] = table.headers[at]
        entry["samples"] = _samples(rows, at)
    batch.match_by = guess_match(entry["target"] for entry in batch.mapping)


def _samples(rows: Iterable[Sequence[Cell]], at: int) -> list[str]:
    found: list[str] = []
    for row in rows:
        text = clean_line(cell_text(row[at])) if at < len(row) else ""
        if text and text not in found:
            found.append(text[:80])
        if len(found) == 3:
            break
    return found


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


@transaction.atomic
def start_check(*, batch: Import, choices: Choices) -> Import:
    """Take the choices and have every row checked by a worker. Raises ValidationError that says what does not fit."""
    batch = _locked(batch)
    if batch.state in (State.IMPORTING, State.DONE) or batch.undo or batch.emptied_at:
        raise ValidationError(_("This import has already been started."))
    return _begin_check(batch, choices)


@transaction.atomic
def add_choices(*, batch: Import, columns: Iterable[str]) -> Import:
    """Add what the check has found missing to the choices of `columns` (keys), and check again.

    Does nothing unless a check stands finished, so that a second click is one click.
    Raises ValidationError if a column of the file no longer has anywhere to go.
    """
    batch = _locked(batch)
    wanted = set(columns)
    adding = [entry for entry in missing_options(batch) if entry.key in wanted and not entry.too_many]
    if batch.state != State.READY or not adding:
        return batch
    fields = Field.objects.select_for_update(no_key=True).filter(key__in=[entry.key for entry in adding])
    for field in fields.filter(register=batch.register_id).order_by("pk"):
        labels = [label for label, _rows in found_labels(batch.found_options, field.key)]
        # Somebody may have added one of them since the check.
        add_options(field=field, labels=[label for label in labels if not find_option(label, field.option_list)])
    choices = Choices(
        targets=[entry["target"] for entry in batch.mapping],
        types=[entry["type"] for entry in batch.mapping],
        match_by=batch.match_by,
        rule=batch.rule,
        mistakes=batch.mistakes,
        source=batch.source,
        group=str(batch.group_id or ""),
        new_group=batch.new_group,
    )
    return _begin_check(batch, choices)


def _locked(batch: Import) -> Import:
    """The import as it is now, and nobody else's until the transaction ends."""
    Import.objects.select_for_update().only("pk").get(pk=batch.pk)
    return Import.objects.select_related("register").get(pk=batch.pk)


def _begin_check(batch: Import, choices: Choices) -> Import:
    batch.mapping = _mapped(batch, choices)
    batch.match_by, batch.rule, batch.mistakes = choices.match_by, choices.rule, choices.mistakes
    batch.source = clean_line(choices.source)[:120]
    choose_group(batch, choices.group, choices.new_group)
    batch.state = State.CHECKING
    batch.checked_to = batch.imported_to = 0
    batch.found_options, batch.error = {}, ""
    batch.lease_until, batch.lease_token = lease_end(), None
    ImportRow.objects.filter(batch=batch).delete()
    batch.save()
    wake("default", run_import, batch.pk)
    return batch


def _mapped(batch: Import, choices: Choices) -> list[dict[str, Any]]:
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


@transaction.atomic
def confirm_import(*, batch: Import) -> Import:
    """Start writing what the check has shown. New columns are made now. Raises ValidationError."""
    batch = Import.objects.select_for_update().get(pk=batch.pk)
    if batch.state != State.READY:
        raise ValidationError(_("This import is not ready to be started, or has been started already."))
    for entry in batch.mapping:
        if entry["target"] == NEW:
            _make_column(batch, entry)
    make_group(batch)
    batch.state = State.IMPORTING
    batch.imported_to = 0
    batch.lease_until, batch.lease_token = lease_end(), None
    batch.save()
    wake("default", run_import, batch.pk)
    return batch


def _make_column(batch: Import, entry: dict[str, Any]) -> None:
    labels = [label for label, _rows in found_labels(batch.found_options, entry["key"])]
    field = Field.objects.filter(register=batch.register_id, key=entry["key"]).first()
    if field is None:
        add_field(register=batch.register, key=entry["key"], label=entry["label"], type=entry["type"], options=labels)
    elif field.type != entry["type"]:
        raise ValidationError(
            _("The column “%(label)s” has been made in the meantime, with another type. Map the columns again.")
            % {"label": entry["label"]}
        )
    elif labels:
        add_options(field=field, labels=labels)


def cancel_import(*, batch: Import) -> int:
    """Stop an import; what has been written stays. Return how many rows had been written."""
    stopped = (
        Import.objects.filter(pk=batch.pk)
        .exclude(state__in=(State.DONE, State.CANCELLED))
        .update(state=State.CANCELLED, lease_until=None, finished_at=timezone.now())
    )
    batch.refresh_from_db()
    if not stopped or not batch.imported_to:
        return 0
    written = ImportRow.objects.filter(batch=batch, number__lte=batch.imported_to)
    return int(written.exclude(status=ImportRow.Status.REJECTED).count())


def empty_import(batch: Import) -> None:
    """Delete the file, the rows and the undo log of an import; its name, date and numbers stay."""
    with scope.organisation(batch.organisation_id), transaction.atomic():
        counts = batch.count_rows()
        ImportRow.objects.filter(batch=batch).delete()
        ImportChange.objects.filter(batch=batch).delete()
        Import.objects.filter(pk=batch.pk).update(
            emptied_at=timezone.now(), counts=counts, mapping=[], found_options={}
        )
    batch.path.unlink(missing_ok=True)
