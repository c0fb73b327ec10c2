"""What every list of people shares: search, the state of each, boxes to tick, and that looking is logged."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.search import SearchForm
from wagtail.admin.ui.tables import BaseColumn

from registers.access import log_access
from registers.stars import starred_among
from registers.views.base import ListView, RegisterMixin
from registers.warnings import warnings_for


class TickColumn(BaseColumn):
    header_template_name = "registers/includes/tick_header.html"
    cell_template_name = "registers/includes/tick_cell.html"


class StateColumn(BaseColumn):
    """The state first: may this person be written to?"""

    header_template_name = "registers/includes/plain_header.html"
    cell_template_name = "registers/includes/state_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        context["warnings"] = instance.warnings
        context["important"] = getattr(instance, "important", False)
        context["reachable"] = bool(instance.email_key or instance.phone)
        return context


class PeopleListView(RegisterMixin, ListView):
    header_icon = "user"
    template_name = "registers/contacts.html"
    default_ordering = "sort_key"
    is_searchable = True
    search_hint: Any = gettext_lazy("Search by name, e-mail, phone or id")

    @cached_property
    def search_form(self) -> SearchForm:
        return SearchForm(self.request.GET or None, placeholder=self.search_hint)

    def search_queryset(self, queryset: Any) -> Any:
        return queryset.search(self.search_query) if self.search_query else queryset

    @property
    def looked_at(self) -> models.Model:
        """What the access log names."""
        return self.register

    def labels_shown(self) -> list[str]:
        """The columns that the access log names, where they are the viewer's choice."""
        return []

    def get_table(self, object_list: Any) -> Any:
        contacts = list(object_list)
        warnings, important = warnings_for(contacts), starred_among(contacts)
        for contact in contacts:
            contact.warnings, contact.important = warnings[contact.pk], contact.pk in important
        if contacts:
            log_access(
                user=self.request.user,
                action="list",
                subject=self.looked_at,
                count=len(contacts),
                fields=self.labels_shown(),
            )
        return super().get_table(contacts)
