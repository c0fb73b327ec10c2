"""`make run`: all of Kokoon on one machine, with what it needs, in one terminal."""

from __future__ import annotations

import fcntl
import importlib
import io
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

from django.core.exceptions import ImproperlyConfigured

from cms import environment
from cms.processes import children, ports
from cms.processes.errors import LaunchError
from cms.processes.layout import ROOT, Layout
from cms.processes.output import copy_lines, reason, say
from cms.processes.outside import check_servers
from cms.processes.postgres import Postgres
from cms.processes.sockets import socket_dir
from cms.processes.supervisor import Program, Stopped, Supervisor
from cms.processes.valkey import Valkey

SERVERS, MAIL, CLIENTS = 0, 1, 2  # stages: the highest is stopped first
MANAGE = (sys.executable, str(ROOT / "manage.py"))
NAME_WIDTH = 8


class Kokoon:
    """One installation while it runs. Raises LaunchError for what a person can put right, Stopped when told to."""

    def __init__(self, layout: Layout, supervisor: Supervisor, stack: ExitStack) -> None:
        self.layout = layout
        self.supervisor = supervisor
        self.stack = stack
        self.added = {"DATA_DIR": str(layout.data_dir)}
        self.host = os.environ.get("HOST") or "127.0.0.1"
        self.port = 0
        self.named: dict[str, str] = {}  # the servers that the operator runs

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, **self.added, "PYTHONUNBUFFERED": "1"}

    def start(self) -> None:
        self.layout.make()
        self._lock()
        self.named = check_servers()
        listener = self._reserve_port()
        self._check_variables()
        if not os.environ.get("SECRET_KEY") and not os.environ.get("SECRET_KEY_FILE"):
            self.added["SECRET_KEY_FILE"] = str(self._secret_key())
        sockets = socket_dir(self.layout.data_dir)
        self._start_valkey(sockets)
        self._start_postgres(sockets)
        self._start_mailbox()
        self._write_environment()
        self._prepare()
        say("Starting web, worker and tick …")
        self._start_processes(listener)
        self._wait_for_web()
        self._welcome()

    # --- What must be there first -----------------------------------------------------------------------------------

    def _lock(self) -> None:
        """One Kokoon per data directory. The lock ends with this process, however it ends."""
        try:
            file = self.stack.enter_context(self.layout.lock.open("a+"))
        except OSError as error:
            raise LaunchError(f"Cannot write {self.layout.lock}: {error.strerror}.") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            other = file.read().strip() or "another process"
            raise LaunchError(f"Kokoon already runs from {self.layout.data_dir} ({other}).") from None
        file.truncate(0)
        file.write(f"process {os.getpid()}")
        file.flush()

    def _reserve_port(self) -> socket.socket:
        # The environment file is there only if the last run was killed; its web server needs a moment to notice.
        seconds = 15.0 if self.layout.environment.exists() else 0.0
        listener = ports.reserve(
            self.host, os.environ.get("PORT") or "8000", seconds=seconds, pause=self.supervisor.pause
        )
        self.stack.callback(listener.close)
        self.port = listener.getsockname()[1]
        self.added["PORT"] = str(self.port)
        return listener

    def _check_variables(self) -> None:
        """All others: each process would find a bad one only once the servers run."""
        try:
            importlib.import_module("cms.settings")
            for name in ("WEB_WORKERS", "WEB_THREADS", "WORKERS"):
                environment.count(name, 1)
        except ImproperlyConfigured as error:
            raise LaunchError(str(error)) from error

    def _secret_key(self) -> Path:
        path = self.layout.secret_key
        if not path.exists():
            half = path.with_suffix(".new")  # moved into place when complete, so that there is never half a key
            half.touch(mode=0o600)
            with half.open("w") as file:
                file.write(secrets.token_urlsafe(50))
                file.flush()
                os.fsync(file.fileno())  # the database will stand on it, and outlives a power cut
            half.rename(path)
        return path

    # --- The servers ------------------------------------------------------------------------------------------------

    def _start_valkey(self, sockets: Path) -> None:
        if self.named["VALKEY_URL"]:
            say("Valkey: the one in VALKEY_URL.")
            return
        valkey = Valkey(self.layout.data_dir, sockets)
        program = Program("valkey", valkey.spawn, SERVERS, valkey.stop_signal, log=valkey.log)
        self.supervisor.start(program)
        try:
            valkey.wait_until_ready(self.supervisor.pause)
        except LaunchError:
            if not valkey.cannot_read():
                raise
            say(f"Valkey: its file cannot be read, and was put aside as {valkey.aside}. Nothing is lost.")
            program.process = valkey.spawn()
            valkey.wait_until_ready(self.supervisor.pause)
        self.added["VALKEY_URL"] = valkey.url()
        say("Valkey: started.")

    def _start_postgres(self, sockets: Path) -> None:
        if self.named["DATABASE_URL"]:
            say("PostgreSQL: the one in DATABASE_URL.")
            return
        postgres = Postgres(self.layout.data_dir, sockets)
        self.supervisor.start(Program("postgres", postgres.spawn, SERVERS, postgres.stop_signal, 30.0, postgres.log))
        postgres.wait_until_ready(self.supervisor.pause)
        postgres.make_database()
        self.added["DATABASE_URL"] = postgres.url()
        say("PostgreSQL: started.")

    def _start_mailbox(self) -> None:
        """A mail server of our own that keeps every letter, unless EMAIL_URL names a real one."""
        if self.named["EMAIL_URL"]:
            say("E-mail: goes out through EMAIL_URL.")
            return
        port = ports.own_port(self.layout.mailbox_port)
        self.added |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}", "MAILBOX_ENABLED": "yes"}

    # --- The processes ----------------------------------------------------------------------------------------------

    def _write_environment(self) -> None:
        """For `cms.processes.join`: only what we added, so no passwords of the operator's own servers."""
        path = self.layout.environment
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(self.added.items())))
        self.stack.callback(path.unlink, missing_ok=True)

    def _prepare(self) -> None:
        log = self.layout.logs / "prepare-errors.log"
        with log.open("wb") as errors:
            code = self.supervisor.run(
                lambda: self._spawn("prepare", [*MANAGE, "prepare", "--demo"], show=say, errors=errors)
            )
        if code != 0:
            log = next((program.log for program in self.supervisor.ended() if program.log), log)  # that is why, then
            raise LaunchError(f"The database could not be prepared: {reason(log)} (more in {log})")

    def _start_processes(self, listener: socket.socket) -> None:
        if "MAILBOX_ENABLED" in self.added:
            port = self.added["EMAIL_URL"].rpartition(":")[2]
            self._supervise("mailbox", [*MANAGE, "mailbox", "--port", port], stage=MAIL)
        bind = f"fd://{listener.fileno()}"
        web = [sys.executable, "-m", "gunicorn", "--config", "python:cms.processes.web", "--bind", bind, "cms.wsgi"]
        self._supervise("web", web, pass_fds=[listener.fileno()])
        if "MAILBOX_ENABLED" in self.added:
            self._wait_for_mailbox()  # what sends would find nobody, and wait before it tries again
        self._supervise("worker", [*MANAGE, "work"])
        self._supervise("tick", [*MANAGE, "tick"])

    def _supervise(
        self, name: str, command: Sequence[str], *, stage: int = CLIENTS, pass_fds: Sequence[int] = ()
    ) -> None:
        def show(line: str) -> None:
            say(f"{name:<{NAME_WIDTH}} | {line}")

        def spawn() -> subprocess.Popen[bytes]:
            return self._spawn(name, command, show=show, pass_fds=pass_fds)

        self.supervisor.start(Program(name, spawn, stage))

    def _spawn(
        self,
        name: str,
        command: Sequence[str],
        *,
        show: Callable[[str], None],
        errors: int | IO[bytes] = subprocess.STDOUT,
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        process = children.spawn(
            command, output=subprocess.PIPE, errors=errors, env=self.env, cwd=ROOT, pass_fds=pass_fds
        )
        assert process.stdout is not None
        copy_lines(process.stdout, log=self.layout.logs / f"{name}.log", show=show)
        return process

    def _wait_for_mailbox(self, seconds: float = 60.0) -> None:
        port = int(self.added["EMAIL_URL"].rpartition(":")[2])
        deadline = time.monotonic() + seconds
        while not ports.answers("127.0.0.1", port) and time.monotonic() < deadline:
            self.supervisor.pause(0.1)

    def _wait_for_web(self, seconds: float = 120.0) -> None:
        web = next(program.process for program in self.supervisor.programs if program.name == "web")
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if web is None or web.poll() is not None:
                raise LaunchError(f"The web server did not start: see {self.layout.logs / 'web.log'}")
            connection = HTTPConnection(ports.reachable(self.host), self.port, timeout=30)
            try:
                connection.request("GET", "/healthz", headers={"Host": "localhost"})
                connection.getresponse()
            except (OSError, HTTPException):
                self.supervisor.pause(0.1)
            else:
                return
            finally:
                connection.close()
        raise LaunchError(f"The web server does not answer: see {self.layout.logs / 'web.log'}")

    def _welcome(self) -> None:
        address = os.environ.get("BASE_URL") or f"http://localhost:{self.port}"
        lines = ["", "Kokoon is running.", "", f"  Open    {address.rstrip('/')}/admin/"]
        if self.layout.login.exists():
            lines += [f"  {line}" for line in self.layout.login.read_text(encoding="utf-8").splitlines()]
        lines += ["", "  Ctrl-C stops it; everything is kept.", ""]
        say("\n".join(lines))


def main(words: list[str]) -> int:
    """`--stop-with-parent`: stop, too, when whoever started us is killed (make cannot pass kill -9 on)."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that knows no "…" shall still see the line
    layout = Layout.from_environment()
    with ExitStack() as stack:
        supervisor = Supervisor(say)
        stack.callback(supervisor.stop)
        if "--stop-with-parent" in words:
            children.die_with_parent(signal.SIGTERM, os.getppid())
        try:
            Kokoon(layout, supervisor, stack).start()
            supervisor.watch()
        except Stopped:
            pass
        except LaunchError as error:
            say(f"\n{error}")
            return 1
        except OSError as error:  # a full disk, or what somebody else has left in the data directory
            say(f"\nKokoon cannot go on: {error.strerror or error}: {error.filename or layout.data_dir}")
            return 1
        say("\nStopping …")
    say("Stopped.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
