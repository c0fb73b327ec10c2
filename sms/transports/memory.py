"""The memory twin: what would have left, kept in a list."""

from collections.abc import Callable
from dataclasses import dataclass

from campaigns.transport import Fate, Outcome


@dataclass(frozen=True, slots=True)
class Kept:
    originator: str
    recipient: str
    text: str


def accept(_message: Kept) -> Outcome:
    return Outcome(Fate.ACCEPTED, 200, "kept")


class MemoryTransport:
    """Keeps every accepted text message in `outbox`, one for the process; `answer` decides each fate."""

    outbox: list[Kept] = []
    answer: Callable[[Kept], Outcome] = staticmethod(accept)

    def __init__(self, url: str = "") -> None:
        pass

    def open(self) -> None:
        pass

    def push(self, *, originator: str, recipient: str, text: str) -> Outcome:
        message = Kept(originator, recipient, text)
        outcome = type(self).answer(message)
        if outcome.fate is Fate.ACCEPTED:
            self.outbox.append(message)
        return outcome

    def close(self) -> None:
        pass
