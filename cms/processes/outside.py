"""Servers that the operator runs: are they there?"""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg
import redis
from django.core.exceptions import ImproperlyConfigured

from cms import environment
from cms.processes.errors import LaunchError
from cms.processes.postgres import EXTENSIONS

FORMS = {
    "DATABASE_URL": (("postgresql", "postgres"), "postgresql://user:password@host:5432/name"),
    "VALKEY_URL": (("redis", "rediss", "unix"), "redis://host:6379/0"),
    "EMAIL_URL": (("smtp", "smtp+tls", "smtps"), "smtp://user:password@host:587"),
    "SMS_URL": (("elks", "twilio", "elks+http", "twilio+http"), "elks://user:password@api.46elks.com"),
}
TRANSPORTS = {"EMAIL_URL": "MAIL_TRANSPORT", "SMS_URL": "SMS_TRANSPORT"}  # of one's own, which knows its own addresses


def check_servers() -> dict[str, str]:
    """Look at every server that the operator names, before anything is started; "" for those that are left to us.

    Raises LaunchError.
    """
    try:
        named = {name: environment.text(name, "") for name in FORMS}
        own = {name for name, transport in TRANSPORTS.items() if environment.text(transport, "")}
    except ImproperlyConfigured as error:
        raise LaunchError(str(error)) from error
    for name, (schemes, example) in FORMS.items():
        scheme = named[name].partition(":")[0].lower()
        if not scheme or name in own:
            continue
        if scheme not in schemes:
            raise LaunchError(
                f"{name} must begin with {schemes[0]}://, such as {example}; it begins with “{scheme[:20]}”."
            )
        # Whether a relay or a gateway answers shows when something leaves.
        with_host = name in TRANSPORTS or (scheme.startswith("redis") and "@" in named[name])
        check_form(name, named[name], with_host=with_host)
    if named["VALKEY_URL"]:
        check_valkey(named["VALKEY_URL"])
    if named["DATABASE_URL"]:
        check_postgres(named["DATABASE_URL"])
    return named


def check_form(name: str, url: str, *, with_host: bool) -> None:
    try:
        parts = urlsplit(url)
        readable = (parts.hostname or not with_host) and parts.port != 0
    except ValueError:  # its words could hold a part of the password
        readable = False
    if not readable:
        raise LaunchError(
            f"{name} must name a host, and the port as a number, such as {FORMS[name][1]}; in a password “/”, “?” and "
            "“#” are written as %2F, %3F and %23."
        )


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
    except redis.AuthenticationError as error:
        raise LaunchError(f"VALKEY_URL: it wants another user name or password ({error}).") from error
    except (redis.RedisError, TypeError, ValueError) as error:  # the TypeError names an option that there is not
        raise LaunchError(f"VALKEY_URL: {error}") from error
