"""Making one contact of several, in one transaction, so that nothing is lost and everything can be taken back.

Contacts are locked in order of id, so two merges that share a contact are done one after the other, and the second is
told. Other tables follow: what only points at a contact moves by itself (`uniting`), what is counted is left to who
counts it (`registers.signals.contacts_merging`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from organisations import reach
from registers import activity
from registers.access import log_access
from registers.contacts import note_deaths
from registers.duplicates import uniting
from registers.duplicates.comparing import FEWEST, MOST, Choice, apply_choices, as_read, left_out
from registers.duplicates.former import present_id
from registers.duplicates.ledger import Ledger
from registers.duplicates.rows import delete_rows, fingerprint, read_rows
from registers.models import Channel, Contact, FormerContact, MergeRecord
from registers.signals import contacts_locking, contacts_merging

_TRIES = 3


class MergeRefused(Exception):
    """Nothing was changed; the message says why, in words for the person."""


class AlreadyMerged(MergeRefused):
    """These contacts are one already: `contact`."""

    def __init__(self, contact: Contact) -> None:
        self.contact = contact
        super().__init__(_("These contacts have been merged already: this is the one that stayed."))


@reach.lifted()
def merge(
    *,
    keep: int,
    contacts: Iterable[int],
    choices: Mapping[str, Choice] | None = None,
    seen: str = "",
    user: Any = None,
) -> MergeRecord:
    """Make the two to six `contacts` one, under the id `keep`. Raises MergeRefused.

    `choices` goes by column key: the id of the contact whose value it becomes, or "all" (of a column of several
    choices). `seen` is the fingerprint of what the person looked at (`rows.fingerprint`): if the contacts have changed
    since, nothing is done.
    """
    ids = sorted(set(contacts))
    if not FEWEST <= len(ids) <= MOST or keep not in ids:
        raise MergeRefused(_("Choose two to six contacts, and which of them stays."))
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction.atomic():
                return _merge(keep, ids, choices or {}, seen, user)
        except OperationalError:
            # A deadlock with somebody who took the locks in another order; PostgreSQL has undone ours.
            if attempt == _TRIES or transaction.get_connection().in_atomic_block:
                raise
    raise AssertionError("unreachable")


def lock_contacts(ids: Sequence[int]) -> list[Contact]:
    """The contacts, locked until the end of the transaction; fewer than asked for where some are gone."""
    contacts_locking.send(sender=Contact, contacts=list(Contact.objects.filter(pk__in=ids).order_by("pk")))
    rows = Contact.objects.select_related("register").select_for_update(of=("self",))
    return list(rows.filter(pk__in=ids).order_by("pk"))


def _merge(keep: int, ids: list[int], choices: Mapping[str, Choice], seen: str, user: Any) -> MergeRecord:
    contacts = lock_contacts(ids)
    _check(contacts, ids, seen)
    kept = next(contact for contact in contacts if contact.pk == keep)
    merged = [contact for contact in contacts if contact.pk != keep]
    gone = [contact.pk for contact in merged]

    ledger = Ledger()
    (before,) = read_rows(Contact, [keep])
    ledger.merged = read_rows(Contact, gone)
    uniting.unite_consents(kept=kept, merged=merged, ledger=ledger)
    uniting.unite_memberships(kept=kept, merged=merged, ledger=ledger)
    uniting.unite_not_same(kept=kept, merged=merged, ledger=ledger)
    uniting.unite_couples(kept=kept, merged=merged, ledger=ledger)
    uniting.set_imports_aside(kept=kept, merged=merged, ledger=ledger)
    contacts_merging.send(sender=Contact, kept=kept, merged=merged, ledger=ledger)
    uniting.move_everything(kept=kept, merged=merged, ledger=ledger)

    delete_rows(Contact, gone)
    was_deceased = kept.deceased
    former = {channel: {contact.address(channel) for contact in contacts} - {""} for channel in Channel.values}
    had = as_read(contacts)
    changed = apply_choices(kept=kept, contacts=contacts, choices=choices)
    kept.save()
    uniting.unite_stops(kept=kept, former=former, ledger=ledger)
    (after,) = read_rows(Contact, [keep])
    ledger.kept = {"id": keep, "before": before, "after": after}
    record = _write_down(kept, merged, ledger, user)
    if kept.deceased != was_deceased:
        note_deaths([kept], source=_("merged"))
    activity.record(
        contact=kept,
        kind="merged",
        source=_("by hand"),
        data={"contacts": gone, "columns": changed, "left_out": left_out(kept=kept, before=had)},
    )
    log_access(user=user, action="edit", subject=kept, count=len(ids), purpose=_("Merged"))
    return record


def _check(contacts: Sequence[Contact], ids: Sequence[int], seen: str) -> None:
    if len(contacts) < len(ids):
        there = {contact.pk for contact in contacts}
        now = {present_id(pk) for pk in ids}
        if len(now) == 1 and now == there:
            raise AlreadyMerged(contacts[0])
        raise MergeRefused(
            _("One of these contacts was deleted or merged with another meanwhile. Nothing was changed.")
        )
    if len({contact.register_id for contact in contacts}) > 1:
        raise MergeRefused(_("These contacts are in different registers, and stay apart."))
    if seen and seen != fingerprint(ids):
        raise MergeRefused(_("One of these contacts was changed meanwhile. Look again: nothing was merged yet."))


def _write_down(kept: Contact, merged: Sequence[Contact], ledger: Ledger, user: Any) -> MergeRecord:
    gone = [contact.pk for contact in merged]
    record: MergeRecord = MergeRecord.objects.create(
        register=kept.register,
        kept=kept,
        merged=gone,
        data=ledger.as_json(),
        created_by=user if getattr(user, "is_authenticated", False) else None,
    )
    FormerContact.objects.bulk_create([FormerContact(former_id=pk, contact=kept, record=record) for pk in gone])
    return record
