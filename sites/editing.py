"""How an event is edited: the tabs of its form, and what the form checks."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)

from organisations import scope
from organisations.forms import the_only
from organisations.models import Organisation
from organisations.ownership import check_image
from organisations.roles import who_see_everything
from registers.models import Register
from sites.columns import bindable, consent_purposes
from sites.defaults import missing_messages
from sites.models.messages import MessageKind
from sites.panels import EventPanel, MailsPanel, ZonedDateTime

MOMENTS = ("starts_at", "ends_at", "opens_at", "closes_at")


def slug_panel() -> FieldPanel:
    return FieldPanel("slug", help_text=gettext_lazy("The last part of the address of this page on the web."))


def event_tabs() -> TabbedInterface:
    kinds = len(MessageKind.values)
    return TabbedInterface(
        [
            ObjectList(
                [
                    TitleFieldPanel("title"),
                    slug_panel(),
                    FieldPanel("image"),
                    FieldPanel("intro"),
                ],
                heading=gettext_lazy("Content"),
            ),
            ObjectList(
                [
                    FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
                    FieldPanel("place"),
                    FieldPanel("address"),
                    FieldPanel("time_zone"),
                ],
                heading=gettext_lazy("Time and place"),
            ),
            ObjectList(
                [
                    EventPanel(template="sites/admin/numbers_panel.html"),
                    FieldPanel("register"),
                    MultiFieldPanel(
                        [
                            FieldRowPanel([FieldPanel("capacity"), FieldPanel("largest_party")]),
                            FieldPanel("waiting_list"),
                            FieldPanel("show_seats_left"),
                        ],
                        heading=gettext_lazy("Seats"),
                    ),
                    MultiFieldPanel(
                        [FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")])],
                        heading=gettext_lazy("When replies are taken"),
                    ),
                    FieldPanel("notify", widget=forms.CheckboxSelectMultiple),
                ],
                heading=gettext_lazy("Replies"),
            ),
            ObjectList([FieldPanel("phone_question"), FieldPanel("questions")], heading=gettext_lazy("Form")),
            ObjectList(
                [
                    EventPanel(template="sites/admin/mails_panel.html"),
                    MailsPanel("messages", heading=gettext_lazy("Automatic mails"), min_num=kinds, max_num=kinds),
                ],
                heading=gettext_lazy("Mails"),
            ),
            ObjectList([EventPanel(template="sites/admin/notices_panel.html")], heading=gettext_lazy("Notices")),
            ObjectList(
                [FieldPanel("seo_title"), FieldPanel("search_description"), PublishingPanel()],
                heading=gettext_lazy("Promote"),
            ),
        ]
    )


class EventPageForm(WagtailAdminPageForm):
    """Reads times on the event's wall clock, and says in words what does not go together."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if instance is not None:
            instance.messages.add(*missing_messages(instance))
        super().__init__(*args, **kwargs)
        for name in MOMENTS:
            if name in self.fields:
                ZonedDateTime(self.fields[name], self._zone())
        if "notify" in self.fields:
            self.fields["notify"].queryset = who_see_everything(scope.current())
        if "register" in self.fields:
            registers = Register.objects.all()
            self.fields["register"].queryset = registers
            if not self.instance.pk and not self.initial.get("register"):
                self.initial["register"] = the_only(registers)

    def _zone(self) -> ZoneInfo:
        """The zone as it is being typed, else the event's, else the organisation's."""
        typed = self.data.get(self.add_prefix("time_zone"), "") if self.is_bound else self.instance.time_zone
        for name in (typed, self.instance.time_zone):
            try:
                if name:
                    return ZoneInfo(name)
            except (KeyError, ValueError, OSError):
                continue
        return Organisation.in_scope().zone

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        self._check_times(cleaned)
        self._check_seats(cleaned)
        self._check_questions(cleaned)
        if cleaned.get("image"):
            try:
                check_image(cleaned["image"])
            except ValidationError as error:
                self.add_error("image", error)
        return cleaned

    def _check_times(self, cleaned: dict[str, Any]) -> None:
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("The event ends before it starts: choose a later time."))
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("Replies close before they open: choose a later time."))
        if opens and starts and not closes and opens >= starts:
            self.add_error("opens_at", _("Replies open after the event has started: choose an earlier time."))
        last = ends or starts
        if closes and last and closes > last:
            self.add_error("closes_at", _("Replies close after the event is over: choose an earlier time."))

    def _check_seats(self, cleaned: dict[str, Any]) -> None:
        seats, party = cleaned.get("capacity"), cleaned.get("largest_party")
        if seats is not None and party and party > max(seats, 1):
            self.add_error(
                "largest_party",
                ngettext(
                    "A party of %(party)d is larger than the %(seats)d seat there is: change one of them.",
                    "A party of %(party)d is larger than the %(seats)d seats there are: change one of them.",
                    seats,
                )
                % {"party": party, "seats": seats},
            )
        register = cleaned.get("register")
        changed = register and self.instance.pk and register.pk != self.instance.register_id
        if changed and self.instance.registrations.exists():
            self.add_error("register", _("People of the present register have replied already: it cannot be changed."))

    def _check_questions(self, cleaned: dict[str, Any]) -> None:
        register, questions = cleaned.get("register"), cleaned.get("questions")
        if register is not None and questions:
            for mistake in check_questions(questions, register):
                self.add_error("questions", mistake)


def check_questions(questions: Any, register: Register) -> Iterator[str]:
    """What is wrong with them: answers may fill columns of the register only, each column once."""
    known = {column.key for column in bindable(register)}
    purposes = {key for key, _label in consent_purposes()}
    used: dict[str, str] = {}
    for child in questions:
        label, column = child.value["label"], child.value.get("column") or ""
        if column and column not in known:
            yield (
                _("“%(question)s” saves into a column that the register “%(register)s” does not have.")
                % {"question": label, "register": register.name}
            )
        elif column and column in used:
            yield (
                _("“%(one)s” and “%(other)s” save into the same column: choose another for one of them.")
                % {"one": used[column], "other": label}
            )
        elif column:
            used[column] = label
        if child.block_type == "consent" and str(child.value.get("purpose") or "") not in purposes:
            yield _("“%(question)s” needs a purpose.") % {"question": label}
