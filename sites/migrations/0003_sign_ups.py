"""Pages with which people join a register, and those who have filled one in."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.fields import RichTextField, StreamField

from organisations.migrating import ID, ORGANISATION, PAGE
from registers.constraints import SameOrganisation

ASKED = [("off", "Do not ask"), ("optional", "Ask, may be left empty"), ("required", "Ask, must be answered")]


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0004_known_keys"),
        ("registers", "0020_removals"),
        ("sites", "0002_replies"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignUpPage",
            fields=[
                PAGE,
                ("intro", RichTextField(blank=True, verbose_name="text")),
                (
                    "name_question",
                    models.CharField(choices=ASKED, default="required", max_length=10, verbose_name="name"),
                ),
                (
                    "phone_question",
                    models.CharField(choices=ASKED, default="off", max_length=10, verbose_name="phone number"),
                ),
                (
                    "questions",
                    StreamField(
                        [],
                        blank=True,
                        block_lookup={},
                        help_text="The e-mail address is always asked. Each answer is saved into a column of the "
                        "register; add a consent for what you will write about.",
                        verbose_name="questions",
                    ),
                ),
                (
                    "thanks",
                    RichTextField(
                        blank=True,
                        help_text="What people read when they have confirmed. Empty: a short thank you.",
                        verbose_name="thank you",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        help_text="Which group of the register they join. Its automations can welcome them by e-mail.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="registers.group",
                        verbose_name="group",
                    ),
                ),
                (
                    "image",
                    models.ForeignKey(
                        blank=True,
                        help_text="Shown on top of the page.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="organisations.image",
                        verbose_name="picture",
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        help_text="Who confirms their address is added to it, or brought up to date in it.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="registers.register",
                        verbose_name="register",
                    ),
                ),
            ],
            options={"verbose_name": "sign-up page", "verbose_name_plural": "sign-up pages"},
            bases=(RoutablePageMixin, "wagtailcore.page"),
        ),
        migrations.CreateModel(
            name="SignUp",
            fields=[
                ID,
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("email_key", models.CharField(blank=True, max_length=254)),
                ("person", models.JSONField(default=dict)),
                ("answers", models.JSONField(default=dict)),
                ("moves", models.BooleanField(default=False)),
                ("mails", models.PositiveSmallIntegerField(default=0)),
                ("mailed_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed")),
                (
                    "contact",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="registers.contact",
                    ),
                ),
                ORGANISATION,
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sites.formversion"
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sign_ups",
                        to="sites.signuppage",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign-up",
                "verbose_name_plural": "sign-ups",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["contact"], name="sign_up_contact"),
                    models.Index(fields=["page", "confirmed_at"], name="sign_up_page"),
                    models.Index(fields=["created_at"], condition=models.Q(confirmed_at=None), name="sign_up_waiting"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["page", "email_key"],
                        condition=models.Q(confirmed_at=None),
                        name="sign_up_waits_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(confirmed_at=None) | models.Q(email="", email_key="", person={}, answers={}),
                        name="sign_up_confirmed_is_blank",
                    ),
                    SameOrganisation(field="contact", to="registers.Contact", name="sign_up_contact_organisation"),
                ],
            },
        ),
    ]
