from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Message
from mailer.models.campaigns import EmailCampaign, Link
from mailer.models.senders import Sender
from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.reach import OfContact, OfContactOf


class EmailMessage(Message):
    """One e-mail to one address.

    A campaign's message takes its content from the campaign. Any other carries its own in `letter`, be it an automatic
    or test message, or bulk without a campaign: what an automation sends to one person, who has not asked for it:
    ``{"subject", "html", "text", "attachments": [{"filename", "content_type", "content" (base64)}]}``,
    and ``{}`` when that has been forgotten.
    """

    campaign = models.ForeignKey(
        EmailCampaign, on_delete=models.CASCADE, db_index=False, null=True, related_name="messages"
    )
    sender = models.ForeignKey(Sender, on_delete=models.SET_NULL, null=True, related_name="+")
    # Without angle brackets; the same for each attempt, and how receipts and the practice mailbox find the row.
    message_id = models.CharField(max_length=320)
    kind = models.CharField(max_length=40, blank=True, default="", db_default="")
    unique_key = models.CharField(max_length=200, blank=True, default="", db_default="")
    letter = models.JSONField(null=True)

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta(Message.Meta):
        verbose_name = _("e-mail message")
        verbose_name_plural = _("e-mail messages")
        constraints = [
            *Message.Meta.constraints,
            models.UniqueConstraint(fields=["message_id"], name="email_message_id_once"),
            models.UniqueConstraint(
                fields=["campaign", "address_key"], name="email_once_per_address", condition=Q(traffic="bulk")
            ),
            models.UniqueConstraint(
                fields=["organisation", "unique_key"], name="email_unique_key", condition=~Q(unique_key="")
            ),
            models.CheckConstraint(
                name="email_has_content",
                condition=Q(traffic="bulk", campaign__isnull=False) | Q(letter__isnull=False),
            ),
        ]
        indexes = [
            *Message.Meta.indexes,
            models.Index(
                fields=["campaign", "due_at", "id"],
                name="email_bulk_waiting",
                condition=Q(state__in=["queued", "deferred"], traffic="bulk"),
            ),
            models.Index(
                fields=["organisation", "due_at", "id"],
                name="email_single_waiting",
                condition=Q(state__in=["queued", "deferred"]) & ~Q(traffic="bulk"),
            ),
            models.Index(fields=["campaign", "state"], name="email_by_state"),
            models.Index(
                fields=["created_at"],
                name="email_with_letter",
                condition=Q(letter__isnull=False) & ~Q(letter={}),
            ),
        ]


class MessageEvent(OrganisationModel):
    """What happened to a message after it left, as it was reported: opened, clicked, unsubscribed. Append-only."""

    class Kind(models.TextChoices):
        OPEN = "open", _("Opened")
        CLICK = "click", _("Clicked")
        UNSUBSCRIBE = "unsubscribe", _("Unsubscribed")
        RESUBSCRIBE = "resubscribe", _("Subscribed again")

    campaign = models.ForeignKey(
        EmailCampaign, on_delete=models.CASCADE, db_index=False, null=True, related_name="events"
    )
    message = models.ForeignKey(EmailMessage, on_delete=models.CASCADE, db_index=False, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind)
    link = models.ForeignKey(Link, on_delete=models.CASCADE, null=True, related_name="events")
    at = models.DateTimeField(default=timezone.now, db_default=Now())
    user_agent = models.CharField(max_length=300, blank=True, default="", db_default="")

    within_reach: ClassVar[Within] = OfContactOf("message_id", table="mailer_emailmessage")

    class Meta:
        verbose_name = _("event of a message")
        verbose_name_plural = _("events of messages")
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["campaign", "kind", "at"], name="event_by_campaign"),
            models.Index(fields=["message", "kind"], name="event_by_message"),
        ]
        constraints = [
            models.CheckConstraint(
                name="event_kind_known", condition=Q(kind__in=["open", "click", "unsubscribe", "resubscribe"])
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.message_id}"
