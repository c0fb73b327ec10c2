"""Settings from the environment, loud about a bad value."""

import logging
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from guards.zones import is_time_zone

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """The value of `name`, or the content of the file that `<name>_FILE` points to (for secrets)."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE points to {path}, which can't be read: {error}") from error
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. `make run` sets it; so does `python -m cms.processes.scratch`.")
    return value


def flag(name: str, *, default: bool) -> bool:
    """Whether the variable says yes (1, true, yes, on) or no (0, false, no, off)."""
    value = text(name, "1" if default else "0").strip().lower()
    if value in TRUE:
        return True
    if value in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {value!r}.")


def number(name: str, default: float) -> float:
    """The variable as a number from 0 on."""
    value = text(name, str(default))
    try:
        parsed = float(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a number, not {value!r}.") from None
    if not 0 <= parsed < float("inf"):
        raise ImproperlyConfigured(f"{name} must be a number from 0 on, not {value!r}.")
    return parsed


def count(name: str, default: int) -> int:
    """The variable as a whole number from 1 on."""
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or int(value) < 1:
        raise ImproperlyConfigured(f"{name} must be a number from 1, not {value!r}.")
    return int(value)


def zone(name: str, default: str) -> str:
    """The variable as the name of a time zone."""
    value = text(name, default)
    if not is_time_zone(value):
        raise ImproperlyConfigured(f"{name} must be like Europe/Helsinki, not {value!r}.")
    return value


def level(name: str, default: str) -> str:
    """The variable as a level of Python's logging, in capitals."""
    value = text(name, default).strip().upper()
    if value not in logging.getLevelNamesMapping():
        raise ImproperlyConfigured(f"{name} must be DEBUG, INFO, WARNING or ERROR, not {value!r}.")
    return value


def address(name: str, default: str) -> str:
    """Where people reach us, without a slash at its end: links in letters begin with it."""
    value = text(name, default).rstrip("/")
    try:
        url = urlsplit(value)
        scheme, host, _port = url.scheme, url.hostname, url.port
    except ValueError:
        scheme = host = ""
    if scheme not in {"http", "https"} or not host:
        raise ImproperlyConfigured(f"{name} must be like https://kokoon.example.org, not {value!r}.")
    return value


def need_secret_key() -> None:
    """For processes that people meet: each would make a key of its own, and what one signs no other would know."""
    if not text("SECRET_KEY", ""):
        raise ImproperlyConfigured(
            "SECRET_KEY is not set: give all processes the same one, or SECRET_KEY_FILE. `make run` makes one itself."
        )


def words(name: str, default: str = "") -> list[str]:
    """What stands between the commas of the variable."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def database(name: str = "DATABASE_URL", default: str = "postgresql://localhost/kokoon") -> dict[str, Any]:
    """A Django database from `postgresql://user:password@host:port/name?host=/socket/dir`."""
    url = urlsplit(text(name, default))
    if url.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must start with postgresql://, not {url.scheme or 'nothing'}://.")
    options = {key: values[-1] for key, values in parse_qs(url.query).items()}
    host = options.pop("host", None) or url.hostname or ""
    try:
        port = options.pop("port", None) or url.port or ""
    except ValueError:  # its words could hold a part of the password
        raise ImproperlyConfigured(f"{name} has a bad port: it is a number.") from None
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")) or "kokoon",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": host,
        "PORT": str(port),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }
