"""The practice telephone: what has been sent stands in our own rows already, and nothing leaves the machine."""

from campaigns.transport import Fate, Outcome


class PracticeTransport:
    def __init__(self, url: str = "") -> None:
        pass

    def open(self) -> None:
        pass

    def push(self, *, originator: str, recipient: str, text: str) -> Outcome:
        return Outcome(Fate.ACCEPTED, 200, "Kept on the practice telephone")

    def close(self) -> None:
        pass
