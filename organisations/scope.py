"""Which organisation the current work is for.

Every query on an organisation's data is limited to the organisation in scope, and raises where there is none. The
scope is bound when SQL is compiled, not when a queryset is written, so that forms and viewsets may be built at import.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.db.models.expressions import Expression

_current: ContextVar[int | None] = ContextVar("organisation", default=None)
_outside_request: ContextVar[tuple[int | None] | None] = ContextVar("organisation_outside_request", default=None)


class ScopeMissing(Exception):
    """A query on an organisation's data, but no organisation in scope."""


class ForeignOrganisation(Exception):
    """A write to one organisation's data while another one is in scope."""


def current() -> int:
    """The id of the organisation in scope; raises ScopeMissing where there is none."""
    organisation_id = _current.get()
    if organisation_id is None:
        raise ScopeMissing("No organisation in scope: wrap the work in `scope.organisation(id)`.")
    return organisation_id


def current_or_none() -> int | None:
    """The id of the organisation in scope, if there is one."""
    return _current.get()


@contextmanager
def organisation(organisation_id: int) -> Iterator[None]:
    """Do the work inside for one organisation; nests."""
    token = _current.set(organisation_id)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def nobody() -> Iterator[None]:
    """Do the work inside for no organisation, whichever is in scope around it: it has to say whose it is."""
    token = _current.set(None)
    try:
        yield
    finally:
        _current.reset(token)


def bind(organisation_id: int | None) -> None:
    """Set the scope for the rest of the request; `release` ends it, after a streamed body has been sent too."""
    if _outside_request.get() is None:
        _outside_request.set((_current.get(),))
    _current.set(organisation_id)


def in_request() -> bool:
    """Whether a request has bound the scope: Wagtail's previews run one request inside another."""
    return _outside_request.get() is not None


def release(**_kwargs: Any) -> None:
    """Go back to what was in scope before the request."""
    outside = _outside_request.get()
    if outside is not None:
        _current.set(outside[0])
        _outside_request.set(None)


class CurrentOrganisation(Expression):
    """The id of the organisation in scope, read when the SQL is made."""

    output_field = models.BigIntegerField()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[int, ...]]:
        return "%s", (current(),)
