"""Taking a list out: purpose and columns first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from guards.ids import row_id
from registers.columns import columns_for
from registers.contacts import describe_count
from registers.exports import export_contacts
from registers.forms.exports import ExportForm
from registers.models import Export, Group, Purpose, Segment
from registers.views.base import FormView, RegisterMixin
from registers.views.listing import matching_contacts, shown_columns


class ExportView(RegisterMixin, FormView):
    """Exports what the list shows with the same query string: a search, a group, a segment, or all."""

    page_title = gettext_lazy("Export")
    header_icon = "download"
    template_name = "registers/export.html"

    def contacts(self) -> Any:
        return matching_contacts(self.register, self.request.GET, self.request)

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        columns = columns_for(self.register)
        names = ["first_name", "last_name"]
        shown = [column.key for column in shown_columns(self.request, self.register, columns)]
        offered = [(column.key, column.label) for column in columns]
        return ExportForm(data, columns=offered, initial={"columns": names + shown})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["what"] = self.subject()
        context["submit_button_label"] = _("Export %(count)s") % {"count": describe_count(self.contacts().count())}
        earlier = Export.objects.order_by().values_list("purpose", flat=True).distinct()[:20]
        context["purposes"] = sorted({*earlier, *Purpose.objects.values_list("name", flat=True)[:20]})
        return context

    def subject(self) -> str:
        query = self.request.GET
        name = self.register.name
        for model, key in ((Group, "group"), (Segment, "segment")):
            if found := model.objects.filter(pk=row_id(query.get(key))).first():
                name = f"{name} – {found}"
        return name

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        form = self.get_form(request.POST)
        if not form.is_valid():
            messages.error(request, _("Nothing was exported yet: please look at what is marked below."))
            return self.render_to_response(self.get_context_data(form=form), status=422)
        chosen = form.cleaned_data
        return export_contacts(
            register=self.register,
            contacts=self.contacts(),
            columns=[column for column in columns_for(self.register) if column.key in chosen["columns"]],
            fmt=chosen["format"],
            purpose=chosen["purpose"],
            subject=self.subject(),
            user=request.user,
        )
