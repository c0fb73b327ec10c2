"""Times as an editor reads them on the wall, and as the tables keep them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def from_wall(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which clocks in `zone` show `wall` (naive).

    Where clocks show it twice, the first time is meant: see `comes_twice`. Raises ValidationError for a time that
    clocks jump over when summer time begins.
    """
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != wall:
        before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC).astimezone(zone)
        after = moment.astimezone(zone)
        raise ValidationError(
            _(
                "On %(day)s the clocks are put forward and %(time)s does not exist. "
                "Choose %(earlier)s or %(later)s, for example."
            )
            % {
                "day": date_format(wall, "j F Y"),
                "time": date_format(wall, "H:i"),
                "earlier": date_format(min(before, after), "H:i"),
                "later": date_format(max(before, after), "H:i"),
            },
            code="wall_gap",
        )
    return moment


def to_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """What clocks in `zone` show (naive) at `moment`."""
    return moment.astimezone(zone).replace(tzinfo=None)


def comes_twice(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks show this time twice, on the night when summer time ends."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first - second > timedelta(0)


def spoken(moment: datetime, zone: ZoneInfo) -> str:
    """“Tuesday 24 November 2026 at 11:07”."""
    local = moment.astimezone(zone)
    return _("%(day)s at %(time)s") % {"day": date_format(local, "l j F Y"), "time": date_format(local, "H:i")}
