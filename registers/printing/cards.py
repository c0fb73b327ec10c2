"""Filling sheets: addresses on stickers, names on badges."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from registers.printing import fonts
from registers.printing.sheets import Sheet, places
from registers.texts import clean_line

_ROOMY, _SMALLEST = 11.0, 6.0
_MARGIN = 4 * mm


@dataclass(frozen=True, slots=True)
class Badge:
    """A name; under it, smaller, what else is to be read; above it, smallest, of what it is the badge."""

    name: str
    under: str = ""
    above: str = ""


@dataclass(frozen=True, slots=True)
class _Box:
    """One sticker on the page, in points from below."""

    left: float
    top: float
    width: float
    height: float

    @property
    def room(self) -> float:
        return self.width - 2 * _MARGIN


def write_labels(target: IO[bytes], *, sheet: Sheet, addresses: Iterable[Sequence[str]], start: int = 1) -> int:
    """Write addresses on stickers, from the `start`th of the first sheet on; return how many stand there."""
    return _fill(target, sheet, addresses, start, _draw_address)


def write_badges(target: IO[bytes], *, sheet: Sheet, badges: Iterable[Badge]) -> int:
    """Write badges with lines to cut along; return how many."""
    return _fill(target, sheet, badges, 1, _draw_badge)


def _fill(
    target: IO[bytes], sheet: Sheet, things: Iterable[Any], start: int, draw: Callable[[Canvas, _Box, Any], None]
) -> int:
    fonts.load()
    wide, high = (side * mm for side in sheet.paper)
    canvas = Canvas(target, pagesize=(wide, high), pageCompression=1)
    canvas.setCreator("Kokoon")
    page, count = 0, 0
    for (on_page, left, top), thing in zip(places(sheet, start=start), things, strict=False):
        if on_page != page:
            canvas.showPage()
            page = on_page
        count += 1
        draw(canvas, _Box(left * mm, high - top * mm, sheet.size[0] * mm, sheet.size[1] * mm), thing)
    canvas.showPage()
    canvas.save()
    return count


def _draw_address(canvas: Canvas, box: _Box, lines: Sequence[str]) -> None:
    """As large as fits: a long line wraps first, then everything gets smaller."""
    size = _ROOMY
    inside = box.height - 2 * 2.5 * mm
    while True:
        wrapped = [part for line in lines for part in fonts.wrap(line, fonts.PLAIN, size, box.room)]
        if len(wrapped) * size * 1.25 <= inside or size <= _SMALLEST:
            break
        size -= 0.5
    most = max(1, int(inside // (size * 1.25)))
    if len(wrapped) > most:  # the post reads an address from below
        wrapped = [*wrapped[: most - 2], *wrapped[-2:]] if most > 2 else wrapped[-most:]
    y = box.top - (box.height - len(wrapped) * size * 1.25) / 2 - size
    for line in wrapped:
        fonts.draw(canvas, box.left + _MARGIN, y, line, fonts.PLAIN, size)
        y -= size * 1.25


def _draw_badge(canvas: Canvas, box: _Box, badge: Badge) -> None:
    canvas.setStrokeGray(0.75)
    canvas.setLineWidth(0.3)
    canvas.rect(box.left, box.top - box.height, box.width, box.height)
    middle = box.left + box.width / 2
    small = max(7.0, min(12.0, box.height / mm / 5))
    lines, size = _name_lines(clean_line(badge.name), box)
    under = fonts.wrap(badge.under, fonts.PLAIN, small, box.room)[:2] if badge.under else []
    tall = len(lines) * size * 1.1 + len(under) * small * 1.3
    y = box.top - (box.height - tall) / 2
    for line in lines:
        y -= size * 1.1
        fonts.draw(canvas, middle, y + size * 0.2, line, fonts.BOLD, size, centred=True)
    for line in under:
        y -= small * 1.3
        fonts.draw(canvas, middle, y, line, fonts.PLAIN, small, centred=True)
    if badge.above:
        above = fonts.shorten(clean_line(badge.above), fonts.PLAIN, 7, box.room)
        fonts.draw(canvas, middle, box.top - 4 * mm - 3, above, fonts.PLAIN, 7, centred=True)


def _name_lines(name: str, box: _Box) -> tuple[list[str], float]:
    """The name on one line, or two, as large as the badge has room for; the last way out is to break it."""
    size = min(34.0, box.height / mm * 0.55)
    while size > 9:
        words = name.split(" ")
        lines = fonts.wrap(name, fonts.BOLD, size, box.room)
        if len(lines) <= 2 and all(fonts.width(word, fonts.BOLD, size) <= box.room for word in words):
            return lines, size
        size -= 1
    return fonts.wrap(name, fonts.BOLD, size, box.room)[:3], size
