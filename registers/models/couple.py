from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.models.register import Register
from registers.reach import Couples


class Couple(OrganisationModel):
    """Two contacts of one register who are written to together. What is left empty is made of their names."""

    register = models.ForeignKey(
        Register, on_delete=models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("register")
    )
    label = models.CharField(_("label"), max_length=200, blank=True)
    greeting = models.CharField(_("greeting"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    within_reach: ClassVar[Within] = Couples("id")

    class Meta:
        verbose_name = _("couple")
        verbose_name_plural = _("couples")
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="couple_in_organisation"),
            SameOrganisation(field="register", to="registers.Register", name="couple_register_organisation"),
        ]

    def __str__(self) -> str:
        return f"{_('couple')} {self.pk}"


class Partner(OrganisationModel):
    """One of the two; nobody is in two couples."""

    couple = models.ForeignKey(Couple, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+"
    )
    place = models.PositiveSmallIntegerField()

    within_reach: ClassVar[Within] = Couples("couple_id")

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [
            models.UniqueConstraint(fields=["contact"], name="partner_in_one_couple"),
            models.UniqueConstraint(fields=["couple", "place"], name="partner_place_once"),
            models.CheckConstraint(condition=models.Q(place__in=[1, 2]), name="partner_one_of_two"),
            SameOrganisation(field="couple", to="registers.Couple", name="partner_couple_organisation"),
            SameOrganisation(field="contact", to="registers.Contact", name="partner_contact_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.couple_id} · {self.contact_id}"
