"""Ways out for text messages. `SMS_TRANSPORT` names the class, `SMS_URL` says where it leads."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from sms.transports.base import Parcel, Transport

__all__ = ["Parcel", "Transport", "is_practice", "make_transport", "setup_problem"]


def is_practice() -> bool:
    """Whether text messages stay here, on the practice telephone: while mail stays in the practice mailbox, and no
    gateway is named."""
    return settings.MAILBOX_ENABLED and not settings.SMS_URL


def make_transport() -> Transport:
    """The transport of this installation; raises ImproperlyConfigured where a setting is bad."""
    path = "sms.transports.practice.PracticeTransport" if is_practice() else settings.SMS_TRANSPORT
    try:
        kind = import_string(path)
    except ImportError as error:
        raise ImproperlyConfigured(f"SMS_TRANSPORT names no class: {error}") from error
    transport: Transport = kind(settings.SMS_URL)
    return transport


def setup_problem() -> str:
    """Why no text message can leave this installation, in words for an editor; '' when it can."""
    try:
        make_transport().close()
    except ImproperlyConfigured as error:
        return _("This installation cannot send text messages yet. Tell the person who runs it: “%(why)s”") % {
            "why": error
        }
    return ""
