from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0013_found_duplicates")]

    operations = [
        migrations.AddField("importrow", "same_as", models.TextField(blank=True, db_default="", default="")),
    ]
