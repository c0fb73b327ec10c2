"""Values of one type read as another, and what that would make of a whole column."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from registers.books import MAX_OPTIONS, option_rows
from registers.columns import Column, column_of, options_of
from registers.company_columns import spelt, spelt_or_made
from registers.models.company import company_key
from registers.models.register import Field
from registers.values import MAX_CODE, ColumnType, Option, Reading, ValueMistake, split_options

MOST = 100_000  # different values looked at before a change; what is rarer than these is met on the way
SHOWN = 12
REMEMBERED = 10_000
_WORDS = frozenset({ColumnType.TEXT, ColumnType.LONG_TEXT, *Field.CHOICE_TYPES})


class Converter:
    """Reads what a column of `old` holds as `new`; remembers what it has read."""

    def __init__(self, old: Column, new: Column, *, region: str) -> None:
        self.old, self.new, self.reading = old, new, Reading(region=region, as_shown=True)
        self.known: dict[str, Any] = {}

    def text(self, value: Any) -> str:
        # People read “yes” in their own language; programs read it in any.
        return (
            self.old.format(value) if isinstance(value, bool) and self.new.type in _WORDS else self.old.as_text(value)
        )

    def name_companies(self, values: Iterable[Any]) -> None:
        """Let the companies that these values name be called as they are; those that are not known are made."""
        names = {}
        for value in values:
            with suppress(ValueMistake):
                names[json.dumps(value)] = self.new.parse(self.text(value), self.reading)
        spelling = spelt_or_made(filter(None, names.values()))
        self.known = {value: spelling.get(name) for value, name in names.items()}

    def read(self, value: Any) -> Any:
        """The value as the new type has it; raises ValueMistake."""
        key = json.dumps(value)
        if key not in self.known:
            if isinstance(value, list) and len(value) > 1 and self.new.type == ColumnType.CHOICE:
                raise ValueMistake(_("“%(text)s” is more than one value") % {"text": self.text(value)[:60]})
            found = self.new.parse(self.text(value), self.reading)
            if len(self.known) >= REMEMBERED:
                return found
            self.known[key] = found
        return self.known[key]


@dataclass
class Preview:
    readable: int = 0  # contacts whose value can be read
    unreadable: int = 0
    examples: list[tuple[str, int]] = field(default_factory=list)  # what cannot be read, most frequent first
    options: list[dict[str, str]] = field(default_factory=list)
    partial: bool = False
    new_companies: int = 0
    obstacle: str = ""


def converter_for(column: Field, new_type: str, options: list[dict[str, str]]) -> Converter:
    old = column_of(column)
    changed = Field(register=column.register, key=column.key, label=column.label, type=new_type, options=options)
    return Converter(old, replace(column_of(changed), options=options_of(changed)), region=_region(column))


def _region(column: Field) -> str:
    return column.register.organisation.region


def preview(column: Field, new_type: str) -> Preview:
    """What a change of type would make of what the column holds, without changing anything."""
    values = distinct_values(column)
    shown = Preview(partial=len(values) > MOST)
    values = values[:MOST]
    if new_type in Field.CHOICE_TYPES:
        shown.options = options_from(column, new_type, values)
        if len(shown.options) > MAX_OPTIONS:
            shown.obstacle = _("It holds %(count)s different values; a column can have at most %(limit)s choices.") % {
                "count": len(shown.options),
                "limit": MAX_OPTIONS,
            }
            return shown
    converter = converter_for(column, new_type, shown.options)
    names: set[str] = set()
    for value, count in values:
        try:
            converter.read(value)
        except ValueMistake:
            shown.unreadable += count
            if len(shown.examples) < SHOWN:
                shown.examples.append((converter.text(value)[:80], count))
        else:
            shown.readable += count
            if new_type == ColumnType.COMPANY:
                names.add(converter.read(value))
    known = spelt(names)
    shown.new_companies = len({company_key(name) for name in names if name not in known})
    return shown


def distinct_values(column: Field) -> list[tuple[Any, int]]:
    """(value, number of contacts), the most frequent first; at most one more than are looked at."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (attributes -> %(key)s)::text, count(*) FROM registers_contact "
            "WHERE register_id = %(register)s AND attributes ? %(key)s GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s",
            {"key": column.key, "register": column.register_id, "most": MOST + 1},
        )
        return [(json.loads(text), count) for text, count in cursor.fetchall()]


def options_from(column: Field, new_type: str, values: list[tuple[Any, int]]) -> list[dict[str, str]]:
    """The choices a column of texts becomes one of: those it has, then what stands in it."""
    if column.has_options:
        return list(column.options)
    reader = converter_for(column, ColumnType.LONG_TEXT, [])
    labels: dict[str, None] = {}
    for value, _count in values:
        text = reader.text(value)
        pieces = split_options(text) if new_type == ColumnType.MULTIPLE_CHOICE else [" ".join(text.split())]
        labels.update(dict.fromkeys(piece for piece in pieces if len(piece) <= MAX_CODE))
        if len(labels) > 2 * MAX_OPTIONS:
            break
    return _rows(list(labels))


def _rows(labels: list[str]) -> list[dict[str, str]]:
    """As option_rows, which refuses more than fit: here their number is to be shown."""
    found: list[dict[str, str]] = []
    for at in range(0, len(labels), MAX_OPTIONS):
        found += option_rows(labels[at : at + MAX_OPTIONS])
    return [Option(**row)._asdict() for row in {row["code"]: row for row in reversed(found)}.values()][::-1]
