"""Where the links of a letter lead."""

from mailer.models import EmailMessage, Link
from mailer.parcels import CampaignLetters


def destination(message: EmailMessage, position: int) -> tuple[Link, str] | None:
    """The link and where it leads for this recipient; None where the campaign has no such link.

    Raises MissingAddress where it led to a personal page that is gone.
    """
    link = Link.objects.filter(campaign=message.campaign_id, position=position).first()
    if link is None or message.campaign is None:
        return None
    if "{{" not in link.url:
        return link, link.url
    return link, CampaignLetters(message.campaign).destination(message, position)
