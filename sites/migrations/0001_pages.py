"""Pages for everybody, and events."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models
from modelcluster.fields import ParentalManyToManyField
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.fields import RichTextField, StreamField

from guards.migrating import Together
from organisations.migrating import ID, ORGANISATION, PAGE
from guards.zones import validate_time_zone

TABLES = [
    migrations.CreateModel(
        name="HomePage",
        fields=[
            PAGE,
            ("intro", models.TextField(blank=True, max_length=600, verbose_name="introduction")),
            ("body", StreamField([], blank=True, block_lookup={}, verbose_name="content")),
        ],
        options={
            "verbose_name": "home page",
            "verbose_name_plural": "home pages",
        },
        bases=("wagtailcore.page",),
    ),
    migrations.CreateModel(
        name="ContentPage",
        fields=[
            PAGE,
            (
                "intro",
                models.TextField(
                    blank=True, help_text="One or two sentences on top.", max_length=600, verbose_name="introduction"
                ),
            ),
            ("body", StreamField([], blank=True, block_lookup={}, verbose_name="content")),
        ],
        options={
            "verbose_name": "content page",
            "verbose_name_plural": "content pages",
        },
        bases=("wagtailcore.page",),
    ),
    migrations.CreateModel(
        name="RsvpPage",
        fields=[
            PAGE,
            ("intro", RichTextField(blank=True, verbose_name="text")),
            ("starts_at", models.DateTimeField(verbose_name="starts")),
            ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
            (
                "time_zone",
                models.CharField(
                    blank=True,
                    help_text="Only when the event is in another time zone than your organisation, such as Europe/Stockholm.",
                    max_length=60,
                    validators=[validate_time_zone],
                    verbose_name="time zone",
                ),
            ),
            (
                "place",
                models.CharField(
                    blank=True, help_text="The name of the house or the room.", max_length=150, verbose_name="place"
                ),
            ),
            (
                "address",
                models.CharField(
                    blank=True,
                    help_text="Street and town: becomes a link to the map.",
                    max_length=250,
                    verbose_name="address",
                ),
            ),
            (
                "capacity",
                models.PositiveIntegerField(
                    blank=True,
                    help_text="How many people fit. Empty: as many as want to come.",
                    null=True,
                    verbose_name="seats",
                ),
            ),
            (
                "largest_party",
                models.PositiveSmallIntegerField(
                    default=1,
                    help_text="How many people may come with one reply, the person included. 1: no guests.",
                    validators=[MinValueValidator(1), MaxValueValidator(50)],
                    verbose_name="largest party",
                ),
            ),
            (
                "waiting_list",
                models.BooleanField(
                    default=True,
                    help_text="When all seats are taken people may queue; free seats go to the next in line by themselves.",
                    verbose_name="waiting list",
                ),
            ),
            (
                "opens_at",
                models.DateTimeField(blank=True, help_text="Empty: at once.", null=True, verbose_name="replies open"),
            ),
            (
                "closes_at",
                models.DateTimeField(
                    blank=True, help_text="Empty: when the event starts.", null=True, verbose_name="replies close"
                ),
            ),
            ("show_seats_left", models.BooleanField(default=False, verbose_name="show how many seats are left")),
            (
                "phone_question",
                models.CharField(
                    choices=[
                        ("off", "Do not ask"),
                        ("optional", "Ask, may be left empty"),
                        ("required", "Ask, must be answered"),
                    ],
                    default="optional",
                    max_length=10,
                    verbose_name="phone number",
                ),
            ),
            (
                "questions",
                StreamField(
                    [],
                    blank=True,
                    block_lookup={},
                    help_text="Name and e-mail address are always asked first. Add what else you need to know.",
                    verbose_name="questions",
                ),
            ),
            ("equipped", models.BooleanField(default=False, editable=False)),
            (
                "image",
                models.ForeignKey(
                    "organisations.image",
                    models.SET_NULL,
                    related_name="+",
                    verbose_name="picture",
                    help_text="Shown on top of the page.",
                    blank=True,
                    null=True,
                ),
            ),
            (
                "notify",
                ParentalManyToManyField(
                    blank=True,
                    help_text="They get a short e-mail whenever somebody replies, changes or cancels.",
                    related_name="+",
                    to=settings.AUTH_USER_MODEL,
                    verbose_name="tell of each reply",
                ),
            ),
            (
                "register",
                models.ForeignKey(
                    "registers.register",
                    models.PROTECT,
                    related_name="+",
                    verbose_name="register",
                    help_text="Whose people reply. Somebody new is added to it.",
                ),
            ),
        ],
        options={
            "verbose_name": "event",
            "verbose_name_plural": "events",
        },
        bases=(RoutablePageMixin, "wagtailcore.page"),
    ),
    migrations.CreateModel(
        name="NoticePage",
        fields=[
            PAGE,
            (
                "kind",
                models.CharField(
                    choices=[
                        ("thank_you", "Thank you"),
                        ("waiting", "On the waiting list"),
                        ("full", "Full"),
                        ("closed", "Closed"),
                        ("cancelled", "Reply cancelled"),
                        ("declined", "Said no"),
                        ("event_cancelled", "Event cancelled"),
                    ],
                    editable=False,
                    max_length=20,
                ),
            ),
            ("body", RichTextField(verbose_name="text")),
        ],
        options={
            "verbose_name": "notice",
            "verbose_name_plural": "notices",
        },
        bases=("wagtailcore.page",),
    ),
    migrations.CreateModel(
        name="FormVersion",
        fields=[
            ID,
            ("digest", models.CharField(max_length=64)),
            ("definition_json", models.JSONField()),
            ("created_at", models.DateTimeField(auto_now_add=True)),
            ORGANISATION,
            ("page", models.ForeignKey(settings.WAGTAIL_PAGE_MODEL, models.CASCADE, related_name="+", db_index=False)),
        ],
        options={
            "verbose_name": "form version",
            "verbose_name_plural": "form versions",
            "constraints": [models.UniqueConstraint(fields=("page", "digest"), name="form_version_once")],
        },
    ),
]


REPLACED = (
    "0001_sites 0003_words 0004_appointments 0005_first_appointments 0006_typed_name 0007_states 0008_line "
    "0009_fewer_indexes"
).split()


class Migration(migrations.Migration):
    replaces = [("sites", name) for name in REPLACED]
    dependencies = [("registers", "0008_lists")]
    operations = [Together(TABLES)]
