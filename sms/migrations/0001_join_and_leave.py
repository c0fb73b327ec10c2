import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import registers.constraints
import sms.models.numbers
from django.conf import settings
from django.db import migrations, models

from guards.migrating import Together


ID = (
    "id",
    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
)
ORGANISATION = (
    "organisation",
    models.ForeignKey(
        db_index=False,
        editable=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to="organisations.organisation",
        verbose_name="organisation",
    ),
)
# In one step: each table by itself takes a server longer than all of them.
TABLES = [
    migrations.CreateModel(
        name="ShortNumber",
        fields=[
            ID,
            (
                "number",
                models.CharField(
                    help_text="As people write it: a short number such as 18230, or a telephone number.",
                    max_length=20,
                    verbose_name="number",
                ),
            ),
            (
                "other_reply",
                models.TextField(
                    blank=True,
                    help_text="What people get who send no keyword that you have. Empty: nothing.",
                    verbose_name="answer to anything else",
                ),
            ),
            (
                "key",
                models.CharField(default=sms.models.numbers.new_key, editable=False, max_length=32, unique=True),
            ),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            ORGANISATION,
        ],
        options={
            "verbose_name": "number",
            "verbose_name_plural": "numbers",
            "ordering": ["number", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("organisation", "number"),
                    name="short_number_once",
                    violation_error_message="There is already this number.",
                ),
                models.UniqueConstraint(fields=("id", "organisation"), name="short_number_in_organisation"),
                models.CheckConstraint(
                    condition=models.Q(("number__regex", "^\\+?[0-9]{3,15}$")),
                    name="short_number_digits",
                    violation_error_message="Write three to fifteen digits, with a plus before a country code.",
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Keyword",
        fields=[
            ID,
            (
                "word",
                models.CharField(
                    help_text="One word, such as JOIN. Capitals and small letters are the same.",
                    max_length=20,
                    verbose_name="keyword",
                ),
            ),
            (
                "act",
                models.CharField(
                    choices=[("join", "Join"), ("leave", "Leave")],
                    default="join",
                    max_length=10,
                    verbose_name="what it does",
                ),
            ),
            (
                "promise",
                models.TextField(
                    blank=True,
                    help_text="The words of the poster or page that gives the keyword. They are kept with each consent.",
                    verbose_name="what people were told",
                ),
            ),
            (
                "takes_name",
                models.BooleanField(
                    default=False,
                    help_text="As in “JOIN Aino Virtanen”. A name that is known already stays.",
                    verbose_name="the name follows the keyword",
                ),
            ),
            (
                "reply",
                models.TextField(
                    blank=True,
                    help_text="The text message that they get for it. Empty: none.",
                    verbose_name="answer",
                ),
            ),
            ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
            (
                "group",
                models.ForeignKey(
                    blank=True,
                    db_constraint=False,
                    help_text="Which group of the register they join or leave. Its automations run as always.",
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="+",
                    to="registers.group",
                    verbose_name="group",
                ),
            ),
            ORGANISATION,
            (
                "purpose",
                models.ForeignKey(
                    blank=True,
                    help_text="Joining gives consent to it, for text messages; leaving takes it back.",
                    null=True,
                    on_delete=django.db.models.deletion.RESTRICT,
                    related_name="+",
                    to="registers.purpose",
                    verbose_name="consent to",
                ),
            ),
            (
                "register",
                models.ForeignKey(
                    db_constraint=False,
                    help_text="Whoever sends the keyword is found here by telephone number, or added.",
                    on_delete=django.db.models.deletion.PROTECT,
                    related_name="+",
                    to="registers.register",
                    verbose_name="register",
                ),
            ),
            (
                "number",
                models.ForeignKey(
                    db_constraint=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="keywords",
                    to="sms.shortnumber",
                    verbose_name="number",
                ),
            ),
        ],
        options={
            "verbose_name": "keyword",
            "verbose_name_plural": "keywords",
            "ordering": ["number__number", "word", "id"],
            "constraints": [
                models.UniqueConstraint(
                    fields=("number", "word"),
                    name="keyword_once",
                    violation_error_message="This number has this keyword already.",
                ),
                models.UniqueConstraint(fields=("id", "organisation"), name="keyword_in_organisation"),
                models.CheckConstraint(condition=models.Q(("act__in", ["join", "leave"])), name="keyword_act_known"),
                models.CheckConstraint(
                    condition=models.Q(
                        ("purpose", None),
                        models.Q(("promise", ""), _negated=True),
                        ("act", "leave"),
                        _connector="OR",
                    ),
                    name="keyword_promise_of_consent",
                    violation_error_message="Say what people were told: consent is kept with the words.",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        ("act", "join"),
                        ("group__isnull", False),
                        ("purpose__isnull", False),
                        _connector="OR",
                    ),
                    name="keyword_leaves_something",
                    violation_error_message="Say what people leave.",
                ),
                registers.constraints.SameOrganisation(
                    field="number", name="keyword_number_organisation", to="sms.ShortNumber"
                ),
                registers.constraints.SameOrganisation(
                    field="register", name="keyword_register_organisation", to="registers.Register"
                ),
                registers.constraints.SameOrganisation(
                    field="group", name="keyword_group_organisation", to="registers.Group"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="Inbound",
        fields=[
            ID,
            ("provider_id", models.CharField(max_length=100)),
            ("sender", models.CharField(blank=True, max_length=40, verbose_name="from")),
            ("phone", models.CharField(blank=True, max_length=20)),
            ("text", models.TextField(blank=True, verbose_name="text")),
            (
                "received_at",
                models.DateTimeField(default=django.utils.timezone.now, verbose_name="received"),
            ),
            (
                "outcome",
                models.CharField(
                    choices=[
                        ("waiting", "Not looked at yet"),
                        ("joined", "Joined"),
                        ("member", "Was there already"),
                        ("left", "Left"),
                        ("stranger", "Was not there"),
                        ("stopped", "Gets no more text messages"),
                        ("other", "No keyword"),
                        ("no_number", "Not from a telephone"),
                        ("failed", "Could not be done"),
                        ("dropped", "Left undone"),
                    ],
                    default="waiting",
                    max_length=10,
                    verbose_name="what became of it",
                ),
            ),
            (
                "contact",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="+",
                    to="registers.contact",
                    verbose_name="contact",
                ),
            ),
            ORGANISATION,
            (
                "keyword",
                models.ForeignKey(
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="inbound",
                    to="sms.keyword",
                    verbose_name="keyword",
                ),
            ),
            (
                "number",
                models.ForeignKey(
                    db_constraint=False,
                    db_index=False,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="inbound",
                    to="sms.shortnumber",
                    verbose_name="number",
                ),
            ),
        ],
        options={
            "verbose_name": "received text message",
            "verbose_name_plural": "received text messages",
            "ordering": ["-id"],
            "indexes": [
                models.Index(
                    condition=models.Q(("outcome__in", ["waiting", "failed"])),
                    fields=["organisation", "id"],
                    name="inbound_to_be_done",
                ),
                models.Index(fields=["organisation", "-id"], name="inbound_newest"),
                models.Index(fields=["organisation", "phone"], name="inbound_by_phone"),
                models.Index(condition=models.Q(("contact", None)), fields=["received_at"], name="inbound_of_nobody"),
            ],
            "constraints": [
                models.UniqueConstraint(fields=("number", "provider_id"), name="inbound_once"),
                models.UniqueConstraint(fields=("id", "organisation"), name="inbound_in_organisation"),
                models.CheckConstraint(
                    condition=models.Q(
                        (
                            "outcome__in",
                            [
                                "waiting",
                                "joined",
                                "member",
                                "left",
                                "stranger",
                                "stopped",
                                "other",
                                "no_number",
                                "failed",
                                "dropped",
                            ],
                        )
                    ),
                    name="inbound_outcome_known",
                ),
                registers.constraints.SameOrganisation(
                    field="number", name="inbound_number_organisation", to="sms.ShortNumber"
                ),
            ],
        },
    ),
    migrations.CreateModel(
        name="SmsMessage",
        fields=[
            ID,
            ("address", models.CharField(max_length=254)),
            ("address_key", models.CharField(max_length=254)),
            (
                "traffic",
                models.CharField(
                    choices=[
                        ("bulk", "Campaign"),
                        ("transactional", "Automatic message"),
                        ("test", "Test"),
                    ],
                    default="bulk",
                    max_length=13,
                ),
            ),
            ("direct_answer", models.BooleanField(db_default=False, default=False)),
            (
                "state",
                models.CharField(
                    choices=[
                        ("queued", "Waiting"),
                        ("claimed", "Being prepared"),
                        ("handing_off", "Being handed over"),
                        ("accepted", "Accepted by the server"),
                        ("deferred", "To be tried again"),
                        ("rejected", "Refused (bounced)"),
                        ("unknown", "Not known"),
                        ("suppressed", "Not sent"),
                        ("cancelled", "Cancelled"),
                        ("delivered", "Delivered"),
                        ("bounced", "Bounced"),
                        ("complained", "Complained"),
                    ],
                    default="queued",
                    max_length=12,
                ),
            ),
            (
                "due_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
            ("lease_until", models.DateTimeField(null=True)),
            ("lease_token", models.UUIDField(null=True)),
            ("attempts", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ("code", models.PositiveSmallIntegerField(db_default=0, default=0)),
            ("error", models.CharField(blank=True, db_default="", default="", max_length=400)),
            ("suppressed_by", models.CharField(blank=True, db_default="", default="", max_length=20)),
            (
                "created_at",
                models.DateTimeField(
                    db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now
                ),
            ),
            ("handed_at", models.DateTimeField(null=True)),
            ("settled_at", models.DateTimeField(null=True)),
            ("originator", models.CharField(max_length=20)),
            ("text", models.TextField(blank=True)),
            ("parts", models.PositiveSmallIntegerField(default=1)),
            ("reference", models.CharField(blank=True, db_default="", default="", max_length=100)),
            (
                "answers",
                models.OneToOneField(
                    null=True,
                    on_delete=django.db.models.deletion.CASCADE,
                    related_name="answer",
                    to="sms.inbound",
                ),
            ),
            (
                "contact",
                models.ForeignKey(
                    blank=True,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="+",
                    to="registers.contact",
                ),
            ),
            ORGANISATION,
            (
                "settled_by",
                models.ForeignKey(
                    db_index=False,
                    null=True,
                    on_delete=django.db.models.deletion.SET_NULL,
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                ),
            ),
        ],
        options={
            "verbose_name": "text message",
            "verbose_name_plural": "text messages",
            "abstract": False,
            "indexes": [
                models.Index(
                    condition=models.Q(("state__in", ["claimed", "handing_off"])),
                    fields=["lease_until"],
                    name="sms_smsmessage_leased",
                ),
                models.Index(
                    condition=models.Q(("state__in", ["queued", "deferred"])),
                    fields=["organisation", "due_at", "id"],
                    name="sms_waiting",
                ),
                models.Index(
                    condition=models.Q(("handed_at__isnull", False)),
                    fields=["-handed_at"],
                    name="sms_newest_handed",
                ),
                models.Index(condition=models.Q(("state", "unknown")), fields=["organisation"], name="sms_unknown"),
                models.Index(fields=["organisation", "address_key", "created_at"], name="sms_by_telephone"),
            ],
            "constraints": [
                models.CheckConstraint(
                    condition=models.Q(
                        (
                            "state__in",
                            [
                                "queued",
                                "claimed",
                                "handing_off",
                                "accepted",
                                "deferred",
                                "rejected",
                                "unknown",
                                "suppressed",
                                "cancelled",
                                "delivered",
                                "bounced",
                                "complained",
                            ],
                        )
                    ),
                    name="sms_smsmessage_state_known",
                ),
                models.CheckConstraint(
                    condition=models.Q(
                        models.Q(
                            ("lease_token__isnull", False),
                            ("lease_until__isnull", False),
                            ("state__in", ["claimed", "handing_off"]),
                        ),
                        models.Q(
                            models.Q(("state__in", ["claimed", "handing_off"]), _negated=True),
                            ("lease_until__isnull", True),
                        ),
                        _connector="OR",
                    ),
                    name="sms_smsmessage_lease",
                ),
            ],
        },
    ),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0004_known_keys"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("registers", "0021_stops_of_merges"),
    ]

    operations = [Together(TABLES)]
