from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models import Message
from organisations.reach import Within
from registers.reach import OfContact
from sms.models.inbound import Inbound


class SmsMessage(Message):
    """One text message to one telephone. So far each answers one that has come in."""

    answers = models.OneToOneField(Inbound, on_delete=models.CASCADE, null=True, related_name="answer")
    originator = models.CharField(max_length=20)  # the number that it comes from
    text = models.TextField(blank=True)
    parts = models.PositiveSmallIntegerField(default=1)  # that are paid for
    reference = models.CharField(max_length=100, blank=True, default="", db_default="")  # the gateway's own id

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta(Message.Meta):
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")
        indexes = [
            *Message.Meta.indexes,
            models.Index(
                fields=["organisation", "due_at", "id"],
                name="sms_waiting",
                condition=models.Q(state__in=["queued", "deferred"]),
            ),
            models.Index(fields=["-handed_at"], name="sms_newest_handed", condition=models.Q(handed_at__isnull=False)),
            models.Index(fields=["organisation"], name="sms_unknown", condition=models.Q(state="unknown")),
            models.Index(fields=["organisation", "address_key", "created_at"], name="sms_by_telephone"),
        ]
