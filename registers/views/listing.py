"""The contacts of a register as a list: search, filters, chosen columns, warnings, and acting on many at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.widgets.button import Button, HeaderButton

from guards.ids import row_id
from organisations.models import Role
from organisations.views import FormView
from registers.columns import Column as RegisterColumn
from registers.columns import columns_for
from registers.company_columns import CompanyLinks, links_in
from registers.filters import asks_for_what_is_gone, filter_class
from registers.models import Contact, Register, SavedView
from registers.reach import sees_whole
from registers.removal import under_way
from registers.saved_views import MAX_SHOWN, choose_columns, chosen_columns, in_order, views_for
from registers.values import ColumnType
from registers.values.money import stored_money
from registers.views.base import HOME, REGISTERS, RegisterMixin
from registers.views.paging import place
from registers.views.people import NameColumn, PeopleListView, PlainColumn, StateColumn, TickColumn


class ValueColumn(PlainColumn):
    """A column of the register."""

    def __init__(self, column: RegisterColumn) -> None:
        self.of_register = column
        super().__init__(column.key, label=column.label, sort_key=column.key.replace(".", "__"))

    def get_value(self, instance: Contact) -> str:
        value = self.of_register.value(instance)
        if self.of_register.type == ColumnType.COMPANY:
            links: CompanyLinks = instance.company_links  # type: ignore[attr-defined]
            return links.show(value)
        text = self.of_register.show(value)
        return text if len(text) <= 120 else f"{text[:119]}…"

    def place(self, value: Any) -> tuple[int, Any]:
        """Among the values of the column: amounts by currency, and what is stored by its code as it is called."""
        column = self.of_register
        if column.type == ColumnType.MONEY and (money := stored_money(str(value))):
            return 2, (money.currency, money.amount)
        return place(column.show(value) if isinstance(value, list) or column.options or column.named else value)


def shown_columns(request: HttpRequest, register: Register, columns: list[RegisterColumn]) -> list[RegisterColumn]:
    """Those of the view that is open, else those that the user has chosen."""
    view = open_view(request, register)
    keys = view.columns if view and view.columns else chosen_columns(register, request.user)
    return in_order(columns, keys)


def open_view(request: HttpRequest, register: Register) -> SavedView | None:
    number = row_id(request.GET.get("view", ""))
    view: SavedView | None = views_for(register, request.user).filter(pk=number).first() if number else None
    return view


class ContactListView(PeopleListView):
    in_part = True
    results_template_name = "registers/contact_results.html"
    page_title = gettext_lazy("Contacts")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, REGISTERS, {"url": "", "label": self.register.name}]

    def place_by(self, ordering: str) -> Callable[[Any], tuple[int, Any]]:
        columns = (column for column in self.columns if isinstance(column, ValueColumn))
        return next((column.place for column in columns if column.sort_key == ordering), place)

    def prepare(self, contacts: list[Any]) -> None:
        shown = [column.of_register for column in self.columns if isinstance(column, ValueColumn)]
        links = links_in(shown, contacts)
        for contact in contacts:
            contact.company_links = links

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
        # While somebody types or turns pages, the drawer with the filters stays as it is.
        without_drawer = self.results_only and not self.request.GET.get("_w_filter_fragment")
        only = self.request.GET if without_drawer else None
        return filter_class(self.register, self.all_columns, self.request, only=only)

    @cached_property
    def asks_for_what_is_gone(self) -> bool:
        return asks_for_what_is_gone(self.filters, self.request.GET)

    def filter_queryset(self, queryset: Any) -> Any:
        """Nobody, rather than everybody, where a view asks for what is no more: whoever acts on them means others."""
        return queryset.none() if self.asks_for_what_is_gone else super().filter_queryset(queryset)

    @cached_property
    def shown_columns(self) -> list[RegisterColumn]:
        return shown_columns(self.request, self.register, self.all_columns)

    @cached_property
    def columns(self) -> list[BaseColumn]:
        shown = [ValueColumn(column) for column in self.shown_columns]
        ticks = [TickColumn("tick", label=_("Choose"))] if self.may_edit else []
        return [
            *ticks,
            StateColumn("state", label=_("State")),
            NameColumn(sort_key="sort_key"),
            *shown,
        ]

    def get_base_queryset(self) -> Any:
        return Contact.objects.filter(register=self.register)

    def labels_shown(self) -> list[str]:
        return [str(column.label) for column in self.shown_columns]

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not self.may_edit:
            return []
        upload = reverse("registers:import", args=[self.register.pk])
        return [
            HeaderButton(
                _("Add contact"), url=reverse("registers:add_contact", args=[self.register.pk]), icon_name="plus"
            ),
            *([HeaderButton(_("Import"), url=upload, icon_name="upload")] if self.may_manage else []),
        ]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        pk = self.register.pk
        query = self.request.GET.urlencode()
        export, segment = reverse("registers:export", args=[pk]), reverse("registers:add_segment", args=[pk])
        every = [
            Button(_("Choose columns"), url=reverse("registers:columns", args=[pk]), icon_name="table", priority=10),
            Button(
                _("Keep this list as a view"),
                url=f"{reverse('registers:add_view', args=[pk])}?{query}",
                icon_name="view",
                priority=15,
            ),
        ]
        if not sees_whole(pk):  # a view of a register is there for who sees all of it
            every = every[:1]
        if not self.may_manage:
            export_too = Button(_("Export"), url=f"{export}?{query}", icon_name="download", priority=20)
            return [*every, *([export_too] if self.may_edit else [])]
        return [
            *every,
            Button(_("Recent changes"), url=reverse("registers:changes", args=[pk]), icon_name="history", priority=48),
            Button(_("Imports"), url=reverse("registers:imports", args=[pk]), icon_name="history", priority=50),
            Button(_("Duplicates"), url=reverse("registers:duplicates", args=[pk]), icon_name="copy", priority=45),
            Button(_("Export"), url=f"{export}?{query}", icon_name="download", priority=20),
            Button(self.segment_label, url=f"{segment}?{query}", icon_name="sliders", priority=30),
            Button(_("New group"), url=reverse("registers:add_group", args=[pk]), icon_name="group", priority=40),
            Button(_("Settings and columns"), url=reverse("registers:edit", args=[pk]), icon_name="cogs", priority=60),
        ]

    @property
    def segment_label(self) -> str:
        return _("Save as segment") if self.is_filtering else _("New segment")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["register"] = self.register
        context["leaving"] = under_way(register=self.register)
        context["saved_views"] = list(views_for(self.register, self.request.user))
        context["open_view"] = open_view(self.request, self.register)
        query = self.request.GET.copy()
        for name in ("p", "_w_filter_fragment", "ordering", "view"):
            query.pop(name, None)
        context["bulk_query"] = query.urlencode()
        context["bulk_url"] = reverse("registers:bulk", args=[self.register.pk])
        return context


class ColumnsInOrder(forms.SelectMultiple):
    """As many drop-downs as columns can be shown: their order is the order of the columns, by keyboard too."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = [*(value or []), *[""] * MAX_SHOWN][:MAX_SHOWN]
        rows = []
        for number, key in enumerate(chosen, 1):
            one = forms.Select(choices=[("", "–"), *self.choices])
            label = _("Column %(number)s") % {"number": number}
            own = {"id": f"id_{name}_{number}" if number > 1 else f"id_{name}", "aria-label": label}
            rows.append((one.render(name, key, own),))
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{}</li>", rows))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [key for key in dict.fromkeys(data.getlist(name)) if key]


class ChooseColumnsForm(forms.Form):
    columns = forms.MultipleChoiceField(
        label=gettext_lazy("Columns, from left to right"),
        widget=ColumnsInOrder,
        required=False,
        help_text=gettext_lazy("The state and the name always come first."),
    )

    def clean_columns(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["columns"]
        if len(chosen) > MAX_SHOWN:
            raise forms.ValidationError(_("Choose at most %(limit)s columns.") % {"limit": MAX_SHOWN})
        return chosen


class ChooseColumnsView(RegisterMixin, FormView):
    """Which columns my list shows, and in which order."""

    required_role = Role.VIEWER
    in_part = True
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
        choose_columns(register=self.register, user=self.request.user, columns=form.cleaned_data["columns"])
        return self.register_url
