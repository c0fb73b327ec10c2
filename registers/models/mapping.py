from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.register import Register
from registers.reach import WholeRegister


class RememberedMapping(OrganisationModel):
    """What was said last of files with the same headers: where their columns go, and by which rules they were imported.

    It holds no cell of any file, but for the words that mean yes and no, and so stays when the files are deleted.
    """

    register = models.ForeignKey(
        Register, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    headers = models.JSONField()  # folded, in alphabetical order
    headers_key = models.CharField(max_length=64)  # of the set of headers: their order does not matter
    targets = models.JSONField()  # folded header → target, type, rule and consent, as in Import.mapping
    match_by = models.CharField(max_length=100, blank=True)
    rule = models.CharField(max_length=10)
    mistakes = models.CharField(max_length=10)
    used_at = models.DateTimeField(default=timezone.now)
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    within_reach: ClassVar[Within] = WholeRegister("register_id")

    class Meta:
        verbose_name = _("remembered mapping")
        verbose_name_plural = _("remembered mappings")
        ordering = ["-used_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["register", "headers_key"], name="remembered_mapping_once"),
            models.UniqueConstraint(fields=["id", "organisation"], name="remembered_mapping_in_organisation"),
            SameOrganisation(field="register", to="registers.Register", name="remembered_mapping_register"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.headers)
