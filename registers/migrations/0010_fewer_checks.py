import django.db.models.deletion
from django.db import migrations, models

import registers.constraints
from guards.migrating import LightenKeys
from organisations.migrating import IMPLIED_ORGANISATION

IMPLIED = ("activity", "contact", "importchange", "importrow")


class Migration(migrations.Migration):
    dependencies = [("registers", "0009_covering_indexes")]

    operations = [
        migrations.AddConstraint(
            model_name="importrow",
            constraint=registers.constraints.SameOrganisation(
                field="batch", to="registers.Import", name="import_row_organisation"
            ),
        ),
        LightenKeys(
            [
                *(migrations.AlterField(model, *IMPLIED_ORGANISATION) for model in IMPLIED),
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
