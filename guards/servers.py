"""Servers that are not there, or there and of no use."""

import psycopg
from django.db import InterfaceError, InternalError, OperationalError
from redis import ConnectionError as NoConnection
from redis import Redis, RedisError
from redis import TimeoutError as NoAnswer
from redis.exceptions import OutOfMemoryError, ReadOnlyError

# Its connection, its means, its stopping, its disk (PostgreSQL's appendix A); and a standby, which only reads.
STATES = ("08", "53", "57P", "58", "25006")
# Where rows are copied (COPY), psycopg's own come without Django's around them.
INTERNAL = (InternalError, psycopg.InternalError)
KINDS = (InterfaceError, OperationalError, psycopg.InterfaceError, psycopg.OperationalError, *INTERNAL)


def server_trouble(error: BaseException | None) -> bool:
    """Is it PostgreSQL's state (away, full, stopping), which a traceback does not explain, and not the statement's?"""
    if not isinstance(error, KINDS):
        return False
    state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    return not isinstance(error, INTERNAL) if state is None else state.startswith(STATES)


def valkey_trouble(error: BaseException | None) -> bool:
    """Is it Valkey's state: away, stopping, full, a replica, or with a full disk?"""
    if isinstance(error, (NoConnection, NoAnswer, OutOfMemoryError, ReadOnlyError)):
        return True
    return isinstance(error, RedisError) and "MISCONF" in str(error)


def in_a_line(error: BaseException) -> str:
    """What a server says, without the lines that it says it in."""
    return " ".join(str(error).split())


def check_valkey(valkey: Redis) -> None:
    """Raises RedisError where it cannot be written to: it is away, full, or a replica."""
    valkey.set("kokoon:written", "1", ex=60)
