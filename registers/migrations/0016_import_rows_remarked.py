"""Rows of an import that go in, but not as a whole, are counted on its page: few among a million."""

from django.db import migrations, models
from django.db.models import Q

from guards.migrating import AddIndexAgain


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registers", "0015_whole_names")]

    operations = [
        AddIndexAgain(
            model_name="importrow",
            index=models.Index(
                fields=["batch", "number"],
                name="import_row_remarked",
                condition=~Q(reasons=[]) & ~Q(status="rejected"),
            ),
        ),
    ]
