from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel, organisation_key
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.models.register import Register
from registers.reach import OfContact, WholeRegister


class DuplicateSearch(OrganisationModel):
    """The last look through a register for people who are in it twice; its results are DuplicateSets."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being looked for")
        DONE = "done", _("Done")
        FAILED = "failed", _("Could not be finished")

    MOST_ATTEMPTS: ClassVar[int] = 3

    register = models.OneToOneField(
        Register, on_delete=models.CASCADE, db_constraint=False, related_name="duplicate_search"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    contacts = models.PositiveIntegerField(default=0)  # how many were compared

    within_reach: ClassVar[Within] = WholeRegister("register_id")

    class Meta:
        verbose_name = _("search for duplicates")
        verbose_name_plural = _("searches for duplicates")
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(state="waiting"), name="duplicate_search_waiting")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "done", "failed"]), name="duplicate_search_state_known"
            ),
            SameOrganisation(field="register", to="registers.Register", name="duplicate_search_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.register_id}: {self.get_state_display()}"


class DuplicateSet(OrganisationModel):
    """Contacts that may be one person; `certainty` 0–99, `signs` the bits of `registers.duplicates.signs`.

    A result that the next search replaces, so the contacts are plain ids: a set of which one is gone is not shown.
    `seen` goes along with them: fingerprints of what was compared, which tell when that has changed since.
    """

    organisation = organisation_key(implied=True)
    register = models.ForeignKey(
        Register, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="duplicate_sets"
    )
    certainty = models.PositiveSmallIntegerField()
    signs = models.PositiveIntegerField()
    contacts = ArrayField(models.BigIntegerField())
    seen = ArrayField(models.BigIntegerField())

    within_reach: ClassVar[Within] = WholeRegister("register_id")

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        ordering = ["-certainty", "id"]
        indexes = [models.Index(fields=["register", "-certainty", "id"], name="duplicate_set_by_certainty")]
        constraints = [
            SameOrganisation(field="register", to="registers.Register", name="duplicate_set_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.register_id}: {len(self.contacts)}"


class NotSame(OrganisationModel):
    """Somebody has said that these two contacts are two people; they are not offered as duplicates again."""

    low = models.ForeignKey(Contact, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    high = models.ForeignKey(Contact, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    within_reach: ClassVar[Within] = OfContact("low_id")

    class Meta:
        verbose_name = _("two people")
        verbose_name_plural = _("two people")
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="not_same_once"),
            models.CheckConstraint(condition=models.Q(low__lt=models.F("high")), name="not_same_ordered"),
            SameOrganisation(field="low", to="registers.Contact", name="not_same_low_organisation"),
            SameOrganisation(field="high", to="registers.Contact", name="not_same_high_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.low_id} ≠ {self.high_id}"


class MergeRecord(OrganisationModel):
    """Contacts that became one. `data` holds all that taking the merge back needs (`registers.duplicates.ledger`);
    it is emptied when that has been done, or after KEEP. Erasing the contact that was kept erases the record."""

    KEEP: ClassVar[timedelta] = timedelta(days=30)

    register = models.ForeignKey(
        Register, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="merges"
    )
    kept = models.ForeignKey(Contact, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    merged = models.JSONField(default=list)  # the ids of the contacts that went into it
    data = models.JSONField(default=dict)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("when"), default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    within_reach: ClassVar[Within] = WholeRegister("register_id")

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["register", "-created_at", "-id"], name="merge_newest"),
            models.Index(fields=["created_at"], condition=~models.Q(data={}), name="merge_with_data"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="merge_in_organisation"),
            SameOrganisation(field="register", to="registers.Register", name="merge_register_organisation"),
            SameOrganisation(field="kept", to="registers.Contact", name="merge_kept_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.register_id}: {len(self.merged) + 1} → {self.kept_id}"

    @property
    def can_be_undone(self) -> bool:
        return bool(self.data) and self.undone_at is None and timezone.now() < self.created_at + self.KEEP


class FormerContact(OrganisationModel):
    """The id of a contact that was merged: personal links that were sent to it lead to `contact`."""

    former_id = models.BigIntegerField(unique=True)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    record = models.ForeignKey(MergeRecord, on_delete=models.CASCADE, db_constraint=False, related_name="+")

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("former contact")
        verbose_name_plural = _("former contacts")
        constraints = [
            SameOrganisation(field="contact", to="registers.Contact", name="former_contact_organisation"),
            SameOrganisation(field="record", to="registers.MergeRecord", name="former_record_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.former_id} → {self.contact_id}"
