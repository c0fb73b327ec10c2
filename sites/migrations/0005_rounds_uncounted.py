"""How many a round has written to is told by its mails; nobody has ever read the number beside them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("sites", "0004_sign_up_mails")]

    operations = [migrations.RemoveField(model_name="round", name="sent")]
