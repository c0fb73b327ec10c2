"""The steps of an import that a person takes: upload, map, confirm, cancel."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from guards.disk import DISK_IS_FULL, FULL
from guards.uploads import SpreadsheetKind, UploadError, check_spreadsheet
from organisations import scope
from organisations.wake import wake
from registers.books import add_field, add_options
from registers.columns import columns_for
from registers.imports.called_books import check_called_book
from registers.imports.choosing import Choices, map_columns, read_as_of
from registers.imports.companies import takes_known_only
from registers.imports.consent_cells import chosen_of, consent_targets, guess_consents, words_of
from registers.imports.encodings import encoding_labels
from registers.imports.groups import choose_group, make_group
from registers.imports.guessed_types import has_times, is_date, share
from registers.imports.guessing import SAMPLE_ROWS, guess_mapping
from registers.imports.header_words import is_national_id
from registers.imports.heads import has_corrections
from registers.imports.identities import LOOKED_AT, choose_match, identifying, is_running, say_shared, shared_id
from registers.imports.keys import Key, missing_columns
from registers.imports.leases import lease_end
from registers.imports.options import found_labels, missing_options
from registers.imports.parts import COMPANY, NO_COLUMNS, ROLE
from registers.imports.reading import Table, open_table, read_rows
from registers.imports.remembering import follow, recall, remember
from registers.imports.running import run_import
from registers.imports.stop_cells import CHANNELS, guess_stops, meanings_of
from registers.imports.strays import why_no_person
from registers.imports.targets import NEW, NOTE_TARGETS, SKIP
from registers.imports.trial import try_book
from registers.models.imports import ChosenContacts, Import, ImportChange, ImportRow
from registers.models.register import Field, Register
from registers.texts import clean_line
from registers.values import Cell, cell_text, find_option

State = Import.State
BOOKS = frozenset((SpreadsheetKind.XLSX, SpreadsheetKind.ODS, SpreadsheetKind.XLS))


def start_import(*, register: Register, file: IO[bytes], name: str, user: Any) -> Import:
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
    try:
        _keep(file, batch)
        if kind in BOOKS:
            try_book(batch.path)
        if kind == SpreadsheetKind.TEXT:
            check_called_book(batch.path, name)
        _guess(batch, "")
        batch.save()
    except Exception:  # whatever it is: a list of people must not stay behind without a row that tells of it
        batch.path.unlink(missing_ok=True)
        raise
    return batch


def say_gone() -> str:
    return _("The uploaded file is gone. Upload it again.")


def choose_sheet(*, batch: Import, sheet: str) -> Import:
    """Take another sheet of the same file. Raises UploadError if it cannot be read."""
    _guess(batch, sheet)
    batch.save()
    return batch


def choose_encoding(*, batch: Import, encoding: str) -> Import:
    """Read the letters of the same file otherwise, if there is such an encoding. Raises UploadError."""
    _guess(batch, batch.sheet, encoding=encoding if encoding in encoding_labels() else "")
    batch.save()
    return batch


def guess_anew(*, batch: Import) -> Import:
    """Forget how files like this were mapped before. Raises UploadError if it cannot be read."""
    _guess(batch, batch.sheet, encoding=batch.encoding, anew=True)
    batch.save()
    return batch


def _guess(batch: Import, sheet: str, *, encoding: str = "", anew: bool = False) -> None:
    try:
        table = open_table(batch.path, batch.kind, sheet=sheet, encoding=encoding)
    except FileNotFoundError as error:
        raise UploadError(say_gone()) from error
    rows: list[list[Cell]] = []
    total = 0
    numbered = read_rows(batch.path, batch.kind, table)
    for row in numbered:
        total += 1
        if batch.kind == SpreadsheetKind.CARDS or not _is_stray(row.cells, table):
            rows.append(row.cells)
        if len(rows) == SAMPLE_ROWS:
            break
    columns, region = columns_for(batch.register), batch.organisation.region
    mapping = guess_mapping(table.headers, rows, columns, region=region)
    people = [*rows]  # by more of them it is seen who shares an address
    told = identifying(mapping)
    for row in numbered:
        total += 1
        if len(people) < LOOKED_AT and (batch.kind == SpreadsheetKind.CARDS or not _is_stray(row.cells, table)):
            people.append([cell if at in told else None for at, cell in enumerate(row.cells)])
    batch.sheet, batch.total, batch.notes = table.sheet, total, table.notes
    batch.encoding = table.form.encoding if table.form else ""
    batch.has_headers, batch.recalled_from = table.has_headers, None
    batch.mapping = mapping
    for at, entry in enumerate(batch.mapping):
        entry["header"] = table.headers[at]
        entry["samples"] = _samples(rows, at)
        entry["words"] = words_of(rows, at)
    if timed := [entry["header"] for at, entry in enumerate(batch.mapping) if _is_timed(rows, at, entry["date_order"])]:
        text = _("There are times of day in: %(columns)s. A column of texts keeps them, a date is the day alone.")
        batch.notes = [*batch.notes, text % {"columns": ", ".join(timed)}]
    if has_corrections(table.headers):
        for entry in batch.mapping[-2:]:
            entry["target"] = SKIP
    if several := shared_id(batch.mapping, people):
        entry = next(entry for entry in batch.mapping if entry["target"] == Key.EXTERNAL_ID)
        entry["target"] = NEW
        text = _("“%(id)s” stands beside the names of different people: “%(column)s” is not taken for their number.")
        batch.notes = [*batch.notes, text % {"id": several[:60], "column": entry["header"]}]
    elif is_running(batch.mapping, people):
        entry = next(entry for entry in batch.mapping if entry["target"] == Key.EXTERNAL_ID)
        entry["target"] = SKIP
        text = _("“%(column)s” counts the rows of this list and is no number of a person, so it is left out.")
        batch.notes = [*batch.notes, text % {"column": entry["header"]}]
    guess_consents(batch.mapping, batch.register)
    guess_stops(batch.mapping)
    batch.match_by = choose_match(batch.mapping, people, kind=batch.kind, region=region)
    memory = None if anew or not table.has_headers else recall(batch.register, table.headers)
    if memory:
        known = [*NO_COLUMNS, COMPANY, ROLE, *NOTE_TARGETS, *CHANNELS, *consent_targets(batch.register)]
        follow(batch, memory, targets=[*known, *(column.key for column in columns)])
        if missing_columns(memory.match_by, {entry["target"] for entry in batch.mapping}):
            batch.match_by = choose_match(batch.mapping, rows, kind=batch.kind, region=region)
        else:
            batch.match_by = memory.match_by
    batch.notes = [*batch.notes, *say_shared(batch.mapping, people, batch.match_by, region=region)]
    skipped = [entry["header"] for entry in batch.mapping if entry["target"] == SKIP and entry["samples"]]
    left = list(filter(is_national_id, skipped))
    if left:
        text = _(
            "Left out unless you choose otherwise: %(columns)s. Such numbers may be kept only where a law allows it."
        )
        batch.notes = [*batch.notes, text % {"columns": ", ".join(left)}]


def _is_stray(cells: Sequence[Cell], table: Table) -> bool:
    """What says nothing of what the columns hold."""
    return bool(why_no_person(cells, table.headers, known=()))


def _samples(rows: Iterable[Sequence[Cell]], at: int) -> list[str]:
    found: list[str] = []
    for row in rows:
        text = clean_line(cell_text(row[at])) if at < len(row) else ""
        if text and text not in found:
            found.append(text[:80])
        if len(found) == 3:
            break
    return found


def _is_timed(rows: Sequence[Sequence[Cell]], at: int, order: str) -> bool:
    values = [row[at] for row in rows if at < len(row) and cell_text(row[at])]
    return bool(values) and share(values, lambda value: is_date(value, order)) > 0.9 and has_times(values)


def _keep(file: IO[bytes], batch: Import) -> None:
    try:
        with batch.path.open("xb") as target:
            while part := file.read(1 << 20):
                target.write(part)
    except OSError as error:
        if error.errno in FULL:
            raise UploadError(str(DISK_IS_FULL)) from error
        raise
    batch.path.chmod(0o600)


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
    consents, consent_words = chosen_of(batch.mapping)
    choices = Choices(
        targets=[entry["target"] for entry in batch.mapping],
        types=[entry["type"] for entry in batch.mapping],
        match_by=batch.match_by,
        rule=batch.rule,
        mistakes=batch.mistakes,
        source=batch.source,
        group=str(batch.group_id or ""),
        new_group=batch.new_group,
        rules=[entry.get("rule", "") for entry in batch.mapping],
        as_of=batch.as_of.isoformat() if batch.as_of else "",
        known_only=takes_known_only(batch),
        consents=consents,
        stops={at: [said for _word, said in meanings_of(entry)] for at, entry in enumerate(batch.mapping)},
        consent_words=consent_words,
    )
    return _begin_check(batch, choices)


def _locked(batch: Import) -> Import:
    """The import as it is now, and nobody else's until the transaction ends."""
    Import.objects.select_for_update().only("pk").get(pk=batch.pk)
    return Import.objects.select_related("register").get(pk=batch.pk)


def _begin_check(batch: Import, choices: Choices) -> Import:
    batch.mapping = map_columns(batch, choices)
    batch.match_by, batch.rule, batch.mistakes = choices.match_by, choices.rule, choices.mistakes
    batch.as_of = read_as_of(batch, choices)
    batch.source = clean_line(choices.source)[:120]
    choose_group(batch, choices.group, choices.new_group)
    batch.state = State.CHECKING
    batch.checked_to = batch.imported_to = 0
    batch.found_options, batch.consents, batch.error = {}, {}, ""
    batch.lease_until, batch.lease_token = lease_end(), None
    ImportRow.objects.filter(batch=batch).delete()
    batch.save()
    wake("default", run_import, batch.pk)
    return batch


@transaction.atomic
def confirm_import(*, batch: Import, user: Any = None) -> Import:
    """Start writing what the check has shown. New columns are made now. Raises ValidationError."""
    batch = Import.objects.select_for_update().get(pk=batch.pk)
    if batch.state != State.READY:
        raise ValidationError(_("This import is not ready to be started, or has been started already."))
    for entry in batch.mapping:
        if entry["target"] == NEW:
            _make_column(batch, entry)
    make_group(batch)
    remember(batch, user=user)
    batch.state = State.IMPORTING
    batch.imported_to, batch.consents = 0, {}
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
    """Delete the file, the rows and the undo log of an import; its name, date and numbers stay.

    A change of many contacts that was never made goes whole.
    """
    with scope.organisation(batch.organisation_id), transaction.atomic():
        if batch.change is not None and not batch.imported_to and batch.state != State.DONE:
            batch.delete()
            return
        counts = batch.count_rows()
        ImportRow.objects.filter(batch=batch).delete()
        ImportChange.objects.filter(batch=batch).delete()
        ChosenContacts.objects.filter(batch=batch).delete()
        # What was written may say something of people.
        change = None if batch.change is None else {**batch.change, "value": None}
        Import.objects.filter(pk=batch.pk).update(
            emptied_at=timezone.now(), counts=counts, mapping=[], found_options={}, change=change
        )
    if batch.stored_name:
        batch.path.unlink(missing_ok=True)
