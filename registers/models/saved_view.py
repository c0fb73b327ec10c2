from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.register import Register
from registers.reach import PartOfRegister, WholeRegister


class SavedView(OrganisationModel):
    """A list of contacts as somebody set it up: search, filters and order, as an address has them, and the columns."""

    register = models.ForeignKey(
        Register,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("register"),
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    shared = models.BooleanField(_("for everybody"), default=False, help_text=_("Shown to all who see the register."))
    query = models.TextField(_("search and filters"), blank=True)
    columns = models.JSONField(_("columns"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    within_reach: ClassVar[Within] = WholeRegister("register_id")

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["register", "owner", "name"],
                name="saved_view_name_once",
                violation_error_message=_("You already have a view with this name."),
            ),
            SameOrganisation(field="register", to="registers.Register", name="saved_view_register_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class ChosenColumns(OrganisationModel):
    """Which columns of a register somebody looks at, and in which order, by key."""

    register = models.ForeignKey(
        Register, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    columns = models.JSONField(default=list)

    within_reach: ClassVar[Within] = PartOfRegister("register_id")

    class Meta:
        verbose_name = _("chosen columns")
        verbose_name_plural = _("chosen columns")
        constraints = [
            models.UniqueConstraint(fields=["register", "user"], name="chosen_columns_once"),
            SameOrganisation(field="register", to="registers.Register", name="chosen_columns_register_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.register_id} · {self.user_id}"
