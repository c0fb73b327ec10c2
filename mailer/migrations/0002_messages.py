"""What is sent, one row each, and what becomes of it."""

from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now
from django.utils import timezone

from guards.migrating import Together
from organisations.migrating import ID, ORGANISATION

TABLES = [
    migrations.CreateModel(
        name="EmailMessage",
        fields=[
            ID,
            ("address", models.CharField(max_length=254)),
            ("address_key", models.CharField(max_length=254)),
            (
                "traffic",
                models.CharField(
                    choices=[("bulk", "Campaign"), ("transactional", "Automatic message"), ("test", "Test")],
                    default="bulk",
                    max_length=13,
                ),
            ),
            ("direct_answer", models.BooleanField(db_default=False, default=False)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("queued", "Waiting"),
                        ("claimed", "Being prepared"),
                        ("handing_off", "Being handed over"),
                        ("accepted", "Accepted by the server"),
                        ("deferred", "To be tried again"),
                        ("rejected", "Refused (bounced)"),
                        ("unknown", "Not known"),
                        ("suppressed", "Not sent"),
                        ("cancelled", "Cancelled"),
                        ("delivered", "Delivered"),
                        ("bounced", "Bounced"),
                        ("complained", "Complained"),
                    ],
                    default="queued",
                    max_length=12,
                ),
            ),
            ("due_at", models.DateTimeField(db_default=Now(), default=timezone.now)),
            ("lease_until", models.DateTimeField(null=True)),
            ("lease_token", models.UUIDField(null=True)),
            ("attempts", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ("code", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ("error", models.CharField(blank=True, db_default="", default="", max_length=400)),
            ("suppressed_by", models.CharField(blank=True, db_default="", default="", max_length=20)),
            ("created_at", models.DateTimeField(db_default=Now(), default=timezone.now)),
            ("handed_at", models.DateTimeField(null=True)),
            ("message_id", models.CharField(max_length=320)),
            ("kind", models.CharField(blank=True, db_default="", default="", max_length=40)),
            ("unique_key", models.CharField(blank=True, db_default="", default="", max_length=200)),
            ("letter", models.JSONField(null=True)),
            (
                "campaign",
                models.ForeignKey(
                    "mailer.emailcampaign", models.CASCADE, related_name="messages", db_index=False, null=True
                ),
            ),
            (
                "contact",
                models.ForeignKey("registers.contact", models.SET_NULL, related_name="+", blank=True, null=True),
            ),
            ORGANISATION,
            ("sender", models.ForeignKey("mailer.sender", models.SET_NULL, related_name="+", null=True)),
            ("settled_at", models.DateTimeField(null=True)),
            (
                "settled_by",
                models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", db_index=False, null=True
                ),
            ),
        ],
        options={
            "verbose_name": "e-mail message",
            "verbose_name_plural": "e-mail messages",
            "indexes": [
                models.Index(
                    fields=["lease_until"],
                    condition=models.Q(state__in=["claimed", "handing_off"]),
                    name="mailer_emailmessage_leased",
                ),
                models.Index(
                    fields=["campaign", "due_at", "id"],
                    condition=models.Q(state__in=["queued", "deferred"], traffic="bulk"),
                    name="email_bulk_waiting",
                ),
                models.Index(
                    fields=["organisation", "due_at", "id"],
                    condition=models.Q(state__in=["queued", "deferred"]) & ~models.Q(traffic="bulk"),
                    name="email_single_waiting",
                ),
                models.Index(fields=["campaign", "state"], name="email_by_state"),
                models.Index(
                    fields=["created_at"],
                    condition=models.Q(letter__isnull=False) & ~models.Q(letter={}),
                    name="email_with_letter",
                ),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
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
                    name="mailer_emailmessage_state_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        lease_token__isnull=False, lease_until__isnull=False, state__in=["claimed", "handing_off"]
                    )
                    | (~models.Q(state__in=["claimed", "handing_off"]) & models.Q(lease_until__isnull=True)),
                    name="mailer_emailmessage_lease",
                ),
                models.UniqueConstraint(
                    fields=("campaign", "address_key"),
                    condition=models.Q(traffic="bulk"),
                    name="email_once_per_address",
                ),
                models.UniqueConstraint(
                    fields=("organisation", "unique_key"), condition=~models.Q(unique_key=""), name="email_unique_key"
                ),
                models.CheckConstraint(
                    condition=models.Q(campaign__isnull=False, traffic="bulk") | models.Q(letter__isnull=False),
                    name="email_has_content",
                ),
                models.UniqueConstraint(fields=("message_id",), name="email_message_id_once"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Link",
        fields=[
            ID,
            ("position", models.PositiveSmallIntegerField()),
            ("url", models.TextField(verbose_name="leads to")),
            ("label", models.CharField(blank=True, max_length=300, verbose_name="text")),
            (
                "campaign",
                models.ForeignKey("mailer.emailcampaign", models.CASCADE, related_name="links", db_index=False),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "link",
            "verbose_name_plural": "links",
            "ordering": ["position"],
            "constraints": [models.UniqueConstraint(fields=("campaign", "position"), name="link_position_once")],
        },
    ),
    migrations.CreateModel(
        name="MessageEvent",
        fields=[
            ID,
            (
                "kind",
                models.CharField(
                    choices=[
                        ("open", "Opened"),
                        ("click", "Clicked"),
                        ("unsubscribe", "Unsubscribed"),
                        ("resubscribe", "Subscribed again"),
                    ],
                    max_length=12,
                ),
            ),
            ("at", models.DateTimeField(db_default=Now(), default=timezone.now)),
            ("user_agent", models.CharField(blank=True, db_default="", default="", max_length=300)),
            (
                "campaign",
                models.ForeignKey(
                    "mailer.emailcampaign", models.CASCADE, related_name="events", db_index=False, null=True
                ),
            ),
            ("link", models.ForeignKey("mailer.link", models.CASCADE, related_name="events", null=True)),
            (
                "message",
                models.ForeignKey("mailer.emailmessage", models.CASCADE, related_name="events", db_index=False),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "event of a message",
            "verbose_name_plural": "events of messages",
            "ordering": ["at", "id"],
            "indexes": [
                models.Index(fields=["campaign", "kind", "at"], name="event_by_campaign"),
                models.Index(fields=["message", "kind"], name="event_by_message"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(kind__in=["open", "click", "unsubscribe", "resubscribe"]),
                    name="event_kind_known",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="MailboxMessage",
        fields=[
            ID,
            ("received_at", models.DateTimeField(auto_now_add=True, verbose_name="received")),
            ("message_id", models.CharField(blank=True, max_length=255)),
            ("return_path", models.CharField(blank=True, max_length=320)),
            ("to", models.TextField(verbose_name="to")),
            ("subject", models.TextField(blank=True, verbose_name="subject")),
            ("sender", models.TextField(blank=True, verbose_name="from")),
            ("raw", models.BinaryField()),
            (
                "organisation",
                models.ForeignKey(
                    "organisations.organisation", models.CASCADE, related_name="+", db_index=False, null=True
                ),
            ),
        ],
        options={
            "verbose_name": "practice mail",
            "verbose_name_plural": "practice mails",
            "ordering": ["-pk"],
            "indexes": [models.Index(fields=["organisation", "-id"], name="mailbox_newest")],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [("mailer", "0002_settled")]
    dependencies = [("mailer", "0001_campaigns")]
    operations = [Together(TABLES)]
