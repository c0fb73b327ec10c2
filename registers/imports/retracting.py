"""The work of undoing an import: judged first, shown with numbers, then taken back in chunks as it was written.

Judging and taking back are one path (`registers.imports.verdicts`), so that the numbers a person confirms are what
happens, but for what others do in between. A killed worker loses at most the chunk in hand: the cursor, the last
contact done, moves in the same transaction as its contacts.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from registers.access import log_access
from registers.addresses import address_key
from registers.contacts import note_deaths
from registers.imports.changes import LEFT, ROLE_IN, put_back, rewrite_log
from registers.imports.channels import addresses_of
from registers.imports.companies import forget_companies, forget_places, put_roles_back
from registers.imports.consents import made_acts
from registers.imports.copying import record_activity
from registers.imports.groups import made_memberships, members_again, take_out_of_group
from registers.imports.leases import hold, mine
from registers.imports.notes import count_notes, delete_notes
from registers.imports.people import delete_contacts, update_contacts
from registers.imports.stops import Addresses, carry_back, lift_stops, noes_of_others, set_stops, without
from registers.imports.targets import NEW
from registers.imports.verdicts import CHANGE_UNDONE, UNDONE, Outcome, Verdict, judge, rebase_later
from registers.models.consent import SuppressionKind
from registers.models.contact import CHANNEL_COLUMNS, Contact
from registers.models.imports import Import, ImportChange
from registers.suppression import lift

CHUNK = 5_000
Undo = Import.Undo


class _Noes:
    """What other imports have said no about, read when the first stop is to be lifted."""

    def __init__(self, batch: Import) -> None:
        self.batch = batch

    @cached_property
    def addresses(self) -> Addresses:
        return noes_of_others(self.batch)


def undo_import(batch: Import, *, seconds: float) -> bool:
    """Judge or take back as much as fits into `seconds`; True when all is done. Raises LeaseLost."""
    started, others = time.monotonic(), _Noes(batch)
    while _next_chunk(batch, others):
        if time.monotonic() - started > seconds:
            return False
    _finish(batch)
    return True


def _next_chunk(batch: Import, others: _Noes) -> bool:
    for attempt in (1, 2, 3):
        try:
            with transaction.atomic():
                hold(batch)
                return _chunk(batch, others)
        except IntegrityError:
            # Somebody has just taken an external id, or has written to one of the contacts: look again.
            if attempt == 3:
                raise
            batch.refresh_from_db(fields=["undo_to", "undo_counts"])
    return False


def _chunk(batch: Import, others: _Noes) -> bool:
    doing = batch.undo == Undo.RUNNING
    rest = ImportChange.objects.filter(batch=batch, contact__gt=batch.undo_to).order_by("contact")
    ids = list(rest.values_list("contact", flat=True)[:CHUNK])
    if not ids:
        return False
    verdicts = judge(batch, ids, lock=doing)
    undone = [verdict.contact.pk for verdict in verdicts if verdict.outcome != Outcome.KEPT_NEW]
    acts = made_acts(batch, undone)
    taken_back = acts.count()
    logged = [verdict.change.after for verdict in verdicts if verdict.outcome != Outcome.KEPT_NEW]
    stops = set_stops(logged)
    if stops:
        stops = without(stops, others.addresses)
    if doing:
        acts.delete()
        lift_stops(batch, stops)
        forget_places(batch, undone)
        _take_back(batch, verdicts)
    rewrite_log("kept", ((verdict.change.pk, verdict.reasons) for verdict in verdicts if verdict.reasons))
    counts = Counter(batch.undo_counts)
    counts.update(Counter(verdict.outcome for verdict in verdicts))
    if taken_back:
        counts["consents"] += taken_back
    if stops:
        counts["stops"] += sum(map(len, stops.values()))
    mine(batch).update(undo_to=ids[-1], undo_counts=dict(counts))
    batch.undo_to, batch.undo_counts = ids[-1], dict(counts)
    return True


def _take_back(batch: Import, verdicts: Sequence[Verdict]) -> None:
    rebase_later(batch, verdicts)
    restored = [verdict for verdict in verdicts if verdict.restore]
    contacts = [verdict.contact for verdict in restored]
    before = [addresses_of(address_key(contact.email), contact.phone) for contact in contacts]
    for verdict in restored:
        for key in verdict.restore:
            put_back(verdict.contact, key, verdict.former(key))
    update_contacts(contacts, keys={key for verdict in restored for key in verdict.restore})
    now = [addresses_of(address_key(contact.email), contact.phone) for contact in contacts]
    carry_back(batch, list(zip(before, now, strict=True)))
    members_again(batch, _ended_memberships(restored))
    changed = [(verdict, key) for verdict in restored for key in verdict.restore if key.startswith(ROLE_IN)]
    put_roles_back({key: verdict.former(key) for verdict, key in changed})
    kind = CHANGE_UNDONE if batch.is_change else UNDONE
    record_activity(contacts, kind=kind, source=batch.original_name, data={"import": batch.pk})
    if deaths := [verdict.contact for verdict in restored if "deceased" in verdict.restore]:
        note_deaths(deaths, source=batch.original_name)
    doomed = [verdict.contact for verdict in verdicts if verdict.outcome == Outcome.DELETED]
    if doomed:
        _forget_deaths(batch, doomed)
        delete_contacts([contact.pk for contact in doomed])


def _ended_memberships(verdicts: Sequence[Verdict]) -> dict[int, Any]:
    return {
        verdict.contact.pk: verdict.former(key)
        for verdict in verdicts
        for key in verdict.restore
        if key.startswith(LEFT)
    }


def _forget_deaths(batch: Import, contacts: Sequence[Any]) -> None:
    """Addresses that only the import called those of the dead may be written to again."""
    for channel, column in CHANNEL_COLUMNS.items():
        addresses = {getattr(contact, column) for contact in contacts if contact.deceased} - {""}
        if not addresses:
            continue
        others = Contact.objects.filter(deceased=True, **{f"{column}__in": addresses})
        others = others.exclude(pk__in=[contact.pk for contact in contacts])
        for address in addresses - set(others.values_list(column, flat=True)):
            lift(
                organisation_id=batch.organisation_id,
                channel=channel,
                address=address,
                reason=_("import undone"),
                kinds=[SuppressionKind.DECEASED],
            )


def _finish(batch: Import) -> None:
    with transaction.atomic():
        hold(batch)
        if batch.undo == Undo.CHECKING:
            counts = batch.undo_counts
            if count := made_memberships(batch).count():
                counts["out_of_group"] = count
            counts |= count_notes(batch)
            mine(batch).update(undo=Undo.READY, undo_counts=counts, lease_until=None, lease_token=None)
            return
        forget_companies(batch)
        counts = batch.undo_counts
        if count := take_out_of_group(batch):
            counts["out_of_group"] = count
        counts |= delete_notes(batch)
        back = counts.get(Outcome.RESTORED, 0) + counts.get(Outcome.PARTLY, 0)
        for action, count in (("delete", counts.get(Outcome.DELETED, 0)), ("edit", back)):
            if count:
                log_access(
                    user=batch.undo_by,
                    action=action,
                    subject=batch.register,
                    count=count,
                    purpose=_("undo of %(file)s") % {"file": batch.original_name},
                )
        counts["empty_columns"] = _empty_columns(batch)
        mine(batch).update(
            undo=Undo.DONE, undo_counts=counts, undone_at=timezone.now(), lease_until=None, lease_token=None
        )


def _empty_columns(batch: Import) -> list[str]:
    """The keys of the columns that the import has made and in which nobody has anything."""
    made = [entry["key"] for entry in batch.mapping if entry["target"] == NEW]
    people = Contact.objects.filter(register=batch.register_id)
    return [key for key in made if not people.filter(attributes__has_key=key).exists()]
