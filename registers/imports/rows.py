"""A row on its way: its cells as they stand in the file, and what they are read as, once, when the file is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from registers.addresses import address_key
from registers.columns import Column, columns_for
from registers.companies import MAX_NAME
from registers.imports.consent_cells import ConsentCells, is_consent
from registers.imports.fast import NOT_PLAIN, glance_for
from registers.imports.guessing import COMPANY, FULL_NAME, NEW, NOTE_TARGETS, SKIP
from registers.imports.keys import describe, is_plain, row_keys
from registers.imports.note_cells import read_note_cell
from registers.imports.options import Found, note_values
from registers.imports.reading import Row
from registers.models.imports import Import, ImportRow
from registers.models.register import Field
from registers.texts import clean_line
from registers.values import (
    NO,
    YES,
    Cell,
    ColumnType,
    Reading,
    UnknownChoice,
    ValueMistake,
    cell_text,
    find_option,
    split_options,
)

Status = ImportRow.Status
REMEMBERED = 10_000  # different cells of one column
_IDENTITY = ("first_name", "last_name", "email", "phone", "external_id")


def columns_of(batch: Import) -> list[Column | str | None]:
    """For each column of the file where it goes: a column, which need not exist yet, FULL_NAME, COMPANY, one of
    NOTE_TARGETS, the key of a consent, or None.
    """
    # One retired since takes its values all the same: it may be brought back.
    known = {column.key: column for column in columns_for(batch.register, retired=True)}
    found: list[Column | str | None] = []
    for entry in batch.mapping:
        target = entry["target"]
        if target in (SKIP, FULL_NAME, COMPANY, *NOTE_TARGETS) or is_consent(target):
            found.append(target or None)
        elif target == NEW:
            key = f"attributes.{entry['key']}"
            found.append(known.get(key) or Column(key=key, label=entry["label"], type=entry["type"]))
        else:
            found.append(known[target])
    return found


@dataclass(slots=True)
class StagedRow:
    """An ImportRow in work; a plain object, because making a model instance costs more than reading the row."""

    number: int
    cells: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    match_key: str = ""
    repeats: int | None = None
    status: str = Status.CREATED
    reasons: list[str] = field(default_factory=list)
    consents: dict[str, str] = field(default_factory=dict)  # what becomes of those in it: registers.imports.consents
    pk: int | None = None


class CellReader:
    """Reads the cells of one column of the file; remembers what it has read, for cities and the like come again."""

    def __init__(self, column: Column | str | None, reading: Reading, found: Found) -> None:
        self.column, self.reading, self.found = column, reading, found
        self.glance = glance_for(column) if isinstance(column, Column) else None
        self.notes = isinstance(column, Column) and reading.open_options and column.type in Field.CHOICE_TYPES
        self.known: dict[str, tuple[str, Any]] = {}

    def read(self, cell: Cell, values: dict[str, Any]) -> tuple[str, str]:
        """Put what a cell means into `values`; return it as text, and what is wrong with it."""
        if cell is None or cell == "":
            return "", ""
        column = self.column
        if column is None:
            return cell_text(cell), ""
        if not isinstance(column, Column):
            text = cell_text(cell)
            if column == COMPANY:
                return text, self._company(text, values)
            if column in NOTE_TARGETS:
                return text, self._note(column, cell, values)
            if is_consent(column):
                return text, ""  # read with the column of its days
            values.update(_split_name(clean_line(text)))
            return text, ""
        if type(cell) is str and self.glance is not None and (value := self.glance(cell)) is not NOT_PLAIN:
            values[column.key] = value
            return cell, ""
        known = self.known.get(cell) if type(cell) is str else None
        if known is None:
            text = cell_text(cell)
            try:
                value = column.parse(cell, self.reading)
            except ValueMistake as mistake:
                if isinstance(mistake, UnknownChoice):
                    note_values(self.found, column, mistake.values)
                return text, f"{column.label}: {mistake}."
            if type(cell) is str and len(self.known) < REMEMBERED:
                self.known[cell] = (text, value)
        else:
            text, value = known
        if value is not None:
            values[column.key] = value
            if self.notes:
                several = column.type == ColumnType.MULTIPLE_CHOICE
                note_values(self.found, column, split_options(text) if several else [clean_line(text)])
        return text, ""

    def _note(self, target: str, cell: Cell, values: dict[str, Any]) -> str:
        try:
            if said := read_note_cell(target, cell, self.reading):
                values[target] = said
        except ValueMistake as mistake:
            return f"{mistake}."
        return ""

    def _company(self, text: str, values: dict[str, Any]) -> str:
        name = clean_line(text)
        if len(name) > MAX_NAME:
            return _("Company: the name is longer than %(limit)s characters.") % {"limit": MAX_NAME}
        if name:
            values[COMPANY] = name
        return ""


class TickReader(CellReader):
    """Reads one of several columns that go to one column of several choices: those of a row are put together.

    Where a cell only says yes, the name of its column is the choice.
    """

    def __init__(self, column: Column, reading: Reading, found: Found, *, header: str) -> None:
        super().__init__(column, reading, found)
        self.choices, self.header = column, header

    def read(self, cell: Cell, values: dict[str, Any]) -> tuple[str, str]:
        text = cell_text(cell)
        if not (said := clean_line(text)):
            return text, ""
        if not find_option(said, self.choices.options) and (said := said.casefold()) in YES | NO:
            if said in NO:
                return text, ""
            cell = self.header
        own: dict[str, Any] = {}
        key = self.choices.key
        _header, mistake = super().read(cell, own)
        if key in own:
            values[key] = list(dict.fromkeys([*values.get(key, ()), *own[key]]))
        return text, mistake


def _cell_reader(entry: dict[str, Any], column: Column | str | None, reading: Reading, found: Found) -> CellReader:
    if isinstance(column, Column) and entry.get("ticks"):
        return TickReader(column, reading, found, header=entry["header"])
    return CellReader(column, reading, found)


@dataclass
class Reader:
    """Reads the cells of one row after the other; collects values that are not among the choices of their column."""

    batch: Import
    columns: Sequence[Column | str | None]
    region: str
    found_options: Found = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.match_keys = self.batch.match_keys
        # A note without its day, or with half its text, would be another note.
        self.leaves_out = self.batch.is_notes or self.batch.mistakes == Import.Mistakes.REJECT
        self.readings = [
            Reading(region=self.region, date_order=entry.get("date_order", "dmy"), open_options=entry["target"] == NEW)
            for entry in self.batch.mapping
        ]
        self.cells = [
            _cell_reader(entry, column, reading, self.found_options)
            for entry, column, reading in zip(self.batch.mapping, self.columns, self.readings, strict=True)
        ]
        zone = self.batch.organisation.zone
        self.consents = {
            at: ConsentCells(self.batch.mapping, entry, zone)
            for at, entry in enumerate(self.batch.mapping)
            if is_consent(entry["target"])
        }

    def read(self, row: Row) -> StagedRow:
        staged = StagedRow(number=row.number)
        mistakes = []
        for reader, cell in zip(self.cells, row.cells, strict=False):
            text, mistake = reader.read(cell, staged.values)
            staged.cells.append(text)
            if mistake:
                mistakes.append(mistake)
        for at, consent in self.consents.items():
            if at < len(row.cells) and (mistake := consent.read(row.cells[at], row.cells, staged.values)):
                mistakes.append(mistake)
        if len(row.cells) > len(self.columns):
            staged.cells.extend(cell_text(cell) for cell in row.cells[len(self.columns) :])
            mistakes.append(
                _("The row has %(cells)s cells, the table %(columns)s columns; is there a separator inside a text?")
                % {"cells": len(row.cells), "columns": len(self.columns)}
            )
            reject(staged)
        if row.mistake:
            mistakes.append(row.mistake)
            reject(staged)
        staged.reasons = mistakes
        if mistakes and self.leaves_out:
            reject(staged)
        if staged.status != Status.REJECTED:
            self._place(staged)
        return staged

    def _place(self, staged: StagedRow) -> None:
        """Find out by what the row is matched."""
        values, match_by = staged.values, self.batch.match_by
        if not any(values.get(key) for key in _IDENTITY):
            reject(staged, _("There is neither a name nor an e-mail address, phone number or external id in this row."))
            return
        if not is_plain(match_by):
            if not row_keys(values, self.match_keys):
                names = " / ".join(describe(key) for key in self.match_keys)
                reject(staged, _("There is nothing of what people are matched by: %(keys)s.") % {"keys": names})
            return
        value = str(values.get(match_by) or "") if match_by else ""
        staged.match_key = address_key(value) if match_by == "email" else value
        if match_by and not staged.match_key:
            reject(staged, _("There is no %(column)s, and people are matched by it.") % {"column": describe(match_by)})


def reject(staged: StagedRow, reason: str = "") -> None:
    staged.status = Status.REJECTED
    staged.repeats = None
    if reason:
        staged.reasons = [*staged.reasons, reason]


def _split_name(text: str) -> dict[str, str]:
    """First and last name out of one cell: “Virtanen, Aino” or “Aino Maria Virtanen”."""
    last, comma, first = text.partition(",")
    if not comma:
        first, _space, last = text.rpartition(" ")
        if not first:
            first, last = last, ""
    names = {"first_name": first.strip()[:100], "last_name": last.strip()[:100]}
    return {key: name for key, name in names.items() if name}
