"""Time zones that people may choose."""

from functools import cache
from zoneinfo import available_timezones

# Names that a system's files hold beside those of places. No browser knows them, and the second is not the same zone on
# every server.
_NOT_PLACES = {"Factory", "localtime"}


@cache
def time_zones() -> list[str]:
    """Their names, "Africa/Abidjan" first."""
    return sorted(available_timezones() - _NOT_PLACES)
