from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.register import Register
from registers.reach import WholeRegister


class Removal(OrganisationModel):
    """Many people on their way out: those of `contacts`, or the register with all of them (`whole`)."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, db_constraint=False, related_name="removals")
    whole = models.BooleanField()
    contacts = ArrayField(models.BigIntegerField(), default=list)  # ids, in order; none any more when it is finished
    done_to = models.BigIntegerField(default=0)  # id of the last of them that has been deleted
    total = models.PositiveIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("when"), auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    within_reach: ClassVar[Within] = WholeRegister("register_id")

    class Meta:
        verbose_name = _("removal of contacts")
        verbose_name_plural = _("removals of contacts")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["register"], condition=models.Q(whole=True), name="removal_whole_once"),
            SameOrganisation(field="register", to="registers.Register", name="removal_register_organisation"),
        ]
        indexes = [models.Index(fields=["touched_at"], condition=models.Q(finished_at=None), name="removal_waiting")]

    def __str__(self) -> str:
        return f"{self.register}: {self.total}"
