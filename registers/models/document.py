from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.models.diary import Appointment, FollowUp
from registers.models.note import Note
from registers.reach import OfContact


class ContactDocument(OrganisationModel):
    """A private file about a contact, which may belong to a note, an appointment or a follow-up of theirs.

    It stays with the contact when that is deleted. Never a Wagtail document: those are for web pages.
    """

    PARENTS: ClassVar[dict[str, type[models.Model]]] = {
        "note": Note, "appointment": Appointment, "follow_up": FollowUp,
    }  # fmt: skip

    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("contact"),
    )
    note = models.ForeignKey(
        Note, on_delete=models.SET_NULL, db_constraint=False, null=True, blank=True, related_name="+"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.SET_NULL, db_constraint=False, null=True, blank=True, related_name="+"
    )
    follow_up = models.ForeignKey(
        FollowUp, on_delete=models.SET_NULL, db_constraint=False, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("file"), max_length=200)
    stored_name = models.CharField(max_length=100, unique=True)  # in the private storage; says nothing
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("contact’s document")
        verbose_name_plural = _("contacts’ documents")
        ordering = ["-added_at", "-id"]
        indexes = [
            # The space that is used is summed up from the index alone.
            models.Index(fields=["organisation"], include=["size"], name="contact_document_space"),
            models.Index(fields=["contact", "-added_at", "-id"], name="contact_document_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(note=None, appointment=None)
                | models.Q(note=None, follow_up=None)
                | models.Q(appointment=None, follow_up=None),
                name="contact_document_one_place",
            ),
            SameOrganisation(field="contact", to="registers.Contact", name="document_contact_organisation"),
            SameOrganisation(field="note", to="registers.Note", name="document_note_organisation"),
            SameOrganisation(field="appointment", to="registers.Appointment", name="document_appointment_organisation"),
            SameOrganisation(field="follow_up", to="registers.FollowUp", name="document_follow_up_organisation"),
        ]

    def __str__(self) -> str:
        return self.name
