"""Take away what a fresh Wagtail brings: its welcome page, and groups with rights on everybody's pages."""

from django.db import migrations


def empty(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Group = apps.get_model("auth", "Group")
    root = Page.objects.get(depth=1)
    Site.objects.update(root_page=root)
    welcome = Page.objects.filter(depth=2, slug="home", content_type__app_label="wagtailcore")
    root.numchild -= welcome.count()
    welcome.delete()
    root.save()
    Group.objects.filter(name__in=["Editors", "Moderators"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0002_organisations"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
    ]

    operations = [migrations.RunPython(empty, migrations.RunPython.noop, elidable=True)]
