"""A no that a merge has carried from one address to another is told from one that was said there, and goes with its undo."""

from django.db import migrations, models

KINDS = [
    ("unsubscribed", "Unsubscribed"),
    ("stop", "Answered STOP"),
    ("withdrawn", "Withdrew consent"),
    ("manual", "Stopped by hand"),
    ("imported", "Said no, by an imported list"),
    ("elsewhere", "Said no at another address"),
    ("hard_bounce", "Address does not exist"),
    ("deceased", "Deceased"),
    ("complaint", "Complained about spam"),
]


class Migration(migrations.Migration):
    dependencies = [("registers", "0020_removals")]

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
