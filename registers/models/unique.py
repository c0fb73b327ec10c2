from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from registers.models.register import Field


class UniqueValue(OrganisationModel):
    """Whose is which value of a column in which nobody may have the same as another.

    Written by triggers on the table of contacts alone, so that no writer can forget it, whether it saves one contact,
    copies thousands, merges two or takes an import back. The database lets a row go with its contact; Django knows
    nothing of that relation, for to merging and undoing this is no thing that happened with a person.
    """

    # Its index is the one of `unique_value_once`.
    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="+", db_index=False)
    contact_id = models.BigIntegerField()
    value_key = models.TextField()  # registers.unique.unique_key

    class Meta:
        verbose_name = _("unique value")
        verbose_name_plural = _("unique values")
        constraints = [models.UniqueConstraint(fields=["field", "value_key"], name="unique_value_once")]
        indexes = [models.Index(fields=["contact_id"], name="unique_value_of_contact")]

    def __str__(self) -> str:
        return f"{self.field_id} · {self.contact_id}"
