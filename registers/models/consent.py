from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Everything, Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.reach import OfContact


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")


class Purpose(OrganisationModel):
    """What personal data are used for, in the organisation's own words: newsletter, events, membership."""

    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(
        _("description"), blank=True, max_length=1_000, help_text=_("What people are told that they agree to.")
    )
    retired = models.BooleanField(
        _("retired"), default=False, db_default=False, help_text=_("Not offered any more; what was agreed to is kept.")
    )

    within_reach: ClassVar[Within] = Everything()

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="purpose_name_once",
                violation_error_message=_("There is already a purpose with this name."),
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="purpose_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class Consent(OrganisationModel):
    """One act of a person: consent given or withdrawn. Append-only; the newest act per purpose and channel counts.

    Of two acts of one contact on the same, the later row is the one that says so later or on the same day: whoever
    writes an act that is not of this moment (an import) sees to it.
    """

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="consents"
    )
    purpose = models.ForeignKey(Purpose, on_delete=models.PROTECT, related_name="consents")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    granted = models.BooleanField(_("granted"))
    how = models.CharField(_("how it was given"), max_length=200, help_text=_("Such as: form “Summer party”, phone."))
    text = models.TextField(_("what the person agreed to"), blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    # Where a file said so: the import whose undo takes the act back.
    made_by = models.ForeignKey(
        "registers.Import",
        on_delete=models.SET_NULL,
        db_index=False,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["contact", "purpose", "channel", "-id"], name="consent_newest"),
            models.Index(fields=["made_by"], condition=models.Q(made_by__isnull=False), name="consent_of_import"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(channel__in=Channel.values), name="consent_channel_known"),
            SameOrganisation(field="contact", to="registers.Contact", name="consent_contact_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {_('yes') if self.granted else _('no')}"


class SuppressionKind(models.TextChoices):
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
    STOP = "stop", _("Answered STOP")
    WITHDRAWN = "withdrawn", _("Withdrew consent")
    MANUAL = "manual", _("Stopped by hand")
    IMPORTED = "imported", _("Said no, by an imported list")
    ELSEWHERE = "elsewhere", _("Said no at another address")
    HARD_BOUNCE = "hard_bounce", _("Address does not exist")
    DECEASED = "deceased", _("Deceased")
    COMPLAINT = "complaint", _("Complained about spam")


class Suppression(OrganisationModel):
    """An address that must not be written to, as a keyed hash: it outlives erasure and new imports.

    A lifted suppression stays as a record of who lifted it and why.
    """

    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    address_hash = models.CharField(max_length=64)
    kind = models.CharField(_("reason"), max_length=20, choices=SuppressionKind.choices)
    source = models.CharField(_("source"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lifted_reason = models.CharField(_("why it was lifted"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["organisation", "-created_at", "-id"], name="suppression_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "channel", "address_hash", "kind"],
                condition=models.Q(lifted_at=None),
                name="suppression_once",
            ),
            models.CheckConstraint(condition=models.Q(channel__in=Channel.values), name="suppression_channel_known"),
            models.CheckConstraint(condition=models.Q(kind__in=SuppressionKind.values), name="suppression_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()}: {self.get_kind_display()}"
