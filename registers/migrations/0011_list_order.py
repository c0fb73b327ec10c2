from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from guards.migrating import AddIndexAgain


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registers", "0010_fewer_checks")]

    operations = [
        AddIndexAgain(
            model_name="contact",
            index=models.Index(
                fields=["register", "sort_key", "id"], include=["organisation"], name="contact_in_order"
            ),
        ),
        RemoveIndexConcurrently(model_name="contact", name="contact_by_name"),
    ]
