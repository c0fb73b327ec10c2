from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
from wagtail.models import Page

from guards.zones import validate_time_zone
from mailer.outbox.senders import default_sender
from organisations.copies import CopyOnlyForm
from organisations.roles import who_see_everything
from organisations.streams import Stream
from sites import asking, links
from sites.dates import moment, when
from sites.defaults import default_message, first_notices
from sites.doors import personal, previews, public
from sites.editing import EventPageForm, event_tabs
from sites.forms.reply import LARGEST_PARTY
from sites.merge_fields import event_fields
from sites.models.answered import AnsweredPage
from sites.models.messages import EventMessage
from sites.models.notices import NoticePage
from sites.questions import QuestionsBlock
from sites.stages import Timetable

if TYPE_CHECKING:
    from sites.models.seats import Capacity


class PhoneQuestion(models.TextChoices):
    OFF = "off", _("Do not ask")
    OPTIONAL = "optional", _("Ask, may be left empty")
    REQUIRED = "required", _("Ask, must be answered")


class RsvpPage(AnsweredPage, RoutablePageMixin, Page):
    """An event and the replies to it.

    What visitors meet is in `sites.doors`, how seats are given in `sites.seats`, what is mailed in `sites.letters`.
    What happens while the event runs (counters, its cancellation) stands in `Capacity`, not here: a draft published
    later must not undo it.
    """

    intro = RichTextField(_("text"), blank=True, features=["h2", "h3", "bold", "italic", "link", "ol", "ul"])
    image = models.ForeignKey(
        "organisations.Image",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
        help_text=_("Shown on top of the page."),
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    time_zone = models.CharField(
        _("time zone"),
        max_length=60,
        blank=True,
        validators=[validate_time_zone],
        help_text=_("Only when the event is in another time zone than your organisation, such as Europe/Stockholm."),
    )
    place = models.CharField(_("place"), max_length=150, blank=True, help_text=_("The name of the house or the room."))
    address = models.CharField(
        _("address"), max_length=250, blank=True, help_text=_("Street and town: becomes a link to the map.")
    )

    register = models.ForeignKey(
        "registers.Register",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("register"),
        help_text=_("Whose people reply. Somebody new is added to it."),
    )
    capacity = models.PositiveIntegerField(
        _("seats"), null=True, blank=True, help_text=_("How many people fit. Empty: as many as want to come.")
    )
    largest_party = models.PositiveSmallIntegerField(
        _("largest party"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(LARGEST_PARTY)],
        help_text=_("How many people may come with one reply, the person included. 1: no guests."),
    )
    waiting_list = models.BooleanField(
        _("waiting list"),
        default=True,
        help_text=_("When all seats are taken people may queue; free seats go to the next in line by themselves."),
    )
    opens_at = models.DateTimeField(_("replies open"), null=True, blank=True, help_text=_("Empty: at once."))
    closes_at = models.DateTimeField(
        _("replies close"), null=True, blank=True, help_text=_("Empty: when the event starts.")
    )
    show_seats_left = models.BooleanField(_("show how many seats are left"), default=False)
    phone_question = models.CharField(
        _("phone number"), max_length=10, choices=PhoneQuestion.choices, default=PhoneQuestion.OPTIONAL
    )
    questions = Stream(
        QuestionsBlock(),
        blank=True,
        verbose_name=_("questions"),
        help_text=_("Name and e-mail address are always asked first. Add what else you need to know."),
    )
    notify = ParentalManyToManyField(
        "organisations.User",
        blank=True,
        related_name="+",
        verbose_name=_("tell of each reply"),
        help_text=_("They get a short e-mail whenever somebody replies, changes or cancels."),
    )
    # Whether its notices have been made; travels with copies, whose notices are copied with them.
    equipped = models.BooleanField(default=False, editable=False)

    base_form_class = EventPageForm
    edit_handler = event_tabs()
    template = "sites/event/page.html"
    copy_form_class = CopyOnlyForm
    page_description = _("An event with a reply form, seats and a waiting list.")
    parent_page_types: ClassVar[list[str]] = ["sites.HomePage", "sites.ContentPage"]
    subpage_types: ClassVar[list[str]] = ["sites.NoticePage", "sites.ContentPage"]

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")

    @property
    def source(self) -> str:
        """What people and consents that come by it are from."""
        return f"event: {self.title}"[:120]

    @property
    def zone(self) -> ZoneInfo:
        """The event's own wall clock."""
        return ZoneInfo(self.time_zone) if self.time_zone else self.organisation.zone

    @property
    def timetable(self) -> Timetable:
        return Timetable(
            opens_at=self.opens_at, closes_at=self.closes_at or self.starts_at, ends_at=self.ends_at or self.starts_at
        )

    @property
    def is_over(self) -> bool:
        """From then on replies are only put right: nobody is written to, and no seat is given."""
        return timezone.now() > self.timetable.ends_at

    @property
    def when(self) -> str:
        """Weekday, date and time; with the zone where it is not the organisation's."""
        return when(self.starts_at, self.ends_at, self.zone, name_zone=self.is_abroad)

    @property
    def is_abroad(self) -> bool:
        """Whether its clock is another than its organisation's: then it is named."""
        return self.zone != self.organisation.zone

    def moment(self, at: datetime) -> str:
        """A moment as guests read it, on the event's own wall clock."""
        return moment(at, self.zone, name_zone=self.is_abroad)

    @property
    def opens(self) -> str:
        return self.moment(self.opens_at) if self.opens_at else ""

    @property
    def closes(self) -> str:
        """The last moment to reply, where it is another than the start."""
        return self.moment(self.closes_at) if self.closes_at else ""

    @property
    def where(self) -> str:
        return ", ".join(part for part in (self.place, self.address) if part)

    @cached_property
    def room_now(self) -> "Capacity | None":
        """The event's counters; None while the page is being written."""
        found: Capacity | None = getattr(self, "room", None) if self.pk else None
        return found

    def message(self, kind: str) -> EventMessage:
        """The mail of this kind as it was published, or with its first text where a page has none."""
        return self._published_messages.get(kind) or default_message(kind)

    @cached_property
    def _published_messages(self) -> dict[str, EventMessage]:
        return {message.kind: message for message in self.messages.all()}

    @cached_property
    def notice_slugs(self) -> dict[str, str]:
        """{kind: the last part of the notice's address}, of those that visitors may see."""
        notices = NoticePage.objects.child_of(self).filter(live=True).order_by("-path")
        return dict(notices.values_list("kind", "slug"))

    @cached_property
    def staff_to_tell(self) -> list[Any]:
        """The members of the team who asked to be told of replies, as long as they may see whoever replies."""
        return list(self.notify.filter(pk__in=who_see_everything(self.organisation.pk)))

    @cached_property
    def sender(self) -> Any:
        """Who the event's mails are from."""
        return default_sender()

    def read_ahead(self) -> None:
        """Read all that a reply needs of what editors have made: while the seats are locked, others wait."""
        prefetch_related_objects([self.register], "fields")
        for made in ("_published_messages", "form_version", "notice_slugs", "staff_to_tell", "sender", "event_url"):
            getattr(self, made)

    # --- What campaigns and letters ask of a page that invites (`campaigns.invitations`) -------------------

    def personal_url(self, contact: Any, *, letter: Any = None) -> str:
        """The address of this contact's own reply; until when it is good, the event says."""
        return f"{self.event_url}{links.suffix(page_id=self.pk, contact_id=contact.pk)}"

    def link_expires_at(self) -> datetime:
        return self.timetable.ends_at + links.VALID_AFTER_THE_EVENT

    def why_not_now(self, at: datetime) -> str:
        return asking.why_not_now(self, at)

    def remark(self, at: datetime) -> str:
        return asking.remark(self, at)

    def email_card(self) -> dict[str, str]:
        return {"title": self.title, "when": self.when, "where": self.where, "url": self.event_url}

    # --- Doors ----------------------------------------------------------------------------------------------

    @path("")
    def reply_door(self, request: HttpRequest) -> HttpResponseBase:
        request.served_event = self  # type: ignore[attr-defined]  # for `sites.doors.rush`
        return public.reply(request, self)

    @path("calendar/")
    def calendar_door(self, request: HttpRequest) -> HttpResponseBase:
        return public.calendar(request, self)

    @path("r/<str:token>/")
    def personal_door(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return personal.reply(request, self, token)

    @path("r/<str:token>/change/")
    def change_door(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return personal.change(request, self, token)

    @path("r/<str:token>/done/")
    def done_door(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return personal.done(request, self, token)

    @path("r/<str:token>/calendar/")
    def personal_calendar_door(self, request: HttpRequest, token: str) -> HttpResponseBase:
        return personal.calendar(request, self, token)

    # --- Preview and editing --------------------------------------------------------------------------------

    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return previews.MODES

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        return previews.render(request, self, mode_name)

    def editor_context(self) -> dict[str, Any]:
        """What the panels of the edit form show: the numbers and the notices."""
        children = self.get_children().order_by("path").specific() if self.pk else []
        notices = [(child.get_kind_display(), child.title, child.pk) for child in children if hasattr(child, "kind")]
        return {
            "event": self,
            "room": self.room_now,
            "merge_fields": [f"{{{{ {field.key} }}}}" for field in event_fields()],
            "notices": notices,
            "first_notices": [] if notices else first_notices(),
        }
