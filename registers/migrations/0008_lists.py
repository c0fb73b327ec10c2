"""What people of the team look at, and take out."""

from django.conf import settings
from django.db import migrations, models

from guards.migrating import Together
from organisations.migrating import ID, ORGANISATION
from registers.constraints import SameOrganisation

TABLES = [
    migrations.CreateModel(
        name="SavedView",
        fields=[
            ID,
            ("name", models.CharField(max_length=60, verbose_name="name")),
            (
                "shared",
                models.BooleanField(
                    default=False, help_text="Shown to all who see the register.", verbose_name="for everybody"
                ),
            ),
            ("query", models.TextField(blank=True, verbose_name="search and filters")),
            ("columns", models.JSONField(blank=True, default=list, verbose_name="columns")),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ORGANISATION,
            ("owner", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")),
            (
                "register",
                models.ForeignKey(
                    "registers.register",
                    models.CASCADE,
                    related_name="+",
                    verbose_name="register",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
        ],
        options={
            "verbose_name": "saved view",
            "verbose_name_plural": "saved views",
            "ordering": ["name", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("register", "owner", "name"),
                    name="saved_view_name_once",
                    violation_error_message="You already have a view with this name.",
                ),
                SameOrganisation(field="register", to="registers.Register", name="saved_view_register_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="ChosenColumns",
        fields=[
            ID,
            ("columns", models.JSONField(default=list)),
            ORGANISATION,
            (
                "register",
                models.ForeignKey(
                    "registers.register", models.CASCADE, related_name="+", db_constraint=False, db_index=False
                ),
            ),
            ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")),
        ],
        options={
            "verbose_name": "chosen columns",
            "verbose_name_plural": "chosen columns",
            "constraints": [
                models.UniqueConstraint(fields=("register", "user"), name="chosen_columns_once"),
                SameOrganisation(
                    field="register", to="registers.Register", name="chosen_columns_register_organisation"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Star",
        fields=[
            ID,
            ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
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
            "verbose_name": "important contact",
            "verbose_name_plural": "important contacts",
            "constraints": [
                models.UniqueConstraint(fields=("contact",), name="star_once"),
                SameOrganisation(field="contact", to="registers.Contact", name="star_contact_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Absence",
        fields=[
            ID,
            ("reason", models.CharField(blank=True, max_length=120, verbose_name="reason")),
            ("since", models.DateField(verbose_name="from")),
            ("until", models.DateField(verbose_name="until")),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            (
                "contact",
                models.ForeignKey(
                    "registers.contact", models.CASCADE, related_name="+", verbose_name="contact", db_constraint=False
                ),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "temporary absence",
            "verbose_name_plural": "temporary absences",
            "ordering": ["until", "id"],
            "indexes": [models.Index(fields=["organisation", "until"], name="absence_by_end")],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(until__gt=models.F("since")),
                    name="absence_ends_after_it_begins",
                    violation_error_message="It must end after it begins.",
                ),
                SameOrganisation(field="contact", to="registers.Contact", name="absence_contact_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="ExportPurpose",
        fields=[
            ID,
            ("name", models.CharField(max_length=200, verbose_name="name")),
            ORGANISATION,
        ],
        options={
            "verbose_name": "purpose of exports",
            "verbose_name_plural": "purposes of exports",
            "ordering": ["name"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("organisation", "name"),
                    name="export_purpose_once",
                    violation_error_message="There is already a purpose with this name.",
                )
            ],
        },
    ),
    migrations.CreateModel(
        name="Export",
        fields=[
            ID,
            ("subject", models.CharField(max_length=200, verbose_name="of")),
            ("purpose", models.CharField(max_length=200, verbose_name="purpose")),
            ("fields", models.JSONField(default=list, verbose_name="columns")),
            ("format", models.CharField(max_length=10, verbose_name="format")),
            ("count", models.PositiveIntegerField(default=0, verbose_name="people")),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
            ("created_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
            ORGANISATION,
            (
                "register",
                models.ForeignKey(
                    "registers.register", models.SET_NULL, related_name="exports", db_index=False, null=True
                ),
            ),
            ("left_out", models.PositiveIntegerField(db_default=0, default=0, verbose_name="left out")),
            ("options", models.JSONField(blank=True, db_default={}, default=dict)),
        ],
        options={
            "verbose_name": "export",
            "verbose_name_plural": "exports",
            "ordering": ["-created_at", "-id"],
            "indexes": [
                models.Index(fields=["organisation", "-created_at", "-id"], name="export_newest"),
                models.Index(fields=["register", "created_by", "-id"], name="export_of_user"),
            ],
        },
    ),
    migrations.CreateModel(
        name="AccessLog",
        fields=[
            ID,
            (
                "action",
                models.CharField(
                    choices=[
                        ("list", "Looked at a list"),
                        ("view", "Looked at a contact"),
                        ("edit", "Changed"),
                        ("delete", "Deleted"),
                        ("import", "Imported"),
                        ("export", "Exported"),
                        ("send", "Sent to"),
                    ],
                    max_length=20,
                    verbose_name="action",
                ),
            ),
            ("subject", models.CharField(max_length=100, verbose_name="subject")),
            ("count", models.PositiveIntegerField(default=0, verbose_name="people")),
            ("purpose", models.CharField(blank=True, max_length=200, verbose_name="purpose")),
            ("fields", models.JSONField(blank=True, default=list, verbose_name="columns")),
            ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
            ORGANISATION,
            ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
        ],
        options={
            "verbose_name": "access",
            "verbose_name_plural": "access log",
            "ordering": ["-at", "-id"],
            "indexes": [
                models.Index(fields=["organisation", "-at", "-id"], name="access_newest"),
                models.Index(fields=["organisation", "subject"], name="access_by_subject"),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [("registers", "0018_saved_views")]
    dependencies = [("registers", "0007_diary")]
    operations = [
        Together(TABLES),
    ]
