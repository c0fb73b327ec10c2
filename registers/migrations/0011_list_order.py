from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("registers", "0010_fewer_checks")]

    operations = [
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(
                fields=["register", "sort_key", "id"], include=["organisation"], name="contact_in_order"
            ),
        ),
        RemoveIndexConcurrently(model_name="contact", name="contact_by_name"),
    ]
