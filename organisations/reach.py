"""What of the organisation in scope the signed-in person may see, where that is not all of it.

Most may see everything; then nothing is bound and nothing is asked. For those who may not, the middleware binds their
reach, and the default manager of every model of an organisation leaves out what is beyond it. Like the scope it is read
when SQL is compiled. Jobs, sweeps, commands and public pages bind none: they work for the organisation.

Two doors are shut until somebody opens them: a model is not seen unless it says how (`within_reach`), and a screen is
not there unless its package says so (`open_routes`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Protocol

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.core.signals import request_finished, request_started
from django.db import models
from django.db.models.expressions import Expression

Sql = tuple[str, Sequence[Any]]

_current: ContextVar[Any] = ContextVar("reach", default=None)


class Places(Protocol):
    """What a membership may be limited to; told by the package that knows the people."""

    def load(self, memberships: Sequence[int]) -> Any:
        """What these memberships together reach, for `Within.condition`."""
        ...

    def choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """(heading, [(reference, label)]) of what there is in the organisation in scope."""
        ...

    def chosen(self, memberships: Sequence[int]) -> dict[int, list[str]]:
        """The references that each membership is limited to."""
        ...

    def choose(self, membership: Any, references: Iterable[str]) -> None:
        """Limit a membership to exactly these."""
        ...


_places: Places | None = None
_open: set[str] = {
    "wagtailadmin_account", "wagtailadmin_dismissibles", "wagtailadmin_home",
    "wagtailadmin_javascript_catalog", "wagtailadmin_login", "wagtailadmin_logout", "wagtailadmin_password_reset",
    "wagtailadmin_password_reset_complete", "wagtailadmin_password_reset_confirm", "wagtailadmin_password_reset_done",
    "wagtailadmin_sprite", "organisations:switch",
}  # fmt: skip


def set_places(known: Places) -> None:
    """Say what memberships can be limited to: once, by the package that knows the people, as it starts."""
    global _places  # noqa: PLW0603 - set once, when the package above starts
    _places = known


def places() -> Places:
    """What `set_places` was told."""
    assert _places is not None, "No package has said what a membership may be limited to."
    return _places


def open_routes(*names: str) -> None:
    """Let those who may see a part only use these screens: whatever they show goes through the default managers."""
    _open.update(names)


def is_open(route: str) -> bool:
    """Whether those who see a part only may use the screen of this route."""
    return route in _open


def current() -> Any:
    """What `Places.load` gave for the person who is signed in; None where nothing is limited."""
    return _current.get()


def is_limited() -> bool:
    """Whether the person who is signed in sees a part only."""
    return _current.get() is not None


def bind(reached: Any) -> None:
    """Limit the rest of the request."""
    _current.set(reached)


def release(**_kwargs: Any) -> None:
    _current.set(None)


# As the scope: at the start too, lest an aborted request leaves its reach to the next one on the same thread.
request_started.connect(release, dispatch_uid="release a reach left behind")
request_finished.connect(release, dispatch_uid="release the reach")


@contextmanager
def limited(reached: Any) -> Iterator[None]:
    """Do the work inside with somebody's eyes; None for all."""
    token = _current.set(reached)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def lifted() -> Iterator[None]:
    """Do the work inside for the whole organisation: what it does must not depend on who asked for it.

    Also a decorator of write functions, whose callers have looked up what they hand over.
    """
    with limited(None):
        yield


class Within(Expression):
    """A condition on `columns` of a model: whether a row is within reach. No condition at all where none is bound."""

    output_field = models.BooleanField()

    def __init__(self, *columns: str) -> None:
        super().__init__()
        self.columns: list[Any] = [models.F(column) for column in columns]

    def get_source_expressions(self) -> list[Any]:
        return self.columns

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.columns = list(exprs)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        reached = current()
        if reached is None:
            raise FullResultSet
        return self.condition(reached, *(compiler.compile(column)[0] for column in self.columns))

    def condition(self, reached: Any, *columns: str) -> Sql:
        raise NotImplementedError


class Nothing(Within):
    """Rows for those alone who may see everything."""

    def condition(self, reached: Any, *columns: str) -> Sql:
        raise EmptyResultSet


class Everything(Within):
    """Rows that tell of nobody: words and settings of the organisation that everybody's work needs."""

    def condition(self, reached: Any, *columns: str) -> Sql:
        raise FullResultSet


def whole(check: Callable[[Any], bool]) -> bool:
    """Whether nothing is limited, or `check` holds for what is reached."""
    reached = current()
    return reached is None or check(reached)
