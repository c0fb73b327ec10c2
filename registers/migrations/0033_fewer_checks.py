import django.db.models.deletion
from django.db import migrations, models

import registers.constraints
from guards.migrating import LightenKeys

IMPLIED = ("activity", "contact", "importchange", "importrow")


def implied(model: str) -> migrations.AlterField:
    key = models.ForeignKey(
        db_constraint=False,
        db_index=False,
        editable=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to="organisations.organisation",
        verbose_name="organisation",
    )
    return migrations.AlterField(model_name=model, name="organisation", field=key)


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0006_limited_members"),
        ("registers", "0032_covering_indexes"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="importrow",
            constraint=registers.constraints.SameOrganisation(
                field="batch", to="registers.Import", name="import_row_organisation"
            ),
        ),
        LightenKeys(
            [
                *map(implied, IMPLIED),
                migrations.AlterField(
                    model_name="importrow",
                    name="batch",
                    field=models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="registers.import",
                    ),
                ),
            ]
        ),
    ]
