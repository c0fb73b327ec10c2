"""What a transport promises: it hands one letter to a server and says truly what became of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Fate(StrEnum):
    """What became of one letter. The values are the message states of the same name."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # a temporary refusal (4yz): the same letter may be offered again later
    REJECTED = "rejected"  # a lasting refusal (5yz)
    UNKNOWN = "unknown"  # it left, and the answer never came: nobody but a person may offer it again


@dataclass(frozen=True, slots=True)
class Outcome:
    """One letter's fate with the server's own words."""

    fate: Fate
    code: int = 0
    answer: str = ""
    dead_address: bool = False  # the server says that the address does not exist (RFC 3463, 5.1.x)


class TransportError(Exception):
    """Nothing was handed over and no recipient is to blame: the server is away, or does not want *us*.

    ``permanent``: trying again does not help until a person changes something (the password, the sender).
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class Transport(Protocol):
    """One connection to a mail server, used by one thread."""

    def open(self) -> None:
        """Connect if not connected. Raises :class:`TransportError`."""

    def push(self, *, return_path: str, recipient: str, content: bytes) -> Outcome:
        """Hand over one letter (7-bit, CRLF) and return its fate.

        Raises :class:`TransportError` when it surely did not leave and the recipient is not the reason.
        """

    def close(self) -> None:
        """Say goodbye. Never raises."""
