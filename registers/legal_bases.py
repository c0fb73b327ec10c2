"""Why a contact may be kept: all that bears on it, gathered for one person to look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from organisations import reach, scope
from registers.activity import look_of, named_sources
from registers.consents import Standing, standings
from registers.deeds import deeds
from registers.exports.holding import Taken, exports_with
from registers.models import (
    AccessLog,
    Activity,
    Channel,
    Consent,
    Contact,
    ContactReason,
    ImportChange,
    RegisterPurpose,
    Suppression,
)
from registers.purposes import purposes_of
from registers.reasons import reasons_of
from registers.suppression import suppressions_of
from registers.warnings import warnings_for

_ARRIVALS = ("added", "imported")


@dataclass(frozen=True, slots=True)
class Basis:
    """`arrivals` are (when, what, source); `deeds` (what, how often, when last). `keeps_back` says what keeps campaigns
    from them besides `suppressions`."""

    arrivals: Sequence[tuple[dt.datetime, Any, str]]
    imports: Sequence[Any]
    reasons: Sequence[ContactReason]
    purposes: Sequence[RegisterPurpose]
    standings: Sequence[Standing]
    consents: Sequence[Consent]
    keeps_back: Sequence[str]
    suppressions: Sequence[Suppression]
    exports: Sequence[Taken]
    looked: int
    lookers: int
    deeds: Sequence[tuple[Any, int, dt.datetime | None]]


def basis_of(contact: Contact) -> Basis:
    """With a fixed number of queries, and one for each kind of deed and of lists that packages above know of."""
    arrivals = Activity.objects.filter(contact=contact, kind__in=_ARRIVALS).order_by("at", "pk")
    imports = ImportChange.objects.filter(contact=contact).select_related("batch").order_by("pk")
    purposes = purposes_of(contact.register)
    views = AccessLog.objects.filter(subject=f"contact:{contact.pk}", action=AccessLog.Action.VIEW).order_by()
    with reach.lifted():  # by whomever: it is about this person alone
        looked = views.aggregate(times=Count("pk"), people=Count("user", distinct=True))
    return Basis(
        arrivals=[(row.at, look_of(row.kind).label, row.source) for row in arrivals],
        imports=list(imports),
        reasons=reasons_of(contact),
        purposes=purposes,
        standings=standings(contact, purposes),
        consents=list(Consent.objects.filter(contact=contact).select_related("purpose")),
        keeps_back=[row["text"] for row in warnings_for([contact])[contact.pk] if not row["channel"]],
        suppressions=_suppressions(contact),
        exports=exports_with(contact),
        looked=looked["times"],
        lookers=looked["people"],
        deeds=_deeds(contact),
    )


def _suppressions(contact: Contact) -> list[Suppression]:
    found: list[Suppression] = []
    for channel in Channel.values:
        if address := contact.address(channel):
            found += suppressions_of(organisation_id=scope.current(), channel=channel, address=address)
    names = named_sources(row.source for row in found)
    for row in found:
        row.source = names[row.source]
    return found


def _deeds(contact: Contact) -> list[tuple[Any, int, dt.datetime | None]]:
    found = []
    for deed in deeds().values():
        rows = deed.rows().filter(**{deed.contact: contact.pk}).order_by(f"-{deed.at}")
        if count := rows.count():
            found.append((deed.label, count, rows.values_list(deed.at, flat=True).first()))
    return found
