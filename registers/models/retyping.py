from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.register import Field, Register
from registers.reach import WholeRegister
from registers.values import ColumnType


class TypeChange(OrganisationModel):
    """A column on its way to another type. `before` is the retired column that keeps what everybody had."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, db_constraint=False, related_name="type_changes")
    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="+")
    before = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="+")
    type = models.CharField(_("type"), max_length=20, choices=ColumnType.choices)
    done_to = models.BigIntegerField(default=0)  # id of the last contact that has been done
    converted = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("when"), auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    within_reach: ClassVar[Within] = WholeRegister("register_id")

    class Meta:
        verbose_name = _("change of a column’s type")
        verbose_name_plural = _("changes of columns’ types")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["field"], condition=models.Q(finished_at=None), name="type_change_under_way"
            ),
            models.CheckConstraint(condition=models.Q(type__in=ColumnType.values), name="type_change_type_known"),
            SameOrganisation(field="register", to="registers.Register", name="type_change_register_organisation"),
        ]
        indexes = [
            models.Index(fields=["touched_at"], condition=models.Q(finished_at=None), name="type_change_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.get_type_display()}"
