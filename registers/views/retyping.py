"""Another type for a column: choose, look at what would become of what it holds, do it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from organisations.views import OrganisationTemplateView
from registers.access import log_access
from registers.models import Field, TypeChange
from registers.retyping.changing import change_type, run_type_change
from registers.retyping.reading import Preview, preview
from registers.values import ColumnType
from registers.views.base import RegisterMixin

AT_ONCE = 1.5  # seconds in which a register of the usual size is done before the page comes back


class ChangeTypeView(RegisterMixin, OrganisationTemplateView):
    template_name = "registers/change_type.html"
    page_title = gettext_lazy("Type of a column")
    header_icon = "table"

    @cached_property
    def field(self) -> Field:
        fields = Field.objects.select_related("register__organisation").filter(register=self.register)
        field: Field = get_object_or_404(fields, pk=self.kwargs["pk"], retired=False)
        return field

    def get_page_title(self) -> str:
        return _("Type of “%(label)s”") % {"label": self.field.label}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        changes = TypeChange.objects.filter(field=self.field).select_related("before")
        chosen = self.request.GET.get("to", "")
        context |= {
            "field": self.field,
            "change": changes.first(),
            "types": [choice for choice in ColumnType.choices if choice[0] != self.field.type],
            "chosen": chosen,
            "settings_url": reverse("registers:edit", args=[self.register.pk]),
        }
        if chosen in ColumnType.values and chosen != self.field.type:
            shown = preview(self.field, chosen)
            context |= {"preview": shown, "chosen_label": ColumnType(chosen).label}
            self.log_values(shown)
        return context

    def log_values(self, shown: Preview) -> None:
        """The values that cannot be read, and those that become choices, are shown: of whom, the log counts."""
        people = sum(count for _text, count in shown.examples)
        if shown.options:
            people = shown.readable + shown.unreadable
        if people:
            label = self.field.label
            log_access(user=self.request.user, action="list", subject=self.register, count=people, fields=[label])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            change = change_type(field=self.field, type=request.POST.get("to", ""), user=request.user)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return self.render_to_response(self.get_context_data(), status=422)
        run_type_change(change.pk, seconds=AT_ONCE)
        return redirect(request.path)
