"""Consent, given and withdrawn: acts are only ever added, and the newest counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from organisations import scope
from registers import activity
from registers.fields import AnyOf
from registers.models.consent import Channel, Consent, Purpose
from registers.models.contact import CHANNEL_COLUMNS, Contact
from registers.models.legal_basis import RegisterPurpose


class How(models.TextChoices):
    """How an act that somebody writes down by hand reached us."""

    PHONE = "phone", _("On the phone")
    PAPER = "paper", _("On paper")
    EMAIL = "email", _("By e-mail")
    IN_PERSON = "in_person", _("In person")


@transaction.atomic
def record_consent(
    *, contact: Contact, purpose: Purpose, channel: str, granted: bool, how: str, text: str = ""
) -> Consent:
    """Write down that `contact` gave or withdrew consent: `how` it came to us, and the `text` they agreed to.

    Nothing is suppressed here: consent is per purpose, suppression stops all bulk to an address.
    """
    _one_at_a_time([contact.pk])
    consent: Consent = Consent.objects.create(
        contact=contact, purpose=purpose, channel=channel, granted=granted, how=how[:200], text=text
    )
    activity.record(contact=contact, kind=_kind(granted), source=how, data=_data(purpose, channel))
    return consent


@transaction.atomic
def record_consents(
    *, contacts: Iterable[int], purpose: Purpose, channel: str, granted: bool, how: str, text: str = ""
) -> tuple[int, int]:
    """The same for the contacts with these ids, less a yes of those who have withdrawn theirs.

    Returns of how many it is written down, and how many have withdrawn it.
    """
    chosen = _one_at_a_time(contacts)
    refused = _who_withdrew([contact.pk for contact in chosen], purpose, channel) if granted else set()
    willing = [contact for contact in chosen if contact.pk not in refused]
    acts = [
        Consent(contact=contact, purpose=purpose, channel=channel, granted=granted, how=how[:200], text=text)
        for contact in willing
    ]
    Consent.objects.bulk_create(acts, batch_size=1_000)
    activity.record_many(contacts=willing, kind=_kind(granted), source=how, data=_data(purpose, channel))
    return len(willing), len(refused)


def _one_at_a_time(contacts: Iterable[int]) -> list[Contact]:
    """The contacts with these ids, locked as an import locks those it weighs: the act that is written last counts."""
    rows = Contact.objects.select_for_update(no_key=True).filter(pk__in=list(contacts)).order_by("pk")
    return list(rows.only("pk", "organisation_id"))


def _who_withdrew(contacts: Sequence[int], purpose: Purpose, channel: str) -> set[int]:
    newest = _newest(contacts).filter(purpose=purpose, channel=channel).values_list("contact", "granted")
    return {contact for contact, granted in newest if not granted}


def count_withdrawn(contacts: Sequence[int]) -> int:
    """How many of the contacts with these ids have withdrawn a consent, and not given it again."""
    withdrawn = Consent.objects.filter(pk__in=_newest(contacts).values("pk"), granted=False)
    return withdrawn.order_by().values("contact").distinct().count()


class Granted(models.Subquery):
    """Whether the newest of a contact's `acts`, a queryset on one purpose and channel, granted it; as a condition.

    The acts are read once, in the order of their index, and the contacts then looked up in the order of their ids:
    to ask of each act whether there is a newer one takes twice as long.
    """

    template = "EXISTS (SELECT FROM (%(subquery)s) newest WHERE newest.granted AND newest.person = %(contact)s)"
    output_field = models.BooleanField()
    empty_result_set_value = False

    def __init__(self, acts: Any) -> None:
        newest = acts.order_by("contact_id", "-pk").distinct("contact_id")
        super().__init__(newest.values("granted", person=models.F("contact_id")))
        self.contact: Any = models.F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self.query, self.contact]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.query, self.contact = exprs

    def as_sql(self, compiler: Any, connection: Any, template: str | None = None, **extra: Any) -> Any:
        contact, values = compiler.compile(self.contact)
        sql, of_acts = super().as_sql(compiler, connection, template, contact=contact, **extra)
        return sql, (*of_acts, *values)


def newest_acts(contacts: Iterable[int]) -> list[Consent]:
    """The act that counts of each contact, purpose and channel, in one query, with the purpose."""
    ids = list(contacts)
    return list(_newest(ids).select_related("purpose")) if ids else []


def _newest(contacts: Sequence[int]) -> models.QuerySet[Consent]:
    by = ("contact_id", "purpose_id", "channel")
    acts: models.QuerySet[Consent] = Consent.objects.filter(AnyOf(models.F("contact_id"), contacts))
    return acts.order_by(*by, "-pk").distinct(*by)


def newest_by_address(addresses: Sequence[str], *, purpose_id: int, channel: str) -> dict[str, bool]:
    """Whether the newest act of anybody at each of the addresses granted it; who has said nothing is left out."""
    found = acts_by_address(addresses, purpose_id=purpose_id, channel=channel)
    return {address: granted for address, (granted, _at) in found.items()}


def acts_by_address(addresses: Sequence[str], *, purpose_id: int, channel: str) -> dict[str, tuple[bool, dt.datetime]]:
    """The same with the time of that act."""
    at = f"contact__{CHANNEL_COLUMNS[channel]}"
    acts = Consent.objects.filter(
        purpose=purpose_id,
        channel=channel,
        contact__organisation=scope.current(),  # for the index by address
        **{f"{at}__in": list(addresses)},
    )
    newest = acts.order_by(at, "-at", "-pk").distinct(at).values_list(at, "granted", "at")
    return {address: (granted, when) for address, granted, when in newest}


@dataclass(slots=True)
class Standing:
    """What a contact has said about one purpose: the newest act by channel, None where they have said nothing."""

    purpose: Purpose
    basis: str = ""
    acts: list[tuple[Channel, Consent | None]] = field(default_factory=list)


def standings(contact: Contact, rows: Sequence[RegisterPurpose]) -> list[Standing]:
    """Each purpose of the contact's register (`rows`), or of the organisation where that has none, and all that the
    contact has ever acted on."""
    found = {row.purpose_id: Standing(row.purpose, str(row.get_legal_basis_display())) for row in rows}
    if not found:
        found = {purpose.pk: Standing(purpose) for purpose in Purpose.objects.filter(retired=False)}
    newest = {}
    for act in newest_acts([contact.pk]):
        found.setdefault(act.purpose_id, Standing(act.purpose))
        newest[act.purpose_id, act.channel] = act
    for pk, standing in found.items():
        standing.acts = [(channel, newest.get((pk, channel.value))) for channel in Channel]
    return sorted(found.values(), key=lambda standing: standing.purpose.name.casefold())


def _kind(granted: bool) -> str:
    return "consent_granted" if granted else "consent_withdrawn"


def _data(purpose: Purpose, channel: str) -> dict[str, str]:
    return {"purpose": purpose.name, "channel": channel}
