"""The list of events, and one event with its numbers and replies."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets.button import Button, HeaderButton

from organisations.models import Role
from organisations.roles import has_role
from registers.access import log_access
from registers.warnings import warnings_for
from sites.audiences import own_events
from sites.desk.base import DeskView, EventDeskView
from sites.desk.inviting import invitation_url, writing_urls
from sites.events import over_at
from sites.models import Registration
from sites.models.seats import State
from sites.moves import open_move
from sites.report import numbers_of, state_label
from sites.rounds import held_reminder

PER_PAGE = 50
SHOWN_STATES = (State.CONFIRMED, State.WAITING, State.DECLINED, State.CANCELLED)


class EventsView(DeskView):
    """All events: those to come first, the nearest on top, then the past ones."""

    template_name = "sites/desk/events.html"
    page_title = gettext_lazy("Events")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": _("Events")}]

    def add_url(self) -> str:
        home = self.organisation.home_page_id
        if not home or not has_role(self.request.user, Role.EDITOR):
            return ""
        return reverse("wagtailadmin_pages:add", args=["sites", "rsvppage", home])

    def get_header_buttons(self) -> list[Any]:
        add = self.add_url()
        return [HeaderButton(_("Add an event"), url=add, icon_name="plus")] if add else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        past = self.request.GET.get("when") == "past"
        now = timezone.now()
        over = over_at(now)
        events = own_events().select_related("room").filter(over if past else ~over)
        events = events.order_by("-starts_at" if past else "starts_at")
        shown = Paginator(events, PER_PAGE).get_page(self.request.GET.get("p"))
        for event in shown:
            event.organisation = self.organisation
            event.state_words, event.state_class = state_label(event, event.room_now)
        return {
            **super().get_context_data(**kwargs),
            "events": shown,
            "past": past,
            "keep": "when=past&" if past else "",
            "add_url": self.add_url(),
            "any_event": bool(shown) or own_events().exists(),
        }


class EventView(EventDeskView):
    """One event: numbers on top, then the replies, searched and filtered."""

    template_name = "sites/desk/event.html"

    @property
    def header_buttons(self) -> list[Any]:
        editor = has_role(self.request.user, Role.EDITOR)
        room = self.event.room_now
        cancelled = bool(room and room.cancelled_at)
        buttons = [HeaderButton(_("Report"), url=self.event_url("report"), icon_name="history", priority=20)]
        if editor:
            edit = reverse("wagtailadmin_pages:edit", args=[self.event.pk])
            if not cancelled:
                add = self.event_url("find_person")
                buttons.append(HeaderButton(_("Add a reply"), url=add, icon_name="plus", priority=10))
            buttons += [
                HeaderButton(_("Edit the page"), url=edit, icon_name="edit", priority=30),
                HeaderButton(_("Export"), url=self.event_url("export"), icon_name="download", priority=40),
                HeaderButton(_("Name badges"), url=self.event_url("badges"), icon_name="user", priority=50),
            ]
        return buttons

    @property
    def header_more_buttons(self) -> list[Any]:
        copy = reverse("wagtailadmin_pages:copy", args=[self.event.pk])
        again = Button(_("Copy it for another time"), url=copy, icon_name="copy")
        return [again] if has_role(self.request.user, Role.EDITOR) else []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        state = self.request.GET.get("state", "")
        query = self.request.GET.get("q", "").strip()[:100]
        replies = Registration.objects.filter(page=self.event).select_related("contact", "submission")
        if state in SHOWN_STATES:
            replies = replies.filter(state=state)
        if query:
            replies = replies.naming(query)
        order = [F("queue_number").asc(nulls_last=True)] if state == State.WAITING else ["-updated_at"]
        shown = Paginator(replies.order_by(*order, "pk"), PER_PAGE).get_page(self.request.GET.get("p"))
        if shown:
            log_access(user=self.request.user, action="list", subject=f"event:{self.event.pk}", count=len(shown))
            warnings = warnings_for([reply.contact for reply in shown if reply.contact])
            for reply in shown:
                reply.warnings = warnings.get(reply.contact_id, [])
        numbers = numbers_of(self.event)
        may_edit = has_role(self.request.user, Role.EDITOR)
        return {
            **super().get_context_data(**kwargs),
            "numbers": numbers,
            "replies": shown,
            "invite_url": invitation_url(self.event) if may_edit else "",
            "write_to": writing_urls(self.event, numbers) if may_edit else [],
            "states": [(state.value, state.label) for state in SHOWN_STATES],
            "state": state,
            "query": query,
            "held": held_reminder(self.event) if numbers.unanswered else None,
            "move": open_move(self.event),
            "may_edit": may_edit,
            # Places are counted where the whole line is shown, in its order.
            "line": state == State.WAITING and not query,
            "keep": urlencode({"state": state, "q": query}) + "&",
            "may_send": has_role(self.request.user, Role.SENDER),
        }


class NumbersView(EventDeskView):
    """The numbers alone, for the page to keep up with what comes in."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        context = {"event": self.event, "numbers": numbers_of(self.event)}
        response = render(request, "sites/desk/numbers.html", context)
        response["Cache-Control"] = "private, no-store"
        return response
