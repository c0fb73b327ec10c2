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
    is_whole_or_half,
    target_by_part,
    target_of,
    weak_target_of,
)
from registers.imports.parts import (
    ADDED_TO,
    BIRTH_PARTS,
    COMPANY,
    FAMILY_FIRST,
    FULL_NAME,
    HOUSE_NUMBER,
    NAME_PREFIX,
    PARTS,
    POSTCODE_CITY,
    ROLE,
    WHOLE_NAMES,
    is_prefix,
    parts_of,
    split_place,
)
from registers.imports.spelling import date_orders, thousands_sign
from registers.texts import clean_line, fold
from registers.values import NO, PLAIN_READING, YES, Cell, ColumnType, Reading, ValueMistake, cell_text, find_option
from registers.values.world import country_abroad

CONSENT = "consent."  # with purpose and channel: registers.imports.consent_cells
# Where the columns of a file of notes go; one that goes to the text makes it one.
NOTE_TEXT, NOTE_AT, NOTE_KIND = "note.text", "note.at", "note.kind"
NOTE_TARGETS = (NOTE_TEXT, NOTE_AT, NOTE_KIND)
SKIP = ""
NEW = "new"
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
    rows: Sequence[Sequence[Cell]],
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
    filled = [_filled(rows, at) for at in range(len(headers))]
    samples = [[row[at] for row in filled[at]] for at in range(len(headers))]
    orders, told = date_orders(samples, region=region)
    targets: list[str | None] = [None] * len(headers)

    def take(at: int, target: str | None) -> None:
        alike = WHOLE_NAMES if target in WHOLE_NAMES else {*BIRTH_PARTS} if target == "birth_date" else set()
        if (
            target
            and targets[at] is None
            and {target, *alike}.isdisjoint(targets)
            and fits(target, samples[at], columns, date_order=orders[at])
        ):
            targets[at] = target

    own = {fold(str(column.label)): column.key for column in columns}
    exact = {str(column.label): column.key for column in columns if not column.core}
    for at, header in enumerate(headers):  # first, for the names of two may differ in a sign: “Fee” and “Fee %”
        take(at, exact.get(header))
    if "birth_date" not in targets:
        parts = find_birth_parts(headers, samples)
        if all(targets[at] is None and own.get(fold(headers[at])) in (None, "birth_date") for at in parts):
            for at, part in parts.items():
                targets[at] = part
    for at in sorted(range(len(headers)), key=lambda at: not samples[at]):  # of two names for one thing what is filled
        header = headers[at]
        named = own.get(fold(header)) or target_of(header)
        take(at, named)
        if targets[at] is None and is_national_id(header) and any(map(_has_digits, samples[at])):
            targets[at] = SKIP
    for at, header in enumerate(headers):
        if samples[at] or not rows:  # of “Home phone” and “Business phone” the one that people have filled in
            named = target_by_part(header)
            take(at, named)
            texts = [value for value in samples[at] if isinstance(value, str)]
            if named == "birth_date" == targets[at] and texts and not any(is_date(text, orders[at]) for text in texts):
                targets[at] = None  # “Birthday without year”
    for at, target in enumerate(targets):
        if target == "birth_date" and samples[at] and all(map(is_part_of_day, telling(samples[at]))):
            targets[at] = None  # a column of its own keeps them
    country = targets.index("country") if "country" in targets else None
    numbers = [PhoneReading(region, _abroad(filled[at], country, region)) for at in range(len(headers))]
    types = [guess_type(values, numbers[at], orders[at]) for at, values in enumerate(samples)]
    for at, found in enumerate(types):
        if found == ColumnType.EMAIL:
            take(at, "email")
        elif found == ColumnType.PHONE:
            take(at, "phone")
    for at, header in enumerate(headers):
        weak = weak_target_of(header)
        if weak and {*parts_of(weak)}.isdisjoint(targets) and _bear_out(weak, samples[at]):
            take(at, weak)
    for at, header in enumerate(headers):
        if targets[at] is None:
            targets[at] = SKIP if is_kind(header) else _ticked(header, samples[at], columns)
    _share_out_names(targets, headers, rows)
    _share_out_places(targets, rows)
    for added, whole in ADDED_TO.items():
        if added in targets and whole not in targets:
            targets[targets.index(added)] = None
    _leave_loose_roles(targets, filled)
    for at, target in enumerate(targets):
        if target is None and samples[at]:
            targets[at] = NEW
            types[at] = _type_under(headers[at], types[at], samples[at], numbers[at])
    return [
        {
            "target": targets[at] or SKIP,
            "label": header,
            "type": types[at],
            "date_order": orders[at],
            "order_told": told,
            "thousands": thousands_sign(samples[at]),
            "key": field_key(header),
        }
        for at, header in enumerate(headers)
    ]


def _bear_out(target: str, values: Sequence[Cell]) -> bool:
    """Whether they look like whole names, or like postcodes with their towns."""
    texts = [clean_line(cell_text(value))[:_LONGEST_NAME] for value in values]
    if target == FULL_NAME and len(set(texts)) < len(texts) * 0.8:  # “Full member”
        return False
    found = [all(split_place(text)) if target == POSTCODE_CITY else bool(_WHOLE_NAME.match(text)) for text in texts]
    return bool(found) and share(found, bool) > 0.5


def _leave_loose_roles(targets: list[str | None], filled: Sequence[Sequence[Sequence[Cell]]]) -> None:
    """What people are is a role in a company only where each of them has one."""
    if ROLE not in targets:
        return
    at = targets.index(ROLE)
    company = targets.index(COMPANY) if COMPANY in targets else None
    if company is None or not all(company < len(row) and cell_text(row[company]) for row in filled[at]):
        targets[at] = None


def _share_out_names(targets: list[str | None], headers: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Where one half of the name has a column of its own, “Name” is the other half, unless it holds both."""
    whole = next((at for at, target in enumerate(targets) if target in WHOLE_NAMES), None)
    if whole is None:
        return
    halves = {half: targets.index(half) for half in ("first_name", "last_name") if half in targets}
    if len(halves) == 1:
        [(half, at)] = halves.items()
        if is_whole_or_half(headers[whole]) and not _stands_in(rows, half=at, whole=whole):
            targets[whole] = "first_name" if half == "last_name" else "last_name"
        elif half == "last_name":
            targets[whole] = None
        else:  # one cannot choose both: what stands in the whole need not be read twice
            targets[at] = SKIP
            if _stands_in(rows, half=at, whole=whole) and not _stands_in(rows, half=at, whole=whole, first=True):
                targets[whole] = FAMILY_FIRST
    elif halves:
        twice = all(_stands_in(rows, half=at, whole=whole) for at in halves.values())
        targets[whole] = SKIP if twice else None


def _share_out_places(targets: list[str | None], rows: Sequence[Sequence[Cell]]) -> None:
    """Where postcode and town have columns of their own, they are not taken out of one that holds both."""
    if POSTCODE_CITY not in targets:
        if "postcode" in targets and "city" not in targets:
            at = targets.index("postcode")
            places = [split_place(cell_text(row[at])) for row in _filled(rows, at)]
            if places and share(places, all) > 0.5:  # “Postcode” is said of both
                targets[at] = POSTCODE_CITY
        return
    whole = targets.index(POSTCODE_CITY)
    halves = [targets.index(half) for half in PARTS[POSTCODE_CITY] if half in targets]
    twice = [at for at in halves if _stands_in(rows, half=at, whole=whole)]
    if len(halves) == 2:
        targets[whole] = SKIP if twice == halves else None
        return
    for at in halves:
        targets[at] = SKIP if twice else None


def _stands_in(rows: Sequence[Sequence[Cell]], *, half: int, whole: int, first: bool = False) -> bool:
    """Whether what stands in one column stands in another of the same row, as a rule; at its beginning if `first`."""
    pairs = [(cell_text(row[half]), cell_text(row[whole])) for row in rows if len(row) > max(half, whole)]
    pairs = [(part, text) for part, text in pairs if part and text]
    return bool(pairs) and share(pairs, lambda pair: pair[1].startswith(pair[0]) if first else pair[0] in pair[1]) > 0.5


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


def _has_digits(value: Cell) -> bool:
    return sum(char.isdigit() for char in cell_text(value)) > 3


def _filled(rows: Sequence[Sequence[Cell]], at: int) -> list[Sequence[Cell]]:
    """The rows of a sample in which there is something in one column."""
    return [row for row in rows[:SAMPLE_ROWS] if at < len(row) and cell_text(row[at])]


def _abroad(rows: Sequence[Sequence[Cell]], country: int | None, region: str) -> list[str]:
    """The country that the person in each row lives in, if it is not that of the organisation."""
    if country is None:
        return []
    return [country_abroad(cell_text(row[country]), region) if country < len(row) else "" for row in rows]
