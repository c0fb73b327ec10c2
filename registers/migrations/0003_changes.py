"""What imports change, in which rows, and what is kept unique whoever writes."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from guards.migrating import Together
from organisations.migrating import ID, ORGANISATION
from registers.constraints import SameOrganisation

TABLES = [
    migrations.CreateModel(
        name="ImportRow",
        fields=[
            ID,
            ("number", models.PositiveIntegerField(verbose_name="row")),
            ("cells", models.JSONField()),
            ("values", models.JSONField()),
            ("match_key", models.TextField(blank=True)),
            ("repeats", models.PositiveIntegerField(null=True)),
            (
                "status",
                models.CharField(
                    choices=[
                        ("created", "New"),
                        ("updated", "Updated"),
                        ("unchanged", "Unchanged"),
                        ("repeated", "Same person again"),
                        ("rejected", "Left out"),
                    ],
                    max_length=10,
                ),
            ),
            ("reasons", models.JSONField(default=list)),
            (
                "batch",
                models.ForeignKey("registers.import", models.CASCADE, related_name="rows", db_index=False),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "row of an import",
            "verbose_name_plural": "rows of imports",
            "ordering": ["number"],
            "indexes": [models.Index(fields=["batch", "status", "number"], name="import_row_by_status")],
            "constraints": [
                models.UniqueConstraint(fields=("batch", "number"), name="import_row_once"),
            ],
        },
    ),
    migrations.CreateModel(
        name="ImportChange",
        fields=[
            ID,
            ("before", models.JSONField(null=True)),
            ("after", models.JSONField(default=dict)),
            ("kept", models.JSONField(null=True)),
            (
                "batch",
                models.ForeignKey(
                    "registers.import", models.CASCADE, related_name="changes", db_constraint=False, db_index=False
                ),
            ),
            ("contact", models.ForeignKey("registers.contact", models.CASCADE, related_name="+", db_constraint=False)),
            ORGANISATION,
        ],
        options={
            "verbose_name": "change by an import",
            "verbose_name_plural": "changes by imports",
            "ordering": ["contact"],
            "indexes": [
                models.Index(
                    fields=["batch", "contact"], condition=models.Q(kept__isnull=False), name="import_change_kept"
                )
            ],
            "constraints": [
                models.UniqueConstraint(fields=("batch", "contact"), name="import_change_once"),
                SameOrganisation(field="batch", to="registers.Import", name="import_change_batch_organisation"),
                SameOrganisation(field="contact", to="registers.Contact", name="import_change_contact_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="ChosenContacts",
        fields=[
            ID,
            ("number", models.PositiveIntegerField()),
            ("contacts", ArrayField(base_field=models.BigIntegerField(), size=None)),
            (
                "batch",
                models.ForeignKey(
                    "registers.import", models.CASCADE, related_name="chosen", db_constraint=False, db_index=False
                ),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "chosen contacts",
            "verbose_name_plural": "chosen contacts",
            "ordering": ["number"],
            "constraints": [
                models.UniqueConstraint(fields=("batch", "number"), name="chosen_contacts_once"),
                SameOrganisation(field="batch", to="registers.Import", name="chosen_contacts_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="TypeChange",
        fields=[
            ID,
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
                    max_length=20,
                    verbose_name="type",
                ),
            ),
            ("done_to", models.BigIntegerField(default=0)),
            ("converted", models.PositiveIntegerField(default=0)),
            ("unreadable", models.PositiveIntegerField(default=0)),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
            ("touched_at", models.DateTimeField(auto_now=True)),
            ("finished_at", models.DateTimeField(blank=True, null=True)),
            ("before", models.ForeignKey("registers.field", models.CASCADE, related_name="+")),
            ("created_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
            ("field", models.ForeignKey("registers.field", models.CASCADE, related_name="+")),
            ORGANISATION,
            (
                "register",
                models.ForeignKey(
                    "registers.register", models.CASCADE, related_name="type_changes", db_constraint=False
                ),
            ),
        ],
        options={
            "verbose_name": "change of a column’s type",
            "verbose_name_plural": "changes of columns’ types",
            "ordering": ["-created_at", "-id"],
            "indexes": [
                models.Index(fields=["touched_at"], condition=models.Q(finished_at=None), name="type_change_waiting")
            ],
            "constraints": [
                models.UniqueConstraint(
                    fields=("field",), condition=models.Q(finished_at=None), name="type_change_under_way"
                ),
                SameOrganisation(field="register", to="registers.Register", name="type_change_register_organisation"),
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
                    name="type_change_type_known",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="UniqueValue",
        fields=[
            ID,
            ("contact_id", models.BigIntegerField()),
            ("value_key", models.TextField()),
            ("field", models.ForeignKey("registers.field", models.CASCADE, related_name="+", db_index=False)),
            ORGANISATION,
        ],
        options={
            "verbose_name": "unique value",
            "verbose_name_plural": "unique values",
            "indexes": [models.Index(fields=["contact_id"], name="unique_value_of_contact")],
            "constraints": [models.UniqueConstraint(fields=("field", "value_key"), name="unique_value_once")],
        },
    ),
]

# As registers.unique.unique_key: long values by a digest, for an index takes no row of more than 2,700 bytes.
KEY = """
CREATE FUNCTION registers_unique_key(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN length(value) > 200 THEN md5(lower(value)) ELSE lower(value) END
$$
"""
# Writers of contacts share the lock; who makes a column unique has it alone, and so sees what they have written.
LOCK = """
CREATE FUNCTION registers_lock_unique(register bigint, alone boolean) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF alone THEN
        PERFORM pg_advisory_xact_lock(8147, (register % 2147483647)::integer);
    ELSE
        PERFORM pg_advisory_xact_lock_shared(8147, (register % 2147483647)::integer);
    END IF;
END
$$
"""
KEEP = """
CREATE FUNCTION registers_keep_unique() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM registers_lock_unique(register_id, false) FROM (SELECT DISTINCT register_id FROM written) AS registers;
    IF NOT EXISTS (
        SELECT FROM registers_field AS f WHERE f."unique" AND f.register_id IN (SELECT register_id FROM written)
    ) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM registers_uniquevalue AS u USING written AS w, registers_field AS f
        WHERE u.contact_id = w.id AND f.id = u.field_id
            AND u.value_key IS DISTINCT FROM registers_unique_key(w.attributes ->> f.key);
    END IF;
    INSERT INTO registers_uniquevalue (organisation_id, field_id, contact_id, value_key)
    SELECT w.organisation_id, f.id, w.id, registers_unique_key(w.attributes ->> f.key)
    FROM written AS w JOIN registers_field AS f ON f.register_id = w.register_id AND f."unique"
    WHERE w.attributes ->> f.key <> '' AND (
        TG_OP = 'INSERT'
        OR NOT EXISTS (SELECT FROM registers_uniquevalue AS u WHERE u.field_id = f.id AND u.contact_id = w.id)
    );
    RETURN NULL;
END
$$
"""
# For each statement, not each row: an import writes thousands at a time.
TRIGGERS = [
    f"CREATE TRIGGER registers_unique_{event.lower()} AFTER {event} ON registers_contact "
    "REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION registers_keep_unique()"
    for event in ("INSERT", "UPDATE")
]
GONE = (
    "ALTER TABLE registers_uniquevalue ADD CONSTRAINT unique_value_contact "
    "FOREIGN KEY (contact_id) REFERENCES registers_contact (id) ON DELETE CASCADE"
)
UNDO = [
    "DROP TRIGGER registers_unique_update ON registers_contact",
    "DROP TRIGGER registers_unique_insert ON registers_contact",
    "ALTER TABLE registers_uniquevalue DROP CONSTRAINT unique_value_contact",
    "DROP FUNCTION registers_keep_unique()",
    "DROP FUNCTION registers_lock_unique(bigint, boolean)",
    "DROP FUNCTION registers_unique_key(text)",
]


class Migration(migrations.Migration):
    replaces = [("registers", "0011_field_properties")]
    dependencies = [("registers", "0002_imports")]
    operations = [
        Together(TABLES),
        migrations.RunSQL([KEY, LOCK, KEEP, GONE, *TRIGGERS], UNDO),
    ]
