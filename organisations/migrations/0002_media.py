"""Pictures and documents. Wagtail's own tables come before: each step of theirs takes longer, the more models there are."""

import wagtail.images.models
from django.conf import settings
from django.db import migrations, models
from modelsearch.index import Indexed
from taggit.managers import TaggableManager
from wagtail.models.media import get_root_collection_id

from guards.migrating import Together
from organisations.migrating import ID

TABLES = [
    migrations.CreateModel(
        name="Image",
        fields=[
            ID,
            ("title", models.CharField(max_length=255, verbose_name="title")),
            (
                "file",
                wagtail.images.models.WagtailImageField(
                    height_field="height",
                    upload_to=wagtail.images.models.get_upload_to,
                    verbose_name="file",
                    width_field="width",
                ),
            ),
            ("description", models.CharField(blank=True, default="", max_length=255, verbose_name="description")),
            ("width", models.IntegerField(editable=False, verbose_name="width")),
            ("height", models.IntegerField(editable=False, verbose_name="height")),
            ("created_at", models.DateTimeField(auto_now_add=True, db_index=True, verbose_name="created at")),
            ("focal_point_x", models.PositiveIntegerField(blank=True, null=True)),
            ("focal_point_y", models.PositiveIntegerField(blank=True, null=True)),
            ("focal_point_width", models.PositiveIntegerField(blank=True, null=True)),
            ("focal_point_height", models.PositiveIntegerField(blank=True, null=True)),
            ("file_size", models.PositiveIntegerField(editable=False, null=True)),
            ("file_hash", models.CharField(blank=True, db_index=True, editable=False, max_length=40)),
            (
                "collection",
                models.ForeignKey(
                    "wagtailcore.collection",
                    models.CASCADE,
                    related_name="+",
                    verbose_name="collection",
                    default=get_root_collection_id,
                ),
            ),
            (
                "tags",
                TaggableManager(
                    blank=True,
                    help_text="A comma-separated list of tags.",
                    through="taggit.TaggedItem",
                    to="taggit.Tag",
                    verbose_name="Tags",
                ),
            ),
            (
                "uploaded_by_user",
                models.ForeignKey(
                    settings.AUTH_USER_MODEL,
                    models.SET_NULL,
                    related_name="+",
                    verbose_name="uploaded by user",
                    blank=True,
                    editable=False,
                    null=True,
                ),
            ),
        ],
        options={
            "permissions": [("choose_image", "Can choose image")],
        },
        bases=(wagtail.images.models.ImageFileMixin, Indexed, models.Model),
    ),
    migrations.CreateModel(
        name="Rendition",
        fields=[
            ID,
            ("filter_spec", models.CharField(db_index=True, max_length=255)),
            (
                "file",
                wagtail.images.models.WagtailImageField(
                    height_field="height",
                    storage=wagtail.images.models.get_rendition_storage,
                    upload_to=wagtail.images.models.get_rendition_upload_to,
                    width_field="width",
                ),
            ),
            ("width", models.IntegerField(editable=False)),
            ("height", models.IntegerField(editable=False)),
            ("focal_point_key", models.CharField(blank=True, default="", editable=False, max_length=16)),
            ("image", models.ForeignKey("organisations.image", models.CASCADE, related_name="renditions")),
        ],
        options={
            "constraints": [
                models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="rendition_once")
            ],
        },
        bases=(wagtail.images.models.ImageFileMixin, models.Model),
    ),
    migrations.CreateModel(
        name="Document",
        fields=[
            ID,
            ("title", models.CharField(max_length=255, verbose_name="title")),
            ("file", models.FileField(upload_to="documents", verbose_name="file")),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
            ("file_size", models.PositiveBigIntegerField(editable=False, null=True)),
            ("file_hash", models.CharField(blank=True, editable=False, max_length=40)),
            (
                "collection",
                models.ForeignKey(
                    "wagtailcore.collection",
                    models.CASCADE,
                    related_name="+",
                    verbose_name="collection",
                    default=get_root_collection_id,
                ),
            ),
            (
                "tags",
                TaggableManager(
                    blank=True,
                    help_text="A comma-separated list of tags.",
                    through="taggit.TaggedItem",
                    to="taggit.Tag",
                    verbose_name="Tags",
                ),
            ),
            (
                "uploaded_by_user",
                models.ForeignKey(
                    settings.AUTH_USER_MODEL,
                    models.SET_NULL,
                    related_name="+",
                    verbose_name="uploaded by user",
                    blank=True,
                    editable=False,
                    null=True,
                ),
            ),
        ],
        options={
            "verbose_name": "document",
            "verbose_name_plural": "documents",
            "permissions": [("choose_document", "Can choose document")],
        },
        bases=(Indexed, models.Model),
    ),
]


REPLACED = "0002_organisations 0004_choosing 0005_document_space 0006_limited_members".split()


class Migration(migrations.Migration):
    replaces = [("organisations", name) for name in REPLACED]
    dependencies = [
        ("organisations", "0001_users"),
        ("taggit", "0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx"),
        ("wagtailadmin", "0006_formstate"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailembeds", "0009_embed_cache_until"),
        ("wagtailimages", "0027_image_description"),
        ("wagtailredirects", "0008_add_verbose_name_plural"),
        ("wagtailsearch", "0010_add_text_fields"),
        ("wagtailusers", "0015_userprofile_keyboard_shortcuts"),
    ]
    operations = [Together(TABLES)]
