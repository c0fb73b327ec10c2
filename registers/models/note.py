from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.reach import OfContact

LONGEST_NOTE = 20_000


class Note(OrganisationModel):
    """What was said between somebody of the team and a contact: their conversation history, in plain text."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone call")
        MEETING = "meeting", _("Meeting")
        LETTER = "letter", _("Letter")
        EMAIL = "email", _("E-mail")
        OTHER = "other", _("Note")

    ICONS: ClassVar[dict[str, str]] = {
        Kind.PHONE: "mobile-alt", Kind.MEETING: "group", Kind.LETTER: "doc-full", Kind.EMAIL: "mail",
        Kind.OTHER: "comment",
    }  # fmt: skip

    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("contact"),
    )
    kind = models.CharField(_("how"), max_length=10, choices=Kind.choices, default=Kind.OTHER)
    at = models.DateTimeField(_("when"), default=timezone.now)
    text = models.TextField(_("what was said"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("written by")
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    edited_at = models.DateTimeField(_("changed"), null=True, blank=True)

    # Of a note that came with an import: which one, and by what the same one is known when it comes again.
    made_by = models.ForeignKey(
        "registers.Import",
        on_delete=models.SET_NULL,
        db_index=False,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    digest = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-at", "-id"]
        indexes = [
            models.Index(fields=["contact", "-at", "-id"], name="note_timeline"),
            models.Index(fields=["made_by"], condition=models.Q(made_by__isnull=False), name="note_of_import"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="note_in_organisation"),
            SameOrganisation(field="contact", to="registers.Contact", name="note_contact_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"

    @property
    def icon(self) -> str:
        return self.ICONS.get(self.kind, "comment")

    @property
    def label(self) -> str | Promise:
        return self.Kind(self.kind).label
