"""How each state of an event looks, for its editor: nothing is read from the replies, and nothing is sent."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from sites.defaults import default_notices
from sites.doors import hosted
from sites.doors.forms import blank_form
from sites.doors.public import CLOSED_BY
from sites.forms.person import HONEYPOT
from sites.forms.reply import ReplyForm
from sites.models.notices import NoticeKind, NoticePage
from sites.stages import Stage

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage

MODES: list[tuple[str, Any]] = [
    ("", _("Open")),
    ("invited", _("Open, with a personal link")),
    ("waiting", _("Waiting list")),
    ("full", _("Full")),
    ("before", _("Not open yet")),
    ("closed", _("Closed")),
    ("cancelled", _("Cancelled")),
    ("thank_you", _("Thank you")),
]
STAGES = {
    "waiting": Stage.WAITING,
    "full": Stage.FULL,
    "before": Stage.BEFORE,
    "closed": Stage.CLOSED,
    "cancelled": Stage.CANCELLED,
}


def render(request: HttpRequest, page: "RsvpPage", mode: str) -> HttpResponse:
    """Any other mode than ours shows the open page: Wagtail hands through what the address says."""
    hosted.enter(request, page)
    if mode == "thank_you":
        context = {"page": notice(page, NoticeKind.THANK_YOU), "event": page}
        return hosted.page(request, "sites/notice_page.html", context)
    stage = STAGES.get(mode, Stage.OPEN)
    left = {Stage.FULL: 0, Stage.WAITING: 0}.get(stage, page.capacity) if page.show_seats_left else None
    context = {
        "page": page,
        "stage": stage,
        "seats_left": left,
        "form": blank_form(page) if stage.takes_replies else None,
        "notice": notice(page, CLOSED_BY[stage]) if stage in CLOSED_BY else None,
        "honeypot": HONEYPOT,
    }
    if mode == "invited":
        context |= {"contact": {"first_name": "Anna", "full_name": "Anna Example"}, "form": example_form(page)}
        return hosted.page(request, "sites/event/invited.html", context)
    return hosted.page(request, "sites/event/page.html", context)


def notice(page: "RsvpPage", kind: str) -> NoticePage:
    stored: NoticePage | None = None
    if page.path and page.pk:
        stored = NoticePage.objects.child_of(page).filter(kind=kind).first()
    first = default_notices()[kind]
    return stored or NoticePage(title=first.title, slug=first.slug, kind=kind, body=first.body)


def example_form(page: "RsvpPage") -> ReplyForm:
    return ReplyForm(
        definition=page.definition,
        largest_party=page.largest_party,
        region=page.organisation.region,
        known=True,
        initial={"first_name": "Anna", "last_name": "Example"},
    )
