"""A mail server for tests: a real one on loopback, quick, and wrong on demand.

``SmtpServer`` runs in a thread of its own. ``faults`` is asked at every step and may answer with a refusal or
drop the line.
"""

import asyncio
import contextlib
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

DROP = "drop"  # what a fault returns to cut the line at this step


class Raw(str):
    """A fault that is said to the letter, without a line's end, before the line is cut."""

    __slots__ = ()


@dataclass
class Received:
    return_path: str
    recipient: str
    content: bytes

    @property
    def message_id(self) -> str:
        found = re.search(rb"(?im)^message-id:\s*<([^>]+)>", self.content)
        return found.group(1).decode() if found else ""

    def header(self, name: str) -> str:
        from email import message_from_bytes, policy

        return str(message_from_bytes(self.content, policy=policy.default)[name] or "")


# step is one of connect, ehlo, auth, mail, rcpt, data, end; number counts how often it was asked for this
# recipient
Fault = Callable[[str, str, int], "str | None"]


@dataclass
class SmtpServer:
    host: str = "127.0.0.1"
    port: int = 0
    faults: Fault = lambda step, recipient, number: None
    auth: bool = False
    keep_content: bool = True
    received: list[Received] = field(default_factory=list)
    sign_ins: list[str] = field(default_factory=list)  # what AUTH was said with
    connections: int = 0

    def __post_init__(self):
        self._asked = Counter()
        self._loop = asyncio.new_event_loop()
        self._server = None
        self._thread = None
        self._tasks = set()
        self._arrived = threading.Condition()

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    def start(self) -> "SmtpServer":
        ready = threading.Event()

        async def serve():
            self._server = await asyncio.start_server(self._talk, self.host, self.port, limit=2**22)
            self.port = self._server.sockets[0].getsockname()[1]
            ready.set()

        def run():
            asyncio.set_event_loop(self._loop)
            self._loop.run_until_complete(serve())
            self._loop.run_forever()

        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()
        if not ready.wait(5):
            raise RuntimeError("the test mail server did not start")
        return self

    def stop(self) -> None:
        async def end():
            self._server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_exc):
        self.stop()

    def wait_for(self, count: int, timeout: float = 10) -> list[Received]:
        """Everything received, once there are ``count`` letters."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.received) >= count, timeout):
                raise AssertionError(f"{len(self.received)} letters came, {count} were awaited")
            return list(self.received)

    def _fault(self, step, recipient=""):
        self._asked[step, recipient] += 1
        return self.faults(step, recipient, self._asked[step, recipient])

    async def _talk(self, reader, writer):
        task = asyncio.current_task()
        self._tasks.add(task)
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._session(reader, writer)
        with contextlib.suppress(ConnectionError):
            writer.close()
        self._tasks.discard(task)

    async def _session(self, reader, writer):
        return_path = recipient = ""

        def say(words):
            writer.write(words.encode() + b"\r\n")

        def answer(step, words):
            """Says the fault's words, or ours; returns whether to go on as if all were well."""
            fault = self._fault(step, recipient)
            if fault == DROP:
                raise ConnectionResetError
            say(fault or words)
            return fault is None

        if not answer("connect", "220 test ESMTP"):
            return
        while True:
            line = await reader.readline()
            if not line:
                return
            verb, _space, argument = line.decode().strip().partition(" ")
            verb = verb.upper()
            if verb in ("EHLO", "HELO"):
                offers = [
                    "250-test",
                    *(["250-AUTH PLAIN LOGIN"] if self.auth else []),
                    "250 ENHANCEDSTATUSCODES",
                ]
                answer("ehlo", "\r\n".join(offers))
            elif verb == "AUTH":
                self.sign_ins.append(argument)
                answer("auth", "235 2.7.0 welcome")
            elif verb == "MAIL":
                return_path = _address(argument)
                answer("mail", "250 2.1.0 Ok")
            elif verb == "RCPT":
                recipient = _address(argument)
                answer("rcpt", "250 2.1.5 Ok")
            elif verb == "DATA":
                if answer("data", "354 go on"):
                    content = await reader.readuntil(b"\r\n.\r\n")
                    fault = self._fault("end", recipient)
                    if fault == DROP:
                        return
                    if isinstance(fault, Raw):
                        writer.write(fault.encode())
                        await writer.drain()
                        return
                    if fault is None:
                        self._keep(return_path, recipient, content)
                    say(fault or "250 2.0.0 Ok")
            elif verb == "RSET":
                recipient = ""
                say("250 2.0.0 Ok")
            elif verb == "QUIT":
                say("221 2.0.0 Bye")
                return
            else:
                say("250 2.0.0 Ok")

    def _keep(self, return_path, recipient, content):
        content = content[:-3].replace(b"\r\n..", b"\r\n.")
        if not self.keep_content:
            content = content.partition(b"\r\n\r\n")[0]
        with self._arrived:
            self.received.append(Received(return_path, recipient, content))
            self._arrived.notify_all()


def _address(argument: str) -> str:
    found = re.search(r"<([^>]*)>", argument)
    return found.group(1) if found else ""
