"""The head of a table: which row holds the column names, and what the columns are called."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from registers.addresses import read_address
from registers.imports.header_words import is_of_names, known_among
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
            is_title = not any(known_among([cell_text(cell) for cell in above]) for above in rows[:at])
            return at if is_title and widest == 1 < filled - 1 else 0  # above people without column names
        # What has as many cells above it is a person: Ville is a town in French, and a Finn.
        is_wider = filled > widest or (at > 0 and is_groups(rows[at - 1], row))
        if is_wider and known_among([cell for cell in row if isinstance(cell, str)]) >= _KNOWN_NAMES:
            return at + (at + 1 < len(rows) and is_groups(row, rows[at + 1]))
        widest = max(widest, filled)
    return 0  # whatever the language, the first row is taken for the names


def is_list(rows: Sequence[list[Cell]]) -> bool:
    """Whether they look like a list of people: by the names of columns, or by addresses where there are none."""
    for row in rows[: _MOST_TITLES + 1]:
        names = [cell for cell in row if isinstance(cell, str)]
        if not is_data(row) and (known_among(names) >= _KNOWN_NAMES or any(map(is_of_names, names))):
            return True
    return sum(is_data(row) and any("@" in cell_text(cell) for cell in row) for row in rows) >= _KNOWN_NAMES


def is_nameless(header: str, at: int) -> bool:
    """Whether a column is called by its letter, for it has no name."""
    return header in (letter(at), _("Column %(letter)s") % {"letter": letter(at)})


def is_groups(row: list[Cell], below: list[Cell]) -> bool:
    """Whether a row names groups of columns, and the one right below it the columns: Person, Contact; Name, E-mail.

    Where people are asked how to reach them, “E-mail” and “Phone” stand in their rows as well, yet not below names.
    """
    above, names = _texts(row), _texts(below)
    groups, both = set(above.values()), {*(above | names).values()}
    if is_data(below) or not 1 < len(groups) < len(both):
        return False
    under = [names[at] for at in above if at in names]
    return (
        known_among([*both]) > known_among([*groups])
        and 2 * known_among([*names.values()]) > len(names)
        and 2 * known_among(under) > len(under)
    )


def _texts(row: Sequence[Cell]) -> dict[int, str]:
    return {at: text for at, cell in enumerate(row) if (text := cell_text(cell))}


def take_head(rows: Sequence[list[Cell]], titles: int) -> tuple[list[list[Cell]], list[Cell]]:
    """The rows above the column names, and these, with those that stand a row higher as their cells reach down."""
    above, head = list(rows[:titles]), rows[titles]
    if above and is_groups(above[-1], head):
        names, groups = _texts(head), _texts(above[-1])
        above[-1] = list(dict.fromkeys(text for at, text in groups.items() if at in names))
        width = max([*names, *groups]) + 1
        head = [names.get(at) or groups.get(at, "") for at in range(width)]
    return above, head


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
