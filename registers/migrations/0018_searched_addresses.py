"""Phone numbers and e-mail addresses in a register's own columns are searched as well."""

from django.db import migrations

# Numbers in lists were searched already.
SEARCHED = """
UPDATE registers_contact AS c
SET search_text = trim(c.search_text || ' ' || found.words)
FROM (
    SELECT id, lower(string_agg(value, ' ')) AS words
    FROM registers_contact, jsonb_each_text(attributes)
    WHERE value ~ '^(\\+[1-9][0-9]{4,14}|[^[:space:]@]{1,64}@[^[:space:]@]{1,255})$'
    GROUP BY id
) AS found
WHERE c.id = found.id
"""


class Migration(migrations.Migration):
    dependencies = [("registers", "0017_stops_of_imports")]

    operations = [migrations.RunSQL(SEARCHED, migrations.RunSQL.noop, elidable=True)]
