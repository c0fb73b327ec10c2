"""Those who were sent a campaign and of whom no open was seen, as an audience of campaigns: "unopened:12".

That is no proof: who reads without pictures opens unseen. Who clicked has opened it.
"""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.audiences import id_in
from campaigns.models import Message
from mailer.answers.reports import Kind, bulk_messages
from mailer.models import EmailCampaign, MessageEvent
from registers.models import Contact

OFFERED_AFTER = timedelta(days=30)  # how long after its start a campaign is on offer


class UnopenedSource:
    """Offers the campaigns of the last weeks."""

    key = "unopened"
    label = gettext_lazy("Sent to them, and no open was seen")

    def choices(self) -> list[tuple[str, str]]:
        return [
            (
                f"{self.key}:{campaign.pk}",
                _("%(campaign)s, %(day)s: no open was seen")
                % {
                    "campaign": campaign.name,
                    "day": date_format(
                        timezone.localtime(campaign.started_at, campaign.organisation.zone), "SHORT_DATE_FORMAT"
                    ),
                },
            )
            for campaign in offered().select_related("organisation").order_by("-started_at", "-pk")
        ]

    def contacts(self, ref: str) -> Any:
        campaign = EmailCampaign.objects.filter(pk=id_in(ref)).only("pk").first()
        if campaign is None:
            return Contact.objects.none()
        seen = MessageEvent.objects.filter(message=OuterRef("pk"), kind__in=[Kind.OPEN, Kind.CLICK])
        arrived = bulk_messages(campaign).filter(state__in=(Message.State.ACCEPTED, Message.State.DELIVERED))
        return Contact.objects.filter(pk__in=arrived.filter(~Exists(seen)).order_by().values("contact"))


def offered() -> Any:
    """The campaigns that have begun to leave not long ago."""
    lately = EmailCampaign.objects.filter(started_at__gt=timezone.now() - OFFERED_AFTER)
    return lately.filter(state__in=(*EmailCampaign.RUNNING, *EmailCampaign.ENDED)).defer("compiled")
