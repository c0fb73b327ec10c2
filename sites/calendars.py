"""Calendar entries (iCalendar, RFC 5545) for guests: the same UID for ever, a higher SEQUENCE for each change."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress, vText
from icalendar.parser import Contentline

from mailer.outbox.senders import Identity, identity_of

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage
    from sites.models.seats import Registration

NEW_LINE = b"\r\n"
BEGIN = b"BEGIN:VEVENT" + NEW_LINE
CONTENT_TYPE = "text/calendar; charset=utf-8; method={method}"


def for_registration(*, page: "RsvpPage", registration: "Registration", url: str, cancelled: bool = False) -> bytes:
    """A guest's own entry. `cancelled` takes it out of the calendar again (METHOD:CANCEL, RFC 5546)."""
    uid = f"registration-{registration.pk}@{_host()}"
    return _calendar(page, uid=uid, sequence=registration.version + _moves(page), url=url, cancelled=cancelled)


def for_event(*, page: "RsvpPage") -> bytes:
    """The entry that anybody may take from the public page."""
    return _calendar(page, uid=f"event-{page.pk}@{_host()}", sequence=_moves(page), url=page.event_url, cancelled=False)


def content_type(*, cancelled: bool = False) -> str:
    return CONTENT_TYPE.format(method="CANCEL" if cancelled else "PUBLISH")


def _calendar(page: "RsvpPage", *, uid: str, sequence: int, url: str, cancelled: bool) -> bytes:
    words = vText(url).to_ical().decode()
    own = (
        f"UID:{uid}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{_utc(timezone.now()):%Y%m%dT%H%M%SZ}",
        f"DESCRIPTION:{words}",
        f"URL:{url}",
    )
    organizer = identity_of(page.sender, page.organisation)
    begin, end = _shared(page.starts_at, page.ends_at, page.title, page.where, organizer, cancelled)
    lines = (Contentline(line).to_ical() for line in own)  # type: ignore[no-untyped-call]
    return begin + NEW_LINE.join((*lines, end))


@lru_cache(maxsize=64)
def _shared(
    starts_at: datetime, ends_at: datetime | None, title: str, where: str, organizer: Identity, cancelled: bool
) -> tuple[bytes, bytes]:
    """What stands before and after the lines of one guest, the same for all of an event."""
    event = Event()
    event.add("dtstart", _utc(starts_at))
    if ends_at:  # it must be later than the start, and may be missing (RFC 5545, 3.8.2.2)
        event.add("dtend", _utc(ends_at))
    event.add("summary", title)
    # Who publishes an entry, or takes it back, is to be named (RFC 5546, 3.2.1 and 3.2.5).
    who = vCalAddress(f"mailto:{organizer.reply_to or organizer.address}")
    who.params["CN"] = organizer.name.replace('"', "'")
    event.add("organizer", who)
    if where:
        event.add("location", where)
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//Kokoon//Events//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(event)
    begin, begin_event, lines = bytes(calendar.to_ical()).partition(BEGIN)
    return begin + begin_event, lines


def _moves(page: "RsvpPage") -> int:
    """A moved event is a change of every entry, though no reply has changed; so is its end (RFC 5546, 3.2.5)."""
    room = page.room_now
    return room.moves + bool(room.cancelled_at) if room else 0


def _utc(moment: datetime) -> datetime:
    """UTC needs no VTIMEZONE, and every calendar shows it on its owner's wall clock."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _host() -> str:
    return urlsplit(settings.BASE_URL).hostname or "localhost"
