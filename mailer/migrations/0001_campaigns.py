"""E-mails as they are written, and their campaigns."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import migrations, models
from wagtail.fields import StreamField

from campaigns.models import empty_audience
from guards.migrating import Together
from mailer.editing.defaults import default_body
from mailer.models.senders import validate_mailable
from organisations.migrating import ID, ORGANISATION, PAGE
from registers.constraints import SameOrganisation

TABLES = [
    migrations.CreateModel(
        name="EmailIndexPage",
        fields=[PAGE],
        options={
            "verbose_name": "e-mails",
        },
        bases=("wagtailcore.page",),
    ),
    migrations.CreateModel(
        name="EmailPage",
        fields=[
            PAGE,
            (
                "subject",
                models.CharField(
                    help_text="The first thing people see. 40 to 60 characters are read on a phone.",
                    max_length=200,
                    verbose_name="subject",
                ),
            ),
            (
                "preheader",
                models.CharField(
                    blank=True,
                    help_text="Shown in the inbox after the subject. Left empty, programs show the first words of the text.",
                    max_length=200,
                    verbose_name="preview text",
                ),
            ),
            (
                "sender_name",
                models.CharField(
                    blank=True,
                    help_text="Who it comes from, as people know you. Left empty, the name of the sender you choose is shown.",
                    max_length=64,
                    validators=[
                        RegexValidator(
                            '^[^\\x00-\\x1f\\x7f<>@\\"]*$', "Write a name, without < > @ or quotation marks."
                        )
                    ],
                    verbose_name="sender name",
                ),
            ),
            ("body", StreamField([], block_lookup={}, default=default_body, verbose_name="text")),
            (
                "register",
                models.ForeignKey(
                    "registers.register",
                    models.SET_NULL,
                    related_name="+",
                    verbose_name="register",
                    help_text="Whose fields can be merged into the text. Without one, the fields that every register has.",
                    blank=True,
                    null=True,
                ),
            ),
        ],
        options={
            "verbose_name": "e-mail",
            "verbose_name_plural": "e-mails",
        },
        bases=("wagtailcore.page",),
    ),
    migrations.CreateModel(
        name="Sender",
        fields=[
            ID,
            (
                "name",
                models.CharField(
                    help_text="What recipients see in their list of letters.", max_length=100, verbose_name="name"
                ),
            ),
            (
                "email",
                models.EmailField(
                    help_text="Your mail server must be allowed to send from it.",
                    max_length=254,
                    validators=[validate_mailable],
                    verbose_name="e-mail address",
                ),
            ),
            (
                "reply_to",
                models.EmailField(
                    blank=True,
                    help_text="Empty: to the address above.",
                    max_length=254,
                    validators=[validate_mailable],
                    verbose_name="replies go to",
                ),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "sender",
            "verbose_name_plural": "senders",
            "ordering": ["name", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("organisation", "name", "email"),
                    name="sender_once",
                    violation_error_message="There is already a sender with this name and address.",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="EmailCampaign",
        fields=[
            ID,
            (
                "name",
                models.CharField(
                    help_text="For yourselves: recipients never see it.", max_length=150, verbose_name="name"
                ),
            ),
            (
                "state",
                models.CharField(
                    choices=[
                        ("draft", "Draft"),
                        ("scheduled", "Scheduled"),
                        ("late", "Missed its time"),
                        ("blocked", "Could not start"),
                        ("sending", "Sending"),
                        ("paused", "Paused"),
                        ("sent", "Sent"),
                        ("cancelled", "Cancelled"),
                    ],
                    default="draft",
                    editable=False,
                    max_length=12,
                    verbose_name="state",
                ),
            ),
            ("audience", models.JSONField(blank=True, default=empty_audience, verbose_name="audience")),
            ("scheduled_at", models.DateTimeField(blank=True, null=True, verbose_name="time")),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ("frozen_at", models.DateTimeField(editable=False, null=True)),
            ("started_at", models.DateTimeField(editable=False, null=True, verbose_name="started")),
            ("finished_at", models.DateTimeField(editable=False, null=True, verbose_name="finished")),
            ("problem", models.TextField(blank=True, editable=False)),
            ("held_until", models.DateTimeField(editable=False, null=True)),
            ("held_steps", models.PositiveSmallIntegerField(default=0, editable=False)),
            ("compiled", models.JSONField(editable=False, null=True)),
            ("web_url", models.URLField(blank=True, editable=False, max_length=500)),
            ("from_name", models.CharField(blank=True, editable=False, max_length=100)),
            ("from_address", models.CharField(blank=True, editable=False, max_length=254)),
            ("reply_to", models.CharField(blank=True, editable=False, max_length=254)),
            (
                "created_by",
                models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", editable=False, null=True
                ),
            ),
            (
                "invites_to",
                models.ForeignKey(
                    settings.WAGTAIL_PAGE_MODEL,
                    models.SET_NULL,
                    related_name="+",
                    verbose_name="page it invites to",
                    help_text="Recipients get a personal link to this page.",
                    blank=True,
                    null=True,
                ),
            ),
            ORGANISATION,
            (
                "page",
                models.ForeignKey(
                    "mailer.emailpage",
                    models.SET_NULL,
                    related_name="+",
                    verbose_name="e-mail",
                    help_text="It is sent as it was last saved as ready when sending starts.",
                    blank=True,
                    null=True,
                ),
            ),
            (
                "sender",
                models.ForeignKey(
                    "mailer.sender", models.SET_NULL, related_name="+", verbose_name="sender", blank=True, null=True
                ),
            ),
            (
                "purpose",
                models.ForeignKey(
                    "registers.purpose",
                    models.RESTRICT,
                    related_name="+",
                    verbose_name="purpose",
                    help_text="Who has withdrawn consent to it is left out, and in registers where the right is consent also who has not given it.",
                    blank=True,
                    db_constraint=False,
                    null=True,
                ),
            ),
            (
                "confirmed_by",
                models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", editable=False, null=True
                ),
            ),
            ("reach", models.JSONField(editable=False, null=True)),
        ],
        options={
            "verbose_name": "e-mail campaign",
            "verbose_name_plural": "e-mail campaigns",
            "ordering": ["-created_at", "-id"],
            "indexes": [
                models.Index(
                    fields=["scheduled_at"], condition=models.Q(state="scheduled"), name="mailer_emailcampaign_due"
                ),
                models.Index(
                    fields=["held_until"], condition=models.Q(state="sending"), name="mailer_emailcampaign_live"
                ),
                models.Index(fields=["organisation", "-created_at", "-id"], name="email_campaign_newest"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=~models.Q(state="scheduled") | models.Q(scheduled_at__isnull=False),
                    name="mailer_emailcampaign_scheduled_has_time",
                ),
                models.CheckConstraint(
                    condition=~models.Q(state__in=["sending", "paused", "sent"]) | models.Q(frozen_at__isnull=False),
                    name="mailer_emailcampaign_running_is_frozen",
                ),
                SameOrganisation(field="purpose", to="registers.Purpose", name="campaign_purpose_organisation"),
            ],
        },
    ),
]


REPLACED = "0001_mailer 0003_purposes 0004_automations 0005_fewer_indexes 0006_limited_senders".split()


class Migration(migrations.Migration):
    replaces = [("mailer", name) for name in REPLACED]
    dependencies = [("registers", "0008_lists")]
    operations = [Together(TABLES)]
