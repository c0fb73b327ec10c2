from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel, organisation_key
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.reach import Happenings


class Activity(OrganisationModel):
    """What happened between the organisation and a person, append-only; the timeline on the contact's page."""

    organisation = organisation_key(implied=True)
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="activities"
    )
    kind = models.CharField(_("kind"), max_length=40)
    at = models.DateTimeField(_("when"), default=timezone.now)
    source = models.CharField(_("source"), max_length=200, blank=True)
    key = models.CharField(max_length=200, null=True, blank=True)
    data = models.JSONField(default=dict, blank=True)

    within_reach: ClassVar[Within] = Happenings("contact_id", "kind", "data")

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["contact", "-at", "-id"], name="activity_timeline")]
        constraints = [
            # The same receipt told twice by a provider is one activity.
            models.UniqueConstraint(
                fields=["organisation", "key"], condition=models.Q(key__isnull=False), name="activity_key_once"
            ),
            SameOrganisation(field="contact", to="registers.Contact", name="activity_contact_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
