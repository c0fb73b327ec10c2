"""The memory twin of a transport: what would have left, kept in a list."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from campaigns.transport import Fate, Outcome

Kept = TypeVar("Kept")


def accept(_message: Any) -> Outcome:
    return Outcome(Fate.ACCEPTED, 250, "2.0.0 Ok")


class Memory(Generic[Kept]):
    """Of each channel a class with a list `outbox` of its own, one for the process; `answer` decides each fate."""

    outbox: list[Kept]
    answer: Callable[[Any], Outcome] = staticmethod(accept)

    def __init__(self, url: str = "") -> None:
        pass

    def open(self) -> None:
        pass

    def keep(self, message: Kept) -> Outcome:
        """For the channel's own `push`: what is accepted goes to the outbox."""
        outcome = type(self).answer(message)
        if outcome.fate is Fate.ACCEPTED:
            self.outbox.append(message)
        return outcome

    def close(self) -> None:
        pass
