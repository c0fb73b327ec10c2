"""Sheets of stickers and cards as shops sell them, in millimetres.

The measures are those that the makers print on the packs and in their templates: the size of one, how many stand
side by side and one above the other, and where the first one begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

A4 = (210.0, 297.0)
LETTER = (215.9, 279.4)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`pitch` is from one left (upper) edge to the next; `rounded` where the maker's stickers are."""

    key: str
    label: str | Promise
    across: int
    down: int
    size: tuple[float, float]
    first: tuple[float, float]
    pitch: tuple[float, float]
    paper: tuple[float, float] = A4

    @property
    def each(self) -> int:
        return self.across * self.down

    def corners(self) -> list[tuple[float, float]]:
        """The left and the upper edge of each, row by row, in millimetres from the left and from above."""
        return [
            (self.first[0] + column * self.pitch[0], self.first[1] + row * self.pitch[1])
            for row in range(self.down)
            for column in range(self.across)
        ]


def _sheet(
    key: str, label: str | Promise, across: int, down: int, size: tuple[float, float],
    first: tuple[float, float], gap: tuple[float, float] = (0.0, 0.0), paper: tuple[float, float] = A4,
) -> Sheet:  # fmt: skip
    return Sheet(key, label, across, down, size, first, (size[0] + gap[0], size[1] + gap[1]), paper)


LABELS: tuple[Sheet, ...] = (
    _sheet("L7160", _("21 on a sheet, 63.5 × 38.1 mm (Avery L7160)"), 3, 7, (63.5, 38.1), (7.2, 15.15), (2.55, 0)),
    _sheet("L7159", _("24 on a sheet, 63.5 × 33.9 mm (Avery L7159)"), 3, 8, (63.5, 33.9), (7.2, 12.9), (2.55, 0)),
    _sheet("70x36", _("24 on a sheet, 70 × 36 mm (Avery 3475, Herma 4453)"), 3, 8, (70, 36), (0, 4.5)),
    _sheet("70x37", _("24 on a sheet, 70 × 37 mm (Avery 3474, Herma 4464)"), 3, 8, (70, 37), (0, 0.5)),
    _sheet("L7161", _("18 on a sheet, 63.5 × 46.6 mm (Avery L7161)"), 3, 6, (63.5, 46.6), (7.2, 8.7), (2.55, 0)),
    _sheet("L7162", _("16 on a sheet, 99.1 × 33.9 mm (Avery L7162)"), 2, 8, (99.1, 33.9), (4.65, 12.9), (2.5, 0)),
    _sheet("L7163", _("14 on a sheet, 99.1 × 38.1 mm (Avery L7163)"), 2, 7, (99.1, 38.1), (4.65, 15.15), (2.5, 0)),
    _sheet("105x42", _("14 on a sheet, 105 × 42.3 mm (Avery 3653)"), 2, 7, (105, 42.3), (0, 0.45)),
    _sheet(
        "5160", _("30 on a US Letter sheet, 2⅝ × 1 in (Avery 5160)"), 3, 10, (66.675, 25.4), (4.76, 12.7),
        (3.175, 0), LETTER,
    ),
)  # fmt: skip

BADGES: tuple[Sheet, ...] = (
    _sheet("90x60", _("90 × 60 mm, 8 on a sheet (Durable 1455)"), 2, 4, (90, 60), (15, 28.5)),
    _sheet("90x54", _("90 × 54 mm, 10 on a sheet (Durable 1453, Avery L4727)"), 2, 5, (90, 54), (15, 13.5)),
    _sheet("75x40", _("75 × 40 mm, 12 on a sheet (Durable 1452)"), 2, 6, (75, 40), (30, 28.5)),
    _sheet(
        "86x54", _("Like a bank card: 85 × 54 mm, 10 on a sheet (Avery C32011)"), 2, 5, (85, 54), (15, 13.5), (10, 0)
    ),
    _sheet("A7", _("A7 lying: 105 × 74 mm, 8 on a sheet"), 2, 4, (105, 74), (0, 0.5)),
    _sheet("A6", _("A6 lying: 148 × 105 mm, 2 on a sheet"), 1, 2, (148, 105), (31, 43.5)),
)


def sheet_of(sheets: tuple[Sheet, ...], key: str) -> Sheet:
    return next(sheet for sheet in sheets if sheet.key == key)


def places(sheet: Sheet, *, start: int = 1) -> Iterator[tuple[int, float, float]]:
    """(page from 0, left, upper edge) of each, page after page without an end, from the `start`th of the first."""
    corners = sheet.corners()
    at = max(1, min(start, sheet.each)) - 1
    while True:
        left, top = corners[at % sheet.each]
        yield at // sheet.each, left, top
        at += 1
