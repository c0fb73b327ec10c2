"""An audience in numbers, before anything is sent.

It may be a million people: the database groups them by address, and the addresses are read some thousands at a time.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from campaigns.audiences import Audience, at_addresses, included, recipients
from campaigns.consents import refusals
from campaigns.suppression import CHUNK, Traffic, stopped_by
from guards.chunks import in_chunks
from organisations import reach, scope
from registers.absences import AWAY
from registers.models.contact import CHANNEL_COLUMNS
from registers.plans import every_row
from registers.suppression import Stops


@dataclass(frozen=True)
class Headcount:
    """An audience in numbers: `sendable` get the message; the others do not, and why."""

    chosen: int
    sendable: int
    no_address: int
    excluded: int
    same_address: int
    suppressed: Mapping[str, int]  # by kind, or because of being on leave, or of what they have (not) agreed to


def count(
    audience: Audience, *, channel: str = "email", on: dt.date | None = None, purpose_id: int | None = None
) -> Headcount:
    """How many people a campaign to this audience reaches; `on` is the day it is sent, today by default, `purpose_id`
    what it is for."""
    column = CHANNEL_COLUMNS[channel]
    everyone = included(audience)
    chosen = everyone.aggregate(people=Count("pk"), no_address=Count("pk", filter=Q(**{column: ""})))
    alive = Q(deceased=False)
    people = at_addresses(audience, channel=channel, on=on).values(column)
    people = people.annotate(living=Count("pk", filter=alive), here=Count("pk", filter=alive & Q(away=False)))
    registers: dict[str, int] = {}
    if purpose_id is not None:
        registers = dict(recipients(audience, channel=channel, on=on).values_list(column, "register"))
    stops = Stops(organisation_id=scope.current(), channel=channel)
    addresses, reasons = 0, Counter[str]()
    with every_row():
        for some in in_chunks(people.values_list(column, "living", "here").iterator(chunk_size=CHUNK), CHUNK):
            # An address is written to if somebody lives there, and is not on leave.
            living = {address: here for address, count, here in some if count}
            kinds = stops.among(living).items()
            stopped = {address: why for address, found in kinds if (why := stopped_by(found, traffic=Traffic.BULK))}
            present = [address for address, here in living.items() if here and address not in stopped]
            addresses += len(some)
            reasons["deceased"] += len(some) - len(living)
            reasons[AWAY] += len(living) - len(stopped) - len(present)
            reasons.update(stopped.values())
            asked = [(address, registers[address]) for address in present if address in registers]
            with reach.lifted():  # what anybody at an address has said counts
                reasons.update(refusals(asked, purpose_id=purpose_id, channel=channel).values())
    all_addresses = addresses
    if audience.get("exclude"):
        all_addresses = everyone.exclude(**{column: ""}).aggregate(count=Count(column, distinct=True))["count"]
    return Headcount(
        chosen=chosen["people"],
        sendable=addresses - reasons.total(),
        no_address=chosen["no_address"],
        excluded=all_addresses - addresses,
        same_address=chosen["people"] - chosen["no_address"] - all_addresses,
        suppressed=dict(+reasons),
    )
