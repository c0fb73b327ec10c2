"""When very many reply at once: the event is read once for all of them.

Whatever an editor has made (the page, its form, texts, notices, register, look) is kept in memory for
EVENT_MEMORY_SECONDS after a reply has come in through Wagtail's own routing, and the replies that follow to the same
address go straight to the door. A change by an editor is therefore seen by replies that many seconds later, in each web
process; but at once by whoever saw the change on the page that they send, for the form says which revision it is of.
Towards the end of that time one reply goes the long way and renews what is kept, so that not all have to. What replies
themselves change is not decided by memory: that there were seats is kept, which spares a look at them before the form
is read, but only the locked row gives one (`sites.seats`); that there were none is asked anew.
"""

import copy
import time
from threading import Lock
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from wagtail.views import serve as serve_page

from guards.ids import row_id
from organisations import scope
from sites.doors import public
from sites.models.seats import Capacity

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage

KEPT = 200
RENEWED_AFTER = 0.75  # of the time for which an event is kept
REVISION = "revision"  # the field of the form


class _Kept:
    """An event in memory. Times are those of time.monotonic()."""

    def __init__(self, event: "RsvpPage", seconds: float) -> None:
        self.event = event
        now = time.monotonic()
        self.renew_at = now + seconds * RENEWED_AFTER
        self.until = now + seconds
        self.renewal = Lock()

    def is_for(self, revision: int) -> bool:
        """Whether it will do for a form of this revision of the page."""
        return time.monotonic() <= self.until and revision <= (self.event.live_revision_id or 0)

    def shall_be_renewed(self) -> bool:
        """Whether it is time, and nobody else sees to it: True for one caller only."""
        return time.monotonic() > self.renew_at and self.renewal.acquire(blocking=False)


_events: dict[tuple[str, str], _Kept] = {}


@csrf_exempt
def serve(request: HttpRequest, path: str) -> HttpResponseBase:
    """Wagtail's view of pages, with a short cut for replies.

    Its forms need no cookie: whoever sends one is known by what is typed or by the link, never by their browser, so
    that another web site could do nothing in their name. A page that is open since yesterday, or in a browser
    that keeps no cookies, is heard.
    """
    if request.method != "POST":
        response: HttpResponseBase = serve_page(request, path)
        return response
    key = (request.get_host(), request.path)
    revision = row_id(request.POST.get(REVISION))
    kept = _events.get(key)
    if kept is None or not kept.is_for(revision) or kept.shall_be_renewed():
        return _read(request, path, key)
    event = copy.copy(kept.event)  # what a request notes on its page is its own
    # What Wagtail's hook does on the long way (`organisations.wagtail_hooks`).
    request.organisation = event.organisation  # type: ignore[attr-defined]
    scope.bind(event.organisation.pk)
    try:
        if not _had_seats(event.room_now):
            event.room_now = Capacity.objects.get(page_id=event.pk)
        return public.reply(request, event)
    except Capacity.DoesNotExist:  # deleted meanwhile: the long way says so
        _events.pop(key, None)
        return _read(request, path, key)


def _read(request: HttpRequest, path: str, key: tuple[str, str]) -> HttpResponseBase:
    """The long way, after which the event is kept."""
    response: HttpResponseBase = serve_page(request, path)
    served: RsvpPage | None = getattr(request, "served_event", None)
    if served is not None:
        _keep(key, served)
    return response


def forget() -> None:
    """Read everything anew."""
    _events.clear()


def _had_seats(room: Capacity | None) -> bool:
    return room is not None and not room.cancelled_at and room.left != 0


def _keep(key: tuple[str, str], event: "RsvpPage") -> None:
    """Keep an event that Wagtail has just served to everybody, with all that a reply reads of it."""
    if not settings.EVENT_MEMORY_SECONDS or event.get_view_restrictions():
        return
    with scope.organisation(event.organisation.pk), translation.override(event.organisation.language):
        event.read_ahead()
    if len(_events) >= KEPT:
        _events.clear()
    _events[key] = _Kept(event, settings.EVENT_MEMORY_SECONDS)
