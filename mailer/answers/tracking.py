"""The addresses a letter carries about itself, and what comes back through them.

Each token names one message and one purpose. A click's link is a number after the token: it can only lead to one of the
same campaign's own links.
"""

from django.conf import settings

from guards.tokens import TokenError, sign, unsign
from mailer.models import EmailMessage, Link, MessageEvent

OPEN, CLICK, UNSUBSCRIBE, WEB = "mailer.open", "mailer.click", "mailer.unsubscribe", "mailer.web"
MOST_EVENTS = 200  # of one kind for one message: a machine that opens it for ever fills no disk


class Addresses:
    """Makes the addresses of one message; they are the same each time. `mailer.urls` reads them."""

    def __init__(self, message_pk: int) -> None:
        self.pk = message_pk
        self._click = ""

    @property
    def pixel(self) -> str:
        return f"{settings.BASE_URL}/m/o/{sign(OPEN, self.pk)}.gif"

    @property
    def unsubscribe(self) -> str:
        return f"{settings.BASE_URL}/m/u/{sign(UNSUBSCRIBE, self.pk)}/"

    @property
    def web(self) -> str:
        return f"{settings.BASE_URL}/m/w/{sign(WEB, self.pk)}/"

    def link(self, position: int) -> str:
        if not self._click:
            self._click = f"{settings.BASE_URL}/m/c/{sign(CLICK, self.pk)}/"
        return f"{self._click}{position}/"


def find_message(purpose: str, token: str) -> EmailMessage | None:
    """The message of a token; None for a token that we did not make for this purpose."""
    try:
        (pk,) = unsign(purpose, token)
        found: EmailMessage | None = (
            EmailMessage.unscoped.select_related("organisation", "campaign").defer("letter").filter(pk=int(pk)).first()
        )
    except (TokenError, ValueError):
        return None
    return found


def record(*, message: EmailMessage, kind: str, user_agent: str = "", link: Link | None = None) -> None:
    """Append to the log of what happened to a message."""
    seen = MessageEvent.unscoped.filter(message=message, kind=kind)[:MOST_EVENTS].count()
    if seen < MOST_EVENTS:
        MessageEvent.objects.create(
            organisation_id=message.organisation_id,
            campaign_id=message.campaign_id,
            message=message,
            kind=kind,
            link=link,
            user_agent=user_agent[:300],
        )


def as_headers(addresses: Addresses, message: EmailMessage) -> list[tuple[str, str]]:
    """What makes a mail program offer “unsubscribe” (RFC 2369, RFC 8058) and a postmaster know the campaign."""
    return [
        ("List-Unsubscribe", f"<{addresses.unsubscribe}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Feedback-ID", f"{message.campaign_id or message.kind}:{message.organisation_id}:{message.traffic}:kokoon"),
    ]
