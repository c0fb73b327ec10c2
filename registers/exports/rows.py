"""The contacts of a list as rows of chosen pieces, a few thousand at a time however many they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.fields.json import KeyTextTransform
from django.utils.dateparse import parse_date

from guards.chunks import in_chunks
from registers.columns import Column, columns_for
from registers.extras import extra_fields, extra_values
from registers.models import Contact, Register
from registers.values import ONE_OF, ColumnType

CHUNK = 2_000
_WHOLE = "attributes"
# What the JSON of a contact's own columns holds as a text.
_TEXTS = frozenset(ColumnType) - {
    ColumnType.NUMBER, ColumnType.YES_NO, ColumnType.MULTIPLE_CHOICE, ColumnType.PHONES, ColumnType.MONEY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """What may be taken of a contact: a column of the register, or (without `column`) what other tables know."""

    key: str
    label: str
    column: Column | None = None


def pieces_of(register: Register) -> list[Piece]:
    """All that can be taken out of a register, its columns first."""
    columns = [Piece(column.key, str(column.label), column) for column in columns_for(register)]
    return columns + [Piece(key, label) for key, label in extra_fields().items()]


def chosen_pieces(register: Register, keys: Iterable[str]) -> list[Piece]:
    """Those of `pieces_of` with these keys, in the order of the register."""
    wanted = set(keys)
    return [piece for piece in pieces_of(register) if piece.key in wanted]


def rows_of(contacts: Any, pieces: Sequence[Piece], read: str = "plain") -> Iterator[tuple[Any, ...]]:
    """A row of values for each contact, as `Column.plain` or `Column.format` (`read`) gives them.

    Contacts are not made into objects: their columns are read from the table a chunk at a time, through a cursor of
    the server, and each column is turned into what it shows for the whole chunk at once.
    """
    asked: dict[str, Any] = {"pk": F("pk")}  # what is read, by a name that no column can have
    for piece in pieces:
        if piece.column is not None:
            asked[_place(piece.column)] = _expression(piece.column)
    places = {name: at for at, name in enumerate(asked)}
    beside = any(piece.column is None for piece in pieces)
    fetched = contacts.annotate(**{f"export_{at}": asked[name] for name, at in places.items()})
    fetched = fetched.values_list(*(f"export_{at}" for at in places.values()))
    for chunk in in_chunks(fetched.iterator(chunk_size=CHUNK), CHUNK):
        stored = list(zip(*chunk, strict=True))
        extras = _extras(stored[0]) if beside else {}
        shown: list[Iterable[Any]] = []
        for piece in pieces:
            column = piece.column
            if column is None:
                shown.append([extras[pk][piece.key] if pk in extras else "" for pk in stored[0]])
                continue
            values: Sequence[Any] = stored[places[_place(column)]]
            if _place(column) == _WHOLE:
                values = [attributes.get(column.name) for attributes in values]
            turn = _turner(column, read)
            shown.append(values if turn is None else [None if value is None else turn(value) for value in values])
        yield from zip(*shown, strict=True)


def _place(column: Column) -> str:
    """Under which name the value of a column is read; several share the whole of a contact's own values."""
    return column.key if column.core or column.type in _TEXTS else _WHOLE


def _expression(column: Column) -> Any:
    if column.core:
        return F(column.name)
    # Texts come out of the JSON in the database: much is saved when Python need not read it.
    return KeyTextTransform(column.name, "attributes") if column.type in _TEXTS else F("attributes")


def _extras(ids: Iterable[int]) -> dict[int, dict[str, str]]:
    return extra_values(list(Contact.objects.in_bulk(list(ids)).values()))


def _turner(column: Column, read: str) -> Callable[[Any], Any] | None:
    """What makes a stored value of the column one that is shown; None where they are the same."""
    if read == "format":
        return column.format
    if column.outside is not None:
        return column.plain
    if column.type in ONE_OF:
        labels = {option.code: option.label for option in column.options}
        return lambda value: labels.get(value, value) if isinstance(value, str) else column.plain(value)
    if column.type == ColumnType.DATE:
        # An own column keeps its days as texts; while its type is being changed, some are of its former type.
        return None if column.core else _day
    if column.type in _TEXTS:
        return None
    return column.plain


def _day(text: str) -> Any:
    try:
        return parse_date(text) or text
    except ValueError:
        return text
