from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import ListingButton
from wagtail.models import Page

from mailer.editing.editor import name_link
from organisations.figures import number
from sites import endings, rounds  # noqa: F401 - the first registers hooks of its own
from sites.desk import urls
from sites.doors import hosted
from sites.events import ensure_notices, equip_event
from sites.models import RsvpPage, SignUpPage
from sites.models.messages import MessageKind
from sites.moves import open_move
from sites.signups.editing import check_answers
from sites.stages import Stage, stage_of

FEW_COPIES = 5  # events, each of which is named


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[Any]:
    return [path("", include(urls, namespace="events"))]


@hooks.register("register_admin_menu_item")
def register_events() -> MenuItem:
    events = reverse("events:index")
    return MenuItem(gettext_lazy("Events"), events, name="events", icon_name="calendar-check", order=150)


@hooks.register("register_admin_menu_item")
def register_sign_ups() -> MenuItem:
    pages = reverse("events:sign_ups")
    return MenuItem(gettext_lazy("Sign-up pages"), pages, name="sign-up-pages", icon_name="form", order=152)


@hooks.register("before_serve_page")
def speak_the_organisations_language(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> None:
    """Runs after the floor's hook, which has bound the scope."""
    organisation = getattr(request, "organisation", None)
    if organisation is not None:
        hosted.speak(request, organisation)


@hooks.register("after_copy_page")
def equip_copies(request: HttpRequest, page: Page, new_page: Page) -> None:
    """An event copied without its subpages gets notices of its own. Its times are the original's until somebody says
    otherwise: this is the moment to say so, for the next may be that guests read them."""
    events = list(RsvpPage.objects.descendant_of(new_page, inclusive=True))
    for event in events:
        equip_event(page=event)
        ensure_notices(page=event)
    copied = [event for event in events if not event.alias_of_id]  # an alias follows its original
    if len(copied) > FEW_COPIES:
        says = _("%(count)s events still have the times of their originals. Give each its own.")
        messages.warning(request, says % {"count": len(copied)})
        return
    for event in copied:
        times = messages.button(reverse("wagtailadmin_pages:edit", args=[event.pk]) + "#tab-time_and_place", _("Edit"))
        says = _("“%(event)s” still has the time of the original: %(when)s. Give it its own.")
        messages.warning(request, says % {"event": event.title, "when": event.when}, buttons=[times])


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def lead_on_to_the_desk(request: HttpRequest, page: Page) -> None:
    """Publishing ends in the page tree; what comes next for an event is at its desk. One that was copied may still have
    last year's times."""
    event = page.specific
    if not isinstance(event, RsvpPage) or not event.live or "action-publish" not in request.POST:
        return
    stage = stage_of(event, event.room_now)
    if stage == Stage.CLOSED:
        edit = messages.button(reverse("wagtailadmin_pages:edit", args=[event.pk]), _("Edit"))
        says = _("Nobody can reply to it: replies have been closed since %(moment)s.")
        messages.warning(request, says % {"moment": event.moment(event.timetable.closes_at)}, buttons=[edit])
    elif stage != Stage.CANCELLED:
        desk = messages.button(reverse("events:event", args=[event.pk]), _("Replies and invitations"))
        messages.success(request, _("Next: invite people, and watch the replies come in."), buttons=[desk])


@hooks.register("after_edit_page")
def tell_of_a_move(request: HttpRequest, page: Page) -> None:
    """Guests who replied before time or place were changed are told by a person, not by themselves."""
    event = page.specific
    if not isinstance(event, RsvpPage) or "action-publish" not in request.POST:
        return
    move = open_move(event)
    if move:
        address = reverse("events:tell_change", args=[event.pk])
        messages.warning(request, move.sentence, buttons=[messages.button(address, _("Tell them…"))])


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def tell_what_stays_an_answer_only(request: HttpRequest, page: Page) -> None:
    """A reply is never refused for what a column cannot hold; what is missing would be seen in the register only."""
    event = page.specific
    if isinstance(event, RsvpPage) and "action-publish" in request.POST:
        for mistake in check_answers(event.questions, event.register):
            messages.warning(request, mistake)


@hooks.register("construct_page_listing_buttons")
def say_where_it_is_seen(buttons: list[Any], page: Page, user: Any, context: Any = None) -> None:
    if page.specific_class in (RsvpPage, SignUpPage) and page.live:
        name_link(buttons, page.url, _("See the page"))


@hooks.register("register_page_listing_buttons")
def desk_button(page: Page, user: Any, next_url: str | None = None) -> Iterator[ListingButton]:
    if page.specific_class is RsvpPage:
        yield ListingButton(_("Replies"), reverse("events:event", args=[page.pk]), icon_name="calendar-check")
    elif page.specific_class is SignUpPage:
        yield ListingButton(_("Sign-ups"), reverse("events:sign_up_page", args=[page.pk]), icon_name="form")


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def lead_on_to_the_snippet(request: HttpRequest, page: Page) -> None:
    """What comes next for a sign-up page that was published: people have to find it."""
    if page.specific_class is SignUpPage and page.live and "action-publish" in request.POST:
        desk = messages.button(reverse("events:sign_up_page", args=[page.pk]), _("Link and form for your web site"))
        messages.success(request, _("Next: put it where people see it."), buttons=[desk])


@hooks.register("after_edit_page")
@hooks.register("after_publish_page")
def tell_when_overbooked(request: HttpRequest, page: Page) -> None:
    """Seats lowered below what is taken: say what that means, in numbers."""
    event = page.specific
    if not isinstance(event, RsvpPage) or getattr(request, "_overbooking_told", False):
        return
    room = event.room_now
    if room is None or event.capacity is None or room.taken <= event.capacity:
        return
    request._overbooking_told = True  # type: ignore[attr-defined]
    taken = ngettext("%(count)s seat is confirmed already", "%(count)s seats are confirmed already", room.taken)
    messages.warning(
        request,
        _(
            "%(taken)s, more than the %(seats)d there are now. Nobody loses a seat; nobody new gets one until "
            "%(over)d are given back."
        )
        % {
            "taken": taken % {"count": number(room.taken)},
            "seats": event.capacity,
            "over": room.taken - event.capacity,
        },
    )


@hooks.register("after_edit_page")
def tell_who_waits_without_a_list(request: HttpRequest, page: Page) -> None:
    """A waiting list that is turned off sends nobody away who stands in it."""
    event = page.specific
    if not isinstance(event, RsvpPage) or "action-publish" not in request.POST or event.waiting_list:
        return
    room = event.room_now
    if room and room.waiting:
        people = ngettext("%(count)s person still waits", "%(count)s people still wait", room.waiting)
        says = _(
            "%(people)s: they keep their places in line and get seats that become free. Nobody new joins the line."
        )
        messages.warning(request, says % {"people": people % {"count": number(room.waiting)}})


@hooks.register("after_edit_page")
@hooks.register("after_create_page")
def tell_when_nobody_is_reminded(request: HttpRequest, page: Page) -> None:
    """A reminder to answer that falls after the replies have closed is not sent: say so while it can be changed."""
    event = page.specific
    if not isinstance(event, RsvpPage) or "action-publish" not in request.POST:
        return
    reminder = event.message(MessageKind.REMINDER_UNANSWERED)
    late = reminder.enabled and reminder.moment(event.starts_at, event.zone) >= event.timetable.closes_at
    if late and not rounds.is_begun(page=event, kind=reminder.kind):
        messages.warning(
            request,
            _("The reminder to the unanswered will not be sent: replies close before it is due. Let it go earlier."),
        )
