"""The cells of one column of a file: what they are read as, and what is wrong with them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from registers.addresses import find_addresses, find_extension, find_number, more_than_digits, phone_key
from registers.columns import CORE_COLUMNS, Column
from registers.companies import MAX_NAME, MAX_ROLE
from registers.imports.fast import NOT_PLAIN, glance_for
from registers.imports.note_cells import read_note_cell
from registers.imports.options import Found, note_values
from registers.imports.parts import ADDED_TO, ADDRESS, BIRTH_PARTS, COMPANY, FULL_NAME, PARTS, ROLE, take_apart
from registers.imports.targets import NOTE_TARGETS
from registers.models.register import Field
from registers.texts import clean_line
from registers.values import (
    NO,
    YES,
    Cell,
    ColumnType,
    PartOfDay,
    Reading,
    UnknownChoice,
    ValueMistake,
    cell_text,
    find_option,
    is_no_id,
    says_nothing,
    split_options,
)
from registers.values.addresses import SeveralNumbers

REMEMBERED = 10_000  # different cells of one column
SHORT = 200  # characters; longer ones hardly come again, and ten thousand of them would be hundreds of megabytes
_PARTS = {column.key: (column, glance_for(column)) for column in CORE_COLUMNS}


# “Anna Ek <anna@example.fi>”, as mail programs write it.
_BESIDE_ADDRESS = re.compile(r"[\"'\s]*(?P<name>[^<>@\"]*[^\W\d_][^<>@\"]*?)[\"'\s]*<[^<>]+>\Z")


class Remark(str):
    """What is said of a cell that goes in all the same, but not as a whole."""

    __slots__ = ()


class PlainCells(dict[str, Any]):
    """What the cells of a column are read as of which there is nothing to say; cities and the like come again."""

    def __init__(self, reader: CellReader) -> None:
        super().__init__()
        self.reader = reader

    def __missing__(self, cell: str) -> Any:
        value = self.reader.glance(cell)
        if len(self) < REMEMBERED and len(cell) <= SHORT:
            self[cell] = value
        return value


class CellReader:
    """Reads the cells of one column of the file, and remembers what it has read."""

    def __init__(self, column: Column | str | None, reading: Reading, found: Found) -> None:
        self.column, self.reading, self.found = column, reading, found
        self.look = glance_for(column, reading.region) if isinstance(column, Column) else None
        self.notes = isinstance(column, Column) and reading.open_options and column.type in Field.CHOICE_TYPES
        self.is_phone = isinstance(column, Column) and column.type in (ColumnType.PHONE, ColumnType.PHONES)
        self.is_email = isinstance(column, Column) and column.type == ColumnType.EMAIL
        self.is_id = isinstance(column, Column) and column.key == "external_id"
        self.takes_name = False  # whether names beside an address are those of the person, for there are no others
        self.plain = PlainCells(self)
        self.known: dict[tuple[str, str], tuple[str, Any]] = {}

    def read_plain(self, cells: Iterable[Cell]) -> list[Any]:
        """The values of many cells: None for what is empty, NOT_PLAIN for those that `read` has to look at."""
        plain = self.plain
        cells = list(cells)
        values = [plain[cell] if type(cell) is str else NOT_PLAIN for cell in cells]
        if self.notes:
            self._note_plain(cells, values)
        return values

    def _note_plain(self, cells: Sequence[Cell], values: Sequence[Any]) -> None:
        noted = Counter(
            cell for cell, value in zip(cells, values, strict=True) if value is not None and value is not NOT_PLAIN
        )
        for cell, rows in noted.items():
            self._note_options(str(cell), rows)

    def _note_options(self, text: str, rows: int) -> None:
        assert isinstance(self.column, Column)
        several = self.column.type == ColumnType.MULTIPLE_CHOICE
        note_values(self.found, self.column, split_options(text) if several else [clean_line(text)], rows=rows)

    def glance(self, cell: str) -> Any:
        """The value of a cell that stands there as it is shown, and in which nothing is wrong; else NOT_PLAIN."""
        column = self.column
        if not cell:
            return None
        if isinstance(column, str):
            return NOT_PLAIN
        if self.is_id and is_no_id(cell):
            return None
        if self.look is not None and (value := self.look(cell)) is not NOT_PLAIN:
            return value
        if self.is_email and (cell.count("@") > 1 or (self.takes_name and "<" in cell)):
            return NOT_PLAIN
        if cell_text(cell) != cell or (self.is_phone and more_than_digits(cell)):
            return NOT_PLAIN
        if column is None:
            return None
        try:
            return column.parse(cell, self.reading)
        except ValueMistake:
            return NOT_PLAIN

    def read(self, cell: Cell, values: dict[str, Any], abroad: str = "") -> tuple[str, str]:
        """Put what a cell means into `values`; return it as text, and what is wrong with it.

        `abroad` is the country of the person in this row, if it is not that of the organisation.
        """
        if cell is None or cell == "":
            return "", ""
        column = self.column
        if column is None:
            return cell_text(cell), ""
        if not isinstance(column, Column):
            text = cell_text(cell)
            if column == COMPANY:
                return text, self._company(text, values)
            if column == ROLE:
                return text, self._role(text, values)
            if column in NOTE_TARGETS:
                return text, self._note(column, cell, values)
            if column in PARTS:
                return text, self._parts(column, text, values, abroad)
            if (column in ADDED_TO or column in BIRTH_PARTS) and not says_nothing(text):
                values[column] = clean_line(text)
            return text, ""  # consents are read with the column of their days
        known = self.known.get((cell, abroad)) if type(cell) is str else None
        if known is None:
            text = cell_text(cell)
            if self.is_id and is_no_id(text):
                return text, ""
            if self.is_email and text.count("@") > 1 and (remark := self._several_addresses(column, text, values)):
                return text, remark
            try:
                value = column.parse(cell, replace(self.reading, abroad=abroad) if abroad else self.reading)
            except SeveralNumbers as several:
                first, *others = several.numbers
                values[column.key] = phone_key(first, self._region(abroad))
                return text, _others_left(column, first, others)
            except ValueMistake as mistake:
                if says_nothing(text):
                    return text, ""
                if self.is_phone and (remark := self._number_among_words(column, text, values, abroad)):
                    return text, remark
                if isinstance(mistake, UnknownChoice):
                    note_values(self.found, column, mistake.values)
                if isinstance(mistake, PartOfDay) and column.key == "birth_date":
                    said = _("%(column)s: %(mistake)s, so it is not taken over.")
                    return text, Remark(said % {"column": column.label, "mistake": mistake})
                return text, f"{column.label}: {mistake}."
            if self.is_phone and (more := find_extension(text, self._region(abroad))):
                values[column.key] = value
                return text, Remark(
                    _("%(column)s: the extension %(extension)s of “%(text)s” is not kept.")
                    % {"column": column.label, "extension": more, "text": text[:60]}
                )
            if type(cell) is str and len(self.known) < REMEMBERED and len(cell) <= SHORT:
                self.known[cell, abroad] = (text, value)
        else:
            text, value = known
        if value is not None:
            if self.takes_name and (beside := _BESIDE_ADDRESS.match(text)):
                self._parts(FULL_NAME, beside["name"].strip(), values, abroad)
            values[column.key] = value
            if self.notes:
                self._note_options(text, 1)
        return text, ""

    def _number_among_words(self, column: Column, text: str, values: dict[str, Any], abroad: str) -> str:
        """Take the number out of “040 1234567 (Liisa)”; return what is not kept of the cell, "" if it is not so."""
        number, words = find_number(text, self._region(abroad))
        if not number:
            return ""
        values[column.key] = [number] if column.type == ColumnType.PHONES else number
        said = _("%(column)s: “%(words)s” beside the number is not kept.")
        return Remark(said % {"column": column.label, "words": words[:60]})

    def _several_addresses(self, column: Column, text: str, values: dict[str, Any]) -> str:
        """Take the first of several addresses in a cell; return which were not taken, "" if it holds but one."""
        found, torn = find_addresses(text)
        if not found or len(found) + len(torn) < 2:
            return ""
        values[column.key] = column.parse(found[0])
        return _others_left(column, found[0], [*found[1:], *torn])

    def _region(self, abroad: str) -> str:
        return abroad or self.reading.region

    def _parts(self, target: str, text: str, values: dict[str, Any], abroad: str) -> str:
        text = ", ".join(map(clean_line, text.splitlines())) if target == ADDRESS else clean_line(text)
        for key, part in take_apart(target, text, country=self._region(abroad)):
            if key not in PARTS[target] and key in values:
                continue  # it has a column of its own
            column, look = _PARTS[key]
            value = look(part) if look is not None else NOT_PLAIN
            try:
                values[key] = column.parse(part, self.reading) if value is NOT_PLAIN else value
            except ValueMistake as mistake:
                return f"{column.label}: {mistake}."
        return ""

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

    def _role(self, text: str, values: dict[str, Any]) -> str:
        role = clean_line(text)
        if len(role) > MAX_ROLE:
            return _("Role in the company: it is longer than %(limit)s characters.") % {"limit": MAX_ROLE}
        if role and not says_nothing(role):
            values[ROLE] = role
        return ""


class TickReader(CellReader):
    """Reads one of several columns that go to one column of several choices: those of a row are put together.

    Where a cell only says yes, the name of its column is the choice.
    """

    def __init__(self, column: Column, reading: Reading, found: Found, *, header: str) -> None:
        super().__init__(column, reading, found)
        self.choices, self.header = column, header

    def glance(self, cell: str) -> Any:
        return NOT_PLAIN if cell else None

    def read(self, cell: Cell, values: dict[str, Any], abroad: str = "") -> tuple[str, str]:
        text = cell_text(cell)
        if not (said := clean_line(text)):
            return text, ""
        if not find_option(said, self.choices.options) and (said := said.casefold()) in YES | NO:
            if said in NO:
                return text, ""
            cell = self.header
        own: dict[str, Any] = {}
        key = self.choices.key
        _header, mistake = super().read(cell, own, abroad)
        if key in own:
            values[key] = list(dict.fromkeys([*values.get(key, ()), *own[key]]))
        return text, mistake


def cell_reader(entry: dict[str, Any], column: Column | str | None, reading: Reading, found: Found) -> CellReader:
    if isinstance(column, Column) and entry.get("ticks"):
        return TickReader(column, reading, found, header=entry["header"])
    return CellReader(column, reading, found)


def _others_left(column: Column, first: str, others: Sequence[str]) -> Remark:
    return Remark(
        _("%(column)s: of several in the cell only “%(first)s” is taken over, not “%(others)s”.")
        % {"column": column.label, "first": first, "others": "”, “".join(others)[:300]}
    )
