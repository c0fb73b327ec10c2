"""What many tests begin with is made once, not for each of them.

It is made inside a transaction that stays open; a test plays in a savepoint of it, and the next one finds everything as
it was. A test that begins with something else, with real commits or with nothing has the stage cleared first: what is
made for one is never seen by another. For those with real commits the rows are kept and put back (`Migrated.made`).
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

from tests.database import Migrated

Maker = Callable[["Stage"], Any]


class Stage:
    """What is kept, by who made it; each maker may use what was made before it."""

    def __init__(self) -> None:
        self._blocker: Any = None
        self._migrated: Migrated | None = None
        self._kept: dict[Maker, tuple[transaction.Atomic, Any]] = {}

    def open(self, blocker: Any, migrated: Migrated | None) -> None:
        """From when the database is there; before that, each test makes its own."""
        self._blocker, self._migrated = blocker, migrated

    def close(self) -> None:
        self.show([])
        self._blocker = self._migrated = None

    def have(self, maker: Callable[[], Any]) -> Any:
        """What stands on the stage, or else is made for this test."""
        if maker in self:
            return self[maker]
        return self._migrated.made(maker) if self._migrated else maker()

    def show(self, wanted: Sequence[Maker]) -> None:
        """Have exactly this, in this order."""
        if self._blocker is None or not (wanted or self._kept):
            return
        with self._blocker.unblock():
            if not connection.in_atomic_block:  # a test has closed the connection, and all is gone with it
                self._kept.clear()
            while list(self._kept) != list(wanted)[: len(self._kept)]:
                _maker, (atomic, _value) = self._kept.popitem()
                transaction.set_rollback(True)
                atomic.__exit__(None, None, None)
            for maker in wanted[len(self._kept) :]:
                atomic = transaction.atomic()
                atomic.__enter__()
                self._kept[maker] = (atomic, None)  # left again by the next test, should the maker fail
                self._kept[maker] = (atomic, maker(self))
            cache.clear()  # the same ids, and what is remembered of them no longer holds

    def __contains__(self, maker: Maker) -> bool:
        return maker in self._kept

    def __getitem__(self, maker: Maker) -> Any:
        return self._kept[maker][1]


def begins_with(*makers: Maker) -> Callable[[Any], Any]:
    """For a fixture's function: tests that use it may find these made."""

    def mark(function: Any) -> Any:
        function.makers = makers
        return function

    return mark


def wanted_by(item: Any) -> list[Maker]:
    """What a test begins with; nothing, where it commits."""
    marker = item.get_closest_marker("django_db")
    if {"transactional_db", "live_server"} & set(item.fixturenames) or (marker and marker.kwargs.get("transaction")):
        return []
    known = item._fixtureinfo.name2fixturedefs
    lists = [getattr(known[name][-1].func, "makers", ()) for name in item.fixturenames if name in known]
    return list(max(lists, key=len, default=()))


stage = Stage()
