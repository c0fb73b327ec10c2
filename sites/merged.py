"""Replies of contacts that are merged: one per event stays, and the seats stay exact.

Of two replies to one event the one that holds more stays: seats before a place in line before a no, then the larger
party. The other one is out of the table until the merge is taken back, and its seats go to the line at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from registers.duplicates.ledger import Ledger
from registers.models import Contact
from registers.signals import contacts_locking, contacts_merging, contacts_unmerged, contacts_unmerging
from sites import counters, replies, seats
from sites.models import RsvpPage
from sites.models.seats import Capacity, Registration, State

_LABEL = Registration._meta.label
_RANK = [State.CONFIRMED, State.WAITING, State.CANCELLED, State.DECLINED]


@receiver(contacts_locking, dispatch_uid="sites.wait_for_replies")
def wait_for_replies(contacts: Sequence[Contact], **_kwargs: Any) -> None:
    """Let replies that are being written finish first; later ones find the contact that stayed."""
    keys = {(contact.register_id, contact.email_key or str(contact.pk)) for contact in contacts}
    for register_id, key in sorted(keys):
        replies.one_at_a_time(register_id, key)


@receiver(contacts_merging, dispatch_uid="sites.merge_replies")
def merge_replies(kept: Contact, merged: Sequence[Contact], ledger: Ledger, **_kwargs: Any) -> None:
    everybody = [kept.pk, *(contact.pk for contact in merged)]
    rooms = _lock_rooms(Registration.objects.filter(contact__in=everybody))
    by_page: dict[int, list[Registration]] = {}
    for registration in Registration.objects.filter(contact__in=everybody).order_by("page_id", "pk"):
        by_page.setdefault(registration.page_id, []).append(registration)
    for page_id, registrations in by_page.items():
        best = min(
            registrations, key=lambda row: (_RANK.index(State(row.state)), -row.party_size, row.contact_id != kept.pk)
        )
        for registration in registrations:
            if registration is not best:
                ledger.set_aside(Registration, [registration.pk])
                _tell_promoted(page_id, seats.let_go(capacity=rooms[page_id], registration=registration))


@receiver(contacts_unmerging, dispatch_uid="sites.lock_rooms")
def lock_rooms(kept: Contact, ledger: Ledger, **_kwargs: Any) -> None:
    """Seats are locked before the replies are touched, as everywhere."""
    pages = {row["page_id"] for row in ledger.aside.get(_LABEL, ())}
    _lock_rooms(Registration.objects.filter(contact=kept), *pages)


@receiver(contacts_unmerged, dispatch_uid="sites.take_back_replies")
def take_back_replies(ledger: Ledger, **_kwargs: Any) -> None:
    """Count the replies that came back. Nobody who was seated meanwhile loses the seat; that is said."""
    ids = [row["id"] for row in ledger.aside.get(_LABEL, ())]
    registrations = Registration.objects.filter(pk__in=ids).order_by("page_id", "pk")
    for registration in registrations.select_related("page"):
        capacity = counters.lock_capacity(registration.page_id)
        before = capacity.overbooked
        _tell_promoted(registration.page_id, seats.take_back(capacity=capacity, registration=registration))
        if capacity.overbooked > before:
            ledger.notes.append(
                _("“%(event)s” is overbooked by %(count)s now: a seat had been given to somebody else meanwhile.")
                % {"event": registration.page.title, "count": capacity.overbooked}
            )


def _lock_rooms(registrations: Any, *pages: int) -> dict[int, Capacity]:
    wanted = {*registrations.order_by().values_list("page_id", flat=True), *pages}
    rows = Capacity.objects.select_for_update(no_key=True).filter(page__in=wanted).order_by("page_id")
    return {capacity.page_id: capacity for capacity in rows}


def _tell_promoted(page_id: int, seating: seats.Seating) -> None:
    if seating.promoted:
        page = RsvpPage.objects.get(pk=page_id)
        replies.after(page=page, seating=seats.Seating(None, None, changed=True, promoted=seating.promoted))
