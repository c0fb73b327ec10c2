from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page, PageViewRestriction

from organisations.streams import Stream
from sites.blocks import ContentBlocks
from sites.events import over_at
from sites.models.rsvp import RsvpPage


class HomePage(Page):
    """The root of an organisation's pages; it lists the events to come by itself."""

    intro = models.TextField(_("introduction"), blank=True, max_length=600)
    body = Stream(ContentBlocks(), blank=True, verbose_name=_("content"))

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    template = "sites/home_page.html"
    page_description = _("The first page of an organisation.")
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "sites.ContentPage", "sites.RsvpPage", "sites.SignUpPage", "mailer.EmailIndexPage",
    ]  # fmt: skip

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def upcoming_events(self) -> "models.QuerySet[RsvpPage]":
        """What whoever reads this page may see: none that has a password of its own, or stands below one that has."""
        events = RsvpPage.objects.descendant_of(self).live().exclude(over_at(timezone.now()))
        closed = PageViewRestriction.objects.filter(page__path__startswith=self.path).exclude(page=self)
        for path in closed.values_list("page__path", flat=True):
            events = events.exclude(path__startswith=path)
        return events.filter(room__cancelled_at=None).order_by("starts_at")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        events = list(self.upcoming_events()[:50])
        for event in events:
            event.organisation = events[0].organisation  # looked for once
        return {**context, "events": events}
