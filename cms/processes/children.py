"""Starting a child process that cannot outlive the one that started it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1

# Looked up once, here: the code between fork and exec must not import or allocate more than it has to.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(sig: signal.Signals, parent: int) -> None:
    """Ask the kernel to send us `sig` when the thread that started us ends. Linux only; elsewhere a no-op.

    `parent` is the process id of the one that started us: if it is gone already, nobody will ever send the
    signal.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), sig)


def spawn(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals = signal.SIGTERM,
    output: int | IO[bytes] = subprocess.DEVNULL,
    errors: int | IO[bytes] = subprocess.STDOUT,
    pass_fds: Sequence[int] = (),
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    user: int | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a process group of its own, without a keyboard, with default signal handling.

    A process group of its own keeps Ctrl-C away from it: whoever supervises decides the order of stopping.
    Signals that we ignore or block (a shell starts background jobs with SIGINT ignored, a supervisor waits
    with sigwait) would be inherited, and the child could not be stopped with them, so they are reset.
    """
    parent = os.getpid()

    def prepare() -> None:
        for reset in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGCHLD):
            signal.signal(reset, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        die_with_parent(death_signal, parent)

    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        pass_fds=pass_fds,
        env=env,
        cwd=cwd,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        process_group=0,
        preexec_fn=prepare,  # noqa: PLW1509 - only async-signal-safe calls, and the only way to prctl in the child
    )


def stop(process: subprocess.Popen[bytes], sig: signal.Signals, *, seconds: float) -> None:
    """Send `sig`, wait, and kill the whole process group if that was not enough. Returns when the child is
    gone."""
    if process.poll() is None:
        process.send_signal(sig)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill_group(process.pid)
            process.wait()


def kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
