"""Views of a register that people keep: made from the list as it stands, renamed, shared, deleted. And the filter by
any column, which is the rule builder without a name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button

from organisations.models import Role
from organisations.views import FormView
from registers.columns import columns_for
from registers.conditions import RuleMistake
from registers.filters import RULE, read_rule, write_rule
from registers.models import Register, SavedView
from registers.rules import rule_from
from registers.saved_views import change_view, lasting_query, save_view
from registers.segments import compile_rule
from registers.views.base import DeletionView, RegisterMixin
from registers.views.listing import open_view, shown_columns
from registers.views.segments import SegmentFormView, add_part

LONGEST_QUERY = 6_000  # bytes of an address that servers on the way let through, with its path and the search


class ViewForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    shared = forms.BooleanField(label=gettext_lazy("Show it to everybody who sees this register"), required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_share:
            del self.fields["shared"]


class AddViewView(RegisterMixin, FormView):
    """Keeps the list whose address stands behind the question mark."""

    required_role = Role.VIEWER
    page_title = gettext_lazy("Keep this list as a view")
    header_icon = "view"
    submit_label = gettext_lazy("Keep view")

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        view = open_view(self.request, self.register)
        mine = view if view and view.owner_id == self.request.user.pk else None
        initial = {"name": mine.name, "shared": mine.shared} if mine else None
        return ViewForm(data, initial=initial, may_share=self.may_edit)

    def save(self, form: Any) -> str:
        columns = shown_columns(self.request, self.register, columns_for(self.register))
        view = save_view(
            register=self.register,
            owner=self.request.user,
            name=form.cleaned_data["name"],
            query=lasting_query(self.request.GET),
            columns=[column.key for column in columns],
            shared=form.cleaned_data.get("shared", False),
            opened=open_view(self.request, self.register),
        )
        messages.success(self.request, _("The view “%(name)s” is kept: it stands above the list.") % {"name": view})
        return address_of(view)


def address_of(view: SavedView) -> str:
    query = QueryDict(view.query, mutable=True)
    query["view"] = str(view.pk)
    return f"{reverse('registers:contacts', args=[view.register_id])}?{query.urlencode()}"


class OwnView(RegisterMixin):
    """One's own view; of others' shared ones an editor decides, too."""

    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def view(self) -> SavedView:
        view: SavedView = get_object_or_404(SavedView.objects.select_related("register"), pk=self.kwargs["pk"])
        if view.owner_id != self.request.user.pk and not (view.shared and self.may_edit):
            raise Http404
        return view

    @cached_property
    def register(self) -> Register:
        return self.view.register

    def get_page_title(self) -> str:
        return self.view.name


class EditViewView(OwnView, FormView):
    required_role = Role.VIEWER
    header_icon = "view"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        initial = {"name": self.view.name, "shared": self.view.shared}
        return ViewForm(data, initial=initial, may_share=self.may_edit)

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        url = reverse("registers:delete_view", args=[self.view.pk])
        return [Button(_("Delete view"), url=url, icon_name="bin")]

    def save(self, form: Any) -> str:
        values = form.cleaned_data
        change_view(view=self.view, name=values["name"], shared=values.get("shared", self.view.shared))
        return address_of(self.view)


class DeleteViewView(OwnView, DeletionView):
    required_role = Role.VIEWER

    def asked(self) -> dict[str, Any]:
        return {
            "question": _("Delete the view “%(name)s”?") % {"name": self.view.name},
            "consequence": (
                _("Nobody sees it above the list any more. The contacts stay as they are.")
                if self.view.shared
                else _("Only the view goes; the contacts stay as they are.")
            ),
            "act": _("Delete view"),
            "back_url": address_of(self.view),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        url, name = self.register_url, self.view.name
        self.view.delete()
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": name})
        return redirect(url)


class FilterView(SegmentFormView):
    """The rule builder as a filter of the list; what the list was already filtered by stays."""

    in_part = True
    required_role = Role.VIEWER
    page_title = gettext_lazy("Filter by any column")
    header_icon = "sliders"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return RegisterMixin.get_breadcrumbs_items(self)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "rule" not in kwargs:
            try:
                kwargs["rule"] = read_rule(self.request.GET.get(RULE, ""))
            except RuleMistake:
                kwargs["rule"] = None
        return {**super().get_context_data(**kwargs), "nameless": True, "submit_label": _("Show who fits")}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if {"add_row", "add_block", "count"} & set(request.POST):
            whole = rule_from(request.POST, keep_blank=True)
            add_part(whole, request.POST)
            return self.render_to_response(self.get_context_data(rule=whole))
        mistake, rule, query = "", rule_from(request.POST), request.GET.copy()
        query.pop(RULE, None)
        query.pop("p", None)
        if rule["conditions"]:
            try:
                compile_rule(rule, self.register)
                query[RULE] = write_rule(rule)
            except RuleMistake as error:
                mistake = str(error)
        if len(query.urlencode()) > LONGEST_QUERY:
            mistake = _("These conditions are too long for a filter. Keep them as a segment: its rule may be longer.")
        if mistake:
            messages.error(request, mistake)
            return self.render_to_response(self.get_context_data(rule=rule, mistake=mistake), status=422)
        return redirect(f"{self.register_url}?{query.urlencode()}")
