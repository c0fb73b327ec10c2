"""Where the links of a letter lead, its own version on the web among them."""

from campaigns.models import Message
from mailer.models import EmailMessage, Link
from mailer.outbox.parcels import CampaignLetters


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


def as_sent(message: EmailMessage) -> str:
    """The HTML of a campaign's, an automation's or a test letter as its recipient got it; "" where none is left."""
    by_automation = message.traffic == Message.Traffic.BULK and message.campaign is None
    if message.traffic == Message.Traffic.TEST or by_automation:
        return str((message.letter or {}).get("html", ""))
    if message.traffic != Message.Traffic.BULK or message.campaign is None or message.campaign.compiled is None:
        return ""
    return CampaignLetters(message.campaign).on_the_web(message)
