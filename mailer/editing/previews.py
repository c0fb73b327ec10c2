"""What an editor sees beside the form, and what the public sees at the page's address."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mailer.merging.fields import fields_of, values_for
from mailer.merging.tags import Tag
from mailer.models.campaigns import EmailCampaign
from mailer.rendering.compiled import CompiledEmail, Rendered
from mailer.rendering.pages import CompileError, compile_email
from mailer.rendering.urls import page_url
from organisations.models import Role
from organisations.roles import has_role
from registers.access import log_access
from registers.models import Contact

if TYPE_CHECKING:
    from mailer.models import EmailPage
    from organisations.models import Organisation

HTML, TEXT, CONTACT = "html", "text", "contact"
MODES = [
    (HTML, gettext_lazy("E-mail")),
    (TEXT, gettext_lazy("Plain text")),
    (CONTACT, gettext_lazy("As a contact")),
]
SIZES = [
    {"name": "desktop", "icon": "desktop", "device_width": 760, "label": gettext_lazy("On a computer")},
    {"name": "mobile", "icon": "mobile-alt", "device_width": 375, "label": gettext_lazy("On a phone")},
]
LOGGED_ONCE_PER = 3600  # seconds: a live preview is drawn anew at every pause in typing
# Mail is styled by attributes and shows pictures; it runs nothing and posts nothing.
POLICY = "default-src 'none'; img-src * data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"


class SampleEvent:
    """Stands in for the event that a campaign invites to, where none is chosen yet."""

    pk = 0

    @property
    def title(self) -> str:
        return _("The event you invite to")

    @property
    def specific(self) -> "SampleEvent":
        return self

    def get_url(self) -> str:
        return "#"

    def personal_url(self, contact: Any) -> str:
        return "#"

    def email_card(self) -> dict[str, str]:
        return {
            "title": self.title,
            "when": _("Its day and time"),
            "where": _("Its place"),
            "url": "#",
        }


def preview(page: "EmailPage", *, organisation: "Organisation", mode: str, user: Any) -> HttpResponse:
    """The page as it is being written. An unknown mode is a 404."""
    mode = mode or HTML
    if mode not in dict(MODES):
        raise Http404
    contact = _sample(page, user) if mode == CONTACT else None
    try:
        compiled = compile_email(
            page,
            organisation=organisation,
            invitation=_invitation(page) or SampleEvent(),
            placeholder=None if mode == CONTACT else _named(page),
        )
        rendered = compiled.personalise(values_for(contact) if contact else {}, urls=_sample_urls(page), link=None)
    except CompileError as error:
        return _page("mailer/email/problem.html", {"problem": str(error)})
    template = "mailer/email/preview_text.html" if mode == TEXT else "mailer/email/preview_html.html"
    context = {"page": page, "rendered": rendered, "contact": contact, "mode": mode}
    context["preheader"] = "" if mode == TEXT else page.preheader
    context["head"] = render_to_string("mailer/email/envelope.html", context)
    return _page(template, context | _split(rendered))


def web_version(page: "EmailPage", *, organisation: "Organisation") -> HttpResponse:
    """The mail for anybody: fall-backs in place of merge fields, and nothing personal."""
    try:
        compiled = compile_email(page, organisation=organisation, invitation=_invitation(page), web=True)
    except CompileError:
        raise Http404 from None
    response = HttpResponse(compiled.personalise({}, urls={}).html)
    response["Content-Security-Policy"] = POLICY
    response["X-Robots-Tag"] = "noindex"
    return response


def measure(page: "EmailPage", *, organisation: "Organisation") -> CompiledEmail:
    """The page compiled for its size alone; raises CompileError where it could not be sent to anybody."""
    return compile_email(page, organisation=organisation, invitation=SampleEvent())


def _invitation(page: "EmailPage") -> Any:
    """The event that the latest campaign with this e-mail invites to; None without one."""
    if not page.pk:
        return None
    campaigns = EmailCampaign.objects.filter(page_id=page.pk, invites_to__isnull=False)
    campaign = campaigns.select_related("invites_to").order_by("-pk").first()
    return campaign.invites_to.specific if campaign else None


def _named(page: "EmailPage") -> Any:
    """In a preview without a person, an empty field without a fall-back shows its name."""
    labels = {field.key: field.label for field in fields_of(page.register)}

    def placeholder(tag: Tag) -> Tag:
        return tag if tag.fallback else Tag(tag.key, f"[{labels.get(tag.key, tag.key)}]")

    return placeholder


def _sample(page: "EmailPage", user: Any) -> Contact | None:
    """A contact to show the mail for, with the look at it logged."""
    if not has_role(user, Role.VIEWER):
        raise Http404
    contacts = Contact.objects.filter(register__leaving=False).order_by("sort_key", "pk")
    if page.register_id:
        contacts = contacts.filter(register_id=page.register_id)
    contact: Contact | None = contacts.first()
    if contact is not None and cache.add(f"preview:{user.pk}:{contact.pk}", 1, LOGGED_ONCE_PER):
        log_access(user=user, action="view", subject=contact, count=1, purpose=_("Preview of an e-mail"))
    return contact


def _sample_urls(page: "EmailPage") -> dict[str, str]:
    web_url = page_url(page) if page.pk else settings.BASE_URL
    return {"unsubscribe_url": "#", "web_url": web_url, "personal_url": "#"}


def _split(rendered: Rendered) -> dict[str, str]:
    """The mail's HTML before and after the place where the preview sets its envelope."""
    at = rendered.html.index(">", rendered.html.index("<body")) + 1
    return {"before": rendered.html[:at], "after": rendered.html[at:]}


def _page(template: str, context: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(render_to_string(template, context))
    response["Content-Security-Policy"] = POLICY
    return response
