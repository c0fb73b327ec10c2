"""Who looked at, changed or took out personal data: for the owners."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import django_filters
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets.button import HeaderButton

from organisations.models import Role
from registers.models import AccessLog, Company, Contact, Group, Register
from registers.views.base import HOME, ListView

# The log keeps numbers, for it outlives who is erased; what is still there is called by its name, and leads there.
NAMED: dict[str, tuple[Any, str]] = {
    "contact": (Contact, "registers:contact"),
    "register": (Register, "registers:contacts"),
    "group": (Group, "registers:group"),
    "company": (Company, "registers:company"),
}


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
        Column("count", label=gettext_lazy("People"), sort_key="count"),
        Column("purpose", label=gettext_lazy("What for")),
    ]

    def get_base_queryset(self) -> Any:
        return AccessLog.objects.select_related("user")

    def get_table(self, object_list: Any) -> Any:
        entries = list(object_list)
        wanted: dict[str, set[int]] = defaultdict(set)
        for entry in entries:
            kind, _colon, number = entry.subject.partition(":")
            if kind in NAMED and number.isdecimal():
                wanted[kind].add(int(number))
        links = {
            f"{kind}:{row.pk}": format_html('<a href="{}">{}</a>', reverse(NAMED[kind][1], args=[row.pk]), row)
            for kind, numbers in wanted.items()
            for row in NAMED[kind][0].objects.filter(pk__in=numbers)
        }
        for entry in entries:
            entry.of_what = links.get(entry.subject, entry.subject)
        return super().get_table(entries)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {"url": "", "label": _("Access log")}]

    @cached_property
    def header_buttons(self) -> list[Any]:
        return [HeaderButton(_("Exports"), url=reverse("registers:exports"), icon_name="download")]

    @cached_property
    def no_results_message(self) -> str:
        return _("Nobody has looked at anything yet.")
