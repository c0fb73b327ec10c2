"""The rows and counters of seats in plain SQL.

Every reply of a rush runs some of these: as querysets they would take longer to write than to run. What they mean, and
in which order they are taken, is in `sites.seats`.
"""

from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model

from organisations import scope
from sites.models.seats import Capacity, Registration

M = TypeVar("M", bound=Model)

_COUNT_IN = """
    UPDATE sites_capacity SET taken = taken + %(party)s
    WHERE page_id = %(page)s AND organisation_id = %(organisation)s AND cancelled_at IS NULL
        AND (seats IS NULL OR seats >= taken + %(party)s) AND NOT (%(line)s AND waiting > 0)
    RETURNING last_queue_number
"""
_JOIN_LINE = """
    UPDATE sites_capacity SET waiting = waiting + %(party)s, last_queue_number = last_queue_number + 1
    WHERE page_id = %(page)s AND organisation_id = %(organisation)s AND cancelled_at IS NULL
        AND seats IS NOT NULL AND (waiting > 0 OR seats < taken + %(party)s)
    RETURNING last_queue_number
"""
_COUNT = """
    UPDATE sites_capacity SET taken = taken + %(taken)s, waiting = waiting + %(waiting)s,
        last_queue_number = GREATEST(last_queue_number, %(queue_number)s), ceiling = %(ceiling)s
    WHERE id = %(capacity)s AND organisation_id = %(organisation)s
"""
_LOCK = """
    SELECT {columns} FROM sites_capacity WHERE page_id = %s AND organisation_id = %s FOR NO KEY UPDATE
"""
_FIND = """
    SELECT {columns} FROM sites_registration WHERE page_id = %s AND contact_id = %s AND organisation_id = %s
"""


class NotAtOnce(Exception):
    """Whether there is a seat has to be decided under the lock."""


def lock_capacity(page_id: int) -> Capacity:
    """The event's row, locked until the end of the transaction."""
    capacity = _row(Capacity, _LOCK, page_id, scope.current())
    if capacity is None:
        raise Capacity.DoesNotExist
    return capacity


def find(page_id: int, contact_id: int) -> Registration | None:
    """The contact's reply as it stands, if there is one."""
    return _row(Registration, _FIND, page_id, contact_id, scope.current())


def _row(model: type[M], sql: str, *values: Any) -> M | None:
    """The row that the statement finds, if there is one."""
    fields = model._meta.concrete_fields
    with connection.cursor() as cursor:
        cursor.execute(sql.format(columns=", ".join(str(each.column) for each in fields)), values)
        row = cursor.fetchone()
    return None if row is None else model.from_db(connection.alias, [each.attname for each in fields], row)


def count_in(*, page_id: int, party: int, waiting_list: bool) -> None:
    """Take the seats for `reply_at_once`; raises NotAtOnce, after which the transaction must be rolled back."""
    _taken(_COUNT_IN, page_id=page_id, party=party, line=waiting_list)


def _taken(sql: str, *, page_id: int, party: int, **more: Any) -> int:
    """The last number in the line, with the seats or the place taken; raises NotAtOnce where they were not there."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"page": page_id, "party": party, "organisation": scope.current(), **more})
        row = cursor.fetchone()
    if row is None:
        raise NotAtOnce
    number: int = row[0]
    return number


def join_line(*, page_id: int, party: int) -> int:
    """Take a place at the end of the line and return its number; raises NotAtOnce, as `count_in` does."""
    return _taken(_JOIN_LINE, page_id=page_id, party=party)


def add(capacity: Capacity, *, taken: int, waiting: int, queue_number: int | None = None) -> None:
    """Add to the counters, in the table and on the locked object, and let the ceiling follow."""
    capacity.taken += taken
    capacity.waiting += waiting
    capacity.last_queue_number = max(capacity.last_queue_number, queue_number or 0)
    if capacity.seats is not None:
        capacity.ceiling = max(capacity.seats, capacity.taken)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "taken": taken,
                "waiting": waiting,
                "queue_number": queue_number or 0,
                "ceiling": capacity.ceiling,
                "capacity": capacity.pk,
                "organisation": scope.current(),
            },
        )
