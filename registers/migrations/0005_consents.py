"""Why people may be kept and written to, and who may not."""

from django.conf import settings
from django.db import migrations, models
from django.utils import timezone

from guards.migrating import Together
from organisations.migrating import ID, ORGANISATION
from registers.constraints import SameOrganisation
from registers.models.reason import today

TABLES = [
    migrations.CreateModel(
        name="Purpose",
        fields=[
            ID,
            ("name", models.CharField(max_length=120, verbose_name="name")),
            (
                "description",
                models.TextField(
                    blank=True,
                    help_text="What people are told that they agree to.",
                    max_length=1000,
                    verbose_name="description",
                ),
            ),
            ORGANISATION,
            (
                "retired",
                models.BooleanField(
                    db_default=False,
                    default=False,
                    help_text="Not offered any more; what was agreed to is kept.",
                    verbose_name="retired",
                ),
            ),
        ],
        options={
            "verbose_name": "purpose",
            "verbose_name_plural": "purposes",
            "ordering": ["name"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("organisation", "name"),
                    name="purpose_name_once",
                    violation_error_message="There is already a purpose with this name.",
                ),
                models.UniqueConstraint(fields=("id", "organisation"), name="purpose_in_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="RegisterPurpose",
        fields=[
            ID,
            (
                "legal_basis",
                models.CharField(
                    choices=[
                        ("consent", "Only if they agree to it (consent, a)"),
                        ("contract", "Needed for what we have agreed with them (contract, b)"),
                        ("legal_obligation", "A law obliges us to (legal obligation, c)"),
                        ("vital_interests", "To protect somebody's life (vital interests, d)"),
                        ("public_task", "A public task that is ours (public interest, e)"),
                        ("legitimate_interests", "Our interest, which outweighs theirs (legitimate interests, f)"),
                    ],
                    default="consent",
                    max_length=20,
                    verbose_name="legal basis",
                ),
            ),
            ("retention", models.CharField(blank=True, max_length=200, verbose_name="how long data are kept")),
            ("note", models.TextField(blank=True, max_length=1000, verbose_name="note")),
            ORGANISATION,
            (
                "purpose",
                models.ForeignKey(
                    "registers.purpose",
                    models.CASCADE,
                    related_name="registers",
                    verbose_name="purpose",
                    db_constraint=False,
                ),
            ),
            (
                "register",
                models.ForeignKey(
                    "registers.register",
                    models.CASCADE,
                    related_name="purposes",
                    verbose_name="register",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
        ],
        options={
            "verbose_name": "purpose of a register",
            "verbose_name_plural": "purposes of registers",
            "ordering": ["purpose__name", "id"],
            "constraints": [
                models.UniqueConstraint(fields=("register", "purpose"), name="register_purpose_once"),
                models.CheckConstraint(
                    condition=models.Q(
                        legal_basis__in=[
                            "consent",
                            "contract",
                            "legal_obligation",
                            "vital_interests",
                            "public_task",
                            "legitimate_interests",
                        ]
                    ),
                    name="register_purpose_basis_known",
                ),
                SameOrganisation(
                    field="register", to="registers.Register", name="register_purpose_register_organisation"
                ),
                SameOrganisation(field="purpose", to="registers.Purpose", name="register_purpose_purpose_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Consent",
        fields=[
            ID,
            (
                "channel",
                models.CharField(choices=[("email", "E-mail"), ("sms", "SMS")], max_length=10, verbose_name="channel"),
            ),
            ("granted", models.BooleanField(verbose_name="granted")),
            (
                "how",
                models.CharField(
                    help_text="Such as: form “Summer party”, phone.", max_length=200, verbose_name="how it was given"
                ),
            ),
            ("text", models.TextField(blank=True, verbose_name="what the person agreed to")),
            ("at", models.DateTimeField(default=timezone.now, editable=False, verbose_name="when")),
            ORGANISATION,
            (
                "contact",
                models.ForeignKey(
                    "registers.contact", models.CASCADE, related_name="consents", db_constraint=False, db_index=False
                ),
            ),
            ("purpose", models.ForeignKey("registers.purpose", models.PROTECT, related_name="consents")),
            (
                "made_by",
                models.ForeignKey(
                    "registers.import",
                    models.SET_NULL,
                    related_name="+",
                    blank=True,
                    db_index=False,
                    editable=False,
                    null=True,
                ),
            ),
        ],
        options={
            "verbose_name": "consent",
            "verbose_name_plural": "consents",
            "ordering": ["-at", "-id"],
            "indexes": [
                models.Index(fields=["contact", "purpose", "channel", "-id"], name="consent_newest"),
                models.Index(fields=["made_by"], condition=models.Q(made_by__isnull=False), name="consent_of_import"),
            ],
            "constraints": [
                models.CheckConstraint(condition=models.Q(channel__in=["email", "sms"]), name="consent_channel_known"),
                SameOrganisation(field="contact", to="registers.Contact", name="consent_contact_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="Suppression",
        fields=[
            ID,
            (
                "channel",
                models.CharField(choices=[("email", "E-mail"), ("sms", "SMS")], max_length=10, verbose_name="channel"),
            ),
            ("address_hash", models.CharField(max_length=64)),
            (
                "kind",
                models.CharField(
                    choices=[
                        ("unsubscribed", "Unsubscribed"),
                        ("stop", "Answered STOP"),
                        ("withdrawn", "Withdrew consent"),
                        ("manual", "Stopped by hand"),
                        ("hard_bounce", "Address does not exist"),
                        ("deceased", "Deceased"),
                        ("complaint", "Complained about spam"),
                    ],
                    max_length=20,
                    verbose_name="reason",
                ),
            ),
            ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="since")),
            ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="lifted")),
            ("lifted_reason", models.CharField(blank=True, max_length=200, verbose_name="why it was lifted")),
            (
                "lifted_by",
                models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, related_name="+", blank=True, null=True),
            ),
            ORGANISATION,
        ],
        options={
            "verbose_name": "suppression",
            "verbose_name_plural": "suppressions",
            "ordering": ["-created_at", "-id"],
            "indexes": [models.Index(fields=["organisation", "-created_at", "-id"], name="suppression_newest")],
            "constraints": [
                models.UniqueConstraint(
                    fields=("organisation", "channel", "address_hash", "kind"),
                    condition=models.Q(lifted_at=None),
                    name="suppression_once",
                ),
                models.CheckConstraint(
                    condition=models.Q(channel__in=["email", "sms"]), name="suppression_channel_known"
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        kind__in="unsubscribed stop withdrawn manual hard_bounce deceased complaint".split()
                    ),
                    name="suppression_kind_known",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Reason",
        fields=[
            ID,
            ("name", models.CharField(max_length=80, verbose_name="name")),
            ("retired", models.BooleanField(default=False, verbose_name="retired")),
            ORGANISATION,
        ],
        options={
            "verbose_name": "reason",
            "verbose_name_plural": "reasons",
            "ordering": ["name", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("organisation", "name"),
                    name="reason_name_once",
                    violation_error_message="There is already a reason with this name.",
                ),
                models.UniqueConstraint(fields=("id", "organisation"), name="reason_in_organisation"),
            ],
        },
    ),
    migrations.CreateModel(
        name="ContactReason",
        fields=[
            ID,
            ("since", models.DateField(default=today, verbose_name="since")),
            (
                "contact",
                models.ForeignKey(
                    "registers.contact",
                    models.CASCADE,
                    related_name="+",
                    verbose_name="contact",
                    db_constraint=False,
                    db_index=False,
                ),
            ),
            ORGANISATION,
            (
                "reason",
                models.ForeignKey(
                    "registers.reason", models.RESTRICT, related_name="+", verbose_name="reason", db_constraint=False
                ),
            ),
        ],
        options={
            "verbose_name": "reason of a contact",
            "verbose_name_plural": "reasons of contacts",
            "ordering": ["reason__name", "id"],
            "constraints": [
                models.UniqueConstraint(fields=("contact", "reason"), name="contact_reason_once"),
                SameOrganisation(field="contact", to="registers.Contact", name="contact_reason_contact_organisation"),
                SameOrganisation(field="reason", to="registers.Reason", name="contact_reason_reason_organisation"),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    replaces = [("registers", "0015_purposes")]
    dependencies = [("registers", "0004_automations")]
    operations = [Together(TABLES)]
