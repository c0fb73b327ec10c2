"""Ids of rows as they come in query strings and forms."""

from collections.abc import Iterable
from typing import Any


def row_id(text: Any) -> int:
    """The id that `text` names; 0, which is nobody's, where it names none."""
    text = str(text)
    # isdigit() alone says yes to "²"; 18 digits always fit into a bigint.
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def row_ids(values: Iterable[Any]) -> set[int]:
    """The ids among the values; anything else is left out."""
    return {found for value in values if (found := row_id(value))}
