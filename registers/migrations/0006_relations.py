"""Where people work, with whom they live, and who is the same as whom."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.utils import timezone

from guards.migrating import Together
from organisations.migrating import ID, ORGANISATION
from registers.constraints import SameOrganisation
from registers.fields import DerivedTextField

TABLES = [
    migrations.CreateModel(
        name="Company",
        fields=[
            ID,
            ("name", models.CharField(max_length=160, verbose_name="name")),
            ("name_key", DerivedTextField(blank=True, editable=False)),
            ("business_id", models.CharField(blank=True, max_length=30, verbose_name="business id")),
            ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
            ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
            ("street", models.CharField(blank=True, max_length=200, verbose_name="street address")),
            ("postcode", models.CharField(blank=True, max_length=20, verbose_name="postcode")),
            ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
            ("country", models.CharField(blank=True, max_length=60, verbose_name="country")),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            ORGANISATION,
            (
                "made_by",
                models.ForeignKey(
                    "registers.import", models.SET_NULL, related_name="+", blank=True, editable=False, null=True
                ),
            ),
        ],
        options={
            "verbose_name": "company",
            "verbose_name_plural": "companies",
            "ordering": ["name_key", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("organisation", "name_key"),
                    name="company_name_once",
                    violation_error_message="There is already a company with this name.",
                ),
                models.UniqueConstraint(fields=("id", "organisation"), name="company_in_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Employment",
        fields=[
            ID,
            ("role", models.CharField(blank=True, max_length=120, verbose_name="role")),
            ("main", models.BooleanField(default=False, verbose_name="main company")),
            (
                "company",
                models.ForeignKey(
                    "registers.company",
                    models.CASCADE,
                    related_name="+",
                    verbose_name="company",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
            (
                "contact",
                models.ForeignKey(
                    "registers.contact", models.CASCADE, related_name="+", verbose_name="contact", db_constraint=False
                ),
            ),
            ORGANISATION,
            (
                "made_by",
                models.ForeignKey(
                    "registers.import", models.SET_NULL, related_name="+", blank=True, editable=False, null=True
                ),
            ),
        ],
        options={
            "verbose_name": "place in a company",
            "verbose_name_plural": "places in companies",
            "ordering": ["-main", "id"],
            "constraints": [
                models.UniqueConstraint(fields=("company", "contact"), name="employment_once"),
                SameOrganisation(field="company", to="registers.Company", name="employment_company_organisation"),
                SameOrganisation(field="contact", to="registers.Contact", name="employment_contact_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Couple",
        fields=[
            ID,
            ("label", models.CharField(blank=True, max_length=200, verbose_name="label")),
            ("greeting", models.CharField(blank=True, max_length=200, verbose_name="greeting")),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            ORGANISATION,
            (
                "register",
                models.ForeignKey(
                    "registers.register", models.CASCADE, related_name="+", verbose_name="register", db_constraint=False
                ),
            ),
        ],
        options={
            "verbose_name": "couple",
            "verbose_name_plural": "couples",
            "constraints": [
                models.UniqueConstraint(fields=("id", "organisation"), name="couple_in_organisation"),
                SameOrganisation(field="register", to="registers.Register", name="couple_register_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Partner",
        fields=[
            ID,
            ("place", models.PositiveSmallIntegerField()),
            (
                "contact",
                models.ForeignKey(
                    "registers.contact", models.CASCADE, related_name="+", db_constraint=False, db_index=False
                ),
            ),
            (
                "couple",
                models.ForeignKey(
                    "registers.couple", models.CASCADE, related_name="+", db_constraint=False, db_index=False
                ),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "partner",
            "verbose_name_plural": "partners",
            "constraints": [
                models.UniqueConstraint(fields=("contact",), name="partner_in_one_couple"),
                models.UniqueConstraint(fields=("couple", "place"), name="partner_place_once"),
                models.CheckConstraint(condition=models.Q(place__in=[1, 2]), name="partner_one_of_two"),
                SameOrganisation(field="couple", to="registers.Couple", name="partner_couple_organisation"),
                SameOrganisation(field="contact", to="registers.Contact", name="partner_contact_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="DuplicateSearch",
        fields=[
            ID,
            (
                "state",
                models.CharField(
                    choices=[("waiting", "Being looked for"), ("done", "Done"), ("failed", "Could not be finished")],
                    default="waiting",
                    max_length=10,
                ),
            ),
            ("attempts", models.PositiveSmallIntegerField(default=0)),
            ("asked_at", models.DateTimeField(default=timezone.now)),
            ("finished_at", models.DateTimeField(blank=True, null=True)),
            ("contacts", models.PositiveIntegerField(default=0)),
            ORGANISATION,
            (
                "register",
                models.OneToOneField(
                    "registers.register", models.CASCADE, related_name="duplicate_search", db_constraint=False
                ),
            ),
        ],
        options={
            "verbose_name": "search for duplicates",
            "verbose_name_plural": "searches for duplicates",
            "indexes": [
                models.Index(fields=["asked_at"], condition=models.Q(state="waiting"), name="duplicate_search_waiting")
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(state__in=["waiting", "done", "failed"]), name="duplicate_search_state_known"
                ),
                SameOrganisation(field="register", to="registers.Register", name="duplicate_search_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="DuplicateSet",
        fields=[
            ID,
            ("certainty", models.PositiveSmallIntegerField()),
            ("signs", models.PositiveIntegerField()),
            ("contacts", ArrayField(base_field=models.BigIntegerField(), size=None)),
            ("seen", ArrayField(base_field=models.BigIntegerField(), size=None)),
            ORGANISATION,
            (
                "register",
                models.ForeignKey(
                    "registers.register",
                    models.CASCADE,
                    related_name="duplicate_sets",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
        ],
        options={
            "verbose_name": "possible duplicate",
            "verbose_name_plural": "possible duplicates",
            "ordering": ["-certainty", "id"],
            "indexes": [models.Index(fields=["register", "-certainty", "id"], name="duplicate_set_by_certainty")],
            "constraints": [
                SameOrganisation(field="register", to="registers.Register", name="duplicate_set_organisation")
            ],
        },
    ),
    migrations.CreateModel(
        name="NotSame",
        fields=[
            ID,
            ("created_at", models.DateTimeField(default=timezone.now)),
            ("created_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
            ("high", models.ForeignKey("registers.contact", models.CASCADE, related_name="+", db_constraint=False)),
            (
                "low",
                models.ForeignKey(
                    "registers.contact", models.CASCADE, related_name="+", db_constraint=False, db_index=False
                ),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "two people",
            "verbose_name_plural": "two people",
            "constraints": [
                models.UniqueConstraint(fields=("low", "high"), name="not_same_once"),
                models.CheckConstraint(condition=models.Q(low__lt=models.F("high")), name="not_same_ordered"),
                SameOrganisation(field="low", to="registers.Contact", name="not_same_low_organisation"),
                SameOrganisation(field="high", to="registers.Contact", name="not_same_high_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="MergeRecord",
        fields=[
            ID,
            ("merged", models.JSONField(default=list)),
            ("data", models.JSONField(default=dict)),
            ("created_at", models.DateTimeField(default=timezone.now, verbose_name="when")),
            ("undone_at", models.DateTimeField(blank=True, null=True)),
            ("created_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
            ("kept", models.ForeignKey("registers.contact", models.CASCADE, related_name="+", db_constraint=False)),
            ORGANISATION,
            (
                "register",
                models.ForeignKey(
                    "registers.register", models.CASCADE, related_name="merges", db_constraint=False, db_index=False
                ),
            ),
            ("undone_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
        ],
        options={
            "verbose_name": "merge",
            "verbose_name_plural": "merges",
            "ordering": ["-created_at", "-id"],
            "indexes": [
                models.Index(fields=["register", "-created_at", "-id"], name="merge_newest"),
                models.Index(fields=["created_at"], condition=~models.Q(data={}), name="merge_with_data"),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("id", "organisation"), name="merge_in_organisation"),
                SameOrganisation(field="register", to="registers.Register", name="merge_register_organisation"),
                SameOrganisation(field="kept", to="registers.Contact", name="merge_kept_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="FormerContact",
        fields=[
            ID,
            ("former_id", models.BigIntegerField(unique=True)),
            ("contact", models.ForeignKey("registers.contact", models.CASCADE, related_name="+", db_constraint=False)),
            ORGANISATION,
            (
                "record",
                models.ForeignKey("registers.mergerecord", models.CASCADE, related_name="+", db_constraint=False),
            ),
        ],
        options={
            "verbose_name": "former contact",
            "verbose_name_plural": "former contacts",
            "constraints": [
                SameOrganisation(field="contact", to="registers.Contact", name="former_contact_organisation"),
                SameOrganisation(field="record", to="registers.MergeRecord", name="former_record_organisation"),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [("registers", "0004_duplicates")]
    dependencies = [("registers", "0005_consents")]
    operations = [Together(TABLES)]
