"""An imported list may say who must not be written to; its stops are told from those of people, and lifted by its undo."""

from django.db import migrations, models

KINDS = [
    ("unsubscribed", "Unsubscribed"),
    ("stop", "Answered STOP"),
    ("withdrawn", "Withdrew consent"),
    ("manual", "Stopped by hand"),
    ("imported", "Said no, by an imported list"),
    ("hard_bounce", "Address does not exist"),
    ("deceased", "Deceased"),
    ("complaint", "Complained about spam"),
]


class Migration(migrations.Migration):
    dependencies = [("registers", "0016_import_rows_remarked")]

    operations = [
        migrations.AlterField(
            "suppression", "kind", models.CharField(choices=KINDS, max_length=20, verbose_name="reason")
        ),
        migrations.RemoveConstraint("suppression", "suppression_kind_known"),
        migrations.AddConstraint(
            "suppression",
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind for kind, _label in KINDS]), name="suppression_kind_known"
            ),
        ),
    ]
