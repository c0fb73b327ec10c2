"""TCP ports: the one people use, and loopback ports of our own."""

from __future__ import annotations

import errno
import socket
import time
from collections.abc import Callable
from pathlib import Path

from cms.processes.errors import LaunchError

ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - looked up, not listened on


def reserve(host: str, port_text: str, *, seconds: float, pause: Callable[[float], None]) -> socket.socket:
    """A socket bound to the port but not listening yet, for the web server to listen on: until then it refuses.

    Waits up to `seconds` for a port in use. Raises LaunchError with what to do instead.
    """
    port = _number(port_text)
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = _bind(host, port)
            # A second Kokoon that is starting has bound it, too, and does not listen yet: whoever listens first wins.
        except PermissionError:
            raise LaunchError(f"Port {port} is for root only: choose another one with PORT.") from None
        except socket.gaierror:
            raise LaunchError(not_here(host)) from None
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise LaunchError(not_here(host)) from None
            if not answers(host, port):
                raise LaunchError(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error
            if time.monotonic() > deadline:
                raise LaunchError(port_in_use(port)) from None
            pause(0.2)
        else:
            return found


def port_in_use(port: int) -> str:
    return f"Port {port} is in use: stop what runs there, or choose another one: PORT={port + 1} make run"


def not_here(host: str) -> str:
    return f"HOST={host} is not an address of this machine: leave it out, or use 0.0.0.0."


def reachable(host: str) -> str:
    """The address at which a server that listens on `host` is reached from this machine."""
    return ANY_ADDRESS.get(host, host)


def own_port(memory: Path) -> int:
    """A free loopback port, the same as last time (kept in the file `memory`) unless somebody else has it now."""
    remembered = _remembered(memory)
    for port in (remembered, 0):
        try:
            with _bind("127.0.0.1", port) as probe:
                probe.listen()
                found: int = probe.getsockname()[1]
        except OSError:
            continue
        if found != remembered:
            memory.write_text(f"{found}\n")
        return found
    raise LaunchError("There is no free port on this machine for the local mailbox.")


def _remembered(memory: Path) -> int:
    try:
        return int(memory.read_text())
    except (FileNotFoundError, ValueError):
        return 0


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise LaunchError(f"PORT must be a number from 1 to 65535, or 0 for any that is free, not {text!r}.")
    return int(text)


def _bind(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    found = socket.socket(family, kind, protocol)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(address)
    except OSError:
        found.close()
        raise
    return found


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((reachable(host), port), timeout=1).close()
    except OSError:
        return False
    return True
