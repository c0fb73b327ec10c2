"""Who must not be written to, by kind of message."""

from collections.abc import Iterable

from campaigns.models import Message
from registers.models import SuppressionKind as Kind
from registers.suppression import blocking, suppressed

CHUNK = 5_000
ERASED = "erased"  # why a message to somebody who is not known any more does not leave
Traffic = Message.Traffic

# The strongest reason first: it is the one that is shown.
_ORDER = (
    Kind.DECEASED, Kind.COMPLAINT, Kind.HARD_BOUNCE, Kind.STOP, Kind.UNSUBSCRIBED, Kind.WITHDRAWN, Kind.MANUAL,
    Kind.IMPORTED, Kind.ELSEWHERE,
)  # fmt: skip


def stopped_by(kinds: Iterable[str], *, traffic: str, direct_answer: bool = False) -> str:
    """The kind of suppression that keeps such a message back; '' when it may go."""
    if traffic == Traffic.TEST:  # to oneself, on purpose; others are looked at before
        return ""
    stopping = blocking(kinds, transactional=traffic == Traffic.TRANSACTIONAL, direct_answer=direct_answer)
    return next((str(kind) for kind in _ORDER if kind in stopping), "")


def stopped_among(
    addresses: Iterable[str], *, organisation_id: int, channel: str, traffic: str = Traffic.BULK
) -> dict[str, str]:
    """For each address key that such messages must not reach, a campaign's by default: why."""
    known = suppressed(organisation_id=organisation_id, channel=channel, addresses=addresses)
    reasons = {address: stopped_by(kinds, traffic=traffic) for address, kinds in known.items()}
    return {address: reason for address, reason in reasons.items() if reason}
