"""What events know of people, for the conditions of segments."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registers.deeds import Deed, register_deed
from sites.models.seats import Registration, State


def answered() -> Any:
    return Registration.objects.all()


def said_yes() -> Any:
    return Registration.objects.standing()


def said_no() -> Any:
    return Registration.objects.filter(state__in=[State.DECLINED, State.CANCELLED])


def had_a_seat() -> Any:
    """At events that took place."""
    return Registration.objects.seated().filter(
        page__starts_at__lte=timezone.now(), page__room__cancelled_at__isnull=True
    )


def register_deeds() -> None:
    """A reply counts from when it was first given, a seat from when its event began."""
    register_deed(Deed("event_answered", _("Replied to an event"), answered, at="created_at"))
    register_deed(Deed("event_yes", _("Said yes to an event"), said_yes, at="created_at"))
    register_deed(Deed("event_no", _("Said no to an event"), said_no, at="created_at"))
    register_deed(Deed("event_seat", _("Had a seat at an event that took place"), had_a_seat, at="page__starts_at"))
