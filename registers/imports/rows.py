"""A row on its way: its cells as they stand in the file, and what they are read as, once, when the file is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from guards.uploads import SpreadsheetKind
from registers.addresses import address_key
from registers.columns import CORE_COLUMNS, Column, columns_for
from registers.fields import json_text
from registers.imports.cells import Remark, cell_reader
from registers.imports.consent_cells import ConsentCells, is_consent
from registers.imports.fast import NOT_PLAIN
from registers.imports.keys import describe, is_plain, row_keys
from registers.imports.options import Found
from registers.imports.parts import (
    BIRTH_PARTS,
    COMPANY,
    HOUSE_ADDITION,
    HOUSE_NUMBER,
    NAME_PREFIX,
    NO_COLUMNS,
    ROLE,
    parts_of,
    with_house,
    with_prefix,
)
from registers.imports.reading import Row
from registers.imports.spelling import usual_sign
from registers.imports.stop_cells import StopCells, is_stop
from registers.imports.strays import why_no_person
from registers.imports.targets import NEW, NOTE_TARGETS, SKIP
from registers.models.imports import Import, ImportRow
from registers.values import ColumnType, Reading, ValueMistake, cell_text
from registers.values.money import EITHER, home_currency
from registers.values.world import country_abroad
from registers.values.written_dates import month_number

Status = ImportRow.Status
_BIRTH_DATE = next(column for column in CORE_COLUMNS if column.key == "birth_date")
_IDENTITY = frozenset(["first_name", "last_name", "email", "phone", "external_id"])


def columns_of(batch: Import) -> list[Column | str | None]:
    """For each column of the file where it goes: a column, which need not exist yet, one of NO_COLUMNS, COMPANY, ROLE,
    one of NOTE_TARGETS, the key of a consent or a stop, or None.
    """
    # One retired since takes its values all the same: it may be brought back.
    known = {column.key: column for column in columns_for(batch.register, retired=True)}
    found: list[Column | str | None] = []
    for entry in batch.mapping:
        target = entry["target"]
        if target in (SKIP, *NO_COLUMNS, COMPANY, ROLE, *NOTE_TARGETS) or is_consent(target) or is_stop(target):
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
    cells: str = "[]"  # as JSON
    values: dict[str, Any] = field(default_factory=dict)
    match_key: str = ""
    repeats: int | None = None
    status: str = Status.CREATED
    reasons: list[str] = field(default_factory=list)
    consents: dict[str, str] = field(default_factory=dict)  # what becomes of those in it: registers.imports.consents
    pk: int | None = None
    same_as: str = ""  # as on ImportRow

    def __reduce__(self) -> tuple[Any, ...]:
        """To another process it goes by its values alone, without the names of the slots."""
        return StagedRow, (
            self.number, self.cells, self.values, self.match_key, self.repeats, self.status, self.reasons,
            self.consents, self.pk, self.same_as,
        )  # fmt: skip


@dataclass
class Reader:
    """Reads rows; collects values that are not among the choices of their column."""

    batch: Import
    columns: Sequence[Column | str | None]
    region: str
    found_options: Found = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.match_keys = self.batch.match_keys
        self.plain_match = is_plain(self.batch.match_by)
        self.headers = [entry["header"] for entry in self.batch.mapping]
        self.are_cards = self.batch.kind == SpreadsheetKind.CARDS
        self.keys = [column.key if isinstance(column, Column) else "" for column in self.columns]
        # A note without its day, or with half its text, would be another note.
        self.leaves_out = self.batch.is_notes or self.batch.mistakes == Import.Mistakes.REJECT
        self.readings = [
            Reading(
                region=self.region,
                date_order=entry.get("date_order", "dmy"),
                thousands=self._thousands(entry, column),
                lost_zeros=bool(entry.get("short_postcode")),
                currency=home_currency(self.region),
                open_options=entry["target"] == NEW,
                as_shown=True,
            )
            for entry, column in zip(self.batch.mapping, self.columns, strict=True)
        ]
        self.cells = [
            cell_reader(entry, column, reading, self.found_options)
            for entry, column, reading in zip(self.batch.mapping, self.columns, self.readings, strict=True)
        ]
        targets = {part for entry in self.batch.mapping for part in parts_of(entry["target"])}
        if "email" in self.keys and targets.isdisjoint(("first_name", "last_name")):
            self.cells[self.keys.index("email")].takes_name = True
        self.country = self.keys.index("country") if "country" in self.keys else None
        self.national = [
            at
            for at, (column, reading) in enumerate(zip(self.columns, self.readings, strict=True))
            if isinstance(column, Column) and _is_national(column, reading)
        ]
        known = {column.key: column for column in self.columns if isinstance(column, Column)}
        self.prefixed = known.get("last_name") if NAME_PREFIX in self.columns else None
        self.housed = known.get("street") if {HOUSE_NUMBER, HOUSE_ADDITION} & set(self.columns) else None
        self.has_birth_parts = bool({*BIRTH_PARTS} & set(self.columns))
        self.asks_where = bool(self.national) or "postcode" in targets
        zone = self.batch.organisation.zone
        self.consents = {
            at: ConsentCells(self.batch.mapping, entry, zone)
            for at, entry in enumerate(self.batch.mapping)
            if is_consent(entry["target"])
        }
        self.stops = {at: StopCells(entry) for at, entry in enumerate(self.batch.mapping) if is_stop(entry["target"])}

    def _thousands(self, entry: dict[str, Any], column: Column | str | None) -> str:
        """What stands between thousands, where three digits behind a sign may be cents."""
        if (sign := entry.get("thousands")) is not None:
            return str(sign)
        is_money = isinstance(column, Column) and column.type == ColumnType.MONEY
        return EITHER if is_money else usual_sign(self.region)

    def read(self, rows: Sequence[Row]) -> list[StagedRow]:
        """Column by column first, for most cells there is nothing to say of; the others then row by row."""
        columns = [
            reader.read_plain(row.cells[at] if at < len(row.cells) else "" for row in rows)
            for at, reader in enumerate(self.cells)
        ]
        abroad = self._abroad(rows, columns)
        for at in self.national if any(abroad) else ():
            columns[at] = [
                NOT_PLAIN if away and value else value for value, away in zip(columns[at], abroad, strict=True)
            ]
        return [
            self._stage(row, plain, away)
            for row, plain, away in zip(rows, zip(*columns, strict=True), abroad, strict=True)
        ]

    def _abroad(self, rows: Sequence[Row], columns: Sequence[Sequence[Any]]) -> list[str]:
        """The countries that people live in, where they are not that of the organisation: numbers and postcodes are
        theirs."""
        at = self.country
        if at is None or not self.asks_where:
            return [""] * len(rows)
        said = (
            cell_text(row.cells[at]) if value is NOT_PLAIN else value
            for row, value in zip(rows, columns[at], strict=True)
        )
        return [country_abroad(text, self.region) if text else "" for text in said]

    def _stage(self, row: Row, plain: tuple[Any, ...], abroad: str) -> StagedRow:
        values = {
            key: value
            for key, value in zip(self.keys, plain, strict=True)
            if value is not None and value is not NOT_PLAIN
        }
        cells: list[Any] = row.cells
        mistakes = []
        if NOT_PLAIN in plain:
            cells = list(cells)
            for at, value in enumerate(plain):
                if value is NOT_PLAIN:
                    cells[at], mistake = self.cells[at].read(cells[at], values, abroad)
                    if mistake:
                        mistakes.append(mistake)
        if len(cells) > len(self.columns):
            cells = [*cells[: len(self.columns)], *map(cell_text, row.cells[len(self.columns) :])]
        staged = StagedRow(number=row.number, cells=json_text(cells), values=values)
        if not self.are_cards and (reason := why_no_person(row.cells, self.headers, values)):
            reject(staged, reason)
            return staged
        for at, consent in self.consents.items():
            if at < len(row.cells) and (mistake := consent.read(row.cells[at], row.cells, staged.values)):
                mistakes.append(mistake)
        for at, stop in self.stops.items():
            if at < len(row.cells) and (mistake := stop.read(row.cells[at], values)):
                mistakes.append(mistake)
                reject(staged)
        if ROLE in values and COMPANY not in values:
            text = _("There is no company in this row of which “%(role)s” could be the role.")
            mistakes.append(Remark(text % {"role": values.pop(ROLE)[:60]}))
        if self.prefixed is not None and (mistake := _prefix(self.prefixed, values)):
            mistakes.append(mistake)
        if self.housed is not None and (mistake := _house(self.housed, values, abroad or self.region)):
            mistakes.append(mistake)
        if self.has_birth_parts and (mistake := _birth(values)):
            mistakes.append(mistake)
        if len(row.cells) > len(self.columns):
            mistakes.append(
                _("The row has %(cells)s cells, the table %(columns)s columns; is there a separator inside a text?")
                % {"cells": len(row.cells), "columns": len(self.columns)}
            )
            reject(staged)
        if row.mistake:
            mistakes.append(row.mistake)
            if not isinstance(row.mistake, Remark):
                reject(staged)
        staged.reasons = mistakes
        if self.leaves_out and not all(isinstance(mistake, Remark) for mistake in mistakes):
            reject(staged)
        if staged.status != Status.REJECTED:
            self._place(staged)
        return staged

    def _place(self, staged: StagedRow) -> None:
        """Find out by what the row is matched."""
        values, match_by = staged.values, self.batch.match_by
        if _IDENTITY.isdisjoint(values):
            reject(staged, _("There is neither a name nor an e-mail address, phone number or external id in this row."))
            return
        if not self.plain_match:
            if not row_keys(values, self.match_keys):
                names = " / ".join(describe(key) for key in self.match_keys)
                reject(staged, _("There is nothing of what people are matched by: %(keys)s.") % {"keys": names})
            return
        value = str(values.get(match_by) or "") if match_by else ""
        staged.match_key = address_key(value) if match_by == "email" else value
        if match_by and not staged.match_key:
            reject(staged, _("There is no %(column)s, and people are matched by it.") % {"column": describe(match_by)})


def _is_national(column: Column, reading: Reading) -> bool:
    """Whether plain values mean something else where people live in another country."""
    if column.key == "postcode":
        return reading.lost_zeros
    return column.type in (ColumnType.PHONE, ColumnType.PHONES)


def _prefix(column: Column, values: dict[str, Any]) -> str:
    """Put what stands in front of a last name there; return what is wrong with it."""
    if not (prefix := values.pop(NAME_PREFIX, "")):
        return ""
    if not (last_name := values.pop(column.key, "")):
        return _only(column, prefix)
    return _put(column, values, with_prefix(prefix, last_name))


def _house(column: Column, values: dict[str, Any], country: str) -> str:
    """The same for the number that goes with a street."""
    number, addition = values.pop(HOUSE_NUMBER, ""), values.pop(HOUSE_ADDITION, "")
    if not number and not addition:
        return ""
    if not (street := values.pop(column.key, "")):
        return _only(column, f"{number} {addition}".strip())
    return _put(column, values, with_house(street, number, addition, country=country))


def _birth(values: dict[str, Any]) -> str:
    """Make one date of birth of day, month and year; return what is wrong with them."""
    parts = (values.pop(part, "").rstrip(".") for part in BIRTH_PARTS)
    day, month, year = ("" if not text.strip("0") else text for text in parts)
    said = " ".join(filter(None, (day, month, year)))
    if not (day and month and year):
        return Remark(_only(_BIRTH_DATE, said)) if said else ""
    number = month_number(month)
    return _put(_BIRTH_DATE, values, f"{day}.{number}.{year}" if number else said)


def _only(column: Column, part: str) -> str:
    return _("%(column)s: there is only “%(prefix)s” of it.") % {"column": column.label, "prefix": part[:60]}


def _put(column: Column, values: dict[str, Any], text: str) -> str:
    try:
        values[column.key] = column.parse(text)
    except ValueMistake as mistake:
        return f"{column.label}: {mistake}."
    return ""


def reject(staged: StagedRow, reason: str = "") -> None:
    """Leave a row out, for this reason besides those it has."""
    staged.status = Status.REJECTED
    staged.repeats = None
    if reason:
        staged.reasons = [*staged.reasons, reason]
