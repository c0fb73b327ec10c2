"""What a cell of a table that leaves the house may hold, so that it can never act as a formula.

The rule for CSV cells that hold text: a cell whose first visible character is one of = + - @ (also
in full width), or that begins with a tab or line break, gets an apostrophe in front. Two shapes are let
through unchanged, because they are data and cannot call anything: a plain number (`-5`, `+12,50`) and
a phone number in international form (`+358401234567`, `+358 40 123 4567`). So `+1+cmd` is defused and
`+358401234567` stays a phone number. What begins with such an apostrophe of its own gets one more, so that
`bare_cell` gives back what was there.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

_TRIGGERS = "=+-@＝＋－﹣−＠"
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?\Z")
_PHONE = re.compile(r"\+\d{1,3}(?: ?\d){4,14}\Z")
# What is kept as text by an apostrophe in front, as some shops write numbers: '7023456789012, '+14165550123, 'M5H 1A1.
_KEPT_AS_TEXT = re.compile(r"'(?=\+?[A-Z]?\d)\+?[A-Z\d][A-Z\d -]{3,}\Z")
# In Germany 12.345 is twelve thousand and more.
_COULD_BE_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}\Z")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
# Text that begins with none of these, and holds printable signs only, needs no closer look.
_LOOK_CLOSER = frozenset(_TRIGGERS + " '")


def safe_cell(text: str) -> str:
    """Return `text` so that a spreadsheet program shows it and never runs it (rule: see the module)."""
    text = without_control(text)
    return "'" + text if _is_risky(text) or _looks_guarded(text) else text


def _is_risky(text: str) -> bool:
    visible = text.lstrip()
    risky = text[:1] in ("\t", "\r", "\n") or visible[:1] in tuple(_TRIGGERS)
    return bool(risky and visible and not _PLAIN_NUMBER.match(text) and not _PHONE.match(text))


def _looks_guarded(text: str) -> bool:
    bare = text.lstrip("'")
    return len(bare) < len(text) and (_is_risky(bare) or bool(_KEPT_AS_TEXT.match("'" + bare)))


def bare_cell(text: str) -> str:
    """A cell of a CSV file without what guards it: the apostrophe of `safe_cell` or in front of a number or a code, or
    the `="00123"` of programs that keep the zeros so."""
    if text[:1] == "'" and _looks_guarded(text):
        return text[1:]
    if text.startswith('="') and text.endswith('"') and '"' not in text[2:-1]:
        return text[2:-1]
    return text


def cell_text(value: Any) -> str:
    """Write a value the way every table of the product does: ISO dates, decimal point, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (list, tuple, set)):
        return ", ".join(map(str, value))
    return str(value)


def csv_cell(value: Any) -> str | int | float | Decimal:
    # First what there is most of: days, and phone numbers, which begin like a formula.
    if type(value) is dt.date:
        return value.isoformat()
    if type(value) is str:
        return value if value[:1] == "+" and value[1:].isdecimal() else safe_cell(value)
    if isinstance(value, float) and _COULD_BE_THOUSANDS.match(repr(value)):
        return f"{value}0"
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return value
    return safe_cell(cell_text(value))


def csv_column(values: Sequence[Any]) -> Iterable[str | int | float | Decimal]:
    """`csv_cell` of all values; most columns hold plain text only, which is seen at once."""
    try:
        harmless = "".join(values).isprintable()
    except TypeError:
        harmless = False
    if harmless and _LOOK_CLOSER.isdisjoint(value[:1] for value in values):
        return values
    return map(csv_cell, values)


def without_control(text: str) -> str:
    return _CONTROL.sub("", text)
