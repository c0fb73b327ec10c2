"""Registers, their columns and the people in them."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models
from django.db.models.functions import Upper

from guards.migrating import Together
from organisations.migrating import ID, ORGANISATION
from registers.constraints import SameOrganisation
from registers.fields import DerivedTextField

TABLES = [
    migrations.CreateModel(
        name="Register",
        fields=[
            ID,
            ("name", models.CharField(max_length=120, verbose_name="name")),
            ("description", models.TextField(blank=True, max_length=1000, verbose_name="what it is for")),
            (
                "privacy_notice",
                models.TextField(
                    blank=True,
                    help_text="Told to people where they join or reply: why you keep their data.",
                    verbose_name="privacy notice",
                ),
            ),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
            ORGANISATION,
        ],
        options={
            "verbose_name": "register",
            "verbose_name_plural": "registers",
            "ordering": ["name"],
            "constraints": [
                models.UniqueConstraint(fields=("id", "organisation"), name="register_in_organisation"),
                models.UniqueConstraint(
                    fields=("organisation", "name"),
                    name="register_name_once",
                    violation_error_message="There is already a register with this name.",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Field",
        fields=[
            ID,
            ("key", models.CharField(max_length=60, verbose_name="key")),
            ("label", models.CharField(max_length=100, verbose_name="name")),
            (
                "type",
                models.CharField(
                    choices=[
                        ("text", "Text"),
                        ("long_text", "Long text"),
                        ("number", "Number"),
                        ("date", "Date"),
                        ("yes_no", "Yes or no"),
                        ("choice", "One of several choices"),
                        ("multiple_choice", "Several of several choices"),
                        ("email", "E-mail address"),
                        ("phone", "Phone number"),
                        ("url", "Web address"),
                        ("phones", "Phone numbers"),
                        ("country", "Country"),
                        ("language", "Language"),
                        ("money", "Amount of money"),
                        ("company", "Company"),
                    ],
                    default="text",
                    max_length=20,
                    verbose_name="type",
                ),
            ),
            ("required", models.BooleanField(default=False, verbose_name="required")),
            ("help_text", models.CharField(blank=True, max_length=200, verbose_name="help")),
            ("options", models.JSONField(blank=True, default=list, verbose_name="choices")),
            ("sort_order", models.PositiveIntegerField(default=0, verbose_name="order")),
            (
                "retired",
                models.BooleanField(
                    default=False,
                    help_text="Hidden from lists and forms; what was stored is kept.",
                    verbose_name="retired",
                ),
            ),
            ORGANISATION,
            (
                "register",
                models.ForeignKey(
                    "registers.register", models.CASCADE, related_name="fields", verbose_name="register", db_index=False
                ),
            ),
            ("default", models.JSONField(blank=True, null=True, verbose_name="at first")),
            (
                "section",
                models.CharField(blank=True, db_default="", default="", max_length=100, verbose_name="section"),
            ),
            (
                "unique",
                models.BooleanField(
                    db_default=False,
                    default=False,
                    help_text="Nobody has the same here as another contact.",
                    verbose_name="unique",
                ),
            ),
        ],
        options={
            "verbose_name": "column",
            "verbose_name_plural": "columns",
            "ordering": ["sort_order", "id"],
            "indexes": [models.Index(fields=["register"], condition=models.Q(unique=True), name="field_unique")],
            "constraints": [
                models.UniqueConstraint(fields=("register", "key"), name="field_key_once"),
                models.CheckConstraint(condition=models.Q(key__regex="^[a-z][a-z0-9_]*$"), name="field_key_plain"),
                models.CheckConstraint(
                    condition=models.Q(unique=False) | models.Q(type__in="date email number phone text url".split()),
                    name="field_unique_type",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        type__in=[
                            "text",
                            "long_text",
                            "number",
                            "date",
                            "yes_no",
                            "choice",
                            "multiple_choice",
                            "email",
                            "phone",
                            "url",
                            "phones",
                            "country",
                            "language",
                            "money",
                            "company",
                        ]
                    ),
                    name="field_type_known",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Contact",
        fields=[
            ID,
            (
                "external_id",
                models.CharField(
                    blank=True,
                    help_text="A member or customer number from another system.",
                    max_length=100,
                    verbose_name="external id",
                ),
            ),
            ("first_name", models.CharField(blank=True, max_length=100, verbose_name="first name")),
            ("last_name", models.CharField(blank=True, max_length=100, verbose_name="last name")),
            ("email", models.CharField(blank=True, max_length=254, verbose_name="e-mail")),
            ("email_key", DerivedTextField(blank=True, editable=False)),
            ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone")),
            ("language", models.CharField(blank=True, max_length=10, verbose_name="language")),
            ("birth_date", models.DateField(blank=True, null=True, verbose_name="date of birth")),
            ("street", models.CharField(blank=True, max_length=200, verbose_name="street address")),
            ("postcode", models.CharField(blank=True, max_length=20, verbose_name="postcode")),
            ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
            ("country", models.CharField(blank=True, max_length=60, verbose_name="country")),
            (
                "source",
                models.CharField(
                    blank=True, help_text="Where this person's data are from.", max_length=120, verbose_name="source"
                ),
            ),
            ("deceased", models.BooleanField(default=False, verbose_name="deceased")),
            ("attributes", models.JSONField(blank=True, default=dict, verbose_name="own columns")),
            ("sort_key", DerivedTextField(blank=True, db_collation="C", editable=False)),
            ("search_text", DerivedTextField(blank=True, editable=False)),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
            ORGANISATION,
            (
                "register",
                models.ForeignKey(
                    "registers.register",
                    models.CASCADE,
                    related_name="contacts",
                    verbose_name="register",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
            (
                "alternative_name",
                models.CharField(
                    blank=True,
                    db_default="",
                    default="",
                    help_text="The name in another script, such as Айно Виртанен; it is found by either.",
                    max_length=200,
                    verbose_name="alternative spelling",
                ),
            ),
        ],
        options={
            "verbose_name": "contact",
            "verbose_name_plural": "contacts",
            "ordering": ["sort_key", "id"],
            "indexes": [
                models.Index(fields=["register", "sort_key", "id"], name="contact_by_name"),
                models.Index(fields=["register", "email_key"], name="contact_by_email"),
                models.Index(fields=["register", "phone"], name="contact_by_phone"),
                models.Index(fields=["organisation", "email_key"], name="contact_by_address"),
                GinIndex(OpClass("search_text", name="gin_trgm_ops"), name="contact_search"),
                GinIndex(OpClass("attributes", name="jsonb_path_ops"), name="contact_attributes"),
                models.Index(fields=["register"], condition=models.Q(deceased=True), name="contact_deceased"),
                models.Index(models.F("register"), Upper("city"), name="contact_by_town"),
            ],
            "constraints": [
                models.UniqueConstraint(
                    fields=("register", "external_id"),
                    condition=~models.Q(external_id=""),
                    name="contact_external_id_once",
                    violation_error_message="Another contact of this register has this external id.",
                ),
                models.CheckConstraint(
                    condition=models.Q(phone="") | models.Q(phone__regex="^\\+[1-9][0-9]{4,14}$"),
                    name="contact_phone_e164",
                    violation_error_message="Write the phone number with its country code, such as +358401234567.",
                ),
                SameOrganisation(field="register", to="registers.Register", name="contact_register_organisation"),
                models.UniqueConstraint(fields=("id", "organisation"), name="contact_in_organisation"),
            ],
        },
    ),
]

# PostgreSQL judges by a sample how many a word will find, and reads the whole table for one it takes for common: the usual
# sample of a hundred texts knows nothing of what one in a thousand has.
SAMPLES = (
    "ALTER TABLE registers_contact ALTER COLUMN search_text SET STATISTICS 1000, "
    "ALTER COLUMN attributes SET STATISTICS 1000"
)
USUAL_SAMPLES = SAMPLES.replace("1000", "-1")

REPLACED = (
    "0001_trigrams 0002_registers 0005_field_types 0006_alternative_name 0007_absences 0008_couples "
    "0009_companies 0010_stars 0012_type_changes 0013_company_imports 0016_exports 0017_search 0019_appointments "
    "0020_documents 0021_town_index 0022_reasons 0024_remembered_mappings 0025_reach 0026_fewer_indexes "
    "0027_import_rules 0028_bulk_changes 0029_imported_notes 0030_imported_consents 0031_company_columns"
).split()


class Migration(migrations.Migration):
    replaces = [("registers", name) for name in REPLACED]
    dependencies = [("organisations", "0003_teams")]
    operations = [
        TrigramExtension(),
        Together(TABLES),
        migrations.RunSQL(SAMPLES, USUAL_SAMPLES),
    ]
