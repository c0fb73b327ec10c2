"""Writing contacts one by one: by hand, from a form, from an API. Imports write in bulk: `registers.imports`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organisations import reach
from organisations.figures import number
from registers import activity
from registers.addresses import address_key
from registers.columns import OWN, Column, columns_for
from registers.company_columns import spell_values
from registers.models.activity import Activity
from registers.models.consent import SuppressionKind
from registers.models.contact import CHANNEL_COLUMNS, Contact
from registers.models.register import Register
from registers.suppression import lift, suppress_many
from registers.unique import clashes, is_clash
from registers.values import Reading, ValueMistake
from registers.values.world import country_abroad


def save_contact(
    *,
    register: Register,
    values: Mapping[str, Any],
    source: str,
    match_email: bool = True,
    contact: Contact | None = None,
    timeline: list[Activity] | None = None,
    make_companies: bool = True,
) -> Contact:
    """Add a contact to `register`, or change the one that is meant, and return it.

    `values` goes by column key ("email", "attributes.diet"; an own column's bare key is understood too) and holds
    text or values of the column's type; None or "" empties a column. Meant is `contact` if given, else the one with the
    same external id, else, with `match_email`, the oldest one with the same e-mail address (then only columns with a
    value are written: a form that was left half empty erases nothing). Raises ValidationError by column key, before
    anything is written.

    With `timeline`, what belongs on the contact's timeline is put there for the caller to write (`activity.write`).
    Without `make_companies`, the name of a company that is not known stands in its column as a text: it leads to the
    company once somebody of the team has made it.
    """
    told: list[Activity] = [] if timeline is None else timeline
    # In the caller's transaction, where there is one: a savepoint would guard nothing, and cost a reply two statements.
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        saved = _save_contact(
            register, values, source, contact, told, match_email=match_email, make_companies=make_companies
        )
        if timeline is None:
            activity.write(told)
    return saved


def _save_contact(
    register: Register,
    values: Mapping[str, Any],
    source: str,
    contact: Contact | None,
    timeline: list[Activity],
    *,
    match_email: bool,
    make_companies: bool,
) -> Contact:
    columns = {column.key: column for column in columns_for(register)}
    home, lives_in = register.organisation.region, values.get("country", contact.country if contact else "")
    parsed = _parse(values, columns, Reading(region=home, abroad=country_abroad(str(lives_in or ""), home)))
    explicit = contact is not None
    contact = contact or _find(register, parsed, match_email=match_email)
    created = contact is None
    # What stood there already makes nothing: the company may have been deleted since.
    news = {key: value for key, value in parsed.items() if contact is None or columns[key].stored(contact) != value}
    spell_values(columns.values(), news, make=make_companies)
    parsed |= news
    if contact is None:
        contact = Contact(register=register, organisation_id=register.organisation_id, source=source[:120])
    changed = []
    for key, value in parsed.items():
        column = columns[key]
        if value is None and not explicit and not created:
            continue
        if column.stored(contact) != value and not (column.core and not value and not column.stored(contact)):
            column.write(contact, value)
            changed.append(key)
    if not created and not changed:
        return contact
    if created:
        for column in columns.values():
            if column.default is not None and column.key not in parsed:
                column.fill_default(contact)
    _check_external_id(contact)
    _save(contact, [column for column in columns.values() if column.unique])
    kind = "added" if created else "edited"
    timeline.append(activity.entry(contact=contact, kind=kind, source=source, data={"columns": changed[:50]}))
    if "deceased" in changed:
        note_deaths([contact], source=source)
    return contact


def _parse(values: Mapping[str, Any], columns: Mapping[str, Column], reading: Reading) -> dict[str, Any]:
    parsed: dict[str, Any] = {}
    mistakes: dict[str, str] = {}
    for key, value in values.items():
        key = key if key in columns else OWN + key
        if key not in columns:
            mistakes[key] = _("There is no such column in this register.")
            continue
        try:
            parsed[key] = columns[key].parse(value, reading)
        except ValueMistake as mistake:
            mistakes[key] = f"{mistake}."
    if mistakes:
        raise ValidationError(mistakes)
    return parsed


def _find(register: Register, parsed: Mapping[str, Any], *, match_email: bool) -> Contact | None:
    """The contact meant by the values, locked, so that two replies at once do not overwrite each other."""
    found: Contact | None = None
    if parsed.get("external_id"):
        found = _oldest(register, external_id=parsed["external_id"])
    if found is None and match_email and (key := address_key(parsed.get("email") or "")):
        found = _oldest(register, email_key=key)
        if found and parsed.get("external_id") and found.external_id:
            return None  # the same address, but another member
    return found


def _oldest(register: Register, **known_by: str) -> Contact | None:
    rows = Contact.objects.select_for_update(no_key=True).filter(register=register, **known_by).order_by("pk")
    found: Contact | None = rows.first()
    return found


def _check_external_id(contact: Contact) -> None:
    if not contact.external_id:
        return
    others = Contact.objects.filter(register=contact.register_id, external_id=contact.external_id)
    if others.exclude(pk=contact.pk).exists():
        raise ValidationError({"external_id": _("Another contact of this register has this external id.")})


def _save(contact: Contact, unique: Sequence[Column]) -> None:
    """Raises ValidationError by column key where somebody else has what nobody may have twice."""
    if not unique:
        contact.save()
        return
    _check_unique(contact, unique)
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError as error:
        if not is_clash(error):
            raise
        # Somebody took it a moment ago.
        _check_unique(contact, unique)
        raise


def _check_unique(contact: Contact, unique: Sequence[Column]) -> None:
    taken = clashes(contact.register_id, {contact.pk or 0: contact.attributes}).get(contact.pk or 0, set())
    mistakes = {column.key: _("Another contact of this register has this already.") for column in unique}
    if found := {column.key: mistakes[column.key] for column in unique if column.name in taken}:
        raise ValidationError(found)


@reach.lifted()
def note_deaths(contacts: Iterable[Contact], *, source: str) -> None:
    """Stop or allow letters to the addresses of contacts whose `deceased` has changed.

    An address that a living contact of the organisation shares stays reachable.
    """
    contacts = list(contacts)
    for channel, column in CHANNEL_COLUMNS.items():
        gone = {getattr(contact, column) for contact in contacts if contact.deceased} - {""}
        back = {getattr(contact, column) for contact in contacts if not contact.deceased} - {""}
        if gone:
            living = Contact.objects.filter(deceased=False, **{f"{column}__in": gone})
            gone -= set(living.values_list(column, flat=True))
            suppress_many(
                organisation_id=contacts[0].organisation_id,
                channel=channel,
                addresses=gone,
                kind=SuppressionKind.DECEASED,
                source=source,
            )
        for address in back:
            lift(
                organisation_id=contacts[0].organisation_id,
                channel=channel,
                address=address,
                reason=_("marked as living"),
                kinds=[SuppressionKind.DECEASED],
            )


@transaction.atomic
def delete_contacts(*, register: Register, contacts: Iterable[int]) -> int:
    """Delete the contacts with these ids from `register`, with their timeline; return how many there were."""
    found = Contact.objects.filter(register=register, pk__in=list(contacts))
    chosen = list(found.order_by().values_list("pk", flat=True))
    with reach.lifted():  # what else knows of them goes too, whoever may see it
        Contact.objects.filter(pk__in=chosen).delete()
    return len(chosen)


def describe_count(count: int) -> str:
    """“1 contact”, “12 contacts”."""
    return ngettext("%(count)s contact", "%(count)s contacts", count) % {"count": number(count)}
