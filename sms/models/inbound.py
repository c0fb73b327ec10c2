from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel, Role
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.reach import OfContact
from sms.models.keywords import Keyword
from sms.models.numbers import ShortNumber

LONGEST = 2_000  # letters; a gateway puts the parts of a long message together


class Inbound(OrganisationModel):
    """A text message that has come in: a row before anything is done about it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("Not looked at yet")
        JOINED = "joined", _("Joined")
        MEMBER = "member", _("Was there already")
        LEFT = "left", _("Left")
        STRANGER = "stranger", _("Was not there")
        STOPPED = "stopped", _("Gets no more text messages")
        OTHER = "other", _("No keyword")
        NO_NUMBER = "no_number", _("Not from a telephone")
        FAILED = "failed", _("Could not be done")
        DROPPED = "dropped", _("Left undone")

    number = models.ForeignKey(
        ShortNumber,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="inbound",
        verbose_name=_("number"),
    )
    # The gateway's own, with a fingerprint: by it a message that is delivered twice is known.
    provider_id = models.CharField(max_length=100)
    sender = models.CharField(_("from"), max_length=40, blank=True)  # as the gateway has it
    phone = models.CharField(max_length=20, blank=True)  # E.164; "" where it is none
    text = models.TextField(_("text"), blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    outcome = models.CharField(_("what became of it"), max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    keyword = models.ForeignKey(
        Keyword, on_delete=models.SET_NULL, null=True, related_name="inbound", verbose_name=_("keyword")
    )
    contact = models.ForeignKey(
        "registers.Contact", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("contact")
    )

    within_reach: ClassVar[Within] = OfContact("contact_id")
    permission_roles: ClassVar[dict[str, str]] = {"view": Role.EDITOR}

    class Meta:
        verbose_name = _("received text message")
        verbose_name_plural = _("received text messages")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["number", "provider_id"], name="inbound_once"),
            models.UniqueConstraint(fields=["id", "organisation"], name="inbound_in_organisation"),
            models.CheckConstraint(
                name="inbound_outcome_known",
                condition=models.Q(
                    outcome__in=[
                        "waiting",
                        "joined",
                        "member",
                        "left",
                        "stranger",
                        "stopped",
                        "other",
                        "no_number",
                        "failed",
                        "dropped",
                    ]
                ),
            ),
            SameOrganisation(field="number", to="sms.ShortNumber", name="inbound_number_organisation"),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "id"],
                condition=models.Q(outcome__in=["waiting", "failed"]),
                name="inbound_to_be_done",
            ),
            models.Index(fields=["organisation", "-id"], name="inbound_newest"),
            models.Index(fields=["organisation", "phone"], name="inbound_by_phone"),
            models.Index(fields=["received_at"], condition=models.Q(contact=None), name="inbound_of_nobody"),
        ]

    def __str__(self) -> str:
        return self.text
