"""Servers that outlived the one that started them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cms.processes.errors import LaunchError


def clear_leftover(*, what: str, pid_file: Path, folder: Path, signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Stop the process that `pid_file` names if it works in `folder`, and remove the file.

    `signals` are tried in turn, each with the seconds to wait for its effect. The number alone says nothing: after a
    restarted container or machine it may be anybody's by now. But a server's working directory is the folder
    with its files, which nobody else's is. Raises LaunchError when the process does not go away.
    """
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except FileNotFoundError:
        return
    except ValueError:
        pid = 0
    for sig, seconds in signals:
        if not _works_in(pid, folder):
            break
        with suppress(ProcessLookupError):
            os.kill(pid, sig)
        deadline = time.monotonic() + seconds
        while _works_in(pid, folder) and time.monotonic() < deadline:
            time.sleep(0.02)
    if _works_in(pid, folder):
        raise LaunchError(f"An old {what} (process {pid}) works in {folder} and does not stop: kill it first.")
    pid_file.unlink(missing_ok=True)


def _works_in(pid: int, folder: Path) -> bool:
    try:
        return pid > 0 and Path(f"/proc/{pid}/cwd").readlink() == folder.resolve()
    except OSError:  # gone, somebody else's, or a zombie
        return False
