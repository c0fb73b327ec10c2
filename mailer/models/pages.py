"""E-mails as pages: written, previewed and kept in the page tree; the slug is the web version."""

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import CommentPanel, FieldPanel, MultiFieldPanel, TitleFieldPanel
from wagtail.models import Page

from mailer.editing import previews
from mailer.editing.body import EmailBody
from mailer.editing.defaults import default_body
from mailer.editing.forms import EmailPageForm
from mailer.editing.panels import MergeFieldsPanel, MergeInput
from organisations import scope
from organisations.copies import CopyOnlyForm
from organisations.models import Organisation
from organisations.streams import Stream

# A name in a From header: nothing that could end it or read like an address of its own.
valid_sender_name = RegexValidator(r"^[^\x00-\x1f\x7f<>@\"]*$", _("Write a name, without < > @ or quotation marks."))


class EmailIndexPage(Page):
    """Where an organisation's e-mails are kept. It has no public face."""

    parent_page_types: ClassVar[list[str]] = ["sites.HomePage"]
    subpage_types: ClassVar[list[str]] = ["mailer.EmailPage"]
    max_count_per_parent = 1
    page_description = _("Holds the e-mails of an organisation.")
    preview_modes: ClassVar[list[tuple[str, str]]] = []
    promote_panels: ClassVar[list[Any]] = [FieldPanel("slug")]
    settings_panels: ClassVar[list[Any]] = []

    class Meta:
        verbose_name = _("e-mails")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise Http404

    def get_url(self, request: HttpRequest | None = None, current_site: Any = None) -> None:
        """None, so that no list leads to where nothing is; the e-mails below have addresses."""

    url = property(get_url)

    def get_full_url(self, request: HttpRequest | None = None) -> None:
        """None, as `get_url`."""

    full_url = property(get_full_url)

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[Any]:
        return []


class EmailPage(Page):
    """An e-mail: an invitation or a newsletter. A campaign sends its published version."""

    subject = models.CharField(
        _("subject"),
        max_length=200,
        help_text=_("The first thing people see. 40 to 60 characters are read on a phone."),
    )
    preheader = models.CharField(
        _("preview text"),
        max_length=200,
        blank=True,
        help_text=_("Shown in the inbox after the subject. Left empty, programs show the first words of the text."),
    )
    sender_name = models.CharField(
        _("sender name"),
        max_length=64,
        blank=True,
        validators=[valid_sender_name],
        help_text=_("Who it comes from, as people know you. Left empty, the name of the sender you choose is shown."),
    )
    register = models.ForeignKey(
        "registers.Register",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("register"),
        help_text=_("Whose fields can be merged into the text. Without one, the fields that every register has."),
    )
    body = Stream(EmailBody(), verbose_name=_("text"), default=default_body)

    parent_page_types: ClassVar[list[str]] = ["mailer.EmailIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    copy_form_class = CopyOnlyForm
    page_description = _("An invitation or a newsletter, with a version on the web.")
    base_form_class = EmailPageForm
    content_panels: ClassVar[list[Any]] = [
        TitleFieldPanel(
            "title",
            heading=_("Name"),
            help_text=_("For your own lists; recipients see the subject."),
            placeholder=False,
            classname="",
        ),
        MultiFieldPanel(
            [
                FieldPanel("subject", widget=MergeInput()),
                FieldPanel("preheader", widget=MergeInput()),
                FieldPanel("sender_name"),
            ],
            heading=_("In the inbox"),
        ),
        MultiFieldPanel([FieldPanel("register"), MergeFieldsPanel()], heading=_("Merge fields")),
        FieldPanel("body"),
        MultiFieldPanel(
            [FieldPanel("slug", help_text=_("The last part of the address where this e-mail can be read on the web."))],
            heading=_("On the web"),
        ),
    ]
    promote_panels: ClassVar[list[Any]] = []
    # No go-live time here: it would read like a time of sending, which the campaign has.
    settings_panels: ClassVar[list[Any]] = [CommentPanel()]

    class Meta:
        verbose_name = _("e-mail")
        verbose_name_plural = _("e-mails")

    @property
    def status_string(self) -> str:
        """As Wagtail's lists show it: an e-mail is not live on its own, it is ready to be sent."""
        if not self.live:
            return str(_("draft"))
        return str(_("ready + changes") if self.has_unpublished_changes else _("ready"))

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return previews.MODES

    @property
    def preview_sizes(self) -> list[dict[str, Any]]:
        return previews.SIZES

    @property
    def default_preview_size(self) -> str:
        return "desktop"

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        organisation = Organisation.of_page(self)
        with scope.organisation(organisation.pk):
            return previews.preview(self, organisation=organisation, mode=mode_name, user=request.user)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        organisation = Organisation.of_page(self)
        with scope.organisation(organisation.pk):
            return previews.web_version(self, organisation=organisation)

    def get_sitemap_urls(self, request: HttpRequest | None = None) -> list[Any]:
        return []
