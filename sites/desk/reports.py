"""The report of an event, and its table to take away."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guards.tables import table_response
from organisations.models import Role
from registers.access import log_access
from registers.exports.records import record_export
from registers.forms.exports import ExportForm
from registers.warnings import warnings_for
from sites.desk.base import EventDeskView
from sites.desk.events import SHOWN_STATES
from sites.report import answers_of, coming, export_columns, export_rows, numbers_of, people_counted, people_of


class ReportView(EventDeskView):
    """Numbers, answers as charts that are tables too, and everybody who is coming."""

    template_name = "sites/desk/report.html"

    def get_page_title(self) -> str:
        return _("Report: %(event)s") % {"event": self.event.title}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        replies = list(coming(self.event))
        asked, people = people_of(self.event, replies)
        if people:
            log_access(user=self.request.user, action="list", subject=f"event:{self.event.pk}", count=len(people))
        warnings = warnings_for([person.host for person in people if person.host])
        return {
            **super().get_context_data(**kwargs),
            "numbers": numbers_of(self.event),
            "answers": answers_of(self.event, replies),
            "asked": asked,
            "people": [(person, warnings[person.host.pk] if person.host else []) for person in people],
        }


class RepliesForm(ExportForm):
    """Which replies, what for, which columns, and as which kind of file."""

    states = forms.MultipleChoiceField(
        label=gettext_lazy("Which replies"),
        choices=[(state.value, state.label) for state in SHOWN_STATES],
        initial=["confirmed", "waiting"],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Tick at least one.")},
    )
    field_order = ("states", "purpose", "another", "columns", "format")


class ExportView(EventDeskView):
    """Personal data leave the house: for a stated purpose, and written down."""

    template_name = "sites/desk/export.html"
    required_role = Role.EDITOR

    def get_page_title(self) -> str:
        return _("Export")

    def form(self, labels: dict[str, str], data: Any = None) -> RepliesForm:
        return RepliesForm(data, columns=labels.items(), initial={"columns": list(labels)})

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=self.form(export_columns(self.event))))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        labels = export_columns(self.event)
        form = self.form(labels, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        states, columns = form.cleaned_data["states"], form.cleaned_data["columns"]
        headers = [labels[key] for key in columns]
        record_export(
            user=request.user,
            logged_as=f"event:{self.event.pk}",
            subject=self.event.title,
            purpose=form.cleaned_data["purpose"],
            fields=headers,
            fmt=form.cleaned_data["format"],
            count=people_counted(self.event, states),
        )
        rows = export_rows(self.event, states, columns)
        return table_response(form.cleaned_data["format"], f"{self.event.slug}-replies", headers, rows)
