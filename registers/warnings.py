"""What stands out about a contact: who must not be written to, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from organisations import scope
from organisations.models import Organisation
from registers.absences import absences_of, describe, today
from registers.consents import newest_acts
from registers.models import Channel, Contact, SuppressionKind
from registers.suppression import suppressed_by_channel

WITHDRAWN_ICON = "circle-xmark"
LEAVE_ICON = "calendar-alt"
_BOUNCES = {SuppressionKind.HARD_BOUNCE}


def warnings_for(
    contacts: Sequence[Contact], *, organisation: Organisation | None = None
) -> dict[int, list[dict[str, str]]]:
    """For each contact id the warnings to show: {"icon", "text", "channel"}; a few queries however many contacts.

    `organisation` is the one in scope, where it has been read.
    """
    addresses = {channel: [contact.address(channel) for contact in contacts] for channel in Channel.values}
    by_channel = suppressed_by_channel(organisation_id=scope.current(), addresses=addresses)
    now = today(organisation)
    absences = absences_of(contacts, on=now)
    withdrawn: dict[int, list[str]] = {}
    for act in newest_acts(contact.pk for contact in contacts):
        if not act.granted:
            text = f"{act.get_channel_display()}: {_('Withdrew consent')} ({act.purpose})"
            withdrawn.setdefault(act.contact_id, []).append(text)
    found: dict[int, list[dict[str, str]]] = {}
    for contact in contacts:
        rows = [{"icon": "cross", "text": _("Deceased"), "channel": ""}] if contact.deceased else []
        lasting = [absence for absence in absences.get(contact.pk, ()) if absence.since <= now]
        if lasting:
            rows.append({"icon": LEAVE_ICON, "text": describe(lasting[-1], on=now), "channel": ""})
        for channel, kinds_by_key in by_channel.items():
            for kind in sorted(kinds_by_key.get(contact.address(channel), ())):
                if kind == SuppressionKind.DECEASED and contact.deceased:
                    continue
                label = SuppressionKind(kind).label
                text = f"{Channel(channel).label}: {label}"
                rows.append({"icon": "warning" if kind in _BOUNCES else "no-view", "text": text, "channel": channel})
        rows += [{"icon": WITHDRAWN_ICON, "text": text, "channel": ""} for text in withdrawn.get(contact.pk, ())]
        found[contact.pk] = rows
    return found


def warn_of(rows: Sequence[Any], *, contact: str = "contact") -> None:
    """Put `warnings` on each row of a list, of the person it is about, if it is known who that is."""
    people = {person.pk: person for row in rows if (person := getattr(row, contact))}
    found = warnings_for(list(people.values())) if people else {}
    for row in rows:
        person = getattr(row, contact)
        row.warnings = found[person.pk] if person else []
