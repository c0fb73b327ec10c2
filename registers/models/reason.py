import datetime as dt
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Everything, Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.reach import OfContact


def today() -> dt.date:
    return timezone.now().date()


class Reason(OrganisationModel):
    """Why somebody is in a register, in the words that the organisation has agreed on: member, donor, press."""

    name = models.CharField(_("name"), max_length=80)
    retired = models.BooleanField(_("retired"), default=False)

    within_reach: ClassVar[Within] = Everything()

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="reason_name_once",
                violation_error_message=_("There is already a reason with this name."),
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="reason_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactReason(OrganisationModel):
    """A person's reason to be in the register; one may have several."""

    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("contact"),
    )
    reason = models.ForeignKey(
        Reason, on_delete=models.RESTRICT, db_constraint=False, related_name="+", verbose_name=_("reason")
    )
    since = models.DateField(_("since"), default=today)

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("reason of a contact")
        verbose_name_plural = _("reasons of contacts")
        ordering = ["reason__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["contact", "reason"], name="contact_reason_once"),
            SameOrganisation(field="contact", to="registers.Contact", name="contact_reason_contact_organisation"),
            SameOrganisation(field="reason", to="registers.Reason", name="contact_reason_reason_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.reason_id}"
