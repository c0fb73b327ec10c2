"""The memory twin: the letters that would have left, kept in a list."""

from campaigns.memory import Memory
from campaigns.transport import Outcome
from mailer.transports.base import Parcel


class MemoryTransport(Memory[Parcel]):
    outbox: list[Parcel] = []

    def push(self, *, return_path: str, recipient: str, content: bytes) -> Outcome:
        return self.keep(Parcel(return_path, recipient, content))
