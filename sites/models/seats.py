from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from organisations.managers import OrganisationQuerySet, ScopedManager, UnscopedManager
from organisations.models import OrganisationModel
from organisations.reach import Within
from registers.models import Contact
from registers.reach import OfContact
from registers.texts import clean_line, plain


class State(models.TextChoices):
    """Where a reply stands."""

    CONFIRMED = "confirmed", _("Confirmed")
    WAITING = "waiting", _("Waiting")
    CANCELLED = "cancelled", _("Cancelled")
    DECLINED = "declined", _("Said no")


STANDING = (State.CONFIRMED, State.WAITING)  # there is something to cancel


class Capacity(OrganisationModel):
    """The one row that counts an event's seats; every change to seats locks it. See `sites.seats`.

    `seats` is what the editor published (empty: no limit), `taken` and `waiting` are sums of party sizes, `ceiling`
    is the larger of `seats` and `taken`, so that lowering the seats evicts nobody and the CHECK still holds.
    """

    page = models.OneToOneField("sites.RsvpPage", on_delete=models.CASCADE, related_name="room")
    seats = models.PositiveIntegerField(null=True, blank=True)
    taken = models.PositiveIntegerField(default=0)
    ceiling = models.PositiveIntegerField(null=True, blank=True)
    waiting = models.PositiveIntegerField(default=0)
    # The line has numbers from here to there, never used twice: who is placed first gets one below all others.
    first_queue_number = models.IntegerField(default=1, db_default=1)
    last_queue_number = models.PositiveIntegerField(default=0)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    # How often time or place have changed: raises SEQUENCE in calendars.
    moves = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("seats of an event")
        verbose_name_plural = _("seats of events")
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("ceiling")), name="capacity_taken_within_ceiling"),
            models.CheckConstraint(
                condition=Q(seats__isnull=True, ceiling__isnull=True) | Q(ceiling__gte=F("seats")),
                name="capacity_ceiling_covers_seats",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.taken}/{self.seats if self.seats is not None else '∞'}"

    @property
    def left(self) -> int | None:
        """Seats nobody has; None where there is no limit."""
        return None if self.seats is None else max(0, self.seats - self.taken)

    @property
    def overbooked(self) -> int:
        """How many more are seated than there are seats, after the seats were lowered or somebody was let in."""
        return 0 if self.seats is None else max(0, self.taken - self.seats)


def guest_name(guest: Mapping[str, Any]) -> str:
    return f"{guest['first_name']} {guest['last_name']}".strip()


def _has(words: Sequence[str], name: str) -> bool:
    """Whether every word begins one of the name's, as in `registers.searching`, or three letters stand in it."""
    looked_at = f" {plain(name)}"
    return bool(words) and all(f" {word}" in looked_at or (len(word) > 2 and word in looked_at) for word in words)


class RegistrationQuerySet(OrganisationQuerySet["Registration"]):
    def standing(self) -> "RegistrationQuerySet":
        """Those who have a seat or wait for one."""
        return self.filter(state__in=STANDING)

    def reachable(self) -> "RegistrationQuerySet":
        """Those whom a letter can be written to."""
        return self.filter(contact__isnull=False).exclude(contact__email_key="")

    def seated(self) -> "RegistrationQuerySet":
        return self.filter(state=State.CONFIRMED)

    def naming(self, text: str) -> "RegistrationQuerySet":
        """Those of people who are found by `text`, or who replied under such a name or bring a guest of it."""
        words = plain(clean_line(text)).replace(",", " ").split()
        others = self.filter(submission__isnull=False).exclude(submission__typed_name="", submission__guests=[])
        found = [
            pk
            for pk, state, typed, guests in others.values_list(
                "pk", "state", "submission__typed_name", "submission__guests"
            )
            if any(_has(words, name) for name in (typed, *map(guest_name, guests if state in STANDING else ())))
        ]
        people = Contact.objects.filter(pk__in=self.order_by().values("contact")).search(text)
        return self.filter(Q(contact__in=people) | Q(pk__in=found))

    def in_line(self) -> "RegistrationQuerySet":
        return self.filter(state=State.WAITING).order_by("queue_number")


class Registration(OrganisationModel):
    """One contact's reply to one event, as it stands now. `version` counts its changes: mails are keyed by it."""

    page = models.ForeignKey("sites.RsvpPage", on_delete=models.CASCADE, db_index=False, related_name="registrations")
    contact = models.ForeignKey("registers.Contact", on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=State.choices)
    party_size = models.PositiveSmallIntegerField(_("people"), default=1)
    queue_number = models.IntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    submission = models.ForeignKey(
        "sites.Submission", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    seated_at = models.DateTimeField(null=True, blank=True)
    link_sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: ClassVar[Any] = ScopedManager.from_queryset(RegistrationQuerySet)()
    unscoped: ClassVar[Any] = UnscopedManager.from_queryset(RegistrationQuerySet)()

    within_reach: ClassVar[Within] = OfContact("contact_id")

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        constraints = [
            models.UniqueConstraint(fields=["page", "contact"], name="registration_once_per_contact"),
            models.UniqueConstraint(fields=["page", "queue_number"], name="registration_queue_number_once"),
            models.CheckConstraint(condition=Q(party_size__gte=1), name="registration_party_at_least_one"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="registration_state_known"),
            models.CheckConstraint(
                condition=Q(state=State.WAITING, queue_number__isnull=False)
                | (~Q(state=State.WAITING) & Q(queue_number__isnull=True)),
                name="registration_waits_with_a_number",
            ),
        ]
        indexes = [models.Index(fields=["page", "state"], name="registration_page_state")]

    def __str__(self) -> str:
        return f"{self.get_state_display()} ({self.party_size})"

    @property
    def is_coming(self) -> bool:
        return self.state == State.CONFIRMED

    @property
    def is_waiting(self) -> bool:
        return self.state == State.WAITING

    @property
    def is_active(self) -> bool:
        return self.state in STANDING

    @property
    def guest_names(self) -> str:
        """Who comes along, where they have a place."""
        guests = self.submission.guests if self.submission and self.is_active else ()
        return ", ".join(map(guest_name, guests))


class Round(OrganisationModel):
    """One mail to many guests of an event, begun once: a reminder, or the news that it is moved or cancelled.

    `key` says which (`reminder_confirmed-20261124T1600Z`); the row makes beginning it twice impossible, and the
    unique key of each mail makes sending it twice impossible, so a round may be resumed after any interruption.
    """

    page = models.ForeignKey("sites.RsvpPage", on_delete=models.CASCADE, db_index=False, related_name="rounds")
    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=60)
    before = models.DateTimeField()
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        "organisations.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("round of mails")
        verbose_name_plural = _("rounds of mails")
        constraints = [models.UniqueConstraint(fields=["page", "key"], name="round_once")]

    def __str__(self) -> str:
        return self.key
