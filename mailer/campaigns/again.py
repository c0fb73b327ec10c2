"""From a campaign that was sent to one that sends the same to those of whom no open was seen."""

from typing import Any

from django.utils.translation import gettext as _

from campaigns.invitations import invitations_in_part
from mailer.answers.unopened import UnopenedSource, offered
from mailer.campaigns.base import campaign_url
from mailer.models import EmailCampaign
from mailer.outbox.emails import ready_emails
from organisations import reach

LONGEST = 120  # characters of a name, so that it stays one with the words that are added


def again_url(campaign: EmailCampaign) -> str:
    """The form of the new one; '' where this one is not through, or brings nothing to send again."""
    through = campaign.state in campaign.ENDED and offered().filter(pk=campaign.pk).exists()
    retired = campaign.purpose is not None and campaign.purpose.retired
    if not through or retired or not ready_emails().filter(pk=campaign.page_id).exists():
        return ""
    return f"{campaign_url('add')}?{UnopenedSource.key}={campaign.pk}"


def as_before(campaign: EmailCampaign) -> dict[str, Any]:
    """What its form begins with: whom it is for is another thing, and all else as it was."""
    event = campaign.invites_to
    if event is not None and reach.is_limited() and not invitations_in_part().filter(pk=event.pk).exists():
        event = None
    return {
        "name": _("%(name)s, once more") % {"name": campaign.name[:LONGEST]},
        "page": campaign.page,
        "sender": campaign.sender_id,
        "invites_to": event,
        "purpose": campaign.purpose_id,
        "include": [f"{UnopenedSource.key}:{campaign.pk}"],
    }
