"""What e-mail knows of people, for the conditions of segments."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from mailer.models import EmailMessage, MessageEvent
from registers.deeds import Deed, register_deed

Kind = MessageEvent.Kind


def were_sent(since: datetime | None) -> Any:
    """Those to whom a campaign's e-mail went."""
    sent = EmailMessage.objects.filter(
        traffic=EmailMessage.Traffic.BULK, state=EmailMessage.State.ACCEPTED, contact__isnull=False
    )
    return (sent.filter(handed_at__gte=since) if since else sent).values("contact")


def opened(since: datetime | None) -> Any:
    """Who clicked has seen the letter too, with pictures off."""
    return _reported([Kind.OPEN, Kind.CLICK], since)


def clicked(since: datetime | None) -> Any:
    return _reported([Kind.CLICK], since)


def _reported(kinds: list[str], since: datetime | None) -> Any:
    events = MessageEvent.objects.filter(kind__in=kinds, campaign__isnull=False, message__contact__isnull=False)
    return (events.filter(at__gte=since) if since else events).values("message__contact")


def register_deeds() -> None:
    register_deed(Deed("email_sent", _("Was sent a campaign"), were_sent))
    register_deed(Deed("email_opened", _("Opened a campaign"), opened))
    register_deed(Deed("email_clicked", _("Clicked in a campaign"), clicked))
