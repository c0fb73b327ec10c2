"""Values of a file that are not among the choices of their column: counted by the check, added on one click."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registers.books import MAX_OPTIONS
from registers.columns import Column
from registers.imports.targets import NEW
from registers.models.imports import Import
from registers.models.register import Field
from registers.texts import sort_key
from registers.values import MAX_CODE, option_code

MAX_ADDED = 100  # a column of more new values than this looks like text
SHOWN = 12
MAX_SPELLINGS = 8

Found = dict[str, dict[str, dict[str, int]]]  # column name → code → spelling → number of rows


def note_values(found: Found, column: Column, values: Iterable[str], *, rows: int = 1) -> None:
    """Note the values that a row, or several alike, has in `column`, each once, as far as they could become choices."""
    of_column = found.setdefault(column.name, {})
    for code, spelling in {option_code(value): value for value in values if _could_be_choice(value)}.items():
        if code not in of_column and len(of_column) > MAX_OPTIONS:
            continue  # one more than fit is kept, which tells that there are too many
        spellings = of_column.setdefault(code, {})
        if spelling not in spellings and len(spellings) >= MAX_SPELLINGS:
            spelling = next(iter(spellings))
        spellings[spelling] = spellings.get(spelling, 0) + rows


def _could_be_choice(value: str) -> bool:
    """Neither too long nor unreadable, nor only a mark for “no answer” such as “-” or “??”."""
    return 0 < len(value) <= MAX_CODE and "\ufffd" not in value and bool(value.strip("-–—_./?!,;:*'\" "))


def found_labels(found: Found, name: str) -> list[tuple[str, int]]:
    """The values found in a column with their numbers of rows, in alphabetical order, as they are mostly spelt."""
    labels = [(_label(spellings), sum(spellings.values())) for spellings in found.get(name, {}).values()]
    return sorted(labels, key=lambda entry: sort_key(entry[0]))


def _label(spellings: dict[str, int]) -> str:
    return max(spellings, key=lambda text: (spellings[text], not text.islower(), not text.isupper(), text))


@dataclass(frozen=True)
class MissingOptions:
    """What the file has in a choice column beyond its choices."""

    key: str
    label: str
    found: list[tuple[str, int]]
    too_many: bool
    is_new: bool

    @property
    def count(self) -> int:
        return len(self.found)

    @property
    def most_frequent(self) -> list[tuple[str, int]]:
        return sorted(self.found, key=lambda entry: -entry[1])[:SHOWN]

    @property
    def rest(self) -> list[tuple[str, int]]:
        return sorted(self.found, key=lambda entry: -entry[1])[SHOWN:]

    @property
    def more(self) -> int:
        return len(self.rest)


def missing_options(batch: Import) -> list[MissingOptions]:
    """The choice columns whose choices do not cover the file, as the check has found them."""
    fields = {field.key: field for field in Field.objects.filter(register=batch.register_id)}
    new = {entry["key"]: entry["label"] for entry in batch.mapping if entry["target"] == NEW}
    missing = []
    for key in batch.found_options:
        found = found_labels(batch.found_options, key)
        if key in new:
            # Its choices are made from the file anyway; only too many of them are worth a word.
            if len(found) > MAX_OPTIONS:
                missing.append(MissingOptions(key, new[key], found, too_many=True, is_new=True))
        elif (field := fields.get(key)) and found:
            too_many = len(found) > MAX_ADDED or len(field.options) + len(found) > MAX_OPTIONS
            missing.append(MissingOptions(key, field.label, found, too_many=too_many, is_new=False))
    return sorted(missing, key=lambda entry: sort_key(entry.label))
