"""The SMTP side. It answers 250 only when the mail is committed, and 451 where that is not possible just now."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from mailer.mailbox.storing import NotStoredError, Received, store

logger = logging.getLogger(__name__)
logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every command at INFO

MAX_BYTES = 5 * 1024 * 1024
MAX_BATCH = 200
IDLE_SECONDS = 60
STORED = "250 2.0.0 Kept in the practice mailbox"
NOT_STORED = "451 4.3.0 The mailbox cannot keep mail at the moment, try again"


class Mailbox:
    """Collects what arrives while the last batch is being written, and writes that next."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[tuple[Received, asyncio.Future[bool]]] = asyncio.Queue()
        self.thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mailbox")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        kept = asyncio.get_running_loop().create_future()
        received = Received(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        self._waiting.put_nowait((received, kept))
        return STORED if await kept else NOT_STORED

    async def write(self) -> None:
        """Run until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < MAX_BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            try:
                await loop.run_in_executor(self.thread, store, [received for received, _ in batch])
            except NotStoredError as error:
                logger.warning("The practice mailbox could not keep %s mails: %s", len(batch), error)
                kept = False
            except Exception:  # one broken mail must not silence the mailbox for good
                logger.exception("The practice mailbox could not keep %s mails", len(batch))
                kept = False
            else:
                kept = True
            for _, future in batch:
                if not future.done():
                    future.set_result(kept)


async def serve(
    host: str,
    port: int,
    *,
    stopping: asyncio.Event | None = None,
    listening: Callable[[int], None] | None = None,
) -> None:
    """Listen until SIGTERM or SIGINT (or until `stopping` is set); `listening` is told the port.

    Raises OSError where the port is taken.
    """
    mailbox = Mailbox()
    loop = asyncio.get_running_loop()
    stop = stopping or asyncio.Event()
    if stopping is None:
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)

    def session() -> SMTP:
        return SMTP(
            mailbox,
            data_size_limit=MAX_BYTES,
            enable_SMTPUTF8=True,
            ident="Kokoon practice mailbox",
            hostname="localhost",
            timeout=IDLE_SECONDS,
            loop=loop,
        )

    server = await loop.create_server(session, host, port)
    writer = loop.create_task(mailbox.write())
    if listening:
        listening(server.sockets[0].getsockname()[1])
    async with server:
        await stop.wait()
    writer.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writer
    await loop.run_in_executor(mailbox.thread, _disconnect)
    mailbox.thread.shutdown()


def _disconnect() -> None:
    connection.close()  # the connection of the thread this runs in
