"""Who is on leave: campaigns leave them out while it lasts, and it ends by its date, in the organisation's time zone.

What a person asks for (a confirmation, a reminder of what they have confirmed) is answered all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations import scope
from organisations.models import Organisation
from registers import activity
from registers.models.absence import Absence
from registers.models.contact import Contact
from registers.particulars import Particular, register_particular
from registers.texts import clean_line

AWAY = "away"  # why a message is not sent
LONGEST = dt.timedelta(days=3_660)


def today(organisation: Organisation | None = None) -> dt.date:
    """The day it is where the organisation in scope lives; `organisation` is that one, where it has been read."""
    zone = organisation.zone if organisation else _zone_in_scope()
    return timezone.now().astimezone(zone).date()


def _zone_in_scope() -> ZoneInfo:
    return ZoneInfo(Organisation.objects.values_list("time_zone", flat=True).get(pk=scope.current()))


def away(on: dt.date | None = None) -> Any:
    """The ids of contacts who are on leave on that day, today by default, as a queryset."""
    return Absence.objects.lasting(on or today()).order_by().values("contact")


def away_among(contacts: Iterable[int]) -> set[int]:
    """Which of the contacts with these ids are on leave today."""
    ids = list(contacts)
    return set(away().filter(contact__in=ids).values_list("contact", flat=True)) if ids else set()


def absences_of(contacts: Iterable[Contact], *, on: dt.date) -> Mapping[int, list[Absence]]:
    """The absences of contacts that have not ended on that day, by contact id, the one that lasts longest last."""
    ids = [contact.pk for contact in contacts]
    found: dict[int, list[Absence]] = {}
    for absence in Absence.objects.filter(contact__in=ids, until__gt=on).order_by("until", "pk") if ids else ():
        found.setdefault(absence.contact_id, []).append(absence)
    return found


def describe(absence: Absence, *, on: dt.date) -> str:
    """“On leave until 1 March 2027”, or with its beginning where that is after the day `on`."""
    facts = {
        "reason": absence.reason or _("On leave"),
        "until": date_format(absence.until, "DATE_FORMAT"),
        "since": date_format(absence.since, "DATE_FORMAT"),
    }
    if absence.since > on:
        return _("%(reason)s from %(since)s until %(until)s") % facts
    return _("%(reason)s until %(until)s") % facts


def absent_or_to_be(contacts: Iterable[int]) -> int:
    """How many of the contacts with these ids are on leave, or will be."""
    lasting = Absence.objects.filter(contact__in=list(contacts), until__gt=today())
    return lasting.order_by().values("contact").distinct().count()


def absence_sentences(contact: Contact) -> list[str]:
    """What is on, or to come, of one contact, in words."""
    now = today()
    return [describe(absence, on=now) for absence in absences_of([contact], on=now).get(contact.pk, [])]


@transaction.atomic
def set_absence(
    *, contacts: Iterable[int], until: dt.date, since: dt.date | None = None, reason: str = "", source: str = ""
) -> int:
    """Leave the contacts with these ids out of campaigns before `until`; return how many they are.

    It takes the place of any absence they have. Raises ValidationError for days that cannot be.
    """
    since = since or today()
    if until <= max(since, today()):
        raise ValidationError({"until": _("Choose a day to come, after the first one.")})
    if until - since > LONGEST:
        raise ValidationError({"until": _("An absence lasts ten years at most.")})
    chosen = list(Contact.objects.filter(pk__in=list(contacts)).only("pk", "organisation_id"))
    Absence.objects.filter(contact__in=chosen).delete()
    reason = clean_line(reason)[:120]
    rows = [Absence(contact=contact, since=since, until=until, reason=reason) for contact in chosen]
    Absence.objects.bulk_create(rows, batch_size=1_000)
    data = {"reason": reason, "since": since.isoformat(), "until": until.isoformat()}
    activity.record_many(contacts=chosen, kind="away", source=source, data=data)
    return len(chosen)


@transaction.atomic
def end_absence(*, contacts: Iterable[int], source: str = "") -> int:
    """Let campaigns reach the contacts with these ids again; return how many were on leave, or would have been."""
    rows = Absence.objects.filter(contact__in=list(contacts), until__gt=today())
    returning = list(Contact.objects.filter(pk__in=rows.values("contact")).only("pk", "organisation_id"))
    Absence.objects.filter(contact__in=returning).delete()
    activity.record_many(contacts=returning, kind="back", source=source)
    return len(returning)


activity.register_kind("away", gettext_lazy("On leave"), "calendar-alt")
activity.register_kind("back", gettext_lazy("Back from leave"), "calendar-check")
register_particular(Particular(key="away", label=gettext_lazy("On leave"), people=lambda _op, _value: away()))
