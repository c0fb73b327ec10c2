"""Taking a list out: what for, as what, and with which columns; and what was taken out, for the owners."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets.button import HeaderButton

from guards.ids import row_id, row_ids
from organisations.figures import number
from organisations.models import Role
from organisations.views import FormView, OrganisationView
from registers.contacts import describe_count
from registers.exports.kinds import KINDS, Kind, Made, Selection, kind_of
from registers.exports.records import add_purpose, last_export, record_export, suggested_purposes
from registers.exports.rows import pieces_of
from registers.filters import matching_contacts
from registers.forms.exports import FORMS, ExportForm
from registers.models import Contact, Export, ExportPurpose, Group, Segment
from registers.views.base import HOME, ListView, RegisterMixin
from registers.views.listing import shown_columns
from registers.views.people import NumberColumn

FORMAT_NAMES = {
    "xlsx": gettext_lazy("Excel"),
    "csv": gettext_lazy("CSV"),
    **{kind.formats[0]: kind.label for kind in KINDS[1:]},
}
ACCESS_LOG = {"url": "", "label": gettext_lazy("Access log")}


class ExportView(RegisterMixin, FormView):
    """Takes out what the list shows with the same query string: who is ticked, a search, a group, a segment, or all."""

    in_part = True
    page_title = gettext_lazy("Export")
    header_icon = "download"
    template_name = "registers/export.html"

    @cached_property
    def kind(self) -> Kind:
        return kind_of(self.request.GET.get("as", ""))

    @cached_property
    def ticked(self) -> set[int]:
        return row_ids(self.request.GET.getlist("contact"))

    @cached_property
    def selection(self) -> Selection:
        contacts = Contact.objects.filter(register=self.register, pk__in=self.ticked)
        if "contact" not in self.request.GET:
            contacts = matching_contacts(self.register, self.request.GET, self.request)
        return Selection(self.register, contacts, self.subject())

    @cached_property
    def count(self) -> int:
        return int(self.selection.contacts.count())

    def subject(self) -> str:
        query = self.request.GET
        name = self.register.name
        for model, key in ((Group, "group"), (Segment, "segment")):
            found = model.objects.filter(pk=row_id(query.get(key)), register=self.register).first()
            if found:
                name = f"{name} – {found}"
        return name

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        form_class = FORMS[self.kind.key]
        before = last_export(user=self.request.user, register=self.register, formats=self.kind.formats)
        initial: dict[str, Any] = {}
        if before:
            initial = {name: before.options[name] for name in self.kind.remembered if name in before.options}
            initial |= {"columns": before.fields, "format": before.format}
        if not issubclass(form_class, ExportForm):
            return form_class(data, initial=initial)
        pieces = pieces_of(self.register)
        if not before:
            shown = shown_columns(self.request, self.register, [piece.column for piece in pieces if piece.column])
            initial["columns"] = ["first_name", "last_name", *(column.key for column in shown)]
        return form_class(data, columns=[(piece.key, piece.label) for piece in pieces], initial=initial)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["what"] = self.subject()
        context["count"] = self.count
        context["submit_button_label"] = _("Export %(count)s") % {"count": describe_count(self.count)}
        context["kind"] = self.kind
        context["kinds"] = [(kind, self.url_as(kind)) for kind in KINDS]
        context["too_many"] = self.too_many()
        return context

    def url_as(self, kind: Kind) -> str:
        query = self.request.GET.copy()
        query["as"] = kind.key
        return f"{self.request.path}?{query.urlencode()}"

    def too_many(self) -> str:
        most = self.kind.most
        if most is None or self.count <= most:
            return ""
        text = _(
            "One such file takes %(most)s people at most, and these are %(count)s. Choose a group, a segment or a "
            "search, or take a table."
        )
        return text % {"most": number(most), "count": number(self.count)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        form = self.get_form(request.POST)
        if not form.is_valid() or not self.count or self.too_many():
            if form.errors:
                messages.error(request, _("Nothing was exported yet: please look at what is marked below."))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        chosen = form.cleaned_data
        with transaction.atomic():
            made = self.kind.write(self.selection, chosen)
            record_export(
                user=request.user,
                logged_as=self.register,
                register=self.register,
                subject=self.selection.subject,
                purpose=chosen["purpose"],
                fields=made.fields,
                fmt=made.format,
                count=made.count,
                options={name: chosen[name] for name in self.kind.remembered},
                left_out=sum(made.left_out.values()),
            )
        self.say(made)
        return made.response

    def say(self, made: Made) -> None:
        """Who is not in the file: shown on whichever screen comes next, as a download has none."""
        texts = list(made.remarks)
        if made.left_out:
            reasons = ", ".join(f"{number(count)} {reason}" for reason, count in made.left_out.items())
            texts.insert(0, _("Left out: %(reasons)s.") % {"reasons": reasons})
        if texts:
            texts.insert(0, _("Exported: %(count)s.") % {"count": describe_count(made.count)})
            messages.info(self.request, " ".join(texts))


class ExportListView(ListView):
    """Who took out which list, when, and what for."""

    required_role = Role.OWNER
    page_title = gettext_lazy("Exports")
    header_icon = "download"
    index_url_name = "registers:exports"
    index_results_url_name = "registers:exports_results"
    default_ordering = "-created_at"
    columns = [
        DateColumn("created_at", label=gettext_lazy("When"), sort_key="created_at"),
        Column("created_by", label=gettext_lazy("Who")),
        Column("purpose", label=gettext_lazy("What for")),
        NumberColumn("count", label=gettext_lazy("People"), sort_key="count"),
        Column("subject", label=gettext_lazy("Of what")),
        Column("as_what", label=gettext_lazy("As")),
        Column("columns_taken", label=gettext_lazy("Columns")),
    ]

    def get_base_queryset(self) -> Any:
        return Export.objects.select_related("created_by", "register").prefetch_related("register__fields")

    def get_table(self, object_list: Any) -> Any:
        exports = list(object_list)
        labels: dict[int, dict[str, str]] = {}
        for export in exports:
            export.as_what = FORMAT_NAMES.get(export.format, export.format)
            register = export.register
            if register and register.pk not in labels:
                labels[register.pk] = {piece.key: piece.label for piece in pieces_of(register)}
            named = labels[register.pk] if register else {}
            export.columns_taken = ", ".join(named.get(key, key) for key in export.fields)
        return super().get_table(exports)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {**ACCESS_LOG, "url": reverse("registers:access")}, {"url": "", "label": _("Exports")}]

    @cached_property
    def header_buttons(self) -> list[Any]:
        url = reverse("registers:export_purposes")
        return [HeaderButton(_("What lists may be taken out for"), url=url, icon_name="list-ul")]

    @cached_property
    def no_results_message(self) -> str:
        return _("Nobody has taken out a list yet.")


class PurposeForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Another purpose"), max_length=200)


class PurposesView(FormView):
    """The list of purposes that every export is asked for, kept by the owners."""

    required_role = Role.OWNER
    page_title = gettext_lazy("What lists may be taken out for")
    header_icon = "list-ul"
    template_name = "registers/export_purposes.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        crumbs: list[dict[str, Any]] = [HOME, {**ACCESS_LOG, "url": reverse("registers:access")}]
        exports = {"url": reverse("registers:exports"), "label": _("Exports")}
        return [*crumbs, exports, {"url": "", "label": str(self.page_title)}]

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return PurposeForm(data)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"purposes": list(ExportPurpose.objects.all()), "suggested": suggested_purposes()}

    def save(self, form: Any) -> str:
        purpose = add_purpose(name=form.cleaned_data["name"])
        messages.success(self.request, _("“%(name)s” is on the list.") % {"name": purpose.name})
        return reverse("registers:export_purposes")


class RemovePurposeView(OrganisationView):
    """Takes a purpose off the list; exports that were made for it keep it."""

    required_role = Role.OWNER
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        purpose = get_object_or_404(ExportPurpose, pk=pk)
        purpose.delete()
        messages.success(request, _("“%(name)s” is no longer on the list.") % {"name": purpose.name})
        return redirect("registers:export_purposes")


def export_url(register_pk: int, contacts: list[int]) -> str:
    """Where to export these contacts of a register."""
    pairs = [("contact", str(pk)) for pk in contacts]
    return f"{reverse('registers:export', args=[register_pk])}?{urlencode(pairs)}"
