"""A Kokoon of the tests' own: the real processes of `make run`, in a directory that is thrown away."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psycopg

from cms.processes.join import running_environment
from cms.processes.layout import ROOT, Layout

# What the test run set for itself, and a Kokoon of its own must find out for itself.
NOT_INHERITED = {
    "DATABASE_URL", "VALKEY_URL", "EMAIL_URL", "SECRET_KEY", "BASE_URL", "HOST", "PORT", "MEDIA_ROOT", "DATA_DIR",
    "DJANGO_ALLOW_ASYNC_UNSAFE", "PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER",
}  # fmt: skip


class Kokoon:
    """Started with `start()`, which returns when it answers; `manage()` and `query()` work beside it."""

    def __init__(self, data_dir: Path, **env: str) -> None:
        self.data_dir = data_dir
        self.output: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self._seen = 0
        self._own_env = {
            "DATA_DIR": str(data_dir),
            "MEDIA_ROOT": str(data_dir / "media"),
            # Collecting takes longer than everything else, and gives the same each time.
            "STATIC_ROOT": str(ROOT / ".data" / "test-static"),
            "PORT": "0",
            "SWEEP_SECONDS": "2",
            "LEASE_SECONDS": "10",
            **env,
        }

    @property
    def env(self) -> dict[str, str]:
        return {name: value for name, value in os.environ.items() if name not in NOT_INHERITED} | self._own_env

    @property
    def joined_env(self) -> dict[str, str]:
        added = running_environment(Layout(self.data_dir))
        assert added is not None, "not running"
        return self.env | added

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.joined_env['PORT']}"

    def spawn(self) -> subprocess.Popen[str]:
        """Start the processes without waiting for them."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cms.processes.run", "--stop-with-parent"],
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self.process

    def start(self, seconds: float = 180, **env: str) -> "Kokoon":
        self._own_env |= env
        self._seen = len(self.output)
        process = self.spawn()
        ready = threading.Event()
        threading.Thread(target=self._read, args=(process, ready), daemon=True).start()
        if not ready.wait(seconds) or "Kokoon is running." not in self.output[self._seen :]:
            self.stop()
            raise AssertionError("Kokoon did not start:\n" + "\n".join(self.output))
        return self

    def _read(self, process: subprocess.Popen[str], ready: threading.Event) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.output.append(line.rstrip())
            if "Kokoon is running." in line:
                ready.set()
        ready.set()

    def stop(self, sig: signal.Signals = signal.SIGTERM) -> int:
        """Stop it in order; returns its exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(sig)
        return self.process.wait(60)

    def manage(self, *words: str) -> str:
        """Run a manage.py command beside it and return what it prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.joined_env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def query(self, sql: str, *parameters: object) -> list[tuple]:
        """Ask its database."""
        with psycopg.connect(self.joined_env["DATABASE_URL"], autocommit=True) as connection:
            cursor = connection.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

    def pids(self) -> dict[int, str]:
        """The command line of every process it consists of, the supervisor included."""
        assert self.process is not None
        return family(self.process.pid)


def family(pid: int) -> dict[int, str]:
    """`pid` and all that descend from it, with their command lines."""
    parents, commands = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            except OSError:
                continue
            if state != "Z":
                parents[int(entry.name)] = int(parent)
                commands[int(entry.name)] = command
    found, fresh = {pid}, {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
        found |= fresh
    return {each: commands[each] for each in found if each in commands}


def alive(pids) -> set[int]:
    """Those of `pids` that still run; a zombie does not."""
    return {pid for pid in pids if pid in family(pid)}


def eventually(check, seconds: float = 20.0):
    """The first true value of `check()`; fails when there is none in time. Asked less often what takes longer."""
    deadline = time.monotonic() + seconds
    pause = 0.05
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {check}"
        time.sleep(pause)
        pause = min(1.2 * pause, 0.3)
