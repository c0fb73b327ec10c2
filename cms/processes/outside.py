"""Servers that the operator runs: are they there?"""

from __future__ import annotations

import psycopg
import redis

from cms.processes.errors import LaunchError
from cms.processes.postgres import EXTENSIONS


def check_postgres(url: str) -> None:
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            available = connection.execute(
                "SELECT count(*) FROM pg_available_extensions WHERE name = ANY(%s)", [list(EXTENSIONS)]
            ).fetchone()
    except psycopg.Error as error:
        raise LaunchError(f"DATABASE_URL: {' '.join(str(error).split())}") from error
    if available != (len(EXTENSIONS),):
        raise LaunchError(f"DATABASE_URL: that PostgreSQL lacks the extensions {' and '.join(EXTENSIONS)}.")


def check_valkey(url: str) -> None:
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=10, socket_timeout=10)
        client.ping()
        client.close()
    except (redis.RedisError, ValueError) as error:
        raise LaunchError(f"VALKEY_URL: {error}") from error
