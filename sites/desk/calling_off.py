"""Cancelling the event, and sending the reminder that missed its time: acts that write to many."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from organisations.figures import number
from organisations.models import Role
from sites import rounds
from sites.audiences import unanswered
from sites.cancellation import cancel_event
from sites.desk.base import EventDeskView
from sites.invited import planned
from sites.models import Registration
from sites.models.messages import MessageKind
from sites.reaching import reach_of
from sites.report import numbers_of


class CancelEventView(EventDeskView):
    """Says in numbers who will be told, then calls the event off."""

    template_name = "sites/desk/cancel_event.html"
    required_role = Role.EDITOR

    def get_page_title(self) -> str:
        return _("Cancel the event")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        guests = Registration.objects.filter(page=self.event).standing()
        return {
            **super().get_context_data(**kwargs),
            "numbers": numbers_of(self.event),
            **reach_of(guests)._asdict(),
            "message": self.event.message(MessageKind.EVENT_CANCELLED),
            "held": planned([self.event]),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        told = self.get_context_data()["told"]
        if cancel_event(page=self.event, user=request.user):
            text = ngettext(
                "The event is cancelled. %(count)s person is being told.",
                "The event is cancelled. %(count)s people are being told.",
                told,
            )
            messages.success(request, text % {"count": number(told)})
        else:
            messages.info(request, _("Nothing was changed: the event is cancelled already, or over."))
        return redirect(self.event_url())


class SendReminderView(EventDeskView):
    """The reminder to those who have not answered has missed its time: a person sends it, or leaves it."""

    template_name = "sites/desk/send_reminder.html"
    required_role = Role.SENDER

    def get_page_title(self) -> str:
        return _("Send the reminder")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "held": rounds.held_reminder(self.event),
            "count": unanswered(self.event.pk).count(),
            "message": self.event.message(MessageKind.REMINDER_UNANSWERED),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        leave = "leave" in request.POST
        decide = self.leave if leave else self.send
        if not (rounds.held_reminder(self.event) and decide()):
            messages.info(request, _("Nothing was changed: no reminder waits to be sent any more."))
        elif leave:
            messages.success(request, _("The reminder is not sent."))
        else:
            messages.success(request, _("The reminder is on its way."))
        return redirect(self.event_url())

    def leave(self) -> bool:
        return rounds.leave_reminder(page=self.event, user=self.request.user)

    def send(self) -> bool:
        kind = MessageKind.REMINDER_UNANSWERED
        return bool(rounds.begin(page=self.event, kind=kind, before=timezone.now(), user=self.request.user))
