"""What every list of people shares: search, the state of each, boxes to tick, and that looking is logged."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from django.db import models
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms.search import SearchForm
from wagtail.admin.ui.tables import BaseColumn, Column, Table, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from organisations.figures import number
from registers.access import log_access
from registers.stars import starred_among
from registers.texts import clean_line
from registers.views.base import ListView, RegisterMixin
from registers.views.paging import NAME, PeoplePaginator, describe_found, place
from registers.warnings import warn_of, warnings_for


class TickColumn(BaseColumn):
    header_template_name = "registers/includes/tick_header.html"

    def render_cell_html(self, instance: Any, parent_context: Any) -> SafeString:
        return format_html(
            '<td class="registers-tick"><input type="checkbox" name="contact" value="{}" data-action="w-bulk#toggle"'
            ' data-w-bulk-target="item" aria-label="{}"></td>',
            str(instance.pk),
            _("Choose %(contact)s") % {"contact": instance},
        )


class PlainColumn(Column):
    """A column of text. Without a template for each cell a page of 50 people takes half as long."""

    def render_cell_html(self, instance: Any, parent_context: Any) -> SafeString:
        value = self.get_value(instance)
        return format_html("<td>{}</td>", "" if value is None else value)


class NumberColumn(Column):
    """Numbers that may be large; words in their place stay."""

    def get_value(self, instance: Any) -> Any:
        value = super().get_value(instance)
        return number(value) if isinstance(value, int) else value


class StateColumn(BaseColumn):
    """The state first: may this person be written to?"""

    header_template_name = "registers/includes/plain_header.html"

    def render_cell_html(self, instance: Any, parent_context: Any) -> SafeString:
        signs = [_sign("star", "star", _("Important contact"))] if getattr(instance, "important", False) else []
        signs += [_sign("warning", warning["icon"], warning["text"]) for warning in instance.warnings]
        if not instance.warnings:
            reachable = bool(instance.email_key or instance.phone)
            signs.append(
                _sign("fine", "check", _("Can be written to"))
                if reachable
                else _sign("nothing", "minus", _("No address"))
            )
        return format_html(
            '<td class="registers-state">{}</td>', format_html_join("", "{}", ((sign,) for sign in signs))
        )


@lru_cache(maxsize=256)  # most people of a list have the same
def _sign(kind: str, icon_name: str, text: str) -> SafeString:
    return format_html(
        '<span class="registers-{0}" title="{2}">{1}<span class="w-sr-only">{2}</span></span>',
        kind,
        _icon(icon_name),
        text,
    )


@cache
def _icon(name: str) -> SafeString:
    drawn: SafeString = render_to_string("wagtailadmin/shared/icon.html", {"name": name, "classname": "icon"})
    return drawn


class NameColumn(BaseColumn):
    """The name, which leads to the contact's page."""

    def __init__(self, *, sort_key: str | None = None) -> None:
        super().__init__("name", label=_("Name"), classname="title", sort_key=sort_key)
        self.before, self.after = reverse("registers:contact", args=[0]).rsplit("0", 1)

    def render_cell_html(self, instance: Any, parent_context: Any) -> SafeString:
        return format_html(
            '<td class="title"><div class="title-wrapper"><a href="{}{}{}">{}</a></div></td>',
            self.before,
            str(instance.pk),
            self.after,
            str(instance),
        )


class PersonColumn(TitleColumn):
    """Whom a row of another list is about, with what stands out about them (`registers.warnings.warn_of`)."""

    cell_template_name = "registers/includes/person_cell.html"


class AboutPeople(BaseListingView):
    """A list whose rows are about people: with what stands out about them, and written down as looked at."""

    logged_as: str  # as `registers.access.register_list` names it

    def get_table(self, object_list: Any) -> Any:
        shown = list(object_list)
        warn_of(shown)
        if shown:
            log_access(user=self.request.user, action="list", subject=self.logged_as, count=len(shown))
        return super().get_table(shown)


class PeopleTable(Table):
    """A table whose rows have no template of their own: with one, fifty people take three times as long."""

    template_name = "registers/includes/people_table.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(parent_context)
        rows = (self.render_row(row, {"table": self, "row": row, "request": context["request"]}) for row in self.rows)
        context["body"] = SafeString("\n".join(rows))
        return context

    def render_row(self, row: Table.Row, context: dict[str, Any]) -> str:
        cells = (column.render_cell_html(row.instance, context) for column in self.columns.values())
        return f"<tr>{''.join(cells)}</tr>"


class PeopleListView(RegisterMixin, ListView):
    header_icon = "user"
    template_name = "registers/contacts.html"
    table_class = PeopleTable
    ordering: Any  # what is asked for, then what there is
    default_ordering = "sort_key"
    is_searchable = True
    unsearched: Any = None
    search_hint: Any = gettext_lazy("Search by name, e-mail, phone or id")

    @cached_property
    def search_form(self) -> SearchForm:
        return SearchForm(self.request.GET or None, placeholder=self.search_hint)

    @cached_property
    def search_query(self) -> str:
        """What is looked for, as acts on all that was found read it too: no text is refused."""
        return clean_line(self.request.GET.get("q", "")) if self.is_searchable else ""

    def order_queryset(self, queryset: Any) -> Any:
        return queryset  # the paginator does, when it knows how many they are

    def get_paginator(self, queryset: Any, per_page: int, **options: Any) -> PeoplePaginator:
        self.pages = PeoplePaginator(
            queryset,
            per_page,
            ordering=self.ordering,
            searched=self.search_query,
            unsearched=self.unsearched,
            place=self.place_by(self.ordering.removeprefix("-")),
            **options,
        )
        return self.pages

    def place_by(self, ordering: str) -> Callable[[Any], tuple[int, Any]]:
        """Where a value stands in the order of its column."""
        return place

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        paginator = context["paginator"]
        context["total_text"], context["is_cut"] = describe_found(paginator), paginator.is_cut
        return context

    def search_queryset(self, queryset: Any) -> Any:
        self.unsearched = queryset
        return queryset.search(self.search_query) if self.search_query else queryset

    @property
    def looked_at(self) -> models.Model:
        """What the access log names."""
        return self.register

    def labels_shown(self) -> list[str]:
        """The columns that the access log names, where they are the viewer's choice."""
        return []

    def offer_only_what_works(self) -> None:
        """Headers do not offer an order that a list as long as this cannot have."""
        self.ordering = self.pages.order
        if self.pages.is_cut:
            for column in self.columns:
                if getattr(column, "sort_key", None) != NAME:
                    column.sort_key = None

    def prepare(self, contacts: list[Any]) -> None:
        """Look up once for a page what its cells need."""

    def get_table(self, object_list: Any) -> Any:
        self.offer_only_what_works()
        contacts = list(object_list)
        self.prepare(contacts)
        warnings = warnings_for(contacts, organisation=self.organisation)
        important = starred_among(contacts)
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
