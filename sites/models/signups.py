from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from guards.seen import fingerprint
from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.reach import OfContact
from sites.models.replies import FormVersion


class SignUp(OrganisationModel):
    """A sign-up page that somebody has filled in. Nothing is in the register until the owner of the address confirms;
    then `contact` is known, and what was typed stands there and nowhere else.

    With `moves` it is a `contact` of the register who wants to be written to at another address.
    """

    KEEP_WAITING: ClassVar[timedelta] = timedelta(days=7)

    page = models.ForeignKey("sites.SignUpPage", on_delete=models.CASCADE, db_index=False, related_name="sign_ups")
    version = models.ForeignKey(FormVersion, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(_("e-mail"), blank=True)
    email_key = models.CharField(max_length=254, blank=True)
    person = models.JSONField(default=dict)  # first_name, last_name, phone
    answers = models.JSONField(default=dict)  # {block id: answer}
    contact = models.ForeignKey(
        "registers.Contact", on_delete=models.CASCADE, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    moves = models.BooleanField(default=False)
    mails = models.PositiveSmallIntegerField(default=0)  # that have asked to confirm it
    mailed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["page", "email_key"], condition=models.Q(confirmed_at=None), name="sign_up_waits_once"
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None) | models.Q(email="", email_key="", person={}, answers={}),
                name="sign_up_confirmed_is_blank",
            ),
            SameOrganisation(field="contact", to="registers.Contact", name="sign_up_contact_organisation"),
        ]
        indexes = [
            models.Index(fields=["contact"], name="sign_up_contact"),
            models.Index(fields=["page", "confirmed_at"], name="sign_up_page"),
            models.Index(fields=["created_at"], condition=models.Q(confirmed_at=None), name="sign_up_waiting"),
        ]

    def __str__(self) -> str:
        return self.email or f"{self.contact_id}"

    @property
    def mark(self) -> str:
        """Stands for what was typed, so that nobody confirms what they have not seen."""
        return fingerprint(self.email, self.person, self.answers, self.version_id)

    @property
    def first_name(self) -> str:
        return self.contact.first_name if self.contact else str(self.person.get("first_name", ""))

    @cached_property
    def said(self) -> list[tuple[str, Any]]:
        """(question, answer) of what was typed, in the order of the form."""
        asked = self.version.definition.questions
        return [(question.label, self.answers[question.id]) for question in asked if question.id in self.answers]
