"""Who replies to an event, and what is written to them."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models
from modelcluster.fields import ParentalKey
from wagtail.fields import RichTextField

from guards.migrating import Together
from organisations.migrating import ID, ORGANISATION

TABLES = [
    migrations.CreateModel(
        name="EventMessage",
        fields=[
            ID,
            (
                "kind",
                models.CharField(
                    choices=[
                        ("confirmation", "Confirmation"),
                        ("waiting", "On the waiting list"),
                        ("promotion", "A seat became free"),
                        ("cancellation", "Reply cancelled"),
                        ("changed", "Time or place changed"),
                        ("event_cancelled", "Event cancelled"),
                        ("link_reminder", "The personal link once more"),
                        ("reminder_confirmed", "Reminder to the confirmed"),
                        ("reminder_unanswered", "Reminder to the unanswered"),
                    ],
                    max_length=30,
                ),
            ),
            ("enabled", models.BooleanField(default=True, verbose_name="send it")),
            ("subject", models.CharField(max_length=200, verbose_name="subject")),
            ("body", RichTextField(verbose_name="text")),
            (
                "amount",
                models.PositiveSmallIntegerField(
                    blank=True,
                    null=True,
                    validators=[MinValueValidator(1), MaxValueValidator(365)],
                    verbose_name="how long before",
                ),
            ),
            (
                "unit",
                models.CharField(
                    blank=True,
                    choices=[("hours", "hours before"), ("days", "days before")],
                    default="days",
                    max_length=5,
                    verbose_name="unit",
                ),
            ),
            ("page", ParentalKey(on_delete=models.CASCADE, related_name="messages", to="sites.rsvppage")),
        ],
        options={
            "verbose_name": "automatic mail",
            "verbose_name_plural": "automatic mails",
            "constraints": [
                models.UniqueConstraint(fields=("page", "kind"), name="event_message_once"),
                models.CheckConstraint(
                    condition=models.Q(
                        kind__in=[
                            "confirmation",
                            "waiting",
                            "promotion",
                            "cancellation",
                            "changed",
                            "event_cancelled",
                            "link_reminder",
                            "reminder_confirmed",
                            "reminder_unanswered",
                        ]
                    ),
                    name="event_message_kind_known",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Appointment",
        fields=[
            ID,
            ("starts_at", models.DateTimeField()),
            ("ends_at", models.DateTimeField(blank=True, null=True)),
            ("where", models.CharField(blank=True, max_length=410)),
            ("published_at", models.DateTimeField()),
            ("settled_at", models.DateTimeField(blank=True, null=True)),
            ("subject", models.CharField(blank=True, max_length=200)),
            ("body", models.TextField(blank=True)),
            ORGANISATION,
            ("page", models.ForeignKey("sites.rsvppage", models.CASCADE, related_name="appointments")),
            (
                "settled_by",
                models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", blank=True, null=True),
            ),
        ],
        options={
            "verbose_name": "time and place of an event",
            "verbose_name_plural": "times and places of events",
            "indexes": [
                models.Index(fields=["page"], condition=models.Q(settled_at=None), name="appointment_unsettled")
            ],
        },
    ),
    migrations.CreateModel(
        name="Capacity",
        fields=[
            ID,
            ("seats", models.PositiveIntegerField(blank=True, null=True)),
            ("taken", models.PositiveIntegerField(default=0)),
            ("ceiling", models.PositiveIntegerField(blank=True, null=True)),
            ("waiting", models.PositiveIntegerField(default=0)),
            ("last_queue_number", models.PositiveIntegerField(default=0)),
            ("cancelled_at", models.DateTimeField(blank=True, null=True)),
            ORGANISATION,
            ("page", models.OneToOneField("sites.rsvppage", models.CASCADE, related_name="room")),
            ("moves", models.PositiveIntegerField(db_default=0, default=0)),
            ("first_queue_number", models.IntegerField(db_default=1, default=1)),
        ],
        options={
            "verbose_name": "seats of an event",
            "verbose_name_plural": "seats of events",
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(taken__lte=models.F("ceiling")), name="capacity_taken_within_ceiling"
                ),
                models.CheckConstraint(
                    condition=models.Q(ceiling__isnull=True, seats__isnull=True)
                    | models.Q(ceiling__gte=models.F("seats")),
                    name="capacity_ceiling_covers_seats",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Round",
        fields=[
            ID,
            ("kind", models.CharField(max_length=30)),
            ("key", models.CharField(max_length=60)),
            ("before", models.DateTimeField()),
            ("started_at", models.DateTimeField(auto_now_add=True)),
            ("finished_at", models.DateTimeField(blank=True, null=True)),
            ("sent", models.PositiveIntegerField(default=0)),
            ORGANISATION,
            (
                "started_by",
                models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", blank=True, null=True),
            ),
            ("page", models.ForeignKey("sites.rsvppage", models.CASCADE, related_name="rounds", db_index=False)),
        ],
        options={
            "verbose_name": "round of mails",
            "verbose_name_plural": "rounds of mails",
            "constraints": [models.UniqueConstraint(fields=("page", "key"), name="round_once")],
        },
    ),
    migrations.CreateModel(
        name="Submission",
        fields=[
            ID,
            ("answers", models.JSONField(default=dict)),
            ("guests", models.JSONField(default=list)),
            (
                "source",
                models.CharField(
                    choices=[("link", "Personal link"), ("public", "Public page"), ("hand", "Added by hand")],
                    max_length=10,
                    verbose_name="came through",
                ),
            ),
            ("form_token", models.UUIDField(blank=True, null=True)),
            ("created_at", models.DateTimeField(auto_now_add=True)),
            (
                "contact",
                models.ForeignKey(
                    "registers.contact", models.SET_NULL, related_name="+", blank=True, db_index=False, null=True
                ),
            ),
            ORGANISATION,
            ("page", models.ForeignKey(settings.WAGTAIL_PAGE_MODEL, models.CASCADE, related_name="+", db_index=False)),
            ("version", models.ForeignKey("sites.formversion", models.RESTRICT, related_name="submissions")),
            ("typed_name", models.CharField(blank=True, db_default="", default="", max_length=170)),
        ],
        options={
            "verbose_name": "submission",
            "verbose_name_plural": "submissions",
            "indexes": [models.Index(fields=["contact"], name="submission_contact")],
            "constraints": [models.UniqueConstraint(fields=("page", "form_token"), name="submission_once_per_form")],
        },
    ),
    migrations.CreateModel(
        name="Registration",
        fields=[
            ID,
            (
                "state",
                models.CharField(
                    choices=[
                        ("confirmed", "Confirmed"),
                        ("waiting", "Waiting"),
                        ("cancelled", "Cancelled"),
                        ("declined", "Said no"),
                    ],
                    max_length=12,
                    verbose_name="state",
                ),
            ),
            ("party_size", models.PositiveSmallIntegerField(default=1, verbose_name="people")),
            ("queue_number", models.IntegerField(blank=True, null=True)),
            ("version", models.PositiveIntegerField(default=1)),
            ("seated_at", models.DateTimeField(blank=True, null=True)),
            ("link_sent_at", models.DateTimeField(blank=True, null=True)),
            ("created_at", models.DateTimeField(auto_now_add=True)),
            ("updated_at", models.DateTimeField(auto_now=True)),
            ("contact", models.ForeignKey("registers.contact", models.SET_NULL, related_name="+", null=True)),
            ORGANISATION,
            ("page", models.ForeignKey("sites.rsvppage", models.CASCADE, related_name="registrations", db_index=False)),
            (
                "submission",
                models.ForeignKey("sites.submission", models.SET_NULL, related_name="+", blank=True, null=True),
            ),
        ],
        options={
            "verbose_name": "reply",
            "verbose_name_plural": "replies",
            "indexes": [models.Index(fields=["page", "state"], name="registration_page_state")],
            "constraints": [
                models.UniqueConstraint(fields=("page", "contact"), name="registration_once_per_contact"),
                models.UniqueConstraint(fields=("page", "queue_number"), name="registration_queue_number_once"),
                models.CheckConstraint(condition=models.Q(party_size__gte=1), name="registration_party_at_least_one"),
                models.CheckConstraint(
                    condition=models.Q(queue_number__isnull=False, state="waiting")
                    | (~models.Q(state="waiting") & models.Q(queue_number__isnull=True)),
                    name="registration_waits_with_a_number",
                ),
                models.CheckConstraint(
                    condition=models.Q(state__in=["confirmed", "waiting", "cancelled", "declined"]),
                    name="registration_state_known",
                ),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [("sites", "0002_submission_version")]
    dependencies = [("sites", "0001_pages")]
    operations = [Together(TABLES)]
