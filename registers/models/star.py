from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Everything, Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.reach import OfContact


class Star(OrganisationModel):
    """An important contact, and who of the team is reminded of what comes up with them."""

    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("contact"),
    )
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible"),
    )
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("important contact")
        verbose_name_plural = _("important contacts")
        constraints = [
            models.UniqueConstraint(fields=["contact"], name="star_once"),
            SameOrganisation(field="contact", to="registers.Contact", name="star_contact_organisation"),
        ]

    def __str__(self) -> str:
        return str(self.contact_id)


class BirthdayPlan(OrganisationModel):
    """Which birthdays an organisation is reminded of, and when. Without one the values below hold."""

    first_age = models.PositiveSmallIntegerField(
        _("from the age of"), default=50, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    every = models.PositiveSmallIntegerField(
        _("then every … years"), default=10, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    days_ahead = models.PositiveSmallIntegerField(
        _("days ahead"), default=14, validators=[MinValueValidator(0), MaxValueValidator(90)]
    )
    by_email = models.BooleanField(
        _("also by e-mail"),
        default=True,
        help_text=_("To whoever is responsible for the contact; where nobody is, to the owners."),
    )

    within_reach: ClassVar[Within] = Everything()

    class Meta:
        verbose_name = _("reminders of birthdays")
        verbose_name_plural = _("reminders of birthdays")
        constraints = [
            models.UniqueConstraint(fields=["organisation"], name="birthday_plan_once"),
            models.CheckConstraint(
                condition=models.Q(first_age__range=(1, 120), every__range=(1, 100), days_ahead__range=(0, 90)),
                name="birthday_plan_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_age} + {self.every}"
