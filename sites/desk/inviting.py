"""From an event to a campaign: whom to write to, chosen already."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import Page

from sites.audiences import OFFERED_AFTER, UNANSWERED
from sites.models.seats import Registration, State

if TYPE_CHECKING:
    from sites.models import RsvpPage
    from sites.report import Numbers


def invitation_url(page: "RsvpPage") -> str:
    """A new campaign that invites the event's register to it; '' where nobody could reply."""
    now = timezone.now()
    over = now >= page.timetable.closes_at
    if not page.live or over or (page.room_now and page.room_now.cancelled_at):
        return ""
    return campaign_url(page, name=_("Invitation: %(event)s"), audience=f"register:{page.register_id}")


def writing_urls(page: "RsvpPage", numbers: "Numbers") -> list[tuple[str, int, str]]:
    """(label, people, address of a new campaign to them) for each audience of the event that has somebody in it: who
    was erased from the register, or has no e-mail address, keeps a seat and cannot be written to."""
    if not page.live or page.starts_at < timezone.now() - OFFERED_AFTER:
        return []
    replies = Registration.objects.filter(page=page).reachable().order_by().values_list("state")
    known = dict(replies.annotate(count=Count("pk")))
    audiences = (
        ("confirmed", _("Confirmed"), known.get(State.CONFIRMED, 0)),
        ("waiting", _("Waiting"), known.get(State.WAITING, 0)),
        (UNANSWERED, _("Unanswered"), numbers.unanswered),
    )
    return [
        (label, count, campaign_url(page, name="%(event)s: " + label.lower(), audience=f"event:{page.pk}:{state}"))
        for state, label, count in audiences
        if count
    ]


def campaign_url(page: Page, *, name: str, audience: str) -> str:
    """A new campaign that invites an audience to a page; `name` has %(event)s for its title."""
    chosen = {"name": name % {"event": page.title}, "invites_to": page.pk, "include": audience}
    return f"{reverse('campaigns:add')}?{urlencode(chosen)}"
