"""Seven keys are longer than six."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0021_stops_of_merges")]

    operations = [
        migrations.AlterField("import", "match_by", models.CharField("match by", blank=True, max_length=100)),
        migrations.AlterField("rememberedmapping", "match_by", models.CharField(blank=True, max_length=100)),
    ]
