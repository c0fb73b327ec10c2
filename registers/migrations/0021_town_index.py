from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("registers", "0020_documents"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="contact",
            index=models.Index(models.F("register"), Upper("city"), name="contact_by_town"),
        ),
        RemoveIndexConcurrently(model_name="contact", name="contact_by_city"),
    ]
