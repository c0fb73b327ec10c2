"""Joining a register by one text message, and leaving it: the telephone says who it is."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from registers import activity
from registers.consents import newest_acts, record_consent
from registers.contacts import save_contact
from registers.imports.parts import split_name
from registers.memberships import add_to_group, remove_from_group
from registers.models import Channel, Contact, Group, Register, SuppressionKind
from registers.phone_conditions import with_telephone
from registers.suppression import lift, suppress
from sms.models import Inbound, Keyword
from sms.words import name_after

Outcome = Inbound.Outcome


def join(*, keyword: Keyword, inbound: Inbound) -> tuple[str, Contact]:
    """Add whoever has this telephone to the keyword's register and group, in the caller's transaction.

    They give consent to its purpose, and get text messages again that they had stopped: they ask for them now. Of
    several who share the telephone it is the living one who was added first.
    """
    contact = _with_telephone(keyword.register, inbound.phone).filter(deceased=False).first()
    known = contact is not None
    name = _name(keyword, inbound) if contact is None or not contact.full_name else {}
    if contact is None or name:
        contact = save_contact(
            register=keyword.register,
            contact=contact,
            values=name if known else {"phone": inbound.phone, **name},
            source=keyword.source,
            match_email=False,
        )
    joined = keyword.group is not None and add_to_group(
        group=keyword.group, contacts=[contact.pk], source=keyword.source
    )
    if keyword.purpose is not None:
        record_consent(
            contact=contact,
            purpose=keyword.purpose,
            channel=Channel.SMS,
            granted=True,
            how=keyword.source,
            text=keyword.promise,
        )
    said = {SuppressionKind.STOP, SuppressionKind.UNSUBSCRIBED, SuppressionKind.DECEASED}
    for phone, kinds in ((inbound.phone, said), (contact.phone, {SuppressionKind.ELSEWHERE})):
        lift(
            organisation_id=contact.organisation_id,
            channel=Channel.SMS,
            address=phone,
            kinds=kinds,
            reason=_("Joined again by text message (%(word)s).") % {"word": keyword.word},
        )
    _tell(contact, "sms.joined", keyword, inbound)
    return (Outcome.JOINED if joined or not known else Outcome.MEMBER), contact


def leave(*, keyword: Keyword, inbound: Inbound) -> tuple[str, Contact | None]:
    """Take everybody who has this telephone out of the keyword's group and those below it, and take back what was
    agreed to. Where there was nothing of that, and they have not left by it before, no campaign sends text messages to
    it any more.

    All who share the telephone: it is the one that is not to be written to.
    """
    contacts = list(_with_telephone(keyword.register, inbound.phone))
    whose = contacts[0] if len(contacts) == 1 else None
    ids = [contact.pk for contact in contacts]
    groups = Group.objects.filter(pk__in=keyword.group.with_descendants()) if keyword.group else ()
    left = sum(remove_from_group(group=group, contacts=ids, source=keyword.source) for group in groups)
    withdrawn = [
        act.contact
        for act in newest_acts(ids)
        if act.granted and act.channel == Channel.SMS and act.purpose_id == keyword.purpose_id
    ]
    for contact in withdrawn:
        assert keyword.purpose is not None  # or nobody had agreed to it
        record_consent(contact=contact, purpose=keyword.purpose, channel=Channel.SMS, granted=False, how=keyword.source)
    if not left and not withdrawn:
        if Inbound.objects.filter(keyword=keyword, phone=inbound.phone, outcome=Outcome.LEFT).exists():
            return Outcome.STRANGER, whose  # once more, or delivered once more
        stop(inbound=inbound, contact=whose, source=keyword.source)
    for contact in contacts:
        _tell(contact, "sms.left" if left or withdrawn else "sms.stopped", keyword, inbound)
    return (Outcome.LEFT if left or withdrawn else Outcome.STOPPED), whose


def stop(*, inbound: Inbound, contact: Contact | None, source: str) -> None:
    """No campaign writes to this telephone any more, nor to the first one of `contact`, whose second one it may be."""
    stops = {inbound.phone: SuppressionKind.STOP}
    if contact is not None and contact.phone:
        stops.setdefault(contact.phone, SuppressionKind.ELSEWHERE)
    for phone, kind in stops.items():
        suppress(organisation_id=inbound.organisation_id, channel=Channel.SMS, address=phone, kind=kind, source=source)


def _with_telephone(register: Register, phone: str) -> Any:
    """The register's contacts who have this telephone; locked, so that nobody deletes or merges them meanwhile."""
    return with_telephone(phone, [register]).select_for_update(no_key=True, of=("self",))


def _name(keyword: Keyword, inbound: Inbound) -> dict[str, str]:
    if not keyword.takes_name:
        return {}
    first, last = split_name(name_after(inbound.text))
    return {"first_name": first[:100], "last_name": last[:100]}


def _tell(contact: Contact, kind: str, keyword: Keyword, inbound: Inbound) -> None:
    activity.record(contact=contact, kind=kind, source=keyword.source, data={"text": inbound.text[:200]})
