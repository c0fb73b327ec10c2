import re
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from guards.zones import validate_time_zone
from organisations import scope
from organisations.colours import contrast, readable_on

COLOUR = r"^#[0-9a-fA-F]{6}$"

if TYPE_CHECKING:
    from wagtail.models import Page


def default_time_zone() -> str:
    return settings.TIME_ZONE


class Organisation(models.Model):
    """Whose registers, pages and messages these are; everything personal belongs to exactly one."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(
        _("short name"), max_length=60, unique=True, help_text=_("The first part of its web addresses.")
    )
    time_zone = models.CharField(
        _("time zone"), max_length=60, default=default_time_zone, validators=[validate_time_zone]
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    region = models.CharField(
        _("country code"),
        max_length=2,
        default="FI",
        validators=[RegexValidator(r"^[A-Z]{2}$")],
        help_text=_(
            "Two letters, such as FI: phone numbers without a country code are read as numbers of this country."
        ),
    )
    contact_email = models.EmailField(_("e-mail address"), blank=True)
    postal_address = models.TextField(_("postal address"), blank=True, help_text=_("Shown at the end of every e-mail."))
    document_space = models.PositiveIntegerField(
        _("space for documents, in MB"),
        null=True,
        blank=True,
        help_text=_("For files about contacts. Empty means as much as is usual on this installation."),
    )
    home_page = models.OneToOneField(
        "wagtailcore.Page", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    collection = models.OneToOneField(
        "wagtailcore.Collection",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @classmethod
    def in_scope(cls) -> "Organisation":
        """The one that the current work is for; raises ScopeMissing where there is none."""
        return cls.objects.get(pk=scope.current())

    @classmethod
    def of_page(cls, page: "Page") -> "Organisation":
        """The organisation in whose subtree `page` stands; raises DoesNotExist for the operator's pages."""
        ancestors = [page.path[:end] for end in range(page.steplen, len(page.path) + 1, page.steplen)]
        return cls.objects.select_related("theme").get(home_page__path__in=ancestors)


class Theme(models.Model):
    """How the organisation's pages and e-mails look: one accent colour and a logo; the rest is ink and paper."""

    PAPER = "#ffffff"
    INK = "#1b1f24"

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="theme", editable=False)
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#2f5d50",
        validators=[RegexValidator(COLOUR, _("A colour such as #2f5d50."))],
        help_text=_("For buttons and links. It must stand out from white."),
    )
    logo = models.ForeignKey(
        "organisations.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("logo"),
    )

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")

    def __str__(self) -> str:
        return self.accent

    def clean(self) -> None:
        if not re.match(COLOUR, self.accent):
            return  # which its validator says
        ratio = contrast(self.accent, self.PAPER)
        if ratio < 4.5:
            raise ValidationError(
                {
                    "accent": _(
                        "Text in this colour would be hard to read on white: the contrast is %(ratio).1f, and 4.5 is "
                        "needed. Choose a darker one."
                    )
                    % {"ratio": ratio}
                }
            )

    @property
    def on_accent(self) -> str:
        """The text colour that can be read on the accent."""
        return readable_on(self.accent, (self.PAPER, self.INK))
