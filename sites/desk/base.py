"""What the screens of one event share."""

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.models import Role
from organisations.views import OrganisationTemplateView
from registers.access import register_subject
from sites.audiences import own_events
from sites.models import Registration, RsvpPage

register_subject(RsvpPage, "events:event", word="event")
register_subject(
    Registration,
    lambda reply: reverse("events:reply", args=[reply.page_id, reply.pk]),
    label=lambda reply: _("Reply to “%(event)s”") % {"event": reply.page},
    related=["page"],
)


class DeskView(OrganisationTemplateView):
    """A screen with the trail Home > Events > …, or below another list."""

    required_role: str = Role.VIEWER
    header_icon = "calendar-check"
    index = "events:index"
    index_label: Any = gettext_lazy("Events")

    def trail(self) -> list[dict[str, str]]:
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": reverse(self.index), "label": self.index_label}, *self.trail()]


class EventDeskView(DeskView):
    """A screen of one event of the organisation; 404 for any other id."""

    event: RsvpPage

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if getattr(request, "organisation", None) is not None:
            self.event = get_object_or_404(own_events().select_related("register"), pk=kwargs["event_id"])
            self.event.organisation = request.organisation  # type: ignore[attr-defined]

    def get_page_title(self) -> str:
        return self.event.title

    def trail(self) -> list[dict[str, str]]:
        here = self.get_page_title()
        trail = [{"url": self.event_url(), "label": self.event.title}]
        return trail if here == self.event.title else [*trail, {"url": "", "label": here}]

    def event_url(self, name: str = "event", **kwargs: Any) -> str:
        return reverse(f"events:{name}", kwargs={"event_id": self.event.pk, **kwargs})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "event": self.event}
