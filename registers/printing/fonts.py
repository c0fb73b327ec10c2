"""The fonts that go into PDFs: shipped, so that names in Latin, Cyrillic and Greek letters print everywhere alike."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from registers.texts import clean_line

PLAIN, BOLD = "Kokoon", "Kokoon-Bold"
_FILES = {PLAIN: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
_FOLDER = Path(__file__).parent / "fonts"
ELLIPSIS = "…"


@cache
def load() -> None:
    """Make the fonts known to reportlab, once in a process."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(_FOLDER / file)))


def width(text: str, font: str, size: float) -> float:
    load()
    return float(pdfmetrics.stringWidth(text, font, size))


def unprintable(texts: Iterable[str]) -> int:
    """How many of the texts hold letters that the fonts do not have: those print as boxes."""
    load()
    known = pdfmetrics.getFont(PLAIN).face.charToGlyph
    return sum(any(ord(char) not in known for char in clean_line(text)) for text in texts if not text.isascii())


def wrap(text: str, font: str, size: float, room: float) -> list[str]:
    """The lines of a text in a column `room` points wide. Words that are too long are broken; nothing is lost."""
    lines: list[str] = []
    for paragraph in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        line = ""
        for word in clean_line(paragraph).split(" "):
            longer = f"{line} {word}" if line else word
            if width(longer, font, size) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            *whole, line = _broken(word, font, size, room)
            lines += whole
        lines.append(line)
    return lines


def _broken(word: str, font: str, size: float, room: float) -> list[str]:
    """A word in pieces that fit; most words are one."""
    if width(word, font, size) <= room:
        return [word]
    pieces, piece, used = [], "", 0.0
    for char in word:
        wide = width(char, font, size)
        if piece and used + wide > room:
            pieces.append(piece)
            piece, used = "", 0.0
        piece, used = piece + char, used + wide
    return [*pieces, piece]


def shorten(text: str, font: str, size: float, room: float) -> str:
    """The beginning of a text that fits, with three dots where something is missing."""
    if width(text, font, size) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if width(text[:middle] + ELLIPSIS, font, size) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + ELLIPSIS
