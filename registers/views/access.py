"""Who looked at, changed or took out personal data: for the owners."""

from __future__ import annotations

from typing import Any

import django_filters
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets.button import HeaderButton

from organisations.models import Role
from registers.access import shown_subjects
from registers.models import AccessLog
from registers.views.base import HOME, ListView
from registers.views.people import NumberColumn


class AccessFilterSet(WagtailFilterSet):
    action = django_filters.ChoiceFilter(label=gettext_lazy("What"), choices=AccessLog.Action.choices)

    class Meta:
        model = AccessLog
        fields: list[str] = []


class AccessLogView(ListView):
    required_role = Role.OWNER
    page_title = gettext_lazy("Access log")
    header_icon = "view"
    index_url_name = "registers:access"
    index_results_url_name = "registers:access_results"
    default_ordering = "-at"
    filterset_class = AccessFilterSet
    columns = [
        DateColumn("at", label=gettext_lazy("When"), sort_key="at"),
        Column("user", label=gettext_lazy("Who")),
        Column("get_action_display", label=gettext_lazy("What")),
        Column("of_what", label=gettext_lazy("Of what")),
        NumberColumn("count", label=gettext_lazy("People"), sort_key="count"),
        Column("purpose", label=gettext_lazy("What for")),
    ]

    def get_base_queryset(self) -> Any:
        return AccessLog.objects.select_related("user")

    def get_table(self, object_list: Any) -> Any:
        entries = list(object_list)
        shown = shown_subjects([entry.subject for entry in entries])
        for entry in entries:
            entry.of_what = shown.get(entry.subject, entry.subject)
        return super().get_table(entries)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {"url": "", "label": _("Access log")}]

    @cached_property
    def header_buttons(self) -> list[Any]:
        return [HeaderButton(_("Exports"), url=reverse("registers:exports"), icon_name="download")]

    @cached_property
    def no_results_message(self) -> str:
        return _("Nobody has looked at anything yet.")
