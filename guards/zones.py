"""Time zones that people may choose."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Names that a system's files hold beside those of places. No browser knows them, and the second is not the same zone on
# every server.
_NOT_PLACES = {"Factory", "localtime"}


@cache
def time_zones() -> list[str]:
    """Their names, "Africa/Abidjan" first. The first call looks into all files of the system's, for 30 ms."""
    return sorted(available_timezones() - _NOT_PLACES)


def is_time_zone(name: str) -> bool:
    """Whether people may choose it: one file is looked at, for what starts has no 30 ms for all of them."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # none of that name, no name, or a folder of them
        return False
    return name not in _NOT_PLACES


def validate_time_zone(value: str) -> None:
    if value not in time_zones():
        raise ValidationError(
            _("“%(zone)s” is not a time zone. Use a name such as Europe/Helsinki."), params={"zone": value}
        )
