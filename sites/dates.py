"""Dates as guests read them."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

KEPT = 256  # of the same few events, when very many are written to


def when(starts_at: datetime, ends_at: datetime | None, zone: ZoneInfo, *, name_zone: bool = False) -> str:
    """ "Tuesday 24 November 2026, 18:00 to 20:30", on the wall clock of `zone`; with the city it names if asked for."""
    return _when(starts_at, ends_at, zone, name_zone, get_language())


@lru_cache(maxsize=KEPT)
def _when(starts_at: datetime, ends_at: datetime | None, zone: ZoneInfo, name_zone: bool, _language: str | None) -> str:
    start = starts_at.astimezone(zone)
    text = _("%(day)s, %(time)s") % {"day": day(start), "time": clock(start)}
    if ends_at:
        end = ends_at.astimezone(zone)
        if end.date() == start.date():
            text = _("%(start)s to %(end)s") % {"start": text, "end": clock(end)}
        else:
            last = _("%(day)s, %(time)s") % {"day": day(end), "time": clock(end)}
            text = _("%(start)s to %(end)s") % {"start": text, "end": last}
    return f"{text} ({zone_name(zone, starts_at, ends_at)})" if name_zone else text


def moment(at: datetime, zone: ZoneInfo, *, name_zone: bool = False) -> str:
    """“Tuesday 24 November 2026, 18:00”, on the wall clock of `zone`; with the city it names if asked for."""
    return when(at, None, zone, name_zone=name_zone)


def day(local: datetime) -> str:
    return formats.date_format(local, "l j F Y")


def clock(local: datetime) -> str:
    return formats.date_format(local, "H:i")


def zone_name(zone: ZoneInfo, starts: datetime, ends: datetime | None = None) -> str:
    """ "Stockholm time, UTC+1"; without the hours where clocks are changed between the two."""
    city = str(zone).rsplit("/", 1)[-1].replace("_", " ")
    offset = starts.astimezone(zone).strftime("%z")
    if ends and ends.astimezone(zone).strftime("%z") != offset:
        return _("%(city)s time") % {"city": city}
    hours, minutes = f"{int(offset[:3]):+d}", f":{offset[3:5]}" if offset[3:5] != "00" else ""
    return _("%(city)s time, UTC%(offset)s") % {"city": city, "offset": f"{hours}{minutes}"}
