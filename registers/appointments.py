"""Appointments with contacts."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from registers.access import log_access
from registers.models.contact import Contact
from registers.models.diary import Appointment
from registers.texts import clean_line

USUAL_LENGTH = dt.timedelta(hours=1)
LONGEST = dt.timedelta(days=31)


def to_come(contact: Contact) -> Any:
    """Those that are not over yet, the next one first."""
    return Appointment.objects.filter(contact=contact, ends_at__gte=timezone.now())


@transaction.atomic
def make_appointment(
    *,
    contact: Contact,
    title: str,
    starts_at: dt.datetime,
    user: Any,
    ends_at: dt.datetime | None = None,
    place: str = "",
) -> Appointment:
    """Without an end it lasts an hour. Raises ValidationError."""
    values = _checked(title, starts_at, ends_at, place)
    made: Appointment = Appointment.objects.create(contact=contact, created_by=user, **values)
    log_access(user=user, action="edit", subject=contact, purpose=_("Appointment made"))
    return made


@transaction.atomic
def change_appointment(
    *,
    appointment: Appointment,
    title: str,
    starts_at: dt.datetime,
    user: Any,
    ends_at: dt.datetime | None = None,
    place: str = "",
) -> None:
    """Raises ValidationError."""
    for name, value in _checked(title, starts_at, ends_at, place).items():
        setattr(appointment, name, value)
    appointment.changes += 1
    appointment.save()
    log_access(user=user, action="edit", subject=appointment.contact, purpose=_("Appointment changed"))


@transaction.atomic
def delete_appointment(*, appointment: Appointment, user: Any) -> None:
    log_access(user=user, action="delete", subject=appointment.contact, purpose=_("Appointment deleted"))
    appointment.delete()


def _checked(title: str, starts_at: dt.datetime, ends_at: dt.datetime | None, place: str) -> dict[str, Any]:
    title = clean_line(title)
    if not title:
        raise ValidationError({"title": _("Write what it is for.")})
    ends_at = ends_at or starts_at + USUAL_LENGTH
    if ends_at < starts_at:
        raise ValidationError({"ends_at": _("It must end after it begins.")})
    if ends_at - starts_at > LONGEST:
        raise ValidationError({"ends_at": _("An appointment lasts a month at most.")})
    return {"title": title[:200], "starts_at": starts_at, "ends_at": ends_at, "place": clean_line(place)[:200]}


def calendar_entry(appointment: Appointment) -> bytes:
    """As iCalendar (RFC 5545): the same UID for ever, a higher SEQUENCE for each change."""
    url = settings.BASE_URL + reverse("registers:contact", args=[appointment.contact_id])
    event = Event()
    event.add("uid", f"appointment-{appointment.pk}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}")
    event.add("sequence", appointment.changes)
    event.add("dtstamp", timezone.now().replace(microsecond=0))
    event.add("dtstart", appointment.starts_at.astimezone(dt.UTC))  # UTC needs no VTIMEZONE
    event.add("dtend", appointment.ends_at.astimezone(dt.UTC))
    event.add("summary", f"{appointment.title} ({appointment.contact})")
    if appointment.place:
        event.add("location", appointment.place)
    event.add("url", url)
    event.add("description", url)
    calendar = Calendar()
    calendar.add("prodid", "-//Kokoon//Contacts//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
