"""What every transport says of a message that it was given, and how it says that it takes none."""

from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What became of one message. The values are the message states of the same name."""

    ACCEPTED = "accepted"
    DEFERRED = "deferred"  # a temporary refusal (4yz): the same message may be offered again later
    REJECTED = "rejected"  # a lasting refusal (5yz)
    UNKNOWN = "unknown"  # it left, and the answer never came: nobody but a person may offer it again


@dataclass(frozen=True, slots=True)
class Outcome:
    """One message's fate with the server's own words."""

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
