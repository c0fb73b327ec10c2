from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from organisations.copies import CopyOnlyForm
from organisations.streams import Stream
from sites.blocks import ContentBlocks


class ContentPage(Page):
    """A page to read: programme, directions, about us."""

    intro = models.TextField(_("introduction"), blank=True, max_length=600, help_text=_("One or two sentences on top."))
    body = Stream(ContentBlocks(), blank=True, verbose_name=_("content"))

    content_panels = [*Page.content_panels, FieldPanel("intro"), FieldPanel("body")]
    template = "sites/content_page.html"
    copy_form_class = CopyOnlyForm
    page_description = _("Texts and pictures: a programme, directions, about us.")
    parent_page_types: ClassVar[list[str]] = ["sites.HomePage", "sites.ContentPage"]
    subpage_types: ClassVar[list[str]] = ["sites.ContentPage", "sites.RsvpPage", "sites.SignUpPage"]

    class Meta:
        verbose_name = _("content page")
        verbose_name_plural = _("content pages")
