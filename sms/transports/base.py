"""What a transport of text messages promises: it hands one to a gateway and says truly what became of it."""

from dataclasses import dataclass
from typing import Protocol

from campaigns.transport import Outcome


@dataclass(frozen=True, slots=True)
class Parcel:
    """One text message as it is handed over."""

    originator: str
    recipient: str
    text: str


class Transport(Protocol):
    """One connection to a gateway, used by one thread."""

    def open(self) -> None:
        """Make ready. Raises TransportError."""

    def push(self, *, originator: str, recipient: str, text: str) -> Outcome:
        """Hand over one text message and return its fate; `recipient` is in E.164.

        Raises TransportError when it surely did not leave and the recipient is not the reason.
        """

    def close(self) -> None:
        """Never raises."""
