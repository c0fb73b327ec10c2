"""Seats: who gets one, who waits, who is next. Exact under any number of parallel replies.

The rules:

* Every function that changes something belongs in the caller's transaction (outside one the lock raises), and decides
  before it writes: a refusal leaves the transaction as it was.
* Every change locks the event's `Capacity` row, once, and looks at registrations only after that, so two replies to one
  event are decided one after the other. The lock is `FOR NO KEY UPDATE`: rows that point at the event may be written
  by others meanwhile without a deadlock. Everything a reply writes besides (contact, submission) is written before,
  so that the lock is held for as short as can be.
* Somebody new who looks sure of a seat waits for no lock: `reply_at_once` writes their yes, and `count_in`, as the last
  statement of the transaction, asks and takes in one UPDATE. Who looks sure of a place in the line asks and takes in
  one UPDATE too (`wait_at_once`). Where it has come otherwise meanwhile both raise, the transaction is rolled back, and
  the reply is decided under the lock as any other.
* Waiting list off: a party is refused only when it is larger than the seats left at that moment.
* Waiting list on: once somebody waits, every newcomer waits, and a seated party may not grow either.
* Freed seats go to the head of the line in the same transaction, strictly: the line stops at the first party that
  does not fit. Only the organiser changes the order of the line (`move_up`).
* Once the event is cancelled nobody gets a seat, and the line stays as it is.
* Lowering the seats evicts nobody: the ceiling is then what is taken. The CHECK `taken <= ceiling` is the second net,
  which is why counters are written as `taken + n`, never as absolute numbers.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from sites import counters
from sites.models.seats import Capacity, Registration, State


class TooLarge(Exception):
    """The party is larger than what is left; `left` says how many it could be (0: nobody more)."""

    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__(f"{left} seats left")


class EventCancelled(Exception):
    """The event was called off: nobody gets a seat any more."""


@dataclass(frozen=True, slots=True)
class Seating:
    """What one operation did. `promoted` got their seats by it, in queue order."""

    registration: Registration | None
    before: str | None
    changed: bool
    promoted: list[Registration] = field(default_factory=list)


def place(
    *, capacity: Capacity, held: int, waits: int, party: int, waiting_list: bool, overrule: bool = False
) -> State:
    """Decide what a party that says yes gets; raises TooLarge.

    `held` and `waits` are the seats this party already has, or waits for. Pure: it looks at the counters only.
    """
    left = capacity.left
    if left is None or overrule or (held and party <= held):
        return State.CONFIRMED
    if waits:
        return State.WAITING
    fits = party - held <= left
    if waiting_list and capacity.waiting:
        if held:
            raise TooLarge(held)
        return State.WAITING
    if fits:
        return State.CONFIRMED
    if waiting_list and not held:
        return State.WAITING
    raise TooLarge(held + left)


def reply(
    *,
    page_id: int,
    contact_id: int,
    party: int,
    waiting_list: bool,
    overrule: bool = False,
    submission: Any = None,
    revised: bool = False,
    new: bool = False,
) -> Seating:
    """Say yes for a contact, first or again; raises TooLarge or EventCancelled and then changes nothing.

    `overrule` seats them whatever is left (the organiser's decision). `revised` says that the answers are other than
    before, which makes it a change even where the seats stay the same; `new` that the contact was added in this very
    transaction, so that nobody can have replied for them.
    """
    capacity = counters.lock_capacity(page_id)
    if capacity.cancelled_at:
        raise EventCancelled
    registration = None if new else counters.find(page_id, contact_id)
    before = registration.state if registration else None
    held, waits = _holds(registration)
    state = place(capacity=capacity, held=held, waits=waits, party=party, waiting_list=waiting_list, overrule=overrule)
    registration = registration or Registration(page_id=page_id, contact_id=contact_id, version=0)
    same = before == state and registration.party_size == party
    if same and not revised:
        return Seating(registration, before, changed=False)
    registration.submission = submission or registration.submission
    _move(capacity, registration, state=state, party=party)
    return Seating(registration, before, changed=True, promoted=_promote(capacity))


def likely(*, capacity: Capacity, party: int, waiting_list: bool) -> State | None:
    """What a newcomer will most likely get, None where that has to be decided under the lock.

    `capacity` was read without a lock, and may be seconds old.
    """
    if capacity.cancelled_at:
        return None
    if capacity.left is not None and (party > capacity.left or (waiting_list and capacity.waiting)):
        return State.WAITING if waiting_list else None
    return State.CONFIRMED


def reply_at_once(*, page_id: int, contact_id: int, party: int, submission: Any) -> Seating:
    """Write the yes of a contact that was added in this very transaction, as if seated: `count_in` must follow."""
    who = {"page_id": page_id, "contact_id": contact_id, "party_size": party, "submission": submission}
    return _newcomer(Registration(state=State.CONFIRMED, seated_at=timezone.now(), **who))


def wait_at_once(*, page_id: int, contact_id: int, party: int, submission: Any) -> Seating:
    """Put a contact that was added in this very transaction at the end of the line.

    Raises NotAtOnce, after which the transaction must be rolled back.
    """
    number = counters.join_line(page_id=page_id, party=party)
    who = {"page_id": page_id, "contact_id": contact_id, "party_size": party, "submission": submission}
    return _newcomer(Registration(state=State.WAITING, queue_number=number, **who))


def _newcomer(registration: Registration) -> Seating:
    registration.save(force_insert=True)
    return Seating(registration, None, changed=True)


def leave(*, page_id: int, contact_id: int, submission: Any = None) -> Seating:
    """Say no: who held or awaited a seat has cancelled, anybody else has declined. Freed seats go to the line."""
    capacity = counters.lock_capacity(page_id)
    registration = counters.find(page_id, contact_id)
    before = registration.state if registration else None
    if before in (State.CANCELLED, State.DECLINED):
        return Seating(registration, before, changed=False)
    state = State.CANCELLED if before else State.DECLINED
    registration = registration or Registration(page_id=page_id, contact_id=contact_id, version=0, party_size=1)
    registration.submission = submission or registration.submission
    _move(capacity, registration, state=state, party=registration.party_size)
    return Seating(registration, before, changed=True, promoted=_promote(capacity))


def cancel_registration(*, page_id: int, registration_id: int) -> Seating:
    """Cancel by row, also one whose contact was erased."""
    capacity = counters.lock_capacity(page_id)
    registration = Registration.objects.get(pk=registration_id, page_id=page_id)
    before = registration.state
    if not registration.is_active:
        return Seating(registration, before, changed=False)
    _move(capacity, registration, state=State.CANCELLED, party=registration.party_size)
    return Seating(registration, before, changed=True, promoted=_promote(capacity))


def move_up(*, page_id: int, registration_id: int, first: bool = False) -> Seating:
    """Let somebody who waits pass the one before them, or with `first` everybody. Where the new head of the line fits
    it is seated. Nothing changes for who does not wait (any more), stands first already, or once the event is off.
    """
    capacity = counters.lock_capacity(page_id)
    line = Registration.objects.filter(page_id=page_id).in_line()
    registration = line.filter(pk=registration_id).first()
    before = line.filter(queue_number__lt=registration.queue_number).last() if registration else None
    if registration is None or before is None or capacity.cancelled_at:
        return Seating(None, None, changed=False)
    fresh = capacity.first_queue_number - 1
    if first:
        _renumber(registration, fresh)
        Capacity.objects.filter(pk=capacity.pk).update(first_queue_number=fresh)
    else:  # no two may have the same number, not for a moment either
        ahead, behind = before.queue_number, registration.queue_number
        _renumber(registration, fresh)
        _renumber(before, behind)
        _renumber(registration, ahead)
    return Seating(None, State.WAITING, changed=True, promoted=_promote(capacity))


def let_go(*, capacity: Capacity, registration: Registration) -> Seating:
    """Count a reply no more, which the caller has taken out of the table; its seats go to the line.

    `capacity` is locked; so it is for `take_back`.
    """
    held, waits = _holds(registration)
    counters.add(capacity, taken=-held, waiting=-waits)
    return Seating(None, registration.state, changed=bool(held or waits), promoted=_promote(capacity))


def take_back(*, capacity: Capacity, registration: Registration) -> Seating:
    """Count a reply again that has come back into the table. It had its seats, so it has them, whatever is left."""
    held, waits = _holds(registration)
    counters.add(capacity, taken=held, waiting=waits)
    return Seating(registration, None, changed=False, promoted=_promote(capacity))


def set_seats(*, page_id: int, seats: int | None) -> Seating:
    """Give the event another number of seats, None for no limit. Nobody loses one; the line moves up where it can, also
    with the same number: what became free after an event is given only once it is put off.
    """
    capacity = counters.lock_capacity(page_id)
    if capacity.seats == seats:
        return Seating(None, None, changed=False, promoted=_promote(capacity))
    capacity.seats = seats
    capacity.ceiling = None if seats is None else max(seats, capacity.taken)
    capacity.save(update_fields=["seats", "ceiling"])
    return Seating(None, None, changed=True, promoted=_promote(capacity))


def position_in_line(registration: Registration) -> int | None:
    """1 for the next to get a seat; None for who does not wait."""
    if not registration.is_waiting:
        return None
    line = Registration.objects.filter(page_id=registration.page_id).in_line()
    ahead: int = line.filter(queue_number__lt=registration.queue_number).count()
    return ahead + 1


def _holds(registration: Registration | None) -> tuple[int, int]:
    if registration is None:
        return 0, 0
    size = registration.party_size
    return (size if registration.is_coming else 0), (size if registration.is_waiting else 0)


def _move(capacity: Capacity, registration: Registration, *, state: str, party: int) -> None:
    """Write a registration's new state and size, and the counters with it."""
    held, waits = _holds(registration) if registration.pk else (0, 0)
    queue_number = registration.queue_number if state == State.WAITING else None
    if state == State.WAITING and queue_number is None:
        queue_number = capacity.last_queue_number + 1
    if state == State.CONFIRMED and not held:
        registration.seated_at = timezone.now()
    registration.state = state
    registration.party_size = party
    registration.queue_number = queue_number
    registration.version += 1
    registration.save()
    counters.add(
        capacity,
        taken=(party if state == State.CONFIRMED else 0) - held,
        waiting=(party if state == State.WAITING else 0) - waits,
        queue_number=queue_number,
    )


def _renumber(registration: Registration, queue_number: int) -> None:
    """Give somebody another place in the line; to them it is no change of their reply, so its version stays."""
    Registration.objects.filter(pk=registration.pk).update(queue_number=queue_number)


def _promote(capacity: Capacity) -> list[Registration]:
    """Seat the head of the line as long as it fits, strictly in order."""
    promoted: list[Registration] = []
    if not capacity.waiting or capacity.left == 0 or capacity.cancelled_at or capacity.page.is_over:
        return promoted
    for registration in Registration.objects.filter(page_id=capacity.page_id).in_line():
        if capacity.left is not None and registration.party_size > capacity.left:
            break
        _move(capacity, registration, state=State.CONFIRMED, party=registration.party_size)
        promoted.append(registration)
    return promoted
