"""The fonts that go into PDFs: shipped, so that names in Latin, Cyrillic, Greek, Hebrew and Arabic letters print
everywhere alike. For Chinese, Japanese and Korean: `scripts`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import ngettext
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from organisations.figures import number
from registers.printing import scripts
from registers.texts import clean_line

PLAIN, BOLD = "Kokoon", "Kokoon-Bold"
_FILES = {PLAIN: "DejaVuSans.ttf", BOLD: "DejaVuSans-Bold.ttf"}
_FOLDER = Path(__file__).parent / "fonts"
_BREAKS = "-–/@_"
ELLIPSIS = "…"


@cache
def load() -> None:
    """Make the fonts known to reportlab, once in a process."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(TTFont(name, str(_FOLDER / file)))
    for name in (scripts.JAPANESE, scripts.CHINESE, scripts.TRADITIONAL, scripts.KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))


def width(text: str, font: str, size: float) -> float:
    """How wide a line of text is, in points; `size` is in points too."""
    load()
    if scripts.is_plain(text):
        return float(pdfmetrics.stringWidth(text, font, size))
    return sum(float(pdfmetrics.stringWidth(part, name, size)) for part, name in _parts(text, font))


def _parts(text: str, font: str) -> list[tuple[str, str]]:
    return scripts.pieces(scripts.as_seen(text), font)


def draw(canvas: Canvas, x: float, y: float, text: str, font: str, size: float, *, centred: bool = False) -> None:
    """Write a line from `x` on, or around it."""
    if centred:
        x -= width(text, font, size) / 2
    for part, name in [(text, font)] if scripts.is_plain(text) else _parts(text, font):
        canvas.setFont(name, size)
        canvas.drawString(x, y, part)
        x += float(pdfmetrics.stringWidth(part, name, size))


def unprintable(texts: Iterable[str]) -> int:
    """How many of the texts hold letters that the fonts do not have: those print as boxes."""
    load()
    known = pdfmetrics.getFont(PLAIN).face.charToGlyph
    return sum(
        any(ord(char) not in known for part, font in _parts(clean_line(text), PLAIN) if font == PLAIN for char in part)
        for text in texts
        if not text.isascii()
    )


@dataclass
class Missing:
    """Of how many texts, such as the rows of a list, the letters are not all in the file."""

    boxes: int = 0
    borrowed: int = 0

    def look(self, texts: Iterable[str]) -> None:
        texts = [text for text in texts if not text.isascii()]
        self.boxes += bool(unprintable(texts))
        self.borrowed += any(map(scripts.is_borrowed, texts))

    def remarks(self) -> list[str]:
        said = []
        if self.boxes:
            said.append(
                ngettext(
                    "%(count)s of them holds letters that no font of the file has, and that are printed as boxes.",
                    "%(count)s of them hold letters that no font of the file has, and that are printed as boxes.",
                    self.boxes,
                )
                % {"count": number(self.boxes)}
            )
        if self.borrowed:
            said.append(
                ngettext(
                    "%(count)s of them holds Chinese, Japanese or Korean letters. Their fonts are not in the file: "
                    "where the program that opens it has none, they are missing. Look before you print.",
                    "%(count)s of them hold Chinese, Japanese or Korean letters. Their fonts are not in the file: "
                    "where the program that opens it has none, they are missing. Look before you print.",
                    self.borrowed,
                )
                % {"count": number(self.borrowed)}
            )
        return said


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
    """A word in pieces that fit; most words are one. It is broken after a hyphen or the like where there is one."""
    if width(word, font, size) <= room:
        return [word]
    pieces, piece, used = [], "", 0.0
    for char in word:
        wide = width(char, font, size)
        if piece and used + wide > room:
            end = max(map(piece.rfind, _BREAKS)) + 1 or len(piece)
            pieces.append(piece[:end])
            piece = piece[end:]
            used = width(piece, font, size)
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
