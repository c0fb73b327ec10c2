"""The memory twin: what would have left, kept in a list."""

from collections.abc import Callable
from dataclasses import dataclass

from campaigns.transport import Fate, Outcome


@dataclass(frozen=True, slots=True)
class Kept:
    return_path: str
    recipient: str
    content: bytes


def accept(_letter: Kept) -> Outcome:
    return Outcome(Fate.ACCEPTED, 250, "2.0.0 Ok")


class MemoryTransport:
    """Keeps every accepted letter in ``outbox``, one for the process; ``answer`` decides each fate."""

    outbox: list[Kept] = []
    answer: Callable[[Kept], Outcome] = staticmethod(accept)

    def __init__(self, url: str = "") -> None:
        pass

    def open(self) -> None:
        pass

    def push(self, *, return_path: str, recipient: str, content: bytes) -> Outcome:
        letter = Kept(return_path, recipient, content)
        outcome = type(self).answer(letter)
        if outcome.fate is Fate.ACCEPTED:
            self.outbox.append(letter)
        return outcome

    def close(self) -> None:
        pass
