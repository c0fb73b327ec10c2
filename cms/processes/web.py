"""gunicorn's configuration: `gunicorn --config python:cms.processes.web cms.wsgi`.

WEB_WORKERS processes with WEB_THREADS threads each. Threads keep slow visitors from blocking a whole process.
"""

import logging
import os
import signal
import socket
import struct
import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from cms import environment
from cms.processes import starting
from cms.processes.children import die_with_parent

PATIENCE = 30  # seconds of silence after which the rest of a request does not come any more


def _count(name: str, default: int) -> int:
    try:
        return environment.count(name, default)
    except ImproperlyConfigured as error:
        sys.exit(str(error))


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
forwarder_headers = ""  # with SCRIPT_NAME a visitor could reach /admin/ past a proxy that keeps it for the office
loglevel = "warning"
control_socket_disable = True  # its default is one socket per home directory, so two checkouts would fight for it


def when_ready(arbiter: Any) -> None:
    # A telephone that is gone in the midst of a request says nothing more, ever: its thread would wait for it, and with
    # some of them nobody would be answered. Connections have it from the socket that they come from.
    patience = struct.pack("ll", PATIENCE, 0)
    for listener in arbiter.LISTENERS:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
    arbiter.log.error_log.addFilter(_is_news)
    _look_for_proxy(arbiter.log.error_log)
    starting.share()


def _look_for_proxy(log: logging.Logger) -> None:
    # Here, for this configuration is read before Django is loaded.
    from django.conf import settings  # noqa: PLC0415

    if settings.BASE_URL.startswith("https://") and not settings.BEHIND_PROXY:
        log.warning(
            "BASE_URL begins with https://, so a proxy is before Kokoon: set BEHIND_PROXY=yes. Without it all visitors"
            " have the proxy's address, and share what one of them may do (20 tries to sign in within five minutes)."
        )


def _is_news(record: logging.LogRecord) -> bool:
    """gunicorn tells by a traceback of each one whose patience ended."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


def post_fork(_arbiter: Any, worker: Any) -> None:
    die_with_parent(signal.SIGTERM, worker.ppid)


def worker_exit(_arbiter: Any, _worker: Any) -> None:
    """Go without taking Python apart: each worker would copy all the shared memory to do so, for seconds."""
    reason = sys.exc_info()[1]
    code = reason.code if isinstance(reason, SystemExit) else 1
    os._exit(code if isinstance(code, int) else 0 if code is None else 1)
