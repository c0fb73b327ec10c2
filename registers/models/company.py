from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.fields import DerivedTextField
from registers.models.contact import Contact
from registers.reach import Companies, OfContact
from registers.texts import clean_line


def company_key(name: str) -> str:
    """What two spellings of one company's name have in common."""
    return clean_line(name).casefold()


def derive_company_key(company: Company) -> str:
    return company_key(company.name)


class Company(OrganisationModel):
    """A company, association or office that contacts of any register belong to; each name is there once."""

    name = models.CharField(_("name"), max_length=160)
    name_key = DerivedTextField(derive=derive_company_key)
    business_id = models.CharField(_("business id"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    street = models.CharField(_("street address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=60, blank=True)
    # The import that made it: taken back with it, where nobody belongs to it.
    made_by = models.ForeignKey(
        "registers.Import", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    within_reach: ClassVar[Within] = Companies("id")

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ["name_key", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name_key"],
                name="company_name_once",
                violation_error_message=_("There is already a company with this name."),
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="company_in_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class Employment(OrganisationModel):
    """That a contact belongs to a company, and as what. Of several the main one comes first, then the oldest."""

    company = models.ForeignKey(
        Company,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("company"),
    )
    contact = models.ForeignKey(
        Contact, on_delete=models.CASCADE, db_constraint=False, related_name="+", verbose_name=_("contact")
    )
    role = models.CharField(_("role"), max_length=120, blank=True)
    made_by = models.ForeignKey(
        "registers.Import", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    # Not unique: a merge brings two together, and taking it back must find both as they were.
    main = models.BooleanField(_("main company"), default=False)

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("place in a company")
        verbose_name_plural = _("places in companies")
        ordering = ["-main", "id"]
        constraints = [
            models.UniqueConstraint(fields=["company", "contact"], name="employment_once"),
            SameOrganisation(field="company", to="registers.Company", name="employment_company_organisation"),
            SameOrganisation(field="contact", to="registers.Contact", name="employment_contact_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} · {self.contact_id}"
