"""Letters that another program has saved wrongly: UTF-8 read as Western European, and saved again as “PÃ¤ivi”."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from registers.values import Cell

_CP1252 = {bytes([byte]).decode("cp1252", "ignore"): byte for byte in range(0x80, 0x100)}
_BYTES = {ord(char): byte for char, byte in _CP1252.items() if char}
_TRAIL = "".join(char for char, byte in _CP1252.items() if char and byte < 0xC0) + "\x81\x8d\x8f\x90\x9d"
# The first byte of a letter, and the next.
_BROKEN = re.compile(f"[Â-ßà-ô][{re.escape(_TRAIL)}]")
# What “É®” and the like would be: letters of phonetics, which no name has.
_PHONETIC = re.compile("[ɐ-ʯ]")
_SHORT = 40


def mend(text: str) -> str:
    """The text as it was before it was saved wrongly; unchanged where it was not."""
    if not _BROKEN.search(text):
        return text
    try:
        mended = text.translate(_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
    return text if _PHONETIC.search(mended) else mended


def mend_cells(cells: Iterable[Cell]) -> list[Cell]:
    return [mend(cell) if isinstance(cell, str) else cell for cell in cells]


def find_broken(rows: Sequence[Sequence[Cell]]) -> str:
    """A cell that was saved wrongly, if all in these rows were that hold more than plain letters; else ""."""
    texts = [cell for row in rows for cell in row if isinstance(cell, str) and not cell.isascii()]
    broken = [text for text in texts if mend(text) != text]
    if len(broken) <= len(texts) * 0.9:
        return ""
    return next((text for text in broken if _has_letters(mend(text))), "")


def _has_letters(text: str) -> bool:
    return any(char.isalpha() and not char.isascii() for char in text)


def say_mended(text: str) -> str:
    """What is said of them, with one as an example."""
    says = _("The file was saved wrongly by another program: “%(broken)s” is read as “%(mended)s”.")
    return says % {"broken": text[:_SHORT], "mended": mend(text)[:_SHORT]}
