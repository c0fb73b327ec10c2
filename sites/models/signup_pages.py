from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
from wagtail.models import Page

from organisations.copies import CopyOnlyForm
from organisations.figures import number
from organisations.streams import Stream
from registers.models import Contact
from sites import asking
from sites.models.answered import AnsweredPage
from sites.models.rsvp import PhoneQuestion
from sites.questions import SignUpQuestionsBlock
from sites.signups import doors, letters, links, wording
from sites.signups.editing import SignUpPageForm, sign_up_tabs


class SignUpPage(AnsweredPage, RoutablePageMixin, Page):
    """Where people join a register by themselves, keep their details up to date, and leave again.

    What visitors meet is in `sites.signups.doors`, what becomes of it in `sites.signups.joining`.
    """

    intro = RichTextField(gettext_lazy("text"), blank=True, features=["h2", "h3", "bold", "italic", "link", "ol", "ul"])
    image = models.ForeignKey(
        "organisations.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("picture"),
        help_text=gettext_lazy("Shown on top of the page."),
    )
    register = models.ForeignKey(
        "registers.Register",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=gettext_lazy("register"),
        help_text=gettext_lazy("Who confirms their address is added to it, or brought up to date in it."),
    )
    group = models.ForeignKey(
        "registers.Group",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("group"),
        help_text=gettext_lazy("Which group of the register they join. Its automations can welcome them by e-mail."),
    )
    name_question = models.CharField(
        gettext_lazy("name"), max_length=10, choices=PhoneQuestion.choices, default=PhoneQuestion.REQUIRED
    )
    phone_question = models.CharField(
        gettext_lazy("phone number"), max_length=10, choices=PhoneQuestion.choices, default=PhoneQuestion.OFF
    )
    questions = Stream(
        SignUpQuestionsBlock(),
        blank=True,
        verbose_name=gettext_lazy("questions"),
        help_text=gettext_lazy(
            "The e-mail address is always asked. Each answer is saved into a column of the register; add a consent for "
            "what you will write about."
        ),
    )
    thanks = RichTextField(
        gettext_lazy("thank you"),
        blank=True,
        features=["bold", "italic", "link", "ol", "ul"],
        help_text=gettext_lazy("What people read when they have confirmed. Empty: a short thank you."),
    )

    # The mails, by `wording.CONFIRM` and `LINK`; an empty one says what we have written for everybody.
    confirm_subject = models.CharField(gettext_lazy("subject"), max_length=200, blank=True, default="")
    confirm_body = RichTextField(gettext_lazy("text"), features=wording.FEATURES, blank=True, default="")
    link_subject = models.CharField(gettext_lazy("subject"), max_length=200, blank=True, default="")
    link_body = RichTextField(gettext_lazy("text"), features=wording.FEATURES, blank=True, default="")

    base_form_class = SignUpPageForm
    edit_handler = sign_up_tabs()
    template = "sites/signup/page.html"
    copy_form_class = CopyOnlyForm
    page_description = gettext_lazy("A form with which people join a register, change their details, and leave.")
    parent_page_types: ClassVar[list[str]] = ["sites.HomePage", "sites.ContentPage"]
    subpage_types: ClassVar[list[str]] = []

    class Meta:
        verbose_name = gettext_lazy("sign-up page")
        verbose_name_plural = gettext_lazy("sign-up pages")

    @property
    def source(self) -> str:
        """What people and consents that come by it are from."""
        return f"sign-up: {self.title}"[:120]

    def editor_context(self) -> dict[str, Any]:
        """What the panels of the edit form show."""
        return {"merge_fields": [f"{{{{ {field.key} }}}}" for field in wording.sign_up_fields()]}

    def words_of(self, mail: str) -> wording.Words:
        """The subject and text of `wording.CONFIRM` or `LINK`, in the active language where they are ours."""
        ours = wording.default_words()[mail]
        subject, body = getattr(self, f"{mail}_subject"), getattr(self, f"{mail}_body")
        return wording.Words(subject.strip() or ours.subject, body if wording.says_something(body) else ours.body)

    # --- What campaigns ask of a page that invites (`campaigns.invitations`) ---------------------------------

    def personal_url(self, contact: Contact, *, letter: Any = None) -> str:
        """Where this contact sees and changes what the register has of them: by the address that it was mailed to."""
        address = letter.address_key if letter else contact.email_key
        at = letter.created_at if letter else None
        return f"{self.event_url}{links.own_suffix(page_id=self.pk, contact_id=contact.pk, address=address, at=at)}"

    def why_not_now(self, at: Any) -> str:
        return asking.not_public(self, at)

    def remark(self, at: Any) -> str:
        return ""

    def email_card(self) -> dict[str, str]:
        return {"title": self.title, "when": "", "where": "", "url": self.event_url}

    @property
    def without_it(self) -> str:
        """What deleting it or taking it down would mean for people."""
        holders = letters.holders(self)
        says = _("Without “%(title)s” nobody signs up there, nor with its form on your own web site.")
        if holders:
            says += " " + ngettext(
                "The link to their own details that %(count)s person has been mailed leads nowhere then.",
                "The links to their own details that %(count)s people have been mailed lead nowhere then.",
                holders,
            )
        return says % {"title": self.title, "count": number(holders)}

    # --- Doors ----------------------------------------------------------------------------------------------

    @path("")
    def form_door(self, request: HttpRequest) -> HttpResponseBase:
        return doors.form(request, self)

    @path("sent/")
    def sent_door(self, request: HttpRequest) -> HttpResponseBase:
        return doors.notice(request, self, "sent")

    @path("thank-you/")
    def thanks_door(self, request: HttpRequest) -> HttpResponseBase:
        return doors.notice(request, self, "thanks")

    @path("left/")
    def left_door(self, request: HttpRequest) -> HttpResponseBase:
        return doors.notice(request, self, "left")

    @path("link/")
    def link_door(self, request: HttpRequest) -> HttpResponseBase:
        return doors.link(request, self)

    @path("c/<str:token>/")
    def confirm_door(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return doors.confirm(request, self, token)

    @path("my/<str:token>/")
    def own_door(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return doors.own(request, self, token)

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("", _("Form")), ("sent", _("Look in your mail")), ("thanks", _("Thank you"))]

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        return doors.preview(request, self, mode_name)
