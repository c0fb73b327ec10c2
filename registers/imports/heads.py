"""The head of a table: which row holds the column names, and what the columns are called."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from registers.addresses import read_address
from registers.imports.header_words import known_among
from registers.texts import clean_line
from registers.values import Cell, cell_text

MAX_HEADER = 100
# How far down the column names may stand, and how many of them have to be known words for that.
_MOST_TITLES, _KNOWN_NAMES = 15, 2


def count_titles(rows: Sequence[list[Cell]]) -> int:
    """How many rows stand above the one with the column names: the title of the list, its date, names of groups."""
    widest = 0
    for at, row in enumerate(rows[: _MOST_TITLES + 1]):
        filled = sum(bool(cell_text(cell)) for cell in row)
        if filled > 1 and is_data(row):  # the day of the list stands alone
            break
        # What has as many cells above it is a person: Ville is a town in French, and a Finn.
        if filled > widest and known_among([cell for cell in row if isinstance(cell, str)]) >= _KNOWN_NAMES:
            return at
        widest = max(widest, filled)
    return 0  # whatever the language, the first row is taken for the names


def say_titles(rows: Sequence[list[Cell]]) -> str:
    """What is said of rows that stand above the table."""
    text = " ".join(text for row in rows for cell in row if (text := clean_line(cell_text(cell))))
    return _("What stands above the column names was left out: “%(text)s”.") % {"text": text[:MAX_HEADER]}


def heads_of_corrections() -> list[str]:
    """What stands over the last columns of the file of what was left out, behind those of the file itself."""
    return [_("Row"), _("Why it was left out")]


def has_corrections(headers: Sequence[str]) -> bool:
    """Whether they end with those, in whatever language somebody has downloaded the file."""
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            if list(headers[-2:]) == heads_of_corrections():
                return True
    return False


def is_data(cells: list[Cell]) -> bool:
    """A row with an e-mail address, a date or mostly numbers in it is a person, not a header."""
    if any(isinstance(cell, str) and "@" in cell and read_address(cell) for cell in cells):
        return True
    numbers = sum(not isinstance(cell, str) and cell is not None for cell in cells)
    return numbers > len(cells) // 2


def unique_headers(cells: list[Cell], width: int, notes: list[str]) -> list[str]:
    headers: list[str] = []
    missing, doubled = [], []
    for at in range(width):
        name = clean_line(cell_text(cells[at]))[:MAX_HEADER] if at < len(cells) else ""
        if not name:
            name = _("Column %(letter)s") % {"letter": letter(at)}
            missing.append(letter(at))
        if name in headers:
            doubled.append(name)
            count = 2
            while f"{name} ({count})" in headers:
                count += 1
            name = f"{name} ({count})"
        headers.append(name)
    if missing:
        notes.append(_("These columns have no name: %(columns)s.") % {"columns": ", ".join(missing)})
    if doubled:
        notes.append(
            _("These names stand over more than one column, so the later ones are numbered: %(columns)s.")
            % {"columns": ", ".join(dict.fromkeys(doubled))}
        )
    return headers


def letter(at: int) -> str:
    """Return the letters a spreadsheet program shows over the column with index `at`: A … Z, AA …"""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
