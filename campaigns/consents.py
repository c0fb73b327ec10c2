"""Who has not agreed to what a campaign is for: asked before it starts, and again at each claim."""

from collections.abc import Iterable

from campaigns.suppression import CHUNK
from guards.chunks import in_chunks
from registers.consents import newest_by_address
from registers.models import LegalBasis, RegisterPurpose, SuppressionKind

WITHDRAWN = str(SuppressionKind.WITHDRAWN)
NOT_GIVEN = "no_consent"


def refusals(people: Iterable[tuple[str, int]], *, purpose_id: int | None, channel: str) -> dict[str, str]:
    """Of (address, register of whoever stands for it): which a campaign for this purpose must not reach, and why.

    The newest act of anybody at the address counts, whichever register they are in: who withdraws as a guest is not
    written to as a member. In a register where the right is consent, it must have been given.
    """
    if purpose_id is None:
        return {}
    registers = dict(people)
    by_consent = RegisterPurpose.objects.filter(purpose=purpose_id, legal_basis=LegalBasis.CONSENT)
    asking = set(by_consent.values_list("register", flat=True))
    found: dict[str, str] = {}
    for some in in_chunks(registers, CHUNK):
        said = newest_by_address(some, purpose_id=purpose_id, channel=channel)
        for address in some:
            granted = said.get(address)
            if granted is False:
                found[address] = WITHDRAWN
            elif granted is None and registers[address] in asking:
                found[address] = NOT_GIVEN
    return found
