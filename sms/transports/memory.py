"""The memory twin: the text messages that would have left, kept in a list."""

from campaigns.memory import Memory
from campaigns.transport import Outcome
from sms.transports.base import Parcel


class MemoryTransport(Memory[Parcel]):
    outbox: list[Parcel] = []

    def push(self, *, originator: str, recipient: str, text: str) -> Outcome:
        return self.keep(Parcel(originator, recipient, text))
