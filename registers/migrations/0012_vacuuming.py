from django.db import migrations

# Counts and lists are answered by indexes alone where the table is known to hold nothing newer: that is written down by
# VACUUM, which by PostgreSQL's own setting comes only when a fifth of the rows has changed.
TABLES = ("registers_contact", "registers_groupmembership", "registers_consent")
SETTINGS = ("autovacuum_vacuum_scale_factor", "autovacuum_vacuum_insert_scale_factor")


class Migration(migrations.Migration):
    dependencies = [("registers", "0011_list_order")]

    operations = [
        migrations.RunSQL(
            f"ALTER TABLE {table} SET ({', '.join(f'{name} = 0.05' for name in SETTINGS)})",
            f"ALTER TABLE {table} RESET ({', '.join(SETTINGS)})",
        )
        for table in TABLES
    ]
