from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models, transaction
from django.db.models.functions import Upper

from guards.migrating import AddIndexAgain

NAME, TABLE = "contact_in_organisation", "registers_contact"
REFERENCES = f"""
SELECT conrelid::regclass, quote_ident(conname), replace(pg_get_constraintdef(oid), ' NOT VALID', '')
FROM pg_constraint WHERE contype = 'f' AND conindid = '{NAME}'::regclass
"""


def cover(include):
    """Make the unique index anew beside the old one, then lead the foreign keys over to it.

    They are checked again, without being in anybody's way, only after all have changed over.
    """

    def swap(apps, schema_editor):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}_new")  # of an attempt that was interrupted
            cursor.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {NAME}_new ON {TABLE} (id, organisation_id) {include}")
            cursor.execute(REFERENCES)
            keys = cursor.fetchall()
            with transaction.atomic(using=schema_editor.connection.alias):
                for table, name, _definition in keys:
                    cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
                cursor.execute(f"ALTER TABLE {TABLE} DROP CONSTRAINT IF EXISTS {NAME}")
                cursor.execute(f"DROP INDEX IF EXISTS {NAME}")
                cursor.execute(f"ALTER INDEX {NAME}_new RENAME TO {NAME}")
                if not include:
                    cursor.execute(f"ALTER TABLE {TABLE} ADD CONSTRAINT {NAME} UNIQUE USING INDEX {NAME}")
                for table, name, definition in keys:
                    cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")
            for table, name, _definition in keys:
                cursor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")

    return swap


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registers", "0008_lists")]

    operations = [
        AddIndexAgain(
            model_name="contact",
            index=models.Index(
                models.F("register"),
                Upper("language"),
                models.F("birth_date"),
                include=["organisation", "id", "language", "email"],
                name="contact_facts",
            ),
        ),
        AddIndexAgain(
            model_name="contact",
            index=models.Index(fields=["organisation", "email_key", "register"], name="contact_by_mailbox"),
        ),
        RemoveIndexConcurrently(model_name="contact", name="contact_by_email"),
        RemoveIndexConcurrently(model_name="contact", name="contact_by_address"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(cover("INCLUDE (register_id)"), cover(""), atomic=False),
            ],
            state_operations=[
                migrations.RemoveConstraint(model_name="contact", name=NAME),
                migrations.AddConstraint(
                    model_name="contact",
                    constraint=models.UniqueConstraint(fields=("id", "organisation"), include=("register",), name=NAME),
                ),
            ],
        ),
    ]
