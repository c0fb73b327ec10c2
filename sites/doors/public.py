"""The public page of an event: known to everybody, so it shows nobody's reply."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils.translation import gettext as _

from sites import calendars, replies, seats
from sites.doors import hosted
from sites.doors.forms import answer_of, blank_form, say_too_large, sent_form
from sites.doors.notices import not_saved, notice_for, notice_url, refusal_url
from sites.events import capacity_of
from sites.forms.person import HONEYPOT
from sites.forms.reply import ReplyForm
from sites.models.notices import NoticeKind
from sites.models.seats import Capacity
from sites.stages import Stage, stage_of

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage

CLOSED_BY = {
    Stage.CANCELLED: NoticeKind.EVENT_CANCELLED,
    Stage.CLOSED: NoticeKind.CLOSED,
    Stage.FULL: NoticeKind.FULL,
}


def reply(request: HttpRequest, page: "RsvpPage") -> HttpResponseBase:
    hosted.enter(request, page)
    if request.method == "POST":
        return _receive(request, page)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    room = page.room_now
    stage = stage_of(page, room)
    return show(request, page, stage, blank_form(page) if stage.takes_replies else None, room=room)


def _receive(request: HttpRequest, page: "RsvpPage") -> HttpResponseBase:
    room = page.room_now or capacity_of(page)
    stage = stage_of(page, room)
    form = sent_form(page, request)
    if hosted.too_many(request, page):
        form.leave_unchecked()
        says = _("Very many replies have come from your network just now. Wait a minute, then send the form again.")
        return show(request, page, stage, form, room=room, says=says, status=429)
    if request.POST.get(HONEYPOT):  # filled by programs only; they may think that they were heard
        return hosted.SeeOther(notice_url(page, NoticeKind.THANK_YOU, base=request.path))
    if stage == Stage.BEFORE:
        return show(request, page, stage, None, room=room, says=not_saved())
    closed = CLOSED_BY.get(stage)
    if closed and (form.coming or stage != Stage.FULL):
        if stage == Stage.FULL and not form.unchecked and form.is_valid():
            replies.send_link_to_known(page=page, person=form.cleaned_data)
        return hosted.SeeOther(refusal_url(page, closed, base=request.path))
    if form.unchecked or not form.is_valid():
        return show(request, page, stage, form, room=capacity_of(page))
    try:
        outcome = replies.reply_in_public(page=page, answer=answer_of(form, page.form_version))
    except seats.EventCancelled:
        return hosted.SeeOther(refusal_url(page, NoticeKind.EVENT_CANCELLED, base=request.path))
    except seats.TooLarge as refusal:
        replies.send_link_to_known(page=page, person=form.cleaned_data)
        if not refusal.left:
            return hosted.SeeOther(refusal_url(page, NoticeKind.FULL, base=request.path))
        say_too_large(form, refusal.left)
        return show(request, page, stage, form, room=capacity_of(page))
    return hosted.SeeOther(notice_url(page, outcome.notice, base=request.path))


def show(
    request: HttpRequest,
    page: "RsvpPage",
    stage: Stage,
    form: ReplyForm | None,
    *,
    room: Capacity | None = None,
    says: str = "",
    status: int = 200,
) -> HttpResponse:
    """The event's page: its facts, and the form or the reason why there is none."""
    closed = CLOSED_BY.get(stage)
    context = {
        "page": page,
        "stage": stage,
        "form": form,
        "says": says,
        "seats_left": seats_left(page, room, stage),
        "notice": notice_for(page, closed) if closed and form is None else None,
        "honeypot": HONEYPOT,
    }
    return hosted.page(request, "sites/event/page.html", context, status=status)


def seats_left(page: "RsvpPage", room: Capacity | None, stage: Stage) -> int | None:
    """How many seats to tell of; None where there is no limit or the organiser keeps it quiet.

    Seats that are free while people wait are for those in line.
    """
    if not page.show_seats_left:
        return None
    if stage == Stage.WAITING:
        return 0
    return room.left if room else page.capacity


def calendar(request: HttpRequest, page: "RsvpPage") -> HttpResponseBase:
    hosted.enter(request, page)
    if page.room_now and page.room_now.cancelled_at:
        raise Http404
    response = HttpResponse(calendars.for_event(page=page), content_type=calendars.content_type())
    response["Content-Disposition"] = 'attachment; filename="event.ics"'
    return response
