from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import Membership, OrganisationModel
from registers.constraints import SameOrganisation
from registers.models.group import Group
from registers.models.register import Register


class Reach(OrganisationModel):
    """A register, or a group with those below it, that a limited membership may see."""

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    register = models.ForeignKey(Register, on_delete=models.CASCADE, db_constraint=False, null=True, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, db_constraint=False, null=True, related_name="+")

    class Meta:
        verbose_name = _("what a member may see")
        verbose_name_plural = _("what members may see")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(register=None, group__isnull=False) | models.Q(register__isnull=False, group=None),
                name="reach_register_or_group",
            ),
            models.UniqueConstraint(
                fields=["membership", "register", "group"], name="reach_once", nulls_distinct=False
            ),
            SameOrganisation(field="membership", to="organisations.Membership", name="reach_membership_organisation"),
            SameOrganisation(field="register", to="registers.Register", name="reach_register_organisation"),
            SameOrganisation(field="group", to="registers.Group", name="reach_group_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id}: {self.reference}"

    @property
    def reference(self) -> str:
        return f"register:{self.register_id}" if self.register_id else f"group:{self.group_id}"
