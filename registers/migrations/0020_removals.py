"""Many people, or a register with all of them, are deleted in pieces; a register that is leaving is hidden."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

from registers.constraints import SameOrganisation


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0004_known_keys"),
        ("registers", "0019_encodings_of_imports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "register", "leaving", models.BooleanField(db_default=False, default=False, editable=False)
        ),
        migrations.RemoveConstraint("register", "register_name_once"),
        migrations.AddConstraint(
            "register",
            models.UniqueConstraint(
                condition=models.Q(leaving=False),
                fields=["organisation", "name"],
                name="register_name_once",
                violation_error_message="There is already a register with this name.",
            ),
        ),
        migrations.CreateModel(
            name="Removal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("whole", models.BooleanField()),
                ("contacts", ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ("done_to", models.BigIntegerField(default=0)),
                ("total", models.PositiveIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                ("touched_at", models.DateTimeField(auto_now=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organisations.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="removals",
                        to="registers.register",
                    ),
                ),
            ],
            options={
                "verbose_name": "removal of contacts",
                "verbose_name_plural": "removals of contacts",
                "ordering": ["created_at", "id"],
                "indexes": [
                    models.Index(fields=["touched_at"], condition=models.Q(finished_at=None), name="removal_waiting")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["register"], condition=models.Q(whole=True), name="removal_whole_once"
                    ),
                    SameOrganisation(field="register", to="registers.Register", name="removal_register_organisation"),
                ],
            },
        ),
    ]
