"""The texts of a sign-up page's mails; empty are those of the product."""

from django.db import migrations, models
from wagtail.fields import RichTextField


class Migration(migrations.Migration):
    dependencies = [("sites", "0003_sign_ups")]

    operations = [
        migrations.AddField(
            model_name="signuppage",
            name=f"{mail}_{name}",
            field=field,
        )
        for mail in ("confirm", "link")
        for name, field in (
            ("subject", models.CharField(blank=True, default="", max_length=200, verbose_name="subject")),
            ("body", RichTextField(blank=True, default="", verbose_name="text")),
        )
    ]
