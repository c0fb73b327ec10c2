"""Ways out for e-mail. `MAIL_TRANSPORT` names the class, `EMAIL_URL` says where it leads."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from campaigns.transport import Fate, Outcome, TransportError
from mailer.transports.base import Parcel, Transport

__all__ = ["Fate", "Outcome", "Parcel", "Transport", "TransportError", "make_transport", "setup_problem"]


def make_transport() -> Transport:
    """The transport of this installation, not yet connected; raises ImproperlyConfigured where a setting is bad."""
    try:
        kind = import_string(settings.MAIL_TRANSPORT)
    except ImportError as error:
        raise ImproperlyConfigured(f"MAIL_TRANSPORT names no class: {error}") from error
    transport: Transport = kind(settings.EMAIL_URL)
    return transport


def setup_problem() -> str:
    """Why no e-mail can leave this installation, in words for an editor; '' when it can."""
    try:
        make_transport()
    except ImproperlyConfigured as error:
        return _("This installation cannot send e-mail yet. Tell the person who runs it: “%(why)s”") % {"why": error}
    return ""
