from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings as project
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisations.managers import OrganisationQuerySet, ScopedManager, UnscopedManager
from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.constraints import SameOrganisation
from registers.models.contact import Contact
from registers.models.group import Group
from registers.reach import OfAutomation, OfWholeRegistersGroup

if TYPE_CHECKING:
    from collections.abc import Collection


class Automation(OrganisationModel):
    """What happens by itself when somebody joins or leaves a group, or one of the groups below it.

    `act` is the key of an act in `registers.automations.acts`, and `settings` is what that act was told, as it
    checked it when the automation was saved; `purpose` in it is the id of the Purpose that it is for, if any.
    """

    class On(models.TextChoices):
        JOINED = "joined", _("When somebody joins")
        LEFT = "left", _("When somebody leaves")

    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, db_constraint=False, related_name="automations", verbose_name=_("group")
    )
    name = models.CharField(_("name"), max_length=150)
    on = models.CharField(_("when"), max_length=6, choices=On, default=On.JOINED)
    act = models.CharField(_("what happens"), max_length=30)
    settings = models.JSONField(default=dict)
    enabled = models.BooleanField(_("switched on"), default=True)
    created_by = models.ForeignKey(project.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    within_reach: ClassVar[Within] = OfWholeRegistersGroup("group_id")

    class Meta:
        verbose_name = _("automation")
        verbose_name_plural = _("automations")
        ordering = ["on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["id", "organisation"], name="automation_in_organisation"),
            models.CheckConstraint(condition=models.Q(on__in=["joined", "left"]), name="automation_on_known"),
            SameOrganisation(field="group", to="registers.Group", name="automation_group_organisation"),
        ]

    def __str__(self) -> str:
        return self.name


class AutomationRunQuerySet(OrganisationQuerySet["AutomationRun"]):
    def waiting(self) -> AutomationRunQuerySet:
        return self.filter(state=AutomationRun.State.WAITING)

    def finish(self, pks: Collection[int], *, state: str, outcome: str) -> int:
        return self.filter(pk__in=pks).update(state=state, outcome=outcome[:300], finished_at=timezone.now())


class AutomationRun(OrganisationModel):
    """One automation for one person who joined or left: written in the transaction of the joining or leaving, and
    done once, in the transaction that says that it is done.

    `membership` is the id of the membership that began or ended; the row itself may be gone. `chain` holds the ids of
    the automations whose acts led here, so that none of them runs again for the same person on the way.
    What does not wait any more is forgotten after KEEP: by then no import and no merge is taken back that would ask.
    """

    KEEP: ClassVar[timedelta] = timedelta(days=90)

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        SKIPPED = "skipped", _("Left out")
        FAILED = "failed", _("Did not work")

    automation = models.ForeignKey(
        Automation, on_delete=models.CASCADE, db_constraint=False, related_name="+", db_index=False
    )
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    membership = models.BigIntegerField()
    chain = ArrayField(models.BigIntegerField(), default=list, blank=True, db_default=models.Value([]))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING, db_default="waiting")
    outcome = models.CharField(_("what happened"), max_length=300, blank=True, default="", db_default="")
    at = models.DateTimeField(_("when"), default=timezone.now, db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ScopedManager.from_queryset(AutomationRunQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(AutomationRunQuerySet)()

    within_reach: ClassVar[Within] = OfAutomation("automation_id")

    class Meta:
        verbose_name = _("run of an automation")
        verbose_name_plural = _("runs of automations")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["organisation", "id"], condition=models.Q(state="waiting"), name="run_waiting"),
            models.Index(fields=["automation", "id"], name="run_by_automation"),
            models.Index(fields=["automation", "state", "id"], name="run_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["membership", "automation"], name="run_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "done", "skipped", "failed"]), name="run_state_known"
            ),
            SameOrganisation(field="automation", to="registers.Automation", name="run_automation_organisation"),
            SameOrganisation(field="contact", to="registers.Contact", name="run_contact_organisation"),
        ]

    def __str__(self) -> str:
        return f"{self.automation_id} · {self.contact_id}: {self.state}"
