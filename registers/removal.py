"""Deleting people, and whole registers: a few at once, many in pieces by a worker.

PostgreSQL asks two dozen tables about each person who goes. For 100,000 of them that takes minutes, so each piece is a
transaction of its own. A register that is leaving is seen nowhere from the first moment on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import PROTECT, RESTRICT, ProtectedError, Q, RestrictedError
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg.errors import DeadlockDetected
from wagtail.models import Page

from organisations import reach, scope
from organisations.figures import number
from organisations.sweeps import sweep
from organisations.wake import job, wake
from registers.access import log_access
from registers.contacts import delete_contacts
from registers.models import Appointment, Contact, FollowUp, Group, Import, Register, Removal, Segment, TypeChange

logger = logging.getLogger(__name__)

AT_ONCE = 1_000  # people whom somebody can wait for
PIECE = 1_000
SECONDS_PER_JOB = 45.0
_TRIES = 5


class RegisterInUse(Exception):
    """The register cannot go yet; `users` are the rows of other packages that hang on it, such as events."""

    def __init__(self, users: Iterable[Any]) -> None:
        self.users = sorted(users, key=str)
        super().__init__(", ".join(map(str, self.users)))


def users_of(register: Register) -> list[Any]:
    """What does not let the register go. Who they are is read from the relations: this package knows none of them.

    A page does not either whose newest draft names the register: nobody could open that any more.
    """
    found: list[Any] = []
    for relation in Register._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.on_delete in (PROTECT, RESTRICT):
            name, model = relation.field.name, relation.related_model
            uses = Q(**{name: register})
            if issubclass(model, Page):
                uses |= Q(**{f"latest_revision__content__{name}": register.pk})
            found += model._default_manager.filter(uses)
    return sorted(found, key=str)


@reach.lifted()
@transaction.atomic
def remove_register(*, register: Register, user: Any) -> Removal | None:
    """Delete a register with everything in it; None where that is done, else the removal that a worker goes on with.

    Raises RegisterInUse, and then deletes nothing; Register.DoesNotExist where somebody else was faster.
    """
    _wait_for_work(register)
    # Locked against new references, so that an event made meanwhile is either seen here or waits, and then fails.
    register = Register.objects.select_for_update().get(pk=register.pk)
    if users := users_of(register):
        raise RegisterInUse(users)
    count = Contact.objects.filter(register=register).count()
    log_access(user=user, action="delete", subject=register, count=count)
    if count <= AT_ONCE:
        _delete(register)
        return None
    Register.objects.filter(pk=register.pk).update(leaving=True)
    _stop_work(register)
    return _begin(register, user, whole=True, total=count)


@transaction.atomic
def remove_contacts(*, register: Register, contacts: Iterable[int], user: Any) -> Removal | None:
    """Delete the contacts with these ids from `register`, with their timeline, as `remove_register` does."""
    found = Contact.objects.filter(register=register, pk__in=list(contacts))
    chosen = sorted(found.order_by().values_list("pk", flat=True))
    log_access(user=user, action="delete", subject=register, count=len(chosen))
    if len(chosen) <= AT_ONCE:
        delete_contacts(register=register, contacts=chosen)
        return None
    return _begin(register, user, whole=False, total=len(chosen), contacts=chosen)


def _wait_for_work(register: Register) -> None:
    """Before the register is locked: a chunk that is being written holds the row of its import, and then refers to the
    register."""
    imports = Import.objects.filter(~Q(state=Import.State.DONE) | Q(undo__in=Import.UNDO_WORKING), register=register)
    changes = TypeChange.objects.filter(register=register, finished_at=None)
    for rows in (imports, changes):
        list(rows.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _stop_work(register: Register) -> None:
    """Whoever writes to the register stops with the chunk that is being written."""
    imports, now = Import.objects.filter(register=register), timezone.now()
    imports.exclude(state=Import.State.DONE).update(state=Import.State.CANCELLED, lease_until=None, finished_at=now)
    imports.filter(undo__in=Import.UNDO_WORKING).update(undo=Import.Undo.NO, lease_until=None)
    TypeChange.objects.filter(register=register, finished_at=None).update(finished_at=now)


def _begin(register: Register, user: Any, **values: Any) -> Removal:
    removal: Removal = Removal.objects.create(register=register, created_by=user, **values)
    wake("default", run_removal, removal.pk)
    return removal


def _delete(register: Register) -> None:
    try:
        with transaction.atomic():
            register.delete()
    except ProtectedError as error:
        raise RegisterInUse(error.protected_objects) from error
    except RestrictedError as error:
        raise RegisterInUse(error.restricted_objects) from error


@job
def run_removal(removal_id: int, *, seconds: float = SECONDS_PER_JOB) -> None:
    """Do as much as fits into `seconds`, then wake the next job. Safe at any time, twice at once."""
    removal = Removal.unscoped.select_related("organisation").filter(pk=removal_id, finished_at=None).first()
    if removal is None:
        return
    started = time.monotonic()
    with scope.organisation(removal.organisation_id), translation.override(removal.organisation.language):
        while _piece_done(removal.pk):
            if time.monotonic() - started > seconds:
                wake("default", run_removal, removal_id)
                return


def _piece_done(removal_id: int) -> bool:
    """`_next_piece`, once more where e-mails that leave meanwhile took the same locks in another order."""
    for attempt in range(1, _TRIES + 1):
        try:
            return _next_piece(removal_id)
        except OperationalError as error:
            if attempt == _TRIES or not isinstance(error.__cause__, DeadlockDetected):
                raise
    raise AssertionError("unreachable")


@transaction.atomic
def _next_piece(removal_id: int) -> bool:
    """One piece; whoever else is at it waits, and goes on after. Whether there may be more to do."""
    rows = Removal.objects.select_for_update(of=("self",), no_key=True)
    removal = rows.filter(pk=removal_id, finished_at=None).defer("contacts").first()
    if removal is None:
        return False
    if removal.whole and _clear_surroundings(removal.register_id):
        removal.save(update_fields=["touched_at"])
        return True
    ids = _next_ids(removal)
    if not ids:
        _finish(removal)
        return False
    Contact.objects.filter(pk__in=ids, register=removal.register_id).delete()
    removal.done_to = ids[-1]
    removal.save(update_fields=["done_to", "touched_at"])
    return True


def _clear_surroundings(register_id: int) -> bool:
    """Delete what of a register is met with elsewhere; whether there was any."""
    surroundings = (
        Segment.objects.filter(register=register_id),
        Group.objects.filter(register=register_id),
        FollowUp.objects.filter(contact__register=register_id),
        Appointment.objects.filter(contact__register=register_id),
    )
    for rows in surroundings:
        if rows.exists():
            rows.delete()
            return True
    return False


def _next_ids(removal: Removal) -> list[int]:
    if removal.whole:
        people = Contact.objects.filter(register=removal.register_id).order_by("pk")
        return list(people.values_list("pk", flat=True)[:PIECE])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id FROM registers_removal AS r, unnest(r.contacts) AS c(id) "
            "WHERE r.id = %s AND c.id > %s ORDER BY c.id LIMIT %s",
            [removal.pk, removal.done_to, PIECE],
        )
        return [row[0] for row in cursor.fetchall()]


def _finish(removal: Removal) -> None:
    if not removal.whole:
        removal.contacts, removal.finished_at = [], timezone.now()
        removal.save(update_fields=["contacts", "finished_at", "touched_at"])
        return
    register = Register.unscoped.get(pk=removal.register_id)
    try:
        _delete(register)
    except RegisterInUse:
        # Chosen for an event in the moment in which it left: it is there again, with nobody in it.
        removal.delete()
        if Register.objects.filter(name=register.name).exists():
            register.name = f"{register.name[:100]} ({register.pk})"
        logger.warning("Register %s is used by an event and was not deleted: it is there again, empty.", register.pk)
        register.leaving = False
        register.save(update_fields=["leaving", "name"])


def describe_removal(removal: Removal | None, count: int) -> str:
    """What to say to who asked for it; `removal` as `remove_register` and `remove_contacts` return it."""
    if removal is None:
        return ngettext("%(count)s contact deleted.", "%(count)s contacts deleted.", count) % {"count": number(count)}
    return _(
        "%(count)s contacts are being deleted. It goes on by itself and can take some minutes: go on with other work."
    ) % {"count": number(removal.total)}


def under_way(**which: Any) -> list[str]:
    """A sentence for each removal that is not finished, of the organisation in scope and within reach."""
    removals = Removal.objects.filter(finished_at=None, **which).select_related("register").defer("contacts")
    return [
        (
            _("“%(register)s” is being deleted: %(left)s of %(total)s contacts are left.")
            if removal.whole
            else _("%(total)s contacts of “%(register)s” are being deleted: %(left)s of them are left.")
        )
        % {"register": removal.register.name, "left": number(_left(removal)), "total": number(removal.total)}
        for removal in removals
    ]


def _left(removal: Removal) -> int:
    if removal.whole:
        return int(Contact.objects.filter(register=removal.register_id).count())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM registers_removal AS r, unnest(r.contacts) AS c(id) WHERE r.id = %s AND c.id > %s",
            [removal.pk, removal.done_to],
        )
        return int(cursor.fetchone()[0])


@sweep(every=timedelta(seconds=settings.SWEEP_SECONDS))
def wake_stranded_removals() -> None:
    """Wake removals on which nobody works: their worker died, or the queue lost them."""
    now, late = timezone.now(), timedelta(seconds=2 * settings.LEASE_SECONDS)
    stranded = Removal.unscoped.filter(finished_at=None).exclude(touched_at__range=(now - late, now + late))
    for removal_id in list(stranded.values_list("pk", flat=True)[:50]):
        if stranded.filter(pk=removal_id).update(touched_at=timezone.now()):
            wake("default", run_removal, removal_id)
