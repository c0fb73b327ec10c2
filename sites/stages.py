"""Where an event stands for somebody who opens its page now."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import timezone

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage
    from sites.models.seats import Capacity


class Stage(StrEnum):
    BEFORE = "before"
    OPEN = "open"
    WAITING = "waiting"
    FULL = "full"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def takes_replies(self) -> bool:
        """Whether a newcomer may answer yes, be it for a place in line."""
        return self in (Stage.OPEN, Stage.WAITING)


@dataclass(frozen=True, slots=True)
class Timetable:
    """When replies are taken; `closes_at` is the start of the event where the editor named no time."""

    opens_at: datetime | None
    closes_at: datetime
    ends_at: datetime


def stage(
    *, timetable: Timetable, now: datetime, cancelled: bool, left: int | None, someone_waits: bool, waiting_list: bool
) -> Stage:
    """`left` is None where seats are not limited."""
    if cancelled:
        return Stage.CANCELLED
    if now >= timetable.closes_at:
        return Stage.CLOSED
    if timetable.opens_at and now < timetable.opens_at:
        return Stage.BEFORE
    if left is None:
        return Stage.OPEN
    if waiting_list and (someone_waits or left == 0):
        return Stage.WAITING
    if left == 0:
        return Stage.FULL
    return Stage.OPEN


def stage_of(page: "RsvpPage", room: "Capacity | None") -> Stage:
    """Where `page` stands now, with `room`, its counters, as they are; None while it is being written."""
    return stage(
        timetable=page.timetable,
        now=timezone.now(),
        cancelled=bool(room and room.cancelled_at),
        left=room.left if room else page.capacity,
        someone_waits=bool(room and room.waiting),
        waiting_list=page.waiting_list,
    )
