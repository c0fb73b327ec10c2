"""Looking a register through: asked for by a person, done at once where it is small, by a worker where it is large."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import combinations, islice
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from organisations import scope
from organisations.wake import job, wake
from registers.duplicates.candidates import MOST_COMPARED, Fingerprint, find_candidates
from registers.duplicates.gathering import Gathered, gather
from registers.models import Contact, DuplicateSearch, DuplicateSet, NotSame, Register

logger = logging.getLogger(__name__)

AT_ONCE = 5_000  # contacts; more are left to a worker
State = DuplicateSearch.State


def start_search(*, register: Register) -> DuplicateSearch:
    """Look through `register` for duplicates: now if it is small, else soon. Asking twice is asking once."""
    with transaction.atomic():
        search, _made = DuplicateSearch.objects.get_or_create(register=register)
        DuplicateSearch.objects.filter(pk=search.pk).update(state=State.WAITING, attempts=0, asked_at=timezone.now())
        small = not Contact.objects.filter(register=register).order_by()[AT_ONCE : AT_ONCE + 1].exists()
        if not small:
            wake("default", run_search, search.pk)
    if small:
        run_search(search.pk)
    search.refresh_from_db()
    return search


@job
def run_search(search_id: int) -> None:
    """Do a search that waits. Safe to call at any time, twice at once: the row stays locked while it is worked on.

    A worker that is killed loses its lock and all it did; the sweep finds the row. What fails is tried a few times.
    """
    waiting = DuplicateSearch.unscoped.filter(pk=search_id, state=State.WAITING)
    with transaction.atomic():
        search = waiting.select_for_update(skip_locked=True, no_key=True).first()
        if search is None:
            return
        if search.attempts >= DuplicateSearch.MOST_ATTEMPTS:
            waiting.update(state=State.FAILED, finished_at=timezone.now())
            return
        waiting.update(attempts=F("attempts") + 1)  # committed first, so that a search that kills its worker is counted
    with scope.organisation(search.organisation_id):
        try:
            with transaction.atomic():
                if not waiting.select_for_update(skip_locked=True, no_key=True):
                    return
                contacts = _search(search)
                waiting.update(state=State.DONE, finished_at=timezone.now(), contacts=contacts)
        except DatabaseError:
            logger.exception("The search for duplicates in register %s failed.", search.register_id)


def _search(search: DuplicateSearch) -> int:
    found = find_candidates(organisation_id=search.organisation_id, register_id=search.register_id)
    pairs = NotSame.objects.filter(low__register=search.register_id).values_list("low_id", "high_id")
    _store(search, gather(found, not_same=pairs))
    return found.contacts


def _store(search: DuplicateSearch, sets: list[Gathered]) -> None:
    """Put the sets into the place of the earlier ones."""
    DuplicateSet.objects.filter(register=search.register_id).order_by()._raw_delete("default")
    seen = _fingerprints(contact for found in sets for contact in found.contacts)
    owner = f"{search.organisation_id}\t{search.register_id}"
    # Numbers only, so nothing to escape; several times faster than row by row.
    lines = (
        f"{owner}\t{found.certainty}\t{found.signs}\t{_array(found.contacts)}\t"
        f"{_array(seen.get(contact, 0) for contact in found.contacts)}\n"
        for found in sets
    )
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "COPY registers_duplicateset (organisation_id, register_id, certainty, signs, contacts, seen) FROM STDIN"
        ) as copy,
    ):
        copy.write("".join(lines))


def _array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _fingerprints(contacts: Iterable[int]) -> dict[int, int]:
    query = Contact.objects.annotate(now=Fingerprint()).values_list("pk", "now").order_by()
    sql, parameters = query.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} AND id = ANY(%s::bigint[])", [*parameters, _array(set(contacts))])
        return dict(cursor.fetchall())


class Offered(NamedTuple):
    """A set with its first contacts, as many as can be compared; `size` is how many there are."""

    found: DuplicateSet
    contacts: list[Contact]
    size: int


def offered(sets: Iterable[DuplicateSet]) -> list[Offered]:
    """The sets with their contacts, without those of which a contact was changed or deleted since they were found."""
    sets = list(sets)
    shown = {pk for found in sets for pk in found.contacts[:MOST_COMPARED]}
    contacts = {row.pk: row for row in Contact.objects.filter(pk__in=shown).annotate(now=Fingerprint())}
    return [
        Offered(found, [contacts[pk] for pk in found.contacts[:MOST_COMPARED]], len(found.contacts))
        for found in sets
        if all(pk in contacts and contacts[pk].now == seen for pk, seen in _first(found))
    ]


def _first(found: DuplicateSet) -> Iterable[tuple[int, int]]:
    return islice(zip(found.contacts, found.seen, strict=True), MOST_COMPARED)


@transaction.atomic
def say_not_same(*, contacts: Iterable[Contact], user: Any) -> int:
    """Remember that these contacts are different people; return how many pairs that makes.

    Of more than six, each is told apart from the first only: that is how a search holds them together.
    """
    ids = sorted(contact.pk for contact in contacts)
    pairs = list(combinations(ids, 2)) if len(ids) <= MOST_COMPARED else [(ids[0], other) for other in ids[1:]]
    by = user if getattr(user, "is_authenticated", False) else None
    NotSame.objects.bulk_create(
        [NotSame(low_id=low, high_id=high, created_by=by) for low, high in pairs],
        ignore_conflicts=True,
        batch_size=1_000,
    )
    return len(pairs)


def wake_waiting() -> None:
    """Wake searches that nobody works on."""
    with transaction.atomic():
        waiting = DuplicateSearch.unscoped.filter(state=State.WAITING).order_by("asked_at")
        for search in waiting.select_for_update(skip_locked=True, no_key=True)[:20]:
            wake("default", run_search, search.pk)
