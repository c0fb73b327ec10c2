"""gunicorn's configuration: `gunicorn --config python:cms.processes.web cms.wsgi`.

WEB_WORKERS processes with WEB_THREADS threads each. Threads keep slow visitors from blocking a whole process.
"""

import os
import signal
import sys
from typing import Any

from cms.processes import starting
from cms.processes.children import die_with_parent


def _count(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1:
        sys.exit(f"{name} must be a number from 1, not {text!r}.")
    return int(text)


bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
worker_class = "gthread"
workers = _count("WEB_WORKERS", min(max(4, os.cpu_count() or 1), 8))
threads = _count("WEB_THREADS", 4)
# Imported once and shared: the workers start at once, and a killed one is back at once.
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 5
limit_request_line = 8190  # the most there is: the conditions by which a list is filtered stand in its address
loglevel = "warning"
control_socket_disable = True  # its default is one socket per home directory, so two checkouts would fight for it


def when_ready(_arbiter: Any) -> None:
    starting.share()


def post_fork(_arbiter: Any, worker: Any) -> None:
    die_with_parent(signal.SIGTERM, worker.ppid)


def worker_exit(_arbiter: Any, _worker: Any) -> None:
    """Go without taking Python apart: each worker would copy all the shared memory to do so, for seconds."""
    reason = sys.exc_info()[1]
    code = reason.code if isinstance(reason, SystemExit) else 1
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)
