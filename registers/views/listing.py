"""The contacts of a register as a list: search, filters, chosen columns, warnings, and acting on many at once."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column, TitleColumn
from wagtail.admin.widgets.button import Button, HeaderButton

from organisations.models import Role
from registers.absences import away
from registers.columns import Column as RegisterColumn
from registers.columns import columns_for
from registers.conditions import RuleMistake
from registers.couples import in_couples
from registers.models import Contact, Group, Register, Segment
from registers.stars import starred
from registers.values import ColumnType
from registers.views.base import HOME, REGISTERS, FormView, RegisterMixin
from registers.views.people import PeopleListView, StateColumn, TickColumn

SHOWN_AT_FIRST = ("email", "phone", "city")
MAX_SHOWN = 8
MAX_OPTION_FILTERS = 8
MAX_BOXES = 60  # options more than this are chosen from a drop-down, one at a time


class ValueColumn(Column):
    """A column of the register."""

    def __init__(self, column: RegisterColumn) -> None:
        self.of_register = column
        sortable = column.core and column.type != ColumnType.YES_NO
        super().__init__(column.key, label=column.label, sort_key=column.name if sortable else None)

    def get_value(self, instance: Contact) -> str:
        text = self.of_register.format(self.of_register.value(instance))
        return text if len(text) <= 120 else f"{text[:119]}…"


def filter_class(register: Register, columns: list[RegisterColumn]) -> type[WagtailFilterSet]:
    """Filters for groups, segments, reachability, and each choice column of the register."""
    filters: dict[str, Any] = {}
    if groups := list(Group.objects.filter(register=register)):
        filters["group"] = django_filters.ChoiceFilter(
            label=_("Group"), choices=[(str(group.pk), group.name) for group in groups], method="of_group"
        )
    if segments := list(Segment.objects.filter(register=register)):
        filters["segment"] = django_filters.ChoiceFilter(
            label=_("Segment"), choices=[(str(segment.pk), segment.name) for segment in segments], method="of_segment"
        )
    filters["has"] = django_filters.ChoiceFilter(
        label=_("State"),
        method="by_reach",
        choices=[
            ("email", _("has an e-mail address")),
            ("no_email", _("has no e-mail address")),
            ("phone", _("has a phone number")),
            ("no_phone", _("has no phone number")),
            ("away", _("is on leave")),
            ("couple", _("is part of a couple")),
            ("important", _("is an important contact")),
            ("deceased", _("is deceased")),
        ],
    )
    choice_columns = [column for column in columns if column.options]
    for column in choice_columns[:MAX_OPTION_FILTERS]:
        if len(column.options) > MAX_BOXES:
            filters[f"is_{column.name}"] = django_filters.ChoiceFilter(
                label=column.label, choices=list(column.options), method="by_option"
            )
            continue
        filters[f"is_{column.name}"] = django_filters.MultipleChoiceFilter(
            label=column.label,
            choices=list(column.options),
            method="by_option",
            widget=forms.CheckboxSelectMultiple,
        )

    def of_group(self: Any, queryset: Any, name: str, value: str) -> Any:
        return queryset.in_group(next(group for group in groups if str(group.pk) == value))

    def of_segment(self: Any, queryset: Any, name: str, value: str) -> Any:
        chosen = next(segment for segment in segments if str(segment.pk) == value)
        try:
            return queryset.filter(pk__in=chosen.contacts().values("pk"))
        except RuleMistake:
            return queryset.none()

    def by_reach(self: Any, queryset: Any, name: str, value: str) -> Any:
        match value:
            case "email":
                return queryset.exclude(email_key="")
            case "no_email":
                return queryset.filter(email_key="")
            case "phone":
                return queryset.exclude(phone="")
            case "no_phone":
                return queryset.filter(phone="")
            case "away":
                return queryset.filter(pk__in=away())
            case "important":
                return queryset.filter(pk__in=starred())
            case "couple":
                return queryset.filter(pk__in=in_couples())
        return queryset.filter(deceased=True)

    def by_option(self: Any, queryset: Any, name: str, value: str | list[str]) -> Any:
        column = next(column for column in choice_columns if f"is_{column.name}" == name)
        several = column.type == ColumnType.MULTIPLE_CHOICE
        wanted = Q()
        for code in [value] if isinstance(value, str) else value:
            wanted |= Q(attributes__contains={column.name: [code] if several else code})
        return queryset.filter(wanted)

    meta = type("Meta", (), {"model": Contact, "fields": []})
    methods = {"of_group": of_group, "of_segment": of_segment, "by_reach": by_reach, "by_option": by_option}
    return type("ContactFilterSet", (WagtailFilterSet,), {**filters, **methods, "Meta": meta})


def matching_contacts(register: Register, query: QueryDict, request: HttpRequest) -> Any:
    """The contacts that the list shows for a query string: for acting on all of them."""
    columns = columns_for(register)
    filters = filter_class(register, columns)(data=query, request=request)
    found = Contact.objects.filter(register=register)
    if filters.is_valid():
        found = filters.filter_queryset(found)
    return found.search(query["q"]) if query.get("q") else found


def shown_columns(request: HttpRequest, register: Register, columns: list[RegisterColumn]) -> list[RegisterColumn]:
    chosen = request.session.get(f"columns-{register.pk}", SHOWN_AT_FIRST)
    return [column for column in columns if column.key in chosen][:MAX_SHOWN]


class ContactListView(PeopleListView):
    results_template_name = "registers/contact_results.html"
    page_title = gettext_lazy("Contacts")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, REGISTERS, {"url": "", "label": self.register.name}]

    def get_page_title(self) -> str:
        return self.register.name

    def get_index_url(self) -> str:
        return self.register_url

    def get_index_results_url(self) -> str:
        return reverse("registers:contact_results", args=[self.register.pk])

    @cached_property
    def all_columns(self) -> list[RegisterColumn]:
        return columns_for(self.register)

    @cached_property
    def filterset_class(self) -> type[WagtailFilterSet]:
        return filter_class(self.register, self.all_columns)

    @cached_property
    def columns(self) -> list[BaseColumn]:
        shown = [ValueColumn(column) for column in shown_columns(self.request, self.register, self.all_columns)]
        ticks = [TickColumn("tick", label=_("Choose"))] if self.may_edit else []
        return [
            *ticks,
            StateColumn("state", label=_("State")),
            TitleColumn(
                "name",
                label=_("Name"),
                accessor=str,
                sort_key="sort_key",
                get_url=lambda contact: reverse("registers:contact", args=[contact.pk]),
            ),
            *shown,
        ]

    def get_base_queryset(self) -> Any:
        return Contact.objects.filter(register=self.register)

    def order_queryset(self, queryset: Any) -> Any:
        return super().order_queryset(queryset).order_by(self.ordering or "sort_key", "id")

    def labels_shown(self) -> list[str]:
        return [str(column.label) for column in shown_columns(self.request, self.register, self.all_columns)]

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not self.may_edit:
            return []
        return [
            HeaderButton(
                _("Add contact"), url=reverse("registers:add_contact", args=[self.register.pk]), icon_name="plus"
            ),
            HeaderButton(_("Import"), url=reverse("registers:import", args=[self.register.pk]), icon_name="upload"),
        ]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        pk = self.register.pk
        query = self.request.GET.urlencode()
        export = reverse("registers:export", args=[pk])
        every = [
            Button(_("Choose columns"), url=reverse("registers:columns", args=[pk]), icon_name="table", priority=10),
            Button(_("Imports"), url=reverse("registers:imports", args=[pk]), icon_name="history", priority=50),
        ]
        if not self.may_edit:
            return every[:1]
        return [
            *every,
            Button(_("Duplicates"), url=reverse("registers:duplicates", args=[pk]), icon_name="copy", priority=45),
            Button(_("Export"), url=f"{export}?{query}", icon_name="download", priority=20),
            Button(_("New segment"), url=reverse("registers:add_segment", args=[pk]), icon_name="sliders", priority=30),
            Button(_("New group"), url=reverse("registers:add_group", args=[pk]), icon_name="group", priority=40),
            Button(_("Settings and columns"), url=reverse("registers:edit", args=[pk]), icon_name="cogs", priority=60),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["register"] = self.register
        context["total_text"] = ngettext("%(count)s contact", "%(count)s contacts", context["items_count"]) % {
            "count": context["items_count"]
        }
        query = self.request.GET.copy()
        for name in ("p", "_w_filter_fragment", "ordering"):
            query.pop(name, None)
        context["bulk_query"] = query.urlencode()
        context["bulk_url"] = reverse("registers:bulk", args=[self.register.pk])
        return context


class ChooseColumnsForm(forms.Form):
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def clean_columns(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["columns"]
        if len(chosen) > MAX_SHOWN:
            raise forms.ValidationError(_("Choose at most %(limit)s columns.") % {"limit": MAX_SHOWN})
        return chosen


class ChooseColumnsView(RegisterMixin, FormView):
    """Which columns my list shows: kept in my session."""

    required_role = Role.VIEWER
    page_title = gettext_lazy("Choose columns")
    header_icon = "table"
    submit_label = gettext_lazy("Show these columns")

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        columns = columns_for(self.register)
        shown = [column.key for column in shown_columns(self.request, self.register, columns)]
        form = ChooseColumnsForm(data, initial={"columns": shown})
        form.fields["columns"].choices = [(column.key, column.label) for column in columns]  # type: ignore[attr-defined]
        return form

    def save(self, form: Any) -> str:
        self.request.session[f"columns-{self.register.pk}"] = form.cleaned_data["columns"]
        return self.register_url
