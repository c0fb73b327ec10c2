"""A table on paper: a header on every page, cells that wrap, page numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import IO, Any

from django.utils.translation import gettext as _
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from registers.printing import fonts

SIZE, LEADING, PADDING, EDGE = 8.5, 11.0, 3.0, 14 * mm
FOOT = 9 * mm
LONGEST_CELL = 20_000
WIDE_FROM = 6  # columns, from which on a page lies on its side
_MEASURED = 200
_NARROWEST = 13 * mm
_ENDS = re.compile(r"[\s@-]")


class NumberedCanvas(Canvas):
    """Writes “2 / 7” under each page when all are there; pages wait compressed until then."""

    def __init__(self, *args: Any, foot: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: list[dict[str, Any]] = []
        self._foot = foot

    def showPage(self) -> None:  # noqa: N802  reportlab calls it so
        self._waiting.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        pages = self._waiting
        for number, state in enumerate(pages, start=1):
            self.__dict__.update(state)
            self.setFont(fonts.PLAIN, 7.5)
            self.setFillGray(0.35)
            wide = self._pagesize[0]
            self.drawRightString(wide - EDGE, FOOT, f"{number} / {len(pages)}")
            foot = fonts.shorten(self._foot, fonts.PLAIN, 7.5, wide - 2 * EDGE - 20 * mm)
            fonts.draw(self, EDGE, FOOT, foot, fonts.PLAIN, 7.5)
            super().showPage()
        super().save()


@dataclass
class _Sheet:
    canvas: NumberedCanvas
    headers: Sequence[str]
    widths: Sequence[float]
    size: tuple[float, float]
    y: float = 0.0

    def start(self, title: str = "") -> None:
        """The header of the table, on the first page under the title of it all."""
        self.y = self.size[1] - EDGE
        if title:
            self.canvas.setFillGray(0)
            for line in fonts.wrap(title, fonts.BOLD, 14, sum(self.widths))[:3]:
                self.y -= 17
                fonts.draw(self.canvas, EDGE, self.y, line, fonts.BOLD, 14)
            self.y -= 8
        cells = [fonts.wrap(text, fonts.BOLD, SIZE, wide - 2 * PADDING)[:4] for text, wide in self._columns()]
        self.draw(cells, fonts.BOLD)
        self.canvas.setStrokeGray(0)
        self.canvas.setLineWidth(0.8)
        self.canvas.line(EDGE, self.y, EDGE + sum(self.widths), self.y)

    def _columns(self) -> Iterable[tuple[str, float]]:
        return zip(self.headers, self.widths, strict=True)

    @property
    def lines_left(self) -> int:
        return int((self.y - FOOT - 6 * mm - 2 * PADDING) // LEADING)

    def draw(self, cells: Sequence[Sequence[str]], font: str) -> None:
        self.canvas.setFillGray(0)
        x = EDGE
        for lines, wide in zip(cells, self.widths, strict=True):
            for number, line in enumerate(lines, start=1):
                if line:
                    fonts.draw(self.canvas, x + PADDING, self.y - PADDING - number * LEADING + 2.5, line, font, SIZE)
            x += wide
        self.y -= max(map(len, cells), default=1) * LEADING + 2 * PADDING

    def next_page(self) -> None:
        self.canvas.showPage()
        self.start()

    def row(self, values: Sequence[str]) -> None:
        """A row; one that is taller than what is left begins on the next page, one taller than a page goes on there."""
        rooms = [wide - 2 * PADDING for wide in self.widths]
        cells = [
            fonts.wrap(text[:LONGEST_CELL], fonts.PLAIN, SIZE, room) for text, room in zip(values, rooms, strict=True)
        ]
        tallest = max(map(len, cells), default=1)
        fresh = False
        while tallest:
            if self.lines_left < min(tallest, 12) and not fresh:
                self.next_page()
                fresh = True
            taken = max(1, min(tallest, self.lines_left))
            self.draw([lines[:taken] for lines in cells], fonts.PLAIN)
            cells = [lines[taken:] for lines in cells]
            tallest, fresh = tallest - taken, False
        self.canvas.setStrokeGray(0.8)
        self.canvas.setLineWidth(0.3)
        self.canvas.line(EDGE, self.y, EDGE + sum(self.widths), self.y)


def write_list(
    target: IO[bytes],
    *,
    title: str,
    foot: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
    sideways: bool | None = None,
) -> fonts.Missing:
    """Write a PDF with a table; return of how many of its rows letters are missing.

    `sideways` None turns the page when there are many columns.
    """
    fonts.load()
    lying = sideways if sideways is not None else len(headers) >= WIDE_FROM
    size = landscape(A4) if lying else A4
    source = iter(rows)
    first = list(islice(source, _MEASURED))
    widths = _widths(headers, first, size[0] - 2 * EDGE)
    canvas = NumberedCanvas(target, pagesize=size, foot=foot, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("Kokoon")
    sheet = _Sheet(canvas, headers, widths, size)
    sheet.start(title)
    missing = fonts.Missing()
    empty = True
    for row in chain(first, source):
        empty = False
        missing.look(row)
        sheet.row(row)
    if empty:
        sheet.row([_("Nobody"), *[""] * (len(headers) - 1)])
    canvas.showPage()
    canvas.save()
    return missing


def _widths(headers: Sequence[str], rows: Sequence[Sequence[str]], room: float) -> list[float]:
    """A column is as wide as most of its cells ask for, wider where some are long; the page is shared accordingly."""
    wishes, needs = [], []
    for at, header in enumerate(headers):
        cells = sorted(fonts.width(row[at][:2_000], fonts.PLAIN, SIZE) for row in rows)
        usual = max(cells[int(len(cells) * 0.9)], sum(cells) / len(cells)) if cells else 0
        word = max((fonts.width(part, fonts.BOLD, SIZE) for part in header.split()), default=0)
        wishes.append(min(max(usual, min(word, 40 * mm), _NARROWEST - 2 * PADDING), 90 * mm) + 2 * PADDING + 0.5)
        words = sorted(max(fonts.width(part, fonts.PLAIN, SIZE) for part in _ENDS.split(row[at][:200])) for row in rows)
        usual_word = words[int(len(words) * 0.8)] if words else 0
        needs.append(min(max(word, usual_word) + 2 * PADDING + 0.5, 30 * mm, wishes[-1]))
    spare, more = room - sum(needs), sum(wishes) - sum(needs)
    if not 0 < spare < more:
        return [wish * room / sum(wishes) for wish in wishes]
    # There is not room for all that they ask for: whole words first, and the rest of the page by what is lacking.
    return [need + (wish - need) * spare / more for need, wish in zip(needs, wishes, strict=True)]
