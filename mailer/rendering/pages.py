"""An EmailPage compiled."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mailer.merging.tags import Tag
from mailer.rendering.compiled import CompiledEmail
from mailer.rendering.look import look_of
from mailer.rendering.mail import Mail, NoInvitation, finish
from mailer.rendering.slots import Slots

if TYPE_CHECKING:
    from mailer.models import EmailPage
    from organisations.models import Organisation

MAX_BYTES = 250_000  # of HTML and text together: larger mail meets spam filters
CLIPPED_FROM = 102_000  # Gmail cuts the HTML here and hides the footer with the way out


class CompileError(Exception):
    """The mail cannot be sent as it is. The message says to the editor what to change."""


def compile_email(
    page: "EmailPage",
    *,
    organisation: "Organisation",
    invitation: Any = None,
    web: bool = False,
    placeholder: Callable[[Tag], Tag] | None = None,
) -> CompiledEmail:
    """Compile `page` for all its recipients; raises CompileError with words for the editor.

    `invitation` is the page the campaign invites to (Protocol `campaigns.invitations.Invitation`); event cards and
    reply buttons without a page of their own mean it. `web` leaves out what belongs to a recipient: unsubscribe
    link, pixel and personal links. `placeholder` may change tags, for a preview that names empty fields.
    """
    mail = Mail(look=look_of(organisation), slots=Slots(placeholder=placeholder), invitation=invitation, web=web)
    reason = _("You get this because you are on a list of %(name)s.") % {"name": organisation.name}
    try:
        compiled = finish(
            mail,
            subject=page.subject,
            preheader=page.preheader,
            body_html="".join(child.render({"mail": mail}) for child in page.body),
            body_text=page.body.stream_block.plain(page.body, mail),
            reason="" if web else reason,
        )
    except NoInvitation:
        raise CompileError(
            _("This e-mail has a button to a personal page, and no event or sign-up page is chosen that it leads to.")
        ) from None
    except ValidationError as error:
        raise CompileError(" ".join(error.messages)) from error
    if compiled.size > MAX_BYTES:
        raise CompileError(
            _("This e-mail is %(size)d kB and may be %(limit)d kB at most. Shorten it or split it in two.")
            % {"size": compiled.size // 1000, "limit": MAX_BYTES // 1000}
        )
    return compiled
