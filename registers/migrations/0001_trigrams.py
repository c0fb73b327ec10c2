from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Names, addresses and numbers are searched by parts of words."""

    initial = True
    dependencies = []
    operations = [TrigramExtension()]
