"""Which secret keys the database has been used with."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("organisations", "0003_teams")]

    operations = [
        migrations.CreateModel(
            name="KnownKey",
            fields=[("proof", models.CharField(max_length=64, primary_key=True, serialize=False))],
        ),
    ]
