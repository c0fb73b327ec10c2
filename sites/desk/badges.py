"""Name badges of those who are coming, as a PDF to print and cut."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guards.tables import file_response
from organisations.figures import number
from organisations.models import Role
from registers.exports.records import record_export
from registers.forms.exports import PurposeForm
from registers.printing.cards import write_badges
from registers.printing.sheets import BADGES, sheet_of
from sites.badges import BROUGHT_BY, COMPANY, badges_counted, badges_of, wearable
from sites.desk.base import EventDeskView
from sites.models import RsvpPage
from sites.models.seats import State
from sites.report import ANSWER, people_counted

MOST = 10_000


class BadgesForm(PurposeForm):
    """What for, on which sheets, and what stands round the name."""

    format = None
    size = forms.ChoiceField(label=gettext_lazy("Size"), choices=[(sheet.key, sheet.label) for sheet in BADGES])
    under = forms.ChoiceField(label=gettext_lazy("Under the name"), required=False, initial=BROUGHT_BY)
    above = forms.CharField(label=gettext_lazy("Above the name"), max_length=80, required=False)
    field_order = ("purpose", "another", "size", "under", "above")

    def __init__(self, *args: Any, event: RsvpPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["above"].initial = event.title[:80]
        self.fields["under"].choices = [  # type: ignore[attr-defined]
            (BROUGHT_BY, _("For guests: whom they come with")),
            (COMPANY, _("Company")),
            *((ANSWER + question.id, question.label) for question in wearable(event)),
            ("", _("Nothing")),
        ]

    def under_labels(self) -> dict[str, str]:
        """What may stand under a name, as the log of exports names it."""
        return {key: str(label) for key, label in self.fields["under"].choices}  # type: ignore[attr-defined]


class BadgesView(EventDeskView):
    """Personal data leave the house: for a stated purpose, and written down."""

    template_name = "sites/desk/badges.html"
    required_role = Role.EDITOR

    def get_page_title(self) -> str:
        return _("Name badges")

    @cached_property
    def count(self) -> int:
        return people_counted(self.event, [State.CONFIRMED])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.pop("form", None) or BadgesForm(event=self.event)
        facts = {"count": self.count_badges(), "too_many": self.too_many(), "event_url": self.event_url()}
        return {**super().get_context_data(**kwargs), **facts, "form": form}

    def count_badges(self) -> int:
        return 0 if self.too_many() else badges_counted(self.event)

    def too_many(self) -> str:
        if self.count <= MOST:
            return ""
        text = _("One file takes %(most)s badges at most, and %(count)s people are confirmed. Take a table instead.")
        return text % {"most": number(MOST), "count": number(self.count)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        form = BadgesForm(request.POST, event=self.event)
        if not form.is_valid() or not self.count or self.too_many():
            return self.render_to_response(self.get_context_data(form=form))
        return self.download(form.cleaned_data, labels=form.under_labels())

    def download(self, chosen: dict[str, Any], *, labels: dict[str, str]) -> HttpResponseBase:
        badges, left_out = badges_of(self.event, under=chosen["under"], above=chosen["above"])
        sheet = sheet_of(BADGES, chosen["size"])
        response = file_response(
            f"{self.event.slug}-badges",
            "pdf",
            "application/pdf",
            lambda target: write_badges(target, sheet=sheet, badges=badges),
        )
        record_export(
            user=self.request.user,
            logged_as=f"event:{self.event.pk}",
            subject=self.event.title,
            purpose=chosen["purpose"],
            fields=[_("Name"), *([labels[chosen["under"]]] if chosen["under"] else [])],
            fmt="badges",
            count=len(badges),
            left_out=left_out,
        )
        return response
