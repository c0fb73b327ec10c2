"""The personal link: its owner sees, changes and cancels their reply. GET shows, POST acts.

A link that we did not make is 404, like any address that leads nowhere; one that has expired says so (410).
"""

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.translation import gettext as _

from registers.duplicates.former import present_id
from registers.models import Contact
from sites import calendars, counters, links, replies, seats
from sites.doors import hosted
from sites.doors.forms import answer_of, filled_form, say_too_large, sent_form
from sites.doors.notices import not_saved, notice_for
from sites.doors.public import CLOSED_BY, seats_left
from sites.events import capacity_of, version_of
from sites.forms.reply import ReplyForm
from sites.models.notices import NoticePage
from sites.models.seats import Registration, State
from sites.replies import NOTICE_FOR
from sites.stages import Stage, stage_of

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage


class Guest:
    """Whose link it is, for which event, and how things stand for them."""

    def __init__(self, request: HttpRequest, page: "RsvpPage", token: str) -> None:
        hosted.enter(request, page)
        contact_id = links.contact_id_of(page_id=page.pk, token=token)
        # A link to a contact that was merged opens the one that stayed.
        contact = Contact.objects.filter(pk=present_id(contact_id)).first() if contact_id else None
        if contact is None:
            raise Http404
        self.request = request
        self.page = page
        self.contact: Contact = contact
        self.url = f"{page.get_url()}r/{token}/"
        self.registration: Registration | None = counters.find(page.pk, contact.pk)
        self.room = capacity_of(page) if request.method == "POST" else page.room_now
        self.stage = stage_of(page, self.room)

    @property
    def expired(self) -> bool:
        return timezone.now() > self.page.link_expires_at()

    @property
    def seated(self) -> bool:
        return bool(self.registration and self.registration.is_coming)

    @property
    def may_leave(self) -> bool:
        """A no helps the organiser until the event is over, also when replies are closed."""
        return self.stage != Stage.CANCELLED and timezone.now() < self.page.timetable.ends_at

    @property
    def may_come(self) -> bool:
        """Whether a yes is taken: who has a place keeps it, and may change their answers while replies are open."""
        active = bool(self.registration and self.registration.is_active)
        return self.stage.takes_replies or (self.stage == Stage.FULL and active)

    @property
    def closed(self) -> NoticePage | None:
        """Why nobody may come any more, as the event's notice says it; None while replies are taken or not open yet."""
        kind = CLOSED_BY.get(self.stage)
        return notice_for(self.page, kind) if kind else None

    def show(self, template: str, *, status: int = 200, **more: Any) -> HttpResponse:
        context = {
            "page": self.page,
            "guest": self,
            "contact": self.contact,
            "registration": self.registration,
            "stage": self.stage,
            "seats_left": seats_left(self.page, self.room, self.stage),
            **more,
        }
        return hosted.page(self.request, f"sites/event/{template}.html", context, status=status, personal=True)

    def show_form(self, form: ReplyForm, *, status: int = 200, says: str = "") -> HttpResponse:
        return self.show("change" if self.registration else "invited", form=form, says=says, status=status)

    def show_expired(self) -> HttpResponse:
        return self.show("expired", status=410)


def reply(request: HttpRequest, page: "RsvpPage", token: str) -> HttpResponseBase:
    guest = Guest(request, page, token)
    if guest.expired:
        return guest.show_expired()
    if request.method == "POST":
        return _receive(guest)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    if guest.registration:
        return guest.show("reply", **_standing(guest))
    if not guest.stage.takes_replies:
        return guest.show("invited", form=None)
    return guest.show_form(filled_form(page, guest.contact, None))


def change(request: HttpRequest, page: "RsvpPage", token: str) -> HttpResponseBase:
    """The form with the reply as it stands; it is sent to the personal link itself."""
    guest = Guest(request, page, token)
    if guest.expired:
        return guest.show_expired()
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if guest.registration is None or not guest.may_come:
        return hosted.SeeOther(guest.url)
    return guest.show_form(filled_form(page, guest.contact, guest.registration))


def done(request: HttpRequest, page: "RsvpPage", token: str) -> HttpResponseBase:
    """What became of the reply, in the words of its notice, with what only its owner may read."""
    guest = Guest(request, page, token)
    if guest.expired:
        return guest.show_expired()
    if guest.registration is None or guest.stage == Stage.CANCELLED:
        return hosted.SeeOther(guest.url)
    notice = notice_for(page, NOTICE_FOR[State(guest.registration.state)])
    return guest.show("done", notice=notice, **_standing(guest))


def calendar(request: HttpRequest, page: "RsvpPage", token: str) -> HttpResponseBase:
    guest = Guest(request, page, token)
    if guest.expired:
        return guest.show_expired()
    registration = guest.registration
    if not registration or not registration.is_coming or guest.stage == Stage.CANCELLED:
        raise Http404
    content = calendars.for_registration(page=page, registration=registration, url=page.personal_url(guest.contact))
    response = HttpResponse(content, content_type=calendars.content_type())
    response["Content-Disposition"] = 'attachment; filename="event.ics"'
    response["Cache-Control"] = "private, no-store"
    return response


def _receive(guest: Guest) -> HttpResponseBase:
    page, registration = guest.page, guest.registration
    form = sent_form(page, guest.request, known=registration or True)
    if hosted.too_many(guest.request, page):
        form.leave_unchecked()
        says = _("Very many replies have come from your network just now. Wait a minute, then send the form again.")
        return guest.show_form(form, status=429, says=says)
    if form.coming and not guest.may_come:
        return _turned_away(guest)
    if not form.coming and not guest.may_leave:
        return _turned_away(guest)
    if form.unchecked or not form.is_valid():
        return guest.show_form(form)
    try:
        replies.reply_by_link(page=page, contact=guest.contact, answer=answer_of(form, version_of(page)))
    except seats.EventCancelled:
        guest.stage = Stage.CANCELLED
        return _turned_away(guest)
    except seats.TooLarge as refusal:
        if not refusal.left:
            guest.stage = Stage.FULL
            return guest.show("invited", form=None, says=not_saved())
        mine = registration.party_size if registration and registration.is_coming else 0
        say_too_large(form, refusal.left, mine=mine)
        return guest.show_form(form)
    return hosted.SeeOther(f"{guest.url}done/")


def _turned_away(guest: Guest) -> HttpResponseBase:
    """A yes that comes too late, or too early: the reason, and what stands nevertheless."""
    if guest.registration:
        says = {
            Stage.CANCELLED: _("The event was cancelled meanwhile, so nothing could be changed."),
            Stage.FULL: _("All seats are taken, so nothing could be changed. Your reply stays as it was."),
            Stage.BEFORE: _("Replies are not open yet, so nothing could be changed. Your reply stays as it was."),
        }.get(guest.stage, _("Replies are closed, so nothing could be changed. Your reply stays as it was."))
        return guest.show("reply", says=says, **_standing(guest))
    return guest.show("invited", form=None, says=not_saved())


def _standing(guest: Guest) -> dict[str, Any]:
    """Place in line, and the answers given, for the owner only."""
    registration = guest.registration
    if registration is None:
        return {}
    submission = registration.submission
    questions = submission.version.definition.questions if submission else ()

    def given(answers: dict[str, Any]) -> list[tuple[str, Any]]:
        return [(question.label, answers[question.id]) for question in questions if question.id in answers]

    return {
        "position": seats.position_in_line(registration),
        "answers": given(submission.answers) if submission else [],
        "guests": [{**guest, "said": given(guest["answers"])} for guest in submission.guests]
        if submission and registration.is_active
        else [],
    }
