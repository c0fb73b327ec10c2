from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.fields import RichTextField

from sites.merge_fields import check_message, check_subject
from sites.panels import KindInput


class MessageKind(models.TextChoices):
    """The mails an event sends by itself."""

    CONFIRMATION = "confirmation", _("Confirmation")
    WAITING = "waiting", _("On the waiting list")
    PROMOTION = "promotion", _("A seat became free")
    CANCELLATION = "cancellation", _("Reply cancelled")
    CHANGED = "changed", _("Time or place changed")
    EVENT_CANCELLED = "event_cancelled", _("Event cancelled")
    LINK_REMINDER = "link_reminder", _("The personal link once more")
    REMINDER_CONFIRMED = "reminder_confirmed", _("Reminder to the confirmed")
    REMINDER_UNANSWERED = "reminder_unanswered", _("Reminder to the unanswered")


REMINDERS = (MessageKind.REMINDER_CONFIRMED, MessageKind.REMINDER_UNANSWERED)
WHEN_SENT = {
    MessageKind.CONFIRMATION: _(
        "Sent at once to everybody who gets a seat or changes their reply, with the calendar entry."
    ),
    MessageKind.WAITING: _("Sent at once to everybody who is put on the waiting list."),
    MessageKind.PROMOTION: _("Sent to the next in line when enough seats become free, with the calendar entry."),
    MessageKind.CANCELLATION: _("Sent when somebody cancels, or you cancel for them."),
    MessageKind.CHANGED: _(
        "Sent to the confirmed and the waiting when you have moved the event and press “Tell them”, with the new "
        "calendar entry. You can change the words once more before."
    ),
    MessageKind.EVENT_CANCELLED: _("Sent to the confirmed and the waiting when you cancel the event."),
    MessageKind.LINK_REMINDER: _(
        "Sent when the public form gets an address that has already replied, at most once an hour."
    ),
    MessageKind.REMINDER_CONFIRMED: _("Sent once before the event; not to those who replied after that moment."),
    MessageKind.REMINDER_UNANSWERED: _("Sent once to those who were invited and have said neither yes nor no."),
}


class Unit(models.TextChoices):
    HOURS = "hours", _("hours before")
    DAYS = "days", _("days before")


class EventMessage(models.Model):
    """The text of one automatic mail of an event; the page has one of each kind."""

    page = ParentalKey("sites.RsvpPage", on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=30, choices=MessageKind.choices)
    enabled = models.BooleanField(_("send it"), default=True)
    subject = models.CharField(_("subject"), max_length=200)
    body = RichTextField(_("text"), features=["bold", "italic", "link", "ol", "ul"])
    amount = models.PositiveSmallIntegerField(
        _("how long before"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    unit = models.CharField(_("unit"), max_length=5, choices=Unit.choices, default=Unit.DAYS, blank=True)

    panels = [
        FieldPanel("kind", widget=KindInput(MessageKind, WHEN_SENT), heading=""),
        FieldPanel("enabled"),
        FieldRowPanel([FieldPanel("amount"), FieldPanel("unit")], classname="event-message-moment"),
        FieldPanel("subject"),
        FieldPanel("body"),
    ]

    class Meta:
        verbose_name = _("automatic mail")
        verbose_name_plural = _("automatic mails")
        constraints = [
            models.UniqueConstraint(fields=["page", "kind"], name="event_message_once"),
            models.CheckConstraint(condition=Q(kind__in=MessageKind.values), name="event_message_kind_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    @property
    def is_reminder(self) -> bool:
        return self.kind in REMINDERS

    def clean(self) -> None:
        super().clean()
        errors: dict[str, ValidationError] = {}
        for field, check in (("subject", check_subject), ("body", check_message)):
            try:
                check(getattr(self, field))
            except ValidationError as error:
                errors[field] = error
        if self.is_reminder and self.enabled and not self.amount:
            errors["amount"] = ValidationError(_("Say how many hours or days before the event."))
        if errors:
            raise ValidationError(errors)

    def moment(self, starts_at: datetime, zone: ZoneInfo) -> datetime:
        """When a reminder is due: so many hours before the start, or so many days before it at the same time by the
        clocks of `zone`, whatever they have been put forward or back meanwhile.

        A time that clocks jump over is that much later; of one that they show twice it is the first.
        """
        amount = self.amount or 1
        if self.unit == Unit.HOURS:
            return starts_at.astimezone(UTC) - timedelta(hours=amount)
        # Without the fold: a start in the repeated hour says nothing about the day of the reminder.
        return (starts_at.astimezone(zone) - timedelta(days=amount)).replace(fold=0).astimezone(UTC)
