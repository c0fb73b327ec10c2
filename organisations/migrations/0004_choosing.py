from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0003_empty_installation"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="document",
            options={
                "permissions": [("choose_document", "Can choose document")],
                "verbose_name": "document",
                "verbose_name_plural": "documents",
            },
        ),
        migrations.AlterModelOptions(
            name="image",
            options={"permissions": [("choose_image", "Can choose image")]},
        ),
    ]
