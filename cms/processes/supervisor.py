"""Keeps a set of child processes running, and stops them in order.

Must be used from the main thread: death signals are tied to the thread that started a child, and stop signals are
waited for here instead of being handled, so that no line of start-up code is interrupted half-way.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cms.processes import children
from cms.processes.errors import LaunchError
from cms.processes.output import roll

STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
BACK_OFF = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before the first, second, … start after a death
LOOK_AFTER_LOGS = 600.0
LONG_LIFE = 60.0  # seconds after which a death counts as the first one again

Say = Callable[[str], None]


class Stopped(Exception):
    """Somebody asked us to stop."""


@dataclass
class Program:
    """One child. Those of the highest `stage` are stopped first, all of one stage at once."""

    name: str
    spawn: Callable[[], subprocess.Popen[bytes]]
    stage: int
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 15.0
    log: Path | None = None  # of one that does not speak here
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    deaths: int = field(default=0, init=False)
    restart_at: float | None = field(default=None, init=False)


class Supervisor:
    def __init__(self, say: Say) -> None:
        self.say = say
        self.programs: list[Program] = []
        signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS | {signal.SIGCHLD})

    def start(self, program: Program) -> None:
        """Start `program`; it is restarted and stopped with the others from now on. Raises LaunchError."""
        self.programs.append(program)
        program.started_at = time.monotonic()
        program.process = program.spawn()

    def pause(self, seconds: float) -> None:
        """Sleep, or raise Stopped."""
        if signal.sigtimedwait(STOP_SIGNALS, seconds) is not None:
            raise Stopped

    def run(self, spawn: Callable[[], subprocess.Popen[bytes]]) -> int:
        """Run a child that ends by itself and return its exit code. Raises Stopped, and stops it then."""
        process = spawn()
        try:
            while process.poll() is None:
                self.pause(0.05)
        finally:
            children.stop(process, signal.SIGTERM, seconds=5)
        return process.returncode

    def watch(self) -> None:
        """Restart whatever dies, until somebody asks us to stop."""
        while True:
            due = [program.restart_at for program in self.programs if program.restart_at is not None]
            wait = max(0.0, min(due) - time.monotonic()) if due else LOOK_AFTER_LOGS
            received = signal.sigtimedwait(STOP_SIGNALS | {signal.SIGCHLD}, wait)
            if received is not None and received.si_signo != signal.SIGCHLD:
                return
            for program in self.programs:
                self._look_after(program)
                if program.log is not None:
                    roll(program.log)

    def ended(self) -> list[Program]:
        """Those that are not running, though nobody stopped them."""
        return [program for program in self.programs if program.process and program.process.poll() is not None]

    def _look_after(self, program: Program) -> None:
        now = time.monotonic()
        if program.restart_at is not None and now >= program.restart_at:
            program.restart_at, program.started_at = None, now
            try:
                program.process = program.spawn()
            except (LaunchError, OSError) as error:  # no memory for another process: the others live on
                self.say(f"{program.name} does not start: {error}")
                self._plan_restart(program)
        elif program.restart_at is None and program.process is not None and program.process.poll() is not None:
            children.kill_group(program.process.pid)  # what it leaves behind would be in its successor's way
            delay = self._plan_restart(program)
            why = f" Why: see {program.log}." if program.log else ""
            self.say(f"{program.name} {_ending(program.process.returncode)}; starting it again in {delay:g} s.{why}")

    def _plan_restart(self, program: Program) -> float:
        now = time.monotonic()
        if now - program.started_at > LONG_LIFE:
            program.deaths = 0
        delay = BACK_OFF[min(program.deaths, len(BACK_OFF) - 1)]
        program.deaths += 1
        program.restart_at = now + delay
        return delay

    def stop(self) -> None:
        """Stop everything, clients before the servers they need. Returns when nothing is left."""
        for stage in sorted({program.stage for program in self.programs}, reverse=True):
            running = [
                program for program in reversed(self.programs) if program.stage == stage and program.process is not None
            ]
            for program in running:
                assert program.process is not None
                if program.process.poll() is None:
                    program.process.send_signal(program.stop_signal)
            for program in running:
                assert program.process is not None
                try:
                    program.process.wait(program.stop_seconds)
                except subprocess.TimeoutExpired:
                    self.say(f"{program.name} does not stop in {program.stop_seconds:g} s: killing it.")
                children.kill_group(program.process.pid)
                program.process.wait()
        self.programs.clear()


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
