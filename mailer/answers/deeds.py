"""What e-mail knows of people, for the conditions of segments."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from mailer.models import EmailMessage, MessageEvent
from registers.deeds import Deed, register_deed

Kind = MessageEvent.Kind


def sent() -> Any:
    return EmailMessage.objects.filter(traffic=EmailMessage.Traffic.BULK, state=EmailMessage.State.ACCEPTED)


def opened() -> Any:
    """Who clicked has seen the letter too, with pictures off."""
    return MessageEvent.objects.filter(kind__in=[Kind.OPEN, Kind.CLICK], campaign__isnull=False)


def clicked() -> Any:
    return MessageEvent.objects.filter(kind=Kind.CLICK, campaign__isnull=False)


def register_deeds() -> None:
    register_deed(Deed("email_sent", _("Was sent a campaign"), sent, at="handed_at"))
    register_deed(Deed("email_opened", _("Opened a campaign"), opened, at="at", contact="message__contact"))
    register_deed(Deed("email_clicked", _("Clicked in a campaign"), clicked, at="at", contact="message__contact"))
