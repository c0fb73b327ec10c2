from django.db import migrations

from guards.migrating import LightenKeys
from organisations.migrating import IMPLIED_ORGANISATION


class Migration(migrations.Migration):
    dependencies = [("registers", "0012_vacuuming")]

    operations = [LightenKeys([migrations.AlterField("duplicateset", *IMPLIED_ORGANISATION)])]
