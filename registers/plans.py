"""Plans that PostgreSQL has made and keeps, and when they are no longer good."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

MANY = 500  # rows, for which it is worth to plan anew


def plan_anew(count: int) -> None:
    """Before so many rows are written: let PostgreSQL not check them by plans that it has made while tables were small.

    It keeps those of the checks of foreign keys as long as the connection lasts. One made when all contacts stood on
    one page reads the whole table for each row, until the statistics are renewed some minutes later.
    """
    if count >= MANY:
        with connection.cursor() as cursor:
            cursor.execute("DISCARD PLANS")


@contextmanager
def every_row() -> Iterator[None]:
    """While rows are read by `iterator()`, all of them: PostgreSQL plans for those who leave after the first tenth."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL cursor_tuple_fraction = 1")
        yield
