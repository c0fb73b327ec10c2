import asyncio
import smtplib
import threading
from contextlib import contextmanager

import pytest
from django.db import connections

from mailer.mailbox.server import serve
from tests.cast import make_cast


@pytest.fixture
def cast(db):
    return make_cast()


class Mailbox:
    """The practice mailbox as its process runs it, in a thread."""

    def __init__(self):
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._stopping = None
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        asyncio.set_event_loop(self._loop)

        async def main():
            self._stopping = asyncio.Event()
            await serve("127.0.0.1", 0, stopping=self._stopping, listening=self._heard)

        self._loop.run_until_complete(main())

    def _heard(self, port):
        self.port = port
        self._listening.set()

    def __enter__(self):
        self._thread.start()
        assert self._listening.wait(5)
        return self

    def __exit__(self, *_exc):
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(5)
        self._loop.close()

    @contextmanager
    def client(self):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=10) as smtp:
            yield smtp


@pytest.fixture
def mailbox(transactional_db):
    with Mailbox() as box:
        yield box
    connections.close_all()
