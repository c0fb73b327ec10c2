"""One mail while it is compiled: what its blocks and templates have at hand, and how it is finished."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Self

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from mailer.rendering.compiled import CompiledEmail
from mailer.rendering.inlining import inline_styles
from mailer.rendering.look import Look
from mailer.rendering.slots import Slots
from mailer.rendering.urls import page_url

WIDTH = 600
PADDING = 32
COLUMN_GAP = 24


class NoInvitation(Exception):
    """The mail has a personal reply link, and nothing says to which event."""


@dataclass
class Mail:
    """The mail being compiled.

    `invitation` is the page that the mail invites to, or None. `width` is that of the column being filled, in CSS
    pixels. With `web` it becomes a web page: nothing in it is personal.
    """

    look: Look
    slots: Slots
    invitation: Any = None
    web: bool = False
    width: int = WIDTH - 2 * PADDING

    def html(self, text: str) -> SafeString:
        """A text as HTML with its merge fields as tokens; line ends become `<br>`."""
        return mark_safe(escape(self.slots.merge(str(text), "html")).replace("\n", "<br>"))

    def text(self, text: str) -> str:
        """A text for the plain-text part with its merge fields as tokens."""
        return self.slots.merge(str(text), "text")

    def narrowed(self, width: int) -> Self:
        """The same mail seen from a narrower column."""
        return replace(self, width=width)

    def personal_link(self, label: str) -> str:
        """A token for the recipient's own reply link; on the web, for the page that anybody may open, or "".

        Raises NoInvitation in a mail that invites to nothing.
        """
        if self.invitation is None and not self.web:
            raise NoInvitation
        if not self.web:
            return self.slots.personal_link(label)
        return self.slots.link(page_url(self.invitation), label) if self.invitation is not None else ""


def finish(
    mail: Mail,
    *,
    subject: str,
    preheader: str,
    body_html: str,
    body_text: str,
    reason: str = "",
    bulk: bool = True,
) -> CompiledEmail:
    """Set body and footer into the layout, inline its styles, and cut the result into parts."""
    slots = mail.slots
    with override(mail.look.language):
        context = {
            "mail": mail,
            "look": mail.look,
            "title": slots.merge(subject, "line"),
            "preheader": slots.merge(preheader, "line"),
            "body": mark_safe(body_html),
            "reason": reason,
            "unsubscribe_url": slots.address("unsubscribe_url") if bulk and not mail.web else "",
            "web_url": slots.address("web_url") if bulk and not mail.web else "",
            "pixel": slots.slot("pixel", "open_pixel") if bulk and not mail.web else "",
        }
        html = inline_styles(render_to_string("mailer/email/layout.html", context))
        text = "\n\n".join([body_text, "-- \n" + "\n".join(_footer_lines(mail, context, reason))])
    return CompiledEmail(
        subject=slots.split(slots.merge(subject, "subject")),
        html=slots.split(html),
        text=slots.split(text + "\n", text=True),
        links=tuple(slots.links),
    )


def _footer_lines(mail: Mail, context: dict[str, Any], reason: str) -> Iterable[str]:
    look = mail.look
    yield ", ".join(line for line in (look.name, *look.postal_address.split("\n")) if line)
    if look.contact_email:
        yield look.contact_email
    if reason:
        yield reason
    if context["web_url"]:
        yield _("Read on the web: %(url)s") % {"url": context["web_url"]}
    if context["unsubscribe_url"]:
        yield _("Unsubscribe: %(url)s") % {"url": context["unsubscribe_url"]}
