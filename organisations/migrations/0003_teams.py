"""Organisations and who is in them, in a Wagtail without its welcome page."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import RegexValidator
from django.db import migrations, models

from guards.migrating import Together
from organisations.migrating import ID
from guards.zones import validate_time_zone
from organisations.models.organisation import default_time_zone

TABLES = [
    migrations.CreateModel(
        name="Organisation",
        fields=[
            ID,
            ("name", models.CharField(max_length=120, verbose_name="name")),
            (
                "slug",
                models.SlugField(
                    help_text="The first part of its web addresses.",
                    max_length=60,
                    unique=True,
                    verbose_name="short name",
                ),
            ),
            (
                "time_zone",
                models.CharField(
                    default=default_time_zone, max_length=60, validators=[validate_time_zone], verbose_name="time zone"
                ),
            ),
            (
                "language",
                models.CharField(
                    choices=[("en", "English"), ("fi", "Finnish"), ("sv", "Swedish"), ("de", "German")],
                    default="en",
                    max_length=10,
                    verbose_name="language",
                ),
            ),
            (
                "region",
                models.CharField(
                    default="FI",
                    help_text="Two letters, such as FI: phone numbers without a country code are read as numbers of this country.",
                    max_length=2,
                    validators=[RegexValidator("^[A-Z]{2}$")],
                    verbose_name="country code",
                ),
            ),
            ("contact_email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail address")),
            (
                "postal_address",
                models.TextField(
                    blank=True, help_text="Shown at the end of every e-mail.", verbose_name="postal address"
                ),
            ),
            ("created_at", models.DateTimeField(auto_now_add=True)),
            (
                "collection",
                models.OneToOneField(
                    "wagtailcore.collection", models.SET_NULL, related_name="+", blank=True, editable=False, null=True
                ),
            ),
            (
                "home_page",
                models.OneToOneField(
                    settings.WAGTAIL_PAGE_MODEL,
                    models.SET_NULL,
                    related_name="+",
                    blank=True,
                    editable=False,
                    null=True,
                ),
            ),
            (
                "document_space",
                models.PositiveIntegerField(
                    blank=True,
                    help_text="For files about contacts. Empty means as much as is usual on this installation.",
                    null=True,
                    verbose_name="space for documents, in MB",
                ),
            ),
        ],
        options={
            "verbose_name": "organisation",
            "verbose_name_plural": "organisations",
            "ordering": ["name"],
        },
    ),
    migrations.CreateModel(
        name="Theme",
        fields=[
            ID,
            (
                "accent",
                models.CharField(
                    default="#2f5d50",
                    help_text="For buttons and links. It must stand out from white.",
                    max_length=7,
                    validators=[RegexValidator("^#[0-9a-fA-F]{6}$", "A colour such as #2f5d50.")],
                    verbose_name="accent colour",
                ),
            ),
            (
                "logo",
                models.ForeignKey(
                    "organisations.image", models.SET_NULL, related_name="+", verbose_name="logo", blank=True, null=True
                ),
            ),
            (
                "organisation",
                models.OneToOneField(
                    "organisations.organisation", models.CASCADE, related_name="theme", editable=False
                ),
            ),
        ],
        options={
            "verbose_name": "look",
            "verbose_name_plural": "looks",
        },
    ),
    migrations.CreateModel(
        name="Membership",
        fields=[
            ID,
            (
                "role",
                models.CharField(
                    choices=[
                        ("owner", "Owner: everything, also the team"),
                        ("editor", "Editor: registers, pages and campaigns"),
                        ("sender", "Sender: looks at all, sends what is ready"),
                        ("viewer", "Viewer: looks at all, changes nothing"),
                        (
                            "reviewer",
                            "Reviewer: signs in, and sees only what is handed to them; no register, no campaign",
                        ),
                    ],
                    default="editor",
                    max_length=20,
                    verbose_name="role",
                ),
            ),
            ("created_at", models.DateTimeField(auto_now_add=True)),
            ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")),
            (
                "organisation",
                models.ForeignKey("organisations.organisation", models.CASCADE, related_name="memberships"),
            ),
            ("limited", models.BooleanField(db_default=False, default=False, verbose_name="sees a part only")),
        ],
        options={
            "verbose_name": "membership",
            "verbose_name_plural": "memberships",
            "constraints": [
                models.UniqueConstraint(fields=("user", "organisation", "role"), name="membership_once"),
                models.CheckConstraint(
                    condition=models.Q(role__in=["owner", "editor", "sender", "viewer", "reviewer"]),
                    name="membership_role_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(limited=False) | ~models.Q(role="owner"), name="membership_owner_sees_all"
                ),
                models.UniqueConstraint(fields=("id", "organisation"), name="membership_in_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="OrganisationLogEntry",
        fields=[
            ID,
            ("label", models.TextField()),
            ("action", models.CharField(blank=True, db_index=True, max_length=255)),
            ("data", models.JSONField(blank=True, default=dict, encoder=DjangoJSONEncoder)),
            ("timestamp", models.DateTimeField(db_index=True, verbose_name="timestamp (UTC)")),
            (
                "uuid",
                models.UUIDField(
                    blank=True,
                    editable=False,
                    help_text="Log entries that happened as part of the same user action are assigned the same UUID",
                    null=True,
                ),
            ),
            ("content_changed", models.BooleanField(db_index=True, default=False)),
            ("deleted", models.BooleanField(default=False)),
            ("object_id", models.CharField(db_index=True, max_length=255)),
            (
                "content_type",
                models.ForeignKey(
                    "contenttypes.contenttype",
                    models.SET_NULL,
                    related_name="+",
                    verbose_name="content type",
                    blank=True,
                    null=True,
                ),
            ),
            ("organisation", models.ForeignKey("organisations.organisation", models.CASCADE, related_name="+")),
            (
                "revision",
                models.ForeignKey(
                    "wagtailcore.revision",
                    models.DO_NOTHING,
                    related_name="+",
                    blank=True,
                    db_constraint=False,
                    null=True,
                ),
            ),
            (
                "user",
                models.ForeignKey(
                    settings.AUTH_USER_MODEL,
                    models.DO_NOTHING,
                    related_name="+",
                    blank=True,
                    db_constraint=False,
                    null=True,
                ),
            ),
        ],
        options={
            "verbose_name": "log entry",
            "verbose_name_plural": "log entries",
            "ordering": ["-timestamp", "-id"],
            "indexes": [models.Index(fields=["uuid", "action", "-timestamp"], name="organisatio_uuid_4f6198_idx")],
        },
    ),
]


def empty(apps, schema_editor):
    """Take away what a fresh Wagtail brings: its welcome page, and groups with rights on everybody's pages."""
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
    replaces = [("organisations", "0003_empty_installation")]
    dependencies = [("organisations", "0002_media"), ("contenttypes", "0002_remove_content_type_name")]
    operations = [
        Together(TABLES),
        migrations.RunPython(empty, migrations.RunPython.noop),
    ]
