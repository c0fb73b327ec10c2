"""Campaigns of those who see a part of the organisation only: whom these reach, and who may start them.

What its maker may see is written down with the campaign, and whoever opens, changes or confirms it stays within that.
Workers see everything: as it starts, a campaign is given the eyes of who confirmed it.
"""

from contextlib import AbstractContextManager
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import Campaign
from organisations import reach
from organisations.models import Role
from organisations.roles import has_role, reach_of
from registers.limits import Kept, both, kept, labels_kept, reach_kept
from registers.reach import Reach


class MayNotSend(Exception):
    """Who confirmed the campaign may not send any more; the message says so to the others."""


def reach_to_keep() -> Kept | None:
    """What is written down with a campaign that is made now; None where its maker sees everything."""
    reached = reach.current()
    return None if reached is None else kept(reached)


def eyes_on(campaign: Campaign) -> AbstractContextManager[None]:
    """See what the campaign may reach, of what one sees oneself: its audience is to be asked for inside."""
    return reach.limited(_within(campaign, reach.current()))


def eyes_at_start(campaign: Campaign) -> Reach | None:
    """What the campaign may reach as it starts: not what its maker may not see, nor who confirmed it, any more.

    None where that is everybody. Raises MayNotSend.
    """
    if campaign.reach is None:
        return None
    user = campaign.confirmed_by
    if user is None or not has_role(user, Role.SENDER):
        who = user or _("Somebody")
        raise MayNotSend(
            _(
                "%(who)s confirmed it, and may not send campaigns any more. "
                "Look at the numbers, then confirm it yourself."
            )
            % {"who": who}
        )
    return _within(campaign, reach_of(user, campaign.organisation_id))


def places_of(campaign: Campaign) -> list[str]:
    """The names of what it is limited to, or will be once it is saved; none where that is nothing."""
    written = reach_to_keep() if campaign.pk is None else campaign.reach
    return labels_kept(written) if written else []


def _within(campaign: Campaign, own: Any) -> Reach | None:
    if campaign.reach is None:
        return own
    stays = reach_kept(campaign.reach)
    return stays if own is None else both(stays, own)
