"""The waiting line at the desk: the organiser lets somebody pass others."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from organisations.figures import number
from organisations.models import Role
from registers.access import log_access
from sites import by_hand, seats
from sites.desk.base import EventDeskView
from sites.models import Registration
from sites.models.seats import State


class MoveUpView(EventDeskView):
    """Moves one who waits up by a place, or to the front (`to=first`). GET shows the line."""

    required_role = Role.EDITOR

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.registration()  # nobody learns what is there
        return self.to_the_line()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        registration = self.registration()
        seating = by_hand.move_up_by_hand(
            page=self.event, registration_id=registration.pk, first=request.POST.get("to") == "first"
        )
        if seating.changed:
            log_access(user=request.user, action="edit", subject=registration)
            messages.success(request, said(registration, seating))
        else:
            messages.info(request, _("Nothing was changed: they stand first already, or do not wait any more."))
        return self.to_the_line()

    def registration(self) -> Registration:
        rows = Registration.objects.select_related("contact")
        found: Registration = get_object_or_404(rows, page=self.event, pk=self.kwargs["registration_id"])
        return found

    def to_the_line(self) -> HttpResponse:
        return redirect(f"{self.event_url()}?state={State.WAITING}")


def said(registration: Registration, seating: seats.Seating) -> str:
    """Where they stand now, and who has got seats by it."""
    registration.refresh_from_db(fields=["state", "queue_number"])
    position = seats.position_in_line(registration)
    text = ""
    if position:
        text = _("%(name)s is number %(position)d in line now.") % {
            "name": registration.contact or _("Somebody"),
            "position": position,
        }
    if seating.promoted:
        text = f"{text} {who_moved_up(len(seating.promoted))}".strip()
    return text


def who_moved_up(count: int) -> str:
    """What freed seats have come to, in words."""
    return ngettext(
        "%(count)s reply of the waiting list has got its seats.",
        "%(count)s replies of the waiting list have got their seats.",
        count,
    ) % {"count": number(count)}
