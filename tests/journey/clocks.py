"""The wall clock of the editor's organisation, in whose minutes everything is planned."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Helsinki")


def next_minute(*, leave: float = 0) -> datetime:
    """The next full minute that is not nearer than `leave` seconds."""
    least = datetime.now(ZONE) + timedelta(seconds=leave)
    return least.replace(second=0, microsecond=0) + timedelta(minutes=1)
