from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from mailer.models.senders import Sender
from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.reach import OfKeptWithin


class EmailCampaign(Campaign):
    """One e-mail to one audience. When it starts, the page is compiled into `compiled` and sent from there."""

    page = models.ForeignKey(
        "mailer.EmailPage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("e-mail"),
        help_text=_("It is sent as it was last saved as ready when sending starts."),
    )
    sender = models.ForeignKey(
        Sender,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sender"),
    )
    # Fixed at the start.
    compiled = models.JSONField(null=True, editable=False)
    web_url = models.URLField(max_length=500, blank=True, editable=False)
    from_name = models.CharField(max_length=100, blank=True, editable=False)
    from_address = models.CharField(max_length=254, blank=True, editable=False)
    reply_to = models.CharField(max_length=254, blank=True, editable=False)

    class Meta(Campaign.Meta):
        verbose_name = _("e-mail campaign")
        verbose_name_plural = _("e-mail campaigns")
        constraints = [
            *Campaign.Meta.constraints,
            SameOrganisation(field="purpose", to="registers.Purpose", name="campaign_purpose_organisation"),
        ]
        indexes = [
            *Campaign.Meta.indexes,
            models.Index(fields=["organisation", "-created_at", "-id"], name="email_campaign_newest"),
        ]


class Link(OrganisationModel):
    """A link of a campaign's letter. `position` is its number in the compiled letter."""

    campaign = models.ForeignKey(EmailCampaign, on_delete=models.CASCADE, db_index=False, related_name="links")
    position = models.PositiveSmallIntegerField()
    url = models.TextField(_("leads to"))
    label = models.CharField(_("text"), max_length=300, blank=True)

    within_reach: ClassVar[Within] = OfKeptWithin("campaign_id", table="mailer_emailcampaign", column="reach")

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["campaign", "position"], name="link_position_once")]

    def __str__(self) -> str:
        return self.label or self.url

    @property
    def is_personal(self) -> bool:
        """It leads each recipient to a page of their own, so there is no one address to show."""
        return self.url.startswith("{{ personal_url }}")
