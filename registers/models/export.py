from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Everything, Within
from registers.models.register import Register
from registers.reach import WholeRegister


class ExportPurpose(OrganisationModel):
    """What lists of people may be taken out for, kept by the owners.

    Not the purposes that people consent to: those say what their data are kept for at all, and stay few, while
    these say what one list was for (“Labels for the Christmas letter”).
    """

    name = models.CharField(_("name"), max_length=200)

    within_reach: ClassVar[Within] = Everything()

    class Meta:
        verbose_name = _("purpose of exports")
        verbose_name_plural = _("purposes of exports")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                name="export_purpose_once",
                violation_error_message=_("There is already a purpose with this name."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Export(OrganisationModel):
    """A list of people that left the house: who took it, what for, which columns, how many."""

    register = models.ForeignKey(Register, on_delete=models.SET_NULL, db_index=False, null=True, related_name="exports")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    subject = models.CharField(_("of"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=200)
    fields = models.JSONField(_("columns"), default=list)
    format = models.CharField(_("format"), max_length=10)
    count = models.PositiveIntegerField(_("people"), default=0)
    # What else was chosen, such as a sheet of labels: offered again to the same user.
    options = models.JSONField(default=dict, db_default={}, blank=True)
    left_out = models.PositiveIntegerField(_("left out"), default=0, db_default=0)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    within_reach: ClassVar[Within] = WholeRegister("register_id")

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["organisation", "-created_at", "-id"], name="export_newest"),
            models.Index(fields=["register", "created_by", "-id"], name="export_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.purpose}"
