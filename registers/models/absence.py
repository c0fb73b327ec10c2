from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.managers import OrganisationQuerySet, ScopedManager, UnscopedManager
from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.reach import OfContact

if TYPE_CHECKING:
    import datetime as dt


class AbsenceQuerySet(OrganisationQuerySet["Absence"]):
    def lasting(self, on: dt.date) -> AbsenceQuerySet:
        """Those that keep somebody from being written to on this day."""
        return self.filter(since__lte=on, until__gt=on)


class Absence(OrganisationModel):
    """From `since` on, and before `until`, campaigns leave the person out. It ends by its date alone."""

    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("contact")
    )
    reason = models.CharField(_("reason"), max_length=120, blank=True)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects: ClassVar[Any] = ScopedManager.from_queryset(AbsenceQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(AbsenceQuerySet)()

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("temporary absence")
        verbose_name_plural = _("temporary absences")
        ordering = ["until", "id"]
        indexes = [models.Index(fields=["organisation", "until"], name="absence_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("since")),
                name="absence_ends_after_it_begins",
                violation_error_message=_("It must end after it begins."),
            ),
            SameOrganisation(field="contact", to="registers.Contact", name="absence_contact_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id}: {self.since} – {self.until}"
