import unicodedata

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

CHUNK = 2_000
# As registers.texts.plain had it when this was written.
BARE = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i"})


def plain(text):
    bare = unicodedata.normalize("NFKD", text.casefold().translate(BARE))
    return "".join(char for char in bare if not "\u0300" <= char <= "\u036f")


def fold_accents(apps, schema_editor):
    """In chunks of their own, so that nobody who writes contacts meanwhile waits for long."""
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(
                "SELECT id, search_text FROM registers_contact "
                "WHERE id > %s AND search_text ~ '[^\\x01-\\x7f]' ORDER BY id LIMIT %s",
                [last, CHUNK],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            last = rows[-1][0]
            changed = [(pk, text, plain(text)) for pk, text in rows if plain(text) != text]
            if changed:
                # What somebody has written meanwhile is as they wrote it.
                cursor.execute(
                    "UPDATE registers_contact AS c SET search_text = new.folded "
                    "FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS new(id, text, folded) "
                    "WHERE c.id = new.id AND c.search_text = new.text",
                    [list(column) for column in zip(*changed, strict=True)],
                )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registers", "0016_exports"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(condition=models.Q(("deceased", True)), fields=["register"], name="contact_deceased"),
        ),
        # PostgreSQL judges by a sample how many a word will find, and reads the whole table for one it takes for common:
        # the usual sample of a hundred texts knows nothing of what one in a thousand has.
        migrations.RunSQL(
            "ALTER TABLE registers_contact ALTER COLUMN search_text SET STATISTICS 1000, "
            "ALTER COLUMN attributes SET STATISTICS 1000",
            "ALTER TABLE registers_contact ALTER COLUMN search_text SET STATISTICS -1, "
            "ALTER COLUMN attributes SET STATISTICS -1",
        ),
        migrations.RunPython(fold_accents, migrations.RunPython.noop),
    ]
