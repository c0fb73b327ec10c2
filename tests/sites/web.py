"""Real web workers beside a test, on the test's own database, and a client that sends many forms at once."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def web_server(*, app: str = "cms.wsgi:application", workers: int = 4, **env: str) -> Iterator[str]:
    """gunicorn with as many worker processes, as `make run` starts it; yields its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(url._replace(path=f"/{connection.settings_dict['NAME']}"))
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:cms.processes.web", app],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": database,
            "PORT": str(port),
            "WEB_WORKERS": str(workers),
            "LOG_LEVEL": "ERROR",
            **env,
        },
    )
    try:
        base = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(base, process)
        yield base
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_until_it_answers(base: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "gunicorn did not start"
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("gunicorn does not answer")


@dataclass
class Answer:
    form: dict[str, str]
    status: int
    headers: dict[str, str]  # by their names in small letters
    body: str

    @property
    def location(self) -> str:
        return self.headers.get("location", "")


def send_all(base: str, path: str, forms: Sequence[dict[str, str]], *, at_once: int) -> list[Answer]:
    """POST every form, `at_once` of them in flight at any time."""
    return asyncio.run(_send_all(base, path, forms, at_once))


async def _send_all(base: str, path: str, forms: Sequence[dict[str, str]], at_once: int) -> list[Answer]:
    address = urlsplit(base)
    todo = list(enumerate(forms))[::-1]
    answers: list[Answer | None] = [None] * len(forms)

    async def client() -> None:
        while todo:
            index, form = todo.pop()
            answers[index] = await _post(address.hostname or "", address.port or 80, path, form)

    await asyncio.gather(*(client() for _ in range(at_once)))
    return [answer for answer in answers if answer is not None]


async def _post(host: str, port: int, path: str, form: dict[str, str]) -> Answer:
    reader, writer = await asyncio.open_connection(host, port)
    body = urlencode(form).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    raw = await reader.read()
    writer.close()
    headers, _, content = raw.partition(b"\r\n\r\n")
    first, *lines = headers.decode("latin-1").split("\r\n")
    named = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Answer(form, int(first.split(" ")[1]), named, content.decode("utf-8", "replace"))
