"""Texts that are called workbooks: programs write lists that way, and people give a name that they have seen work."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path, PurePath

from django.utils.translation import gettext as _

from guards.uploads import UploadError
from registers.imports.heads import is_list
from registers.imports.text_tables import text_format, text_rows
from registers.values import Cell

_ENDINGS = {".xlsx": "Excel", ".xlsm": "Excel", ".xls": "Excel", ".ods": "OpenDocument"}
_LOOKED_AT = 60  # rows


def check_called_book(path: Path, name: str) -> None:
    """Let a text under the name of a workbook pass where it is a list. Raises UploadError."""
    ending = PurePath(name).suffix.lower()
    if ending not in _ENDINGS:
        return
    rows = [row for _number, row in islice(text_rows(path, text_format(path)), _LOOKED_AT) if any(row)]
    if not (_is_table(rows) or is_list(rows)):
        says = _(
            "This is a text and no %(program)s file, though its name ends in “%(ending)s”. Save the list again from "
            "your spreadsheet program; if this is a list, let its name end in “.csv”."
        )
        raise UploadError(says % {"program": _ENDINGS[ending], "ending": ending})


def _is_table(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether they have columns. A comma here and there makes none."""
    widths = [len(row) for row in rows]
    return len(rows) > 1 and (min(widths) == max(widths) > 1 or sum(width > 2 for width in widths) > len(rows) // 2)
