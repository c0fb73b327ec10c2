"""What a transport of e-mail promises: it hands one letter to a server and says truly what became of it."""

from dataclasses import dataclass
from typing import Protocol

from campaigns.transport import Outcome


@dataclass(frozen=True, slots=True)
class Parcel:
    """One letter as it is handed over."""

    return_path: str
    recipient: str
    content: bytes


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
