"""What the children print: on the terminal, and into a log file each."""

from __future__ import annotations

import logging
import os
import re
import shutil
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

LOG_BYTES = 5_000_000
LAST_WORDS = 12  # lines of a log among which the reason of its end stands
# What follows from it, and who is turned away meanwhile, is fatal, too.
_FATAL = re.compile(r"No space left on device|\b(?:FATAL|PANIC):  (?!the database system is|terminating|cannot abort)")
_MODULE = re.compile(r"^(?:\w+\.)+(?=\w+: )")  # before the name of an exception


def say(line: str) -> None:
    """Print one line at once. A terminal that has been closed must not stop anything."""
    with suppress(OSError, ValueError):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


class _Log(RotatingFileHandler):
    _told = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - Python's name
        """A line that finds no space is lost here and stands on the terminal, where a traceback each would bury it."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handleError(record)
        elif not self._told:
            self._told = True
            say(f"{self.baseFilename} cannot be written: {error.strerror}")


def copy_lines(pipe: IO[bytes], *, log: Path, show: Callable[[str], None]) -> threading.Thread:
    """Read `pipe` to its end in a thread of its own, writing each line to `log` and passing it to `show`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    handler = _Log(log, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(message)s"))

    def copy() -> None:
        with pipe:
            for raw in pipe:
                line = raw.decode("utf-8", "replace").rstrip()
                handler.emit(logging.makeLogRecord({"msg": line}))
                show(line)
        with suppress(OSError):
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


def reason(path: Path) -> str:
    """The line of a log that says why it ends: an exception's first, or what PostgreSQL calls fatal; else the last.

    Below it both say more: the statement, hints, what else went down.
    """
    lines = [line for line in path.read_text(errors="replace").splitlines() if line.strip()]
    if not lines:
        return "no reason given" if shutil.disk_usage(path.parent).free else "the disk is full"
    fatal = [line for line in lines[-LAST_WORDS:] if _FATAL.search(line)]
    traces = [number for number, line in enumerate(lines) if line.startswith("Traceback ")]
    if traces:
        raised = [line for line in lines[traces[-1] + 1 :] if not line.startswith(" ")]
        return _MODULE.sub("", raised[0]) if raised else lines[-1].strip()
    return (fatal or lines)[-1].strip()
