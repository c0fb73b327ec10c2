"""What is to come with a contact: appointments, and what somebody of the team has promised to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from organisations.managers import OrganisationQuerySet, ScopedManager, UnscopedManager
from organisations.models import OrganisationModel, Role
from organisations.reach import Within
from organisations.roles import has_role
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.reach import OfContact

if TYPE_CHECKING:
    import datetime as dt


class Appointment(OrganisationModel):
    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("contact"),
    )
    title = models.CharField(_("what for"), max_length=200)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("where"), max_length=200, blank=True)
    changes = models.PositiveIntegerField(default=0)  # SEQUENCE in a calendar (RFC 5545)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["contact", "starts_at"], name="appointment_by_contact")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")),
                name="appointment_ends_after_it_begins",
                violation_error_message=_("It must end after it begins."),
            ),
            models.UniqueConstraint(fields=["id", "organisation"], name="appointment_in_organisation"),
            SameOrganisation(field="contact", to="registers.Contact", name="appointment_contact_organisation"),
        ]

    def __str__(self) -> str:
        return self.title


class FollowUpQuerySet(OrganisationQuerySet["FollowUp"]):
    def open(self) -> FollowUpQuerySet:
        return self.filter(done_at=None)

    def done(self) -> FollowUpQuerySet:
        return self.filter(done_at__isnull=False)

    def of(self, user: Any) -> FollowUpQuerySet:
        """What is theirs to do; an owner's is also what nobody in particular is to do."""
        mine = models.Q(responsible=user.pk)
        return self.filter(mine | models.Q(responsible=None) if has_role(user, Role.OWNER) else mine)


class FollowUp(OrganisationModel):
    """Something to do about a contact by a day, until somebody says that it is done."""

    contact = models.ForeignKey(
        Contact,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("contact"),
    )
    text = models.CharField(_("what is to be done"), max_length=500)
    due_on = models.DateField(_("by when"))
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible"),
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    reminded_for = models.DateField(null=True, blank=True)  # the due day that those responsible have been told of
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects: ClassVar[Any] = ScopedManager.from_queryset(FollowUpQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(FollowUpQuerySet)()

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["due_on", "id"]
        indexes = [
            models.Index(fields=["contact", "due_on"], name="follow_up_by_contact"),
            models.Index(
                fields=["organisation", "due_on", "id"],
                condition=models.Q(done_at=None),
                name="follow_up_open",
            ),
            models.Index(
                fields=["organisation", "-done_at", "id"],
                condition=models.Q(done_at__isnull=False),
                name="follow_up_done",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="follow_up_in_organisation"),
            SameOrganisation(field="contact", to="registers.Contact", name="follow_up_contact_organisation"),
        ]

    def __str__(self) -> str:
        return self.text

    def is_overdue(self, on: dt.date) -> bool:
        return self.done_at is None and self.due_on < on
