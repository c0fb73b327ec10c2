"""Servers that are not there."""

from django.db import InterfaceError, OperationalError


def server_trouble(error: BaseException | None) -> bool:
    """Is it PostgreSQL's state (away, full, stopping), which a traceback does not explain, and not the statement's?"""
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(("08", "53", "57P", "58"))
