"""What was, is and will be with a person."""

from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from guards.migrating import Together
from organisations.migrating import ID, ORGANISATION
from registers.constraints import SameOrganisation

TABLES = [
    migrations.CreateModel(
        name="Activity",
        fields=[
            ID,
            ("kind", models.CharField(max_length=40, verbose_name="kind")),
            ("at", models.DateTimeField(default=timezone.now, verbose_name="when")),
            ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
            ("key", models.CharField(blank=True, max_length=200, null=True)),
            ("data", models.JSONField(blank=True, default=dict)),
            ORGANISATION,
            (
                "contact",
                models.ForeignKey(
                    "registers.contact", models.CASCADE, related_name="activities", db_constraint=False, db_index=False
                ),
            ),
        ],
        options={
            "verbose_name": "activity",
            "verbose_name_plural": "activities",
            "ordering": ["-at", "-id"],
            "indexes": [models.Index(fields=["contact", "-at", "-id"], name="activity_timeline")],
            "constraints": [
                SameOrganisation(field="contact", to="registers.Contact", name="activity_contact_organisation"),
                models.UniqueConstraint(
                    fields=("organisation", "key"), condition=models.Q(key__isnull=False), name="activity_key_once"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Note",
        fields=[
            ID,
            (
                "kind",
                models.CharField(
                    choices=[
                        ("phone", "Phone call"),
                        ("meeting", "Meeting"),
                        ("letter", "Letter"),
                        ("email", "E-mail"),
                        ("other", "Note"),
                    ],
                    default="other",
                    max_length=10,
                    verbose_name="how",
                ),
            ),
            ("at", models.DateTimeField(default=timezone.now, verbose_name="when")),
            ("text", models.TextField(verbose_name="what was said")),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            ("edited_at", models.DateTimeField(blank=True, null=True, verbose_name="changed")),
            (
                "author",
                models.ForeignKey(
                    settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", verbose_name="written by", null=True
                ),
            ),
            (
                "contact",
                models.ForeignKey(
                    "registers.contact",
                    models.CASCADE,
                    related_name="+",
                    verbose_name="contact",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
            ORGANISATION,
            ("digest", models.CharField(blank=True, db_default="", default="", editable=False, max_length=64)),
            (
                "made_by",
                models.ForeignKey(
                    "registers.import",
                    models.SET_NULL,
                    related_name="+",
                    blank=True,
                    db_index=False,
                    editable=False,
                    null=True,
                ),
            ),
        ],
        options={
            "verbose_name": "note",
            "verbose_name_plural": "notes",
            "ordering": ["-at", "-id"],
            "indexes": [
                models.Index(fields=["contact", "-at", "-id"], name="note_timeline"),
                models.Index(fields=["made_by"], condition=models.Q(made_by__isnull=False), name="note_of_import"),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("id", "organisation"), name="note_in_organisation"),
                SameOrganisation(field="contact", to="registers.Contact", name="note_contact_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Appointment",
        fields=[
            ID,
            ("title", models.CharField(max_length=200, verbose_name="what for")),
            ("starts_at", models.DateTimeField(verbose_name="begins")),
            ("ends_at", models.DateTimeField(verbose_name="ends")),
            ("place", models.CharField(blank=True, max_length=200, verbose_name="where")),
            ("changes", models.PositiveIntegerField(default=0)),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            (
                "contact",
                models.ForeignKey(
                    "registers.contact",
                    models.CASCADE,
                    related_name="+",
                    verbose_name="contact",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
            ("created_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
            ORGANISATION,
        ],
        options={
            "verbose_name": "appointment",
            "verbose_name_plural": "appointments",
            "ordering": ["starts_at", "id"],
            "indexes": [models.Index(fields=["contact", "starts_at"], name="appointment_by_contact")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(ends_at__gte=models.F("starts_at")),
                    name="appointment_ends_after_it_begins",
                    violation_error_message="It must end after it begins.",
                ),
                models.UniqueConstraint(fields=("id", "organisation"), name="appointment_in_organisation"),
                SameOrganisation(field="contact", to="registers.Contact", name="appointment_contact_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="FollowUp",
        fields=[
            ID,
            ("text", models.CharField(max_length=500, verbose_name="what is to be done")),
            ("due_on", models.DateField(verbose_name="by when")),
            ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
            ("reminded_for", models.DateField(blank=True, null=True)),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            (
                "contact",
                models.ForeignKey(
                    "registers.contact",
                    models.CASCADE,
                    related_name="+",
                    verbose_name="contact",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
            ("created_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
            ("done_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
            ORGANISATION,
            (
                "responsible",
                models.ForeignKey(
                    settings.AUTH_USER_MODEL,
                    models.SET_NULL,
                    related_name="+",
                    verbose_name="responsible",
                    blank=True,
                    null=True,
                ),
            ),
        ],
        options={
            "verbose_name": "follow-up",
            "verbose_name_plural": "follow-ups",
            "ordering": ["due_on", "id"],
            "indexes": [
                models.Index(fields=["contact", "due_on"], name="follow_up_by_contact"),
                models.Index(
                    fields=["organisation", "due_on", "id"], condition=models.Q(done_at=None), name="follow_up_open"
                ),
                models.Index(
                    fields=["organisation", "-done_at", "id"],
                    condition=models.Q(done_at__isnull=False),
                    name="follow_up_done",
                ),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("id", "organisation"), name="follow_up_in_organisation"),
                SameOrganisation(field="contact", to="registers.Contact", name="follow_up_contact_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="ContactDocument",
        fields=[
            ID,
            ("name", models.CharField(max_length=200, verbose_name="file")),
            ("stored_name", models.CharField(max_length=100, unique=True)),
            ("content_type", models.CharField(max_length=100)),
            ("size", models.PositiveBigIntegerField(verbose_name="size")),
            ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            ("added_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
            (
                "appointment",
                models.ForeignKey(
                    "registers.appointment",
                    models.SET_NULL,
                    related_name="+",
                    blank=True,
                    db_constraint=False,
                    null=True,
                ),
            ),
            (
                "contact",
                models.ForeignKey(
                    "registers.contact",
                    models.CASCADE,
                    related_name="+",
                    verbose_name="contact",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
            (
                "follow_up",
                models.ForeignKey(
                    "registers.followup", models.SET_NULL, related_name="+", blank=True, db_constraint=False, null=True
                ),
            ),
            (
                "note",
                models.ForeignKey(
                    "registers.note", models.SET_NULL, related_name="+", blank=True, db_constraint=False, null=True
                ),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "contact’s document",
            "verbose_name_plural": "contacts’ documents",
            "ordering": ["-added_at", "-id"],
            "indexes": [
                models.Index(fields=["organisation"], name="contact_document_space", include=("size",)),
                models.Index(fields=["contact", "-added_at", "-id"], name="contact_document_newest"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(appointment=None, note=None)
                    | models.Q(follow_up=None, note=None)
                    | models.Q(appointment=None, follow_up=None),
                    name="contact_document_one_place",
                ),
                SameOrganisation(field="contact", to="registers.Contact", name="document_contact_organisation"),
                SameOrganisation(field="note", to="registers.Note", name="document_note_organisation"),
                SameOrganisation(
                    field="appointment", to="registers.Appointment", name="document_appointment_organisation"
                ),
                SameOrganisation(field="follow_up", to="registers.FollowUp", name="document_follow_up_organisation"),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [("registers", "0014_notes")]
    dependencies = [("registers", "0006_relations")]
    operations = [Together(TABLES)]
