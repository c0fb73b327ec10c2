"""What the children print: on the terminal, and into a log file each."""

from __future__ import annotations

import logging
import os
import shutil
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

LOG_BYTES = 5_000_000


def say(line: str) -> None:
    """Print one line at once. A terminal that has been closed must not stop anything."""
    with suppress(OSError, ValueError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def copy_lines(pipe: IO[bytes], *, log: Path, show: Callable[[str], None]) -> threading.Thread:
    """Read `pipe` to its end in a thread of its own, writing each line to `log` and passing it to `show`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(log, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(message)s"))

    def copy() -> None:
        with pipe:
            for raw in pipe:
                line = raw.decode("utf-8", "replace").rstrip()
                handler.emit(logging.makeLogRecord({"msg": line}))
                show(line)
        handler.close()

    thread = threading.Thread(target=copy, name=f"copy {log.name}", daemon=True)
    thread.start()
    return thread


def roll(log: Path) -> None:
    """Keep two generations of a log that a server of somebody else's writes to, and holds open to append to."""
    with suppress(OSError):  # on a full disk it stays as it is: the reason may stand at its end
        if log.stat().st_size > LOG_BYTES:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)


def last_line(path: Path) -> str:
    lines = [line for line in path.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no reason given"
