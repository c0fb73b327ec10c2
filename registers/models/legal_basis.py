from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.consent import Purpose
from registers.models.register import Register
from registers.reach import PartOfRegister


class LegalBasis(models.TextChoices):
    """Article 6(1) of the GDPR (Regulation (EU) 2016/679), points a to f, in plain words."""

    CONSENT = "consent", _("Only if they agree to it (consent, a)")
    CONTRACT = "contract", _("Needed for what we have agreed with them (contract, b)")
    LEGAL_OBLIGATION = "legal_obligation", _("A law obliges us to (legal obligation, c)")
    VITAL_INTERESTS = "vital_interests", _("To protect somebody's life (vital interests, d)")
    PUBLIC_TASK = "public_task", _("A public task that is ours (public interest, e)")
    LEGITIMATE_INTERESTS = "legitimate_interests", _("Our interest, which outweighs theirs (legitimate interests, f)")


class RegisterPurpose(OrganisationModel):
    """What the people of a register are kept for, by which right, and how long."""

    register = models.ForeignKey(
        Register,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="purposes",
        verbose_name=_("register"),
    )
    purpose = models.ForeignKey(
        Purpose, on_delete=models.CASCADE, db_constraint=False, related_name="registers", verbose_name=_("purpose")
    )
    legal_basis = models.CharField(
        _("legal basis"), max_length=20, choices=LegalBasis.choices, default=LegalBasis.CONSENT
    )
    retention = models.CharField(_("how long data are kept"), max_length=200, blank=True)
    note = models.TextField(_("note"), max_length=1_000, blank=True)

    within_reach: ClassVar[Within] = PartOfRegister("register_id")

    class Meta:
        verbose_name = _("purpose of a register")
        verbose_name_plural = _("purposes of registers")
        ordering = ["purpose__name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["register", "purpose"], name="register_purpose_once"),
            models.CheckConstraint(
                condition=models.Q(legal_basis__in=LegalBasis.values), name="register_purpose_basis_known"
            ),
            SameOrganisation(field="register", to="registers.Register", name="register_purpose_register_organisation"),
            SameOrganisation(field="purpose", to="registers.Purpose", name="register_purpose_purpose_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose_id}: {self.get_legal_basis_display()}"
