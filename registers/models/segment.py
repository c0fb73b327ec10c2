from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.models.register import Register
from registers.reach import WholeRegister


class Segment(OrganisationModel):
    """A saved rule; whoever fits it at the moment of asking belongs to it."""

    register = models.ForeignKey(
        Register,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="segments",
        verbose_name=_("register"),
    )
    name = models.CharField(_("name"), max_length=120)
    rule = models.JSONField(_("rule"), default=dict)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    within_reach: ClassVar[Within] = WholeRegister("register_id")

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["organisation", "name", "id"], name="segment_by_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "name"],
                name="segment_name_once",
                violation_error_message=_("There is already a segment with this name."),
            ),
            SameOrganisation(field="register", to="registers.Register", name="segment_register_organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    def contacts(self) -> Any:
        """Those who fit the rule now, as a QuerySet. Raises RuleMistake where a column of the rule is gone."""
        from registers.segments import compile_rule  # noqa: PLC0415 - it reads the columns, which read these models

        return Contact.objects.filter(compile_rule(self.rule, self.register), register=self.register_id)
