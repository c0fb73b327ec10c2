"""Guessing what the columns of a spreadsheet are, from their names and from their values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from registers.books import field_key
from registers.columns import Column
from registers.imports.birth_parts import find_birth_parts
from registers.imports.guessed_types import (
    PhoneReading,
    are_phones,
    guess_type,
    has_address,
    is_date,
    is_part_of_day,
    share,
    telling,
)
from registers.imports.header_words import (
    is_kind,
    is_national_id,
    target_by_part,
    target_of,
    weak_target_of,
)
from registers.imports.heads import is_nameless
from registers.imports.parts import (
    ADDED_TO,
    BIRTH_PARTS,
    FULL_NAME,
    HOUSE_NUMBER,
    NAME_PREFIX,
    POSTCODE_CITY,
    ROLE,
    WHOLE_NAMES,
    is_prefix,
    parts_of,
    split_place,
)
from registers.imports.sharing import Rows, filled, leave_loose_roles, share_out_names, share_out_places
from registers.imports.spelling import date_orders, short_postcode, thousands_sign
from registers.imports.targets import NEW, SKIP
from registers.texts import clean_line, fold
from registers.values import (
    NO,
    PLAIN_READING,
    YES,
    Cell,
    ColumnType,
    Reading,
    ValueMistake,
    cell_text,
    find_option,
    says_nothing,
)
from registers.values.world import country_abroad

SAMPLE_ROWS = 1_000
FEW = 5  # values fewer than this say nothing against a name

# Of a person, not of what they do: “Titel” is said of both. Folded.
_TITLES = frozenset("mr mrs ms miss sir dr prof mag dipl ing herr frau fru hr fr rouva herra m mme mlle sr sra".split())
_LONGEST_NAME = 80
_WHOLE_NAME = re.compile(r"[^\W\d_][^\d@/:]*(?: [^\W\d_][^\s\d@/:]*){1,5}\Z")
_HOUSE = re.compile(r"\d.{0,9}\Z")
_COULD_BE_PHONE = re.compile(r"\+?(?:[\s()/.-]*\d){6,15}\b")  # whatever the country; something may be said of it


def guess_mapping(
    headers: Sequence[str],
    rows: Rows,
    columns: Sequence[Column],
    *,
    region: str = PLAIN_READING.region,
) -> list[dict[str, Any]]:
    """Say for each header where its values go: {"target", "type", "label"…}, the target being the key of a column, NEW,
    SKIP, one of NO_COLUMNS, COMPANY or ROLE.

    `rows` is a sample; `columns` are those of the register; `region` is the country of phone numbers without country
    code, unless another one stands in the row. No target is given twice, but for columns of several choices: to those
    go the columns of the file that are called like a choice and hold yes and no.
    """
    guess = _Guess(headers, rows[:SAMPLE_ROWS], columns, region)
    guess.by_labels_of_the_register()
    guess.by_parts_of_birth()
    guess.by_names(told=True)
    guess.by_parts_of_names()
    guess.by_names(told=False)
    guess.leave_days_without_year()
    guess.by_values()
    guess.by_weak_names()
    guess.by_choices()
    guess.settle()
    return guess.mapping()


class _Guess:
    """Where the columns of one file go; each step fills in what those before it have left open."""

    def __init__(self, headers: Sequence[str], rows: Rows, columns: Sequence[Column], region: str) -> None:
        self.headers, self.rows, self.columns, self.region = headers, rows, columns, region
        self.filled = [filled(rows, at) for at in range(len(headers))]
        self.samples = [[row[at] for row in self.filled[at]] for at in range(len(headers))]
        self.tells = [not rows or any(map(_tells, values)) for values in self.samples]
        self.orders, self.order_told = date_orders(self.samples, region=region)
        self.own = {fold(str(column.label)): column.key for column in columns}
        self.targets: list[str | None] = [None] * len(headers)
        self.types: list[str] = []
        self.numbers: list[PhoneReading] = []

    def take(self, at: int, target: str | None) -> None:
        """Let a column go there, unless one of them is taken or its values do not fit."""
        alike = WHOLE_NAMES if target in WHOLE_NAMES else {*BIRTH_PARTS} if target == "birth_date" else set()
        if (
            target
            and self.targets[at] is None
            and {target, *alike}.isdisjoint(self.targets)
            and fits(target, self.samples[at], self.columns, date_order=self.orders[at])
        ):
            self.targets[at] = target

    def by_labels_of_the_register(self) -> None:
        """First, for the names of two may differ in a sign: “Fee” and “Fee %”."""
        exact = {str(column.label): column.key for column in self.columns if not column.core}
        for at, header in enumerate(self.headers):
            self.take(at, exact.get(header))

    def by_parts_of_birth(self) -> None:
        if "birth_date" in self.targets:
            return
        parts = find_birth_parts(self.headers, self.samples)
        if all(
            self.targets[at] is None and self.own.get(fold(self.headers[at])) in (None, "birth_date") for at in parts
        ):
            for at, part in parts.items():
                self.targets[at] = part

    def by_names(self, *, told: bool) -> None:
        """Of two names for one thing that of what is filled: in “Name” nothing stands where “What is your name?” was
        asked."""
        for at, header in enumerate(self.headers):
            if self.tells[at] != told:
                continue
            self.take(at, self.own.get(fold(header)) or target_of(header))
            if self.targets[at] is None and is_national_id(header) and any(map(_has_digits, self.samples[at])):
                self.targets[at] = SKIP

    def by_parts_of_names(self) -> None:
        for at, header in enumerate(self.headers):
            if not self.tells[at]:
                continue  # of “Home phone” and “Business phone” the one that people have filled in
            named = target_by_part(header)
            self.take(at, named)
            texts = [value for value in self.samples[at] if isinstance(value, str)]
            is_day = any(is_date(text, self.orders[at]) for text in texts)
            if named == "birth_date" == self.targets[at] and texts and not is_day:
                self.targets[at] = None  # “Birthday without year”

    def leave_days_without_year(self) -> None:
        """A column of its own keeps them."""
        for at, target in enumerate(self.targets):
            if target == "birth_date" and self.samples[at] and all(map(is_part_of_day, telling(self.samples[at]))):
                self.targets[at] = None

    def by_values(self) -> None:
        country = self.targets.index("country") if "country" in self.targets else None
        self.numbers = [PhoneReading(self.region, _abroad(rows, country, self.region)) for rows in self.filled]
        guessed = zip(self.samples, self.numbers, self.orders, strict=True)
        self.types = [guess_type(values, numbers, order) for values, numbers, order in guessed]
        for at, found in enumerate(self.types):
            if found == ColumnType.EMAIL:
                self.take(at, "email")
            elif found == ColumnType.PHONE:
                self.take(at, "phone")

    def by_weak_names(self) -> None:
        for at, header in enumerate(self.headers):
            weak = weak_target_of(header)
            if weak and {*parts_of(weak)}.isdisjoint(self.targets) and _bear_out(weak, self.samples[at]):
                self.take(at, weak)
        if {*parts_of(FULL_NAME)}.isdisjoint(self.targets) and WHOLE_NAMES.isdisjoint(self.targets):
            names = [at for at, header in enumerate(self.headers) if is_nameless(header, at) and self.are_names(at)]
            if len(names) == 1:
                self.take(names[0], FULL_NAME)

    def are_names(self, at: int) -> bool:
        """Whether a column that goes nowhere else holds whole names, by its values alone."""
        if self.targets[at] is not None or not _bear_out(FULL_NAME, self.samples[at]):
            return False
        words = [cell_text(value).split() for value in self.samples[at]]
        return share(words, lambda name: not (name[0][0].islower() or name[-1][0].islower())) > 0.8

    def by_choices(self) -> None:
        for at, header in enumerate(self.headers):
            if self.targets[at] is None:
                self.targets[at] = SKIP if is_kind(header) else _ticked(header, self.samples[at], self.columns)

    def settle(self) -> None:
        """Let only one column keep what several hold, and make new ones for what has no place."""
        share_out_names(self.targets, self.headers, self.rows)
        share_out_places(self.targets, self.rows)
        for added, whole in ADDED_TO.items():
            if added in self.targets and whole not in self.targets:
                self.targets[self.targets.index(added)] = None
        leave_loose_roles(self.targets, self.filled)
        for at, target in enumerate(self.targets):
            if target is None and self.samples[at]:
                self.targets[at] = NEW
                self.types[at] = _type_under(self.headers[at], self.types[at], self.samples[at], self.numbers[at])

    def mapping(self) -> list[dict[str, Any]]:
        return [
            {
                "target": self.targets[at] or SKIP,
                "label": header,
                "type": self.types[at],
                "date_order": self.orders[at],
                "order_told": self.order_told,
                "thousands": thousands_sign(self.samples[at]),
                "short_postcode": short_postcode([cell_text(value) for value in self.samples[at]], self.region),
                "key": field_key(header),
            }
            for at, header in enumerate(self.headers)
        ]


def _bear_out(target: str, values: Sequence[Cell]) -> bool:
    """Whether they look like whole names, or like postcodes with their towns."""
    texts = [clean_line(cell_text(value))[:_LONGEST_NAME] for value in values]
    if target == FULL_NAME and len(set(texts)) < len(texts) * 0.8:  # “Full member”
        return False
    found = [all(split_place(text)) if target == POSTCODE_CITY else bool(_WHOLE_NAME.match(text)) for text in texts]
    return bool(found) and share(found, bool) > 0.5


def fits(target: str, values: Sequence[Cell], columns: Sequence[Column], *, date_order: str = "dmy") -> bool:
    """Whether most values could go there at all: a column called “mail” full of street names is no e-mail column."""
    if target == NAME_PREFIX:
        return not values or share(values, lambda value: is_prefix(cell_text(value))) >= 0.5
    if target == ROLE:
        return bool(values) and not any(fold(cell_text(value)) in _TITLES for value in values)
    if target == HOUSE_NUMBER:
        return not values or share(values, lambda value: bool(_HOUSE.match(cell_text(value)))) >= 0.5
    if len(values) < FEW:
        return True
    column = next((column for column in columns if column.key == target), None)
    if target == "external_id":
        return len({cell_text(value) for value in values}) > len(values) * 0.8
    if column is None or column.type in (ColumnType.CHOICE, ColumnType.MULTIPLE_CHOICE):
        return True
    if column.type in (ColumnType.PHONE, ColumnType.PHONES):
        return share(values, lambda value: bool(_COULD_BE_PHONE.match(cell_text(value)))) >= 0.5
    if column.type == ColumnType.EMAIL:
        return share(values, lambda value: has_address(cell_text(value))) >= 0.5

    reading = Reading(date_order=date_order)

    def readable(value: Cell) -> bool:
        try:
            return column.parse(value, reading) is not None
        except ValueMistake:
            return False

    return share(telling(values), readable) >= 0.5


def _ticked(header: str, values: Sequence[Cell], columns: Sequence[Column]) -> str | None:
    """The column of several choices of which `header` is one, if `values` only say whether it is ticked."""
    said = {clean_line(cell_text(value)).casefold() for value in values}
    if not said or not said <= YES | NO:
        return None
    several = (column for column in columns if column.type == ColumnType.MULTIPLE_CHOICE)
    return next((column.key for column in several if find_option(header, column.options)), None)


def _type_under(header: str, found: str, values: Sequence[Cell], numbers: PhoneReading) -> str:
    """The type of a new column: a second phone number, another postcode are no numbers that one adds up."""
    named = target_of(header) or target_by_part(header)
    if named == "phone" and found in (ColumnType.NUMBER, ColumnType.TEXT):
        return ColumnType.PHONE if are_phones(values, numbers) else ColumnType.TEXT
    return ColumnType.TEXT if named and found == ColumnType.NUMBER else found


def _tells(value: Cell) -> bool:
    return not says_nothing(cell_text(value))


def _has_digits(value: Cell) -> bool:
    return sum(char.isdigit() for char in cell_text(value)) > 3


def _abroad(rows: Sequence[Sequence[Cell]], country: int | None, region: str) -> list[str]:
    """The country that the person in each row lives in, if it is not that of the organisation."""
    if country is None:
        return []
    return [country_abroad(cell_text(row[country]), region) if country < len(row) else "" for row in rows]
