from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.url_routing import RouteResult


class NoticeKind(models.TextChoices):
    """What became of a reply, or of the event."""

    THANK_YOU = "thank_you", _("Thank you")
    WAITING = "waiting", _("On the waiting list")
    FULL = "full", _("Full")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Reply cancelled")
    DECLINED = "declined", _("Said no")
    EVENT_CANCELLED = "event_cancelled", _("Event cancelled")


REFUSALS = (NoticeKind.FULL, NoticeKind.CLOSED, NoticeKind.EVENT_CANCELLED)
NOT_SAVED = "not-saved"  # in the address that a refused reply leads to


class NoticePage(Page):
    """What people read after they have replied, or where they cannot. Made with its event; says nothing personal."""

    kind = models.CharField(max_length=20, choices=NoticeKind.choices, editable=False)
    body = RichTextField(_("text"), features=["bold", "italic", "link", "ol", "ul", "h2"])

    # Not Wagtail's panel of a title: it keeps a slug in step, which no editor of a notice sees.
    content_panels = [FieldPanel("title", classname="title"), FieldPanel("body")]
    promote_panels: ClassVar[list[Any]] = []
    settings_panels: ClassVar[list[Any]] = []
    template = "sites/notice_page.html"
    is_creatable = False
    show_in_menus_default = False
    parent_page_types: ClassVar[list[str]] = ["sites.RsvpPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def save(self, clean: bool = True, **kwargs: Any) -> None:
        """What an editor has typed is looked at; a new one nobody has, and seven come with each event."""
        super().save(clean=clean and not self._state.adding, **kwargs)

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """A notice is as public as its event: that of a draft is nobody's to see."""
        if not self.get_parent().live:
            raise Http404
        return super().route(request, path_components)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {
            **context,
            "event": self.get_parent().specific,
            "refused": self.kind in REFUSALS and NOT_SAVED in request.GET,
        }
