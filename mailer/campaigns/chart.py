"""The geometry of the chart of opens and clicks; the template draws it as SVG."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from mailer.answers.reports import Timeline

WIDTH, HEIGHT = 720, 220
LEFT, TOP, BOTTOM = 40, 12, 24
MOST_LABELS = 8
# How a moment is written, by the step of the timeline: in the table, and under the bars.
TITLES = {"hour": "D j M H:i", "day": "D j M", "week": "j M Y", "month": "F Y"}
CAPTIONS = {
    "hour": gettext_lazy("People who opened and clicked for the first time, by the hour"),
    "day": gettext_lazy("People who opened and clicked for the first time, by the day"),
    "week": gettext_lazy("People who opened and clicked for the first time, by the week"),
    "month": gettext_lazy("People who opened and clicked for the first time, by the month"),
}
LABELS = {"hour": "H:i", "day": "j M", "week": "j M", "month": "M Y"}


@dataclass(frozen=True, slots=True)
class Column:
    """One step of time: two bars side by side, and what is written under some of them."""

    x: float
    width: float
    opened_y: float
    opened_height: float
    clicked_y: float
    clicked_height: float
    opened: int
    clicked: int
    title: str
    label: str

    @property
    def clicked_x(self) -> float:
        return round(self.x + self.width, 1)

    @property
    def middle(self) -> float:
        return round(self.x + self.width, 1)


@dataclass(frozen=True, slots=True)
class Line:
    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    columns: list[Column]
    lines: list[Line]
    caption: Any
    times: Any  # what the first column of the table holds
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    baseline: int = HEIGHT - BOTTOM


def draw(timeline: Timeline) -> Chart | None:
    """None when there is nothing to show yet. The axis begins at zero."""
    if not timeline.highest:
        return None
    top = _round_up(timeline.highest)
    scale = (HEIGHT - TOP - BOTTOM) / top
    room = (WIDTH - LEFT) / len(timeline.bars)
    width = round(min(28.0, room * 0.4), 1)
    every = ceil(len(timeline.bars) / MOST_LABELS)
    columns = []
    for number, bar in enumerate(timeline.bars):
        opened, clicked = round(bar.opened * scale, 1), round(bar.clicked * scale, 1)
        columns.append(
            Column(
                x=round(LEFT + number * room + (room - 2 * width) / 2, 1),
                width=width,
                opened_y=round(HEIGHT - BOTTOM - opened, 1),
                opened_height=opened,
                clicked_y=round(HEIGHT - BOTTOM - clicked, 1),
                clicked_height=clicked,
                opened=bar.opened,
                clicked=bar.clicked,
                title=date_format(bar.start, TITLES[timeline.step]),
                label=date_format(bar.start, LABELS[timeline.step]) if number % every == 0 else "",
            )
        )
    lines = [Line(round(HEIGHT - BOTTOM - value * scale, 1), value) for value in sorted({0, top // 2, top})]
    times = gettext_lazy("Week from") if timeline.step == "week" else gettext_lazy("Time")
    return Chart(columns=columns, lines=lines, caption=CAPTIONS[timeline.step], times=times)


def _round_up(value: int) -> int:
    """The next number that looks well on an axis: 1, 2, 4, 5, 10, 20, 40, 50, 100 …"""
    power = 1
    while True:
        for step in (1, 2, 4, 5):
            if value <= step * power:
                return step * power
        power *= 10
