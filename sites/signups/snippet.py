"""The HTML that an organisation copies into its own web site: plain forms that post here, without a script."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from sites.forms.person import HONEYPOT
from sites.signups.forms import SignUpForm

if TYPE_CHECKING:
    from sites.models.signup_pages import SignUpPage


def join_snippet(page: "SignUpPage") -> SafeString:
    """The form of the page as it is published."""
    with translation.override(page.organisation.language):
        form = SignUpForm(page, auto_id=f"kokoon-{page.pk}-%s")
        form.use_required_attribute = True
        return _snippet("join", page, form=form, honeypot=HONEYPOT)


def link_snippet(page: "SignUpPage") -> SafeString:
    """Asks for the link to one's own details."""
    with translation.override(page.organisation.language):
        return _snippet("link", page)


def _snippet(name: str, page: "SignUpPage", **more: object) -> SafeString:
    action = f"{settings.BASE_URL}{reverse('sign_up', args=[page.pk])}"
    html = render_to_string(
        f"sites/signup/snippets/{name}.html", {"page": page, "page_url": page.event_url, "action": action, **more}
    )
    return SafeString("\n".join(line for line in html.splitlines() if line.strip()))
