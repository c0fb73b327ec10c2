"""Parts of registers: who sees them, and what happens to them by itself."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models
from django.db.models.functions import Now
from django.utils import timezone

from guards.migrating import Together
from organisations.migrating import ID, ORGANISATION
from registers.constraints import SameOrganisation

TABLES = [
    migrations.CreateModel(
        name="Reach",
        fields=[
            ID,
            (
                "group",
                models.ForeignKey("registers.group", models.CASCADE, related_name="+", db_constraint=False, null=True),
            ),
            (
                "membership",
                models.ForeignKey(
                    "organisations.membership", models.CASCADE, related_name="+", db_constraint=False, db_index=False
                ),
            ),
            ORGANISATION,
            (
                "register",
                models.ForeignKey(
                    "registers.register", models.CASCADE, related_name="+", db_constraint=False, null=True
                ),
            ),
        ],
        options={
            "verbose_name": "what a member may see",
            "verbose_name_plural": "what members may see",
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(group__isnull=False, register=None)
                    | models.Q(group=None, register__isnull=False),
                    name="reach_register_or_group",
                ),
                models.UniqueConstraint(
                    fields=("membership", "register", "group"), name="reach_once", nulls_distinct=False
                ),
                SameOrganisation(
                    field="membership", to="organisations.Membership", name="reach_membership_organisation"
                ),
                SameOrganisation(field="register", to="registers.Register", name="reach_register_organisation"),
                SameOrganisation(field="group", to="registers.Group", name="reach_group_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Segment",
        fields=[
            ID,
            ("name", models.CharField(max_length=120, verbose_name="name")),
            ("rule", models.JSONField(default=dict, verbose_name="rule")),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ORGANISATION,
            (
                "register",
                models.ForeignKey(
                    "registers.register",
                    models.CASCADE,
                    related_name="segments",
                    verbose_name="register",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
        ],
        options={
            "verbose_name": "segment",
            "verbose_name_plural": "segments",
            "ordering": ["name", "id"],
            "indexes": [models.Index(fields=["organisation", "name", "id"], name="segment_by_name")],
            "constraints": [
                models.UniqueConstraint(
                    fields=("register", "name"),
                    name="segment_name_once",
                    violation_error_message="There is already a segment with this name.",
                ),
                SameOrganisation(field="register", to="registers.Register", name="segment_register_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Automation",
        fields=[
            ID,
            ("name", models.CharField(max_length=150, verbose_name="name")),
            (
                "on",
                models.CharField(
                    choices=[("joined", "When somebody joins"), ("left", "When somebody leaves")],
                    default="joined",
                    max_length=6,
                    verbose_name="when",
                ),
            ),
            ("act", models.CharField(max_length=30, verbose_name="what happens")),
            ("settings", models.JSONField(default=dict)),
            ("enabled", models.BooleanField(default=True, verbose_name="switched on")),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            ("created_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
            (
                "group",
                models.ForeignKey(
                    "registers.group",
                    models.CASCADE,
                    related_name="automations",
                    verbose_name="group",
                    db_constraint=False,
                ),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "automation",
            "verbose_name_plural": "automations",
            "ordering": ["on", "id"],
            "constraints": [
                models.UniqueConstraint(fields=("id", "organisation"), name="automation_in_organisation"),
                models.CheckConstraint(condition=models.Q(on__in=["joined", "left"]), name="automation_on_known"),
                SameOrganisation(field="group", to="registers.Group", name="automation_group_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="AutomationRun",
        fields=[
            ID,
            ("membership", models.BigIntegerField()),
            (
                "chain",
                ArrayField(
                    base_field=models.BigIntegerField(),
                    blank=True,
                    db_default=models.Value([]),
                    default=list,
                    size=None,
                ),
            ),
            (
                "state",
                models.CharField(
                    choices=[
                        ("waiting", "Waiting"),
                        ("done", "Done"),
                        ("skipped", "Left out"),
                        ("failed", "Did not work"),
                    ],
                    db_default="waiting",
                    default="waiting",
                    max_length=8,
                    verbose_name="state",
                ),
            ),
            (
                "outcome",
                models.CharField(blank=True, db_default="", default="", max_length=300, verbose_name="what happened"),
            ),
            ("at", models.DateTimeField(db_default=Now(), default=timezone.now, verbose_name="when")),
            ("finished_at", models.DateTimeField(blank=True, null=True)),
            (
                "automation",
                models.ForeignKey(
                    "registers.automation", models.CASCADE, related_name="+", db_constraint=False, db_index=False
                ),
            ),
            ("contact", models.ForeignKey("registers.contact", models.CASCADE, related_name="+", db_constraint=False)),
            ORGANISATION,
        ],
        options={
            "verbose_name": "run of an automation",
            "verbose_name_plural": "runs of automations",
            "ordering": ["-id"],
            "indexes": [
                models.Index(fields=["organisation", "id"], condition=models.Q(state="waiting"), name="run_waiting"),
                models.Index(fields=["automation", "id"], name="run_by_automation"),
                models.Index(fields=["automation", "state", "id"], name="run_by_state"),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("membership", "automation"), name="run_once"),
                models.CheckConstraint(
                    condition=models.Q(state__in=["waiting", "done", "skipped", "failed"]), name="run_state_known"
                ),
                SameOrganisation(field="automation", to="registers.Automation", name="run_automation_organisation"),
                SameOrganisation(field="contact", to="registers.Contact", name="run_contact_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="BirthdayPlan",
        fields=[
            ID,
            (
                "first_age",
                models.PositiveSmallIntegerField(
                    default=50,
                    validators=[MinValueValidator(1), MaxValueValidator(120)],
                    verbose_name="from the age of",
                ),
            ),
            (
                "every",
                models.PositiveSmallIntegerField(
                    default=10,
                    validators=[MinValueValidator(1), MaxValueValidator(100)],
                    verbose_name="then every … years",
                ),
            ),
            (
                "days_ahead",
                models.PositiveSmallIntegerField(
                    default=14, validators=[MinValueValidator(0), MaxValueValidator(90)], verbose_name="days ahead"
                ),
            ),
            (
                "by_email",
                models.BooleanField(
                    default=True,
                    help_text="To whoever is responsible for the contact; where nobody is, to the owners.",
                    verbose_name="also by e-mail",
                ),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "reminders of birthdays",
            "verbose_name_plural": "reminders of birthdays",
            "constraints": [
                models.UniqueConstraint(fields=("organisation",), name="birthday_plan_once"),
                models.CheckConstraint(
                    condition=models.Q(days_ahead__range=(0, 90), every__range=(1, 100), first_age__range=(1, 120)),
                    name="birthday_plan_sane",
                ),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [("registers", "0023_automations")]
    dependencies = [("registers", "0003_changes")]
    operations = [Together(TABLES)]
