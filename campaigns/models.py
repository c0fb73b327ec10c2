"""What every send has, whatever channel it goes through: a campaign and its messages."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from organisations.models import OrganisationModel, Role
from organisations.reach import Within
from registers.reach import KeptWithin


def empty_audience() -> dict[str, list[str]]:
    return {"include": [], "exclude": []}


class Campaign(OrganisationModel):
    """One send with a schedule. From the moment it starts, its content and its recipients stand fixed."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        LATE = "late", _("Missed its time")
        BLOCKED = "blocked", _("Could not start")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    # Before these, everything may be changed; after them, the rows stand.
    NOT_STARTED: ClassVar[tuple[str, ...]] = (State.DRAFT, State.SCHEDULED, State.LATE, State.BLOCKED)
    RUNNING: ClassVar[tuple[str, ...]] = (State.SENDING, State.PAUSED)
    ENDED: ClassVar[tuple[str, ...]] = (State.SENT, State.CANCELLED)
    # A person may send some of its messages again.
    RESENDS: ClassVar[tuple[str, ...]] = (State.SENDING, State.SENT)

    name = models.CharField(_("name"), max_length=150, help_text=_("For yourselves: recipients never see it."))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, editable=False)
    audience = models.JSONField(_("audience"), default=empty_audience, blank=True)
    invites_to = models.ForeignKey(
        "wagtailcore.Page",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("page it invites to"),
        help_text=_("Recipients get a personal link to this page."),
    )
    purpose = models.ForeignKey(
        "registers.Purpose",
        on_delete=models.RESTRICT,  # what a letter was for is part of the record
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("purpose"),
        help_text=_(
            "Who has withdrawn consent to it is left out, and in registers where the right is consent also who has "
            "not given it."
        ),
    )
    scheduled_at = models.DateTimeField(_("time"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # What its maker might see, where that was not everything, and then what it reached (`registers.limits.kept`).
    reach = models.JSONField(null=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    frozen_at = models.DateTimeField(null=True, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    # Why it waits: for a person (late, blocked, paused by itself), or for the other side until `held_until`.
    problem = models.TextField(blank=True, editable=False)
    held_until = models.DateTimeField(null=True, editable=False)
    held_steps = models.PositiveSmallIntegerField(default=0, editable=False)

    within_reach: ClassVar[Within] = KeptWithin("reach")
    permission_roles: ClassVar[dict[str, str]] = {"change": Role.EDITOR, "send": Role.SENDER}

    class Meta(OrganisationModel.Meta):
        abstract = True
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_scheduled_has_time",
                condition=~Q(state="scheduled") | Q(scheduled_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_running_is_frozen",
                condition=~Q(state__in=["sending", "paused", "sent"]) | Q(frozen_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["scheduled_at"],
                name="%(app_label)s_%(class)s_due",
                condition=Q(state="scheduled"),
            ),
            models.Index(
                fields=["held_until"],
                name="%(app_label)s_%(class)s_live",
                condition=Q(state="sending"),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_editable(self) -> bool:
        return self.state in self.NOT_STARTED


class Message(OrganisationModel):
    """One letter to one address: a row before anything leaves."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        CLAIMED = "claimed", _("Being prepared")
        HANDING_OFF = "handing_off", _("Being handed over")
        ACCEPTED = "accepted", _("Accepted by the server")
        DEFERRED = "deferred", _("To be tried again")
        REJECTED = "rejected", _("Refused (bounced)")
        UNKNOWN = "unknown", _("Not known")
        SUPPRESSED = "suppressed", _("Not sent")
        CANCELLED = "cancelled", _("Cancelled")
        DELIVERED = "delivered", _("Delivered")
        BOUNCED = "bounced", _("Bounced")
        COMPLAINED = "complained", _("Complained")

    class Traffic(models.TextChoices):
        BULK = "bulk", _("Campaign")
        TRANSACTIONAL = "transactional", _("Automatic message")
        TEST = "test", _("Test")

    LEASED: ClassVar[tuple[str, ...]] = (State.CLAIMED, State.HANDING_OFF)
    WAITING: ClassVar[tuple[str, ...]] = (State.QUEUED, State.DEFERRED)
    OPEN: ClassVar[tuple[str, ...]] = (*WAITING, *LEASED)
    HANDED_OVER: ClassVar[tuple[str, ...]] = (State.ACCEPTED, State.DELIVERED, State.COMPLAINED)
    RETURNED: ClassVar[tuple[str, ...]] = (State.REJECTED, State.BOUNCED)

    contact = models.ForeignKey("registers.Contact", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    address = models.CharField(max_length=254)
    address_key = models.CharField(max_length=254)
    traffic = models.CharField(max_length=13, choices=Traffic, default=Traffic.BULK)
    # The direct answer to what the person has just done: even a complaint does not stop it.
    direct_answer = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(default=timezone.now, db_default=Now())
    lease_until = models.DateTimeField(null=True)
    lease_token = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    code = models.PositiveSmallIntegerField(default=0, db_default=0)
    error = models.CharField(max_length=400, blank=True, default="", db_default="")
    suppressed_by = models.CharField(max_length=20, blank=True, default="", db_default="")
    created_at = models.DateTimeField(default=timezone.now, db_default=Now())
    handed_at = models.DateTimeField(null=True)
    # A person has looked at a message whose outcome is not known, and leaves it at that.
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta(OrganisationModel.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_state_known",
                condition=Q(
                    state__in=[
                        "queued",
                        "claimed",
                        "handing_off",
                        "accepted",
                        "deferred",
                        "rejected",
                        "unknown",
                        "suppressed",
                        "cancelled",
                        "delivered",
                        "bounced",
                        "complained",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_lease",
                condition=Q(state__in=["claimed", "handing_off"], lease_until__isnull=False, lease_token__isnull=False)
                | (~Q(state__in=["claimed", "handing_off"]) & Q(lease_until__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"],
                name="%(app_label)s_%(class)s_leased",
                condition=Q(state__in=["claimed", "handing_off"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @classmethod
    def waiting(cls) -> Any:
        """What may leave now, of all organisations."""
        return cls.unscoped.filter(state__in=cls.WAITING, due_at__lte=Now())
