"""Groups, and the imports that fill them."""

from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from guards.migrating import Together
from organisations.migrating import ID, ORGANISATION
from registers.constraints import SameOrganisation

TABLES = [
    migrations.CreateModel(
        name="Group",
        fields=[
            ID,
            ("name", models.CharField(max_length=120, verbose_name="name")),
            ORGANISATION,
            (
                "parent",
                models.ForeignKey(
                    "registers.group",
                    models.CASCADE,
                    related_name="children",
                    verbose_name="part of",
                    help_text="Members of this group then count as members of that one too.",
                    blank=True,
                    null=True,
                ),
            ),
            (
                "contacts",
                models.ManyToManyField(
                    related_name="groups",
                    through="registers.GroupMembership",
                    to="registers.contact",
                    verbose_name="contacts",
                ),
            ),
            (
                "register",
                models.ForeignKey(
                    "registers.register",
                    models.CASCADE,
                    related_name="groups",
                    verbose_name="register",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
        ],
        options={
            "verbose_name": "group",
            "verbose_name_plural": "groups",
            "ordering": ["name", "id"],
            "indexes": [models.Index(fields=["organisation", "name", "id"], name="group_by_name")],
            "constraints": [
                models.UniqueConstraint(fields=("id", "organisation"), name="group_in_organisation"),
                models.UniqueConstraint(
                    fields=("register", "parent", "name"),
                    name="group_name_once",
                    nulls_distinct=False,
                    violation_error_message="There is already a group with this name.",
                ),
                models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="group_not_in_itself"),
                SameOrganisation(field="register", to="registers.Register", name="group_register_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="GroupMembership",
        fields=[
            ID,
            ("added_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            (
                "contact",
                models.ForeignKey("registers.contact", models.CASCADE, related_name="memberships", db_constraint=False),
            ),
            (
                "group",
                models.ForeignKey(
                    "registers.group", models.CASCADE, related_name="memberships", db_constraint=False, db_index=False
                ),
            ),
            ORGANISATION,
            (
                "made_by",
                models.ForeignKey(
                    "registers.import", models.SET_NULL, related_name="+", blank=True, editable=False, null=True
                ),
            ),
        ],
        options={
            "verbose_name": "member",
            "verbose_name_plural": "members",
            "constraints": [
                models.UniqueConstraint(fields=("group", "contact"), name="group_member_once"),
                SameOrganisation(field="group", to="registers.Group", name="member_group_organisation"),
                SameOrganisation(field="contact", to="registers.Contact", name="member_contact_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="RememberedMapping",
        fields=[
            ID,
            ("headers", models.JSONField()),
            ("headers_key", models.CharField(max_length=64)),
            ("targets", models.JSONField()),
            ("match_by", models.CharField(blank=True, max_length=60)),
            ("rule", models.CharField(max_length=10)),
            ("mistakes", models.CharField(max_length=10)),
            ("used_at", models.DateTimeField(default=timezone.now)),
            ORGANISATION,
            (
                "register",
                models.ForeignKey(
                    "registers.register", models.CASCADE, related_name="+", db_constraint=False, db_index=False
                ),
            ),
            ("used_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
        ],
        options={
            "verbose_name": "remembered mapping",
            "verbose_name_plural": "remembered mappings",
            "ordering": ["-used_at", "-id"],
            "constraints": [
                models.UniqueConstraint(fields=("register", "headers_key"), name="remembered_mapping_once"),
                models.UniqueConstraint(fields=("id", "organisation"), name="remembered_mapping_in_organisation"),
                SameOrganisation(field="register", to="registers.Register", name="remembered_mapping_register"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Import",
        fields=[
            ID,
            (
                "state",
                models.CharField(
                    choices=[
                        ("uploaded", "Uploaded"),
                        ("checking", "Being checked"),
                        ("ready", "Ready to import"),
                        ("importing", "Being imported"),
                        ("done", "Imported"),
                        ("cancelled", "Cancelled"),
                        ("failed", "Could not be read"),
                    ],
                    default="uploaded",
                    max_length=12,
                    verbose_name="state",
                ),
            ),
            ("original_name", models.CharField(max_length=200, verbose_name="file")),
            ("stored_name", models.CharField(blank=True, max_length=100)),
            ("kind", models.CharField(max_length=10)),
            ("sheet", models.CharField(blank=True, max_length=200, verbose_name="sheet")),
            ("mapping", models.JSONField(blank=True, default=list)),
            ("match_by", models.CharField(blank=True, max_length=60, verbose_name="match by")),
            (
                "rule",
                models.CharField(
                    choices=[
                        (
                            "overwrite",
                            "The file wins: its values replace what is there; its empty cells change nothing",
                        ),
                        ("fill", "The register wins: the file only fills what is empty"),
                        (
                            "newer",
                            "The newer wins: the file’s values replace what is there, but not what people wrote later",
                        ),
                    ],
                    default="overwrite",
                    max_length=10,
                    verbose_name="rule",
                ),
            ),
            (
                "mistakes",
                models.CharField(
                    choices=[
                        ("reject", "Leave the whole row out, to be corrected in the file"),
                        ("skip", "Leave out only that value and import the rest of the row"),
                    ],
                    default="reject",
                    max_length=10,
                    verbose_name="mistakes",
                ),
            ),
            ("source", models.CharField(blank=True, max_length=120, verbose_name="source of the data")),
            ("found_options", models.JSONField(blank=True, default=dict)),
            ("counts", models.JSONField(blank=True, default=dict)),
            ("notes", models.JSONField(blank=True, default=list)),
            ("total", models.PositiveIntegerField(default=0)),
            ("checked_to", models.PositiveIntegerField(default=0)),
            ("imported_to", models.PositiveIntegerField(default=0)),
            ("error", models.TextField(blank=True)),
            ("lease_until", models.DateTimeField(blank=True, null=True)),
            ("lease_token", models.UUIDField(blank=True, null=True)),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
            ("finished_at", models.DateTimeField(blank=True, null=True)),
            ("emptied_at", models.DateTimeField(blank=True, null=True)),
            ("created_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
            ORGANISATION,
            (
                "register",
                models.ForeignKey("registers.register", models.CASCADE, related_name="imports", db_constraint=False),
            ),
            (
                "undo",
                models.CharField(
                    blank=True,
                    choices=[
                        ("", "Not undone"),
                        ("checking", "Undo being prepared"),
                        ("ready", "Ready to undo"),
                        ("running", "Being undone"),
                        ("done", "Undone"),
                    ],
                    default="",
                    max_length=10,
                    verbose_name="undo",
                ),
            ),
            ("undo_by", models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", null=True)),
            ("undo_counts", models.JSONField(blank=True, default=dict)),
            ("undo_to", models.BigIntegerField(default=0)),
            ("undone_at", models.DateTimeField(blank=True, null=True)),
            (
                "group",
                models.ForeignKey(
                    "registers.group", models.SET_NULL, related_name="+", blank=True, db_constraint=False, null=True
                ),
            ),
            ("new_group", models.CharField(blank=True, max_length=120)),
            ("has_headers", models.BooleanField(db_default=True, default=True)),
            (
                "recalled_from",
                models.ForeignKey(
                    "registers.rememberedmapping",
                    models.SET_NULL,
                    related_name="+",
                    blank=True,
                    db_constraint=False,
                    null=True,
                ),
            ),
            ("as_of", models.DateField(blank=True, null=True, verbose_name="as of")),
            ("change", models.JSONField(blank=True, null=True)),
            ("consents", models.JSONField(blank=True, db_default={}, default=dict)),
        ],
        options={
            "verbose_name": "import",
            "verbose_name_plural": "imports",
            "ordering": ["-created_at", "-id"],
            "indexes": [
                models.Index(
                    fields=["lease_until"],
                    condition=models.Q(state__in=("checking", "importing"))
                    | models.Q(undo__in=("checking", "running")),
                    name="import_working",
                )
            ],
            "constraints": [
                models.UniqueConstraint(fields=("id", "organisation"), name="import_in_organisation"),
                SameOrganisation(field="register", to="registers.Register", name="import_register_organisation"),
                SameOrganisation(field="group", to="registers.Group", name="import_group_organisation"),
                SameOrganisation(
                    field="recalled_from", to="registers.RememberedMapping", name="import_recalled_organisation"
                ),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [("registers", "0003_import_undo")]
    dependencies = [("registers", "0001_contacts")]
    operations = [Together(TABLES)]
