"""Not only contacts are looked at: replies and mails are, too. Nothing changes in the table."""

from django.db import migrations, models

ACTIONS = [
    ("list", "Looked at a list"),
    ("view", "Looked at"),
    ("edit", "Changed"),
    ("delete", "Deleted"),
    ("import", "Imported"),
    ("export", "Exported"),
    ("send", "Sent to"),
]


class Migration(migrations.Migration):
    dependencies = [("registers", "0022_longer_keys_of_imports")]

    operations = [
        migrations.AlterField("accesslog", "action", models.CharField("action", choices=ACTIONS, max_length=20)),
    ]
