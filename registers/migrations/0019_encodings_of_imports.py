"""In what encoding a text is read is kept with its import, as found or as chosen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0018_searched_addresses")]

    operations = [
        migrations.AddField(
            "import", "encoding", models.CharField(blank=True, db_default="", default="", max_length=20)
        ),
    ]
