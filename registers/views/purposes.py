"""Purposes: what the organisation uses people's data for, in its own words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import Button, HeaderButton

from organisations.views import ChangeFormView, FormView, OrganisationView
from registers.forms.purposes import PurposeForm
from registers.models import Purpose
from registers.purposes import PurposeInUse, delete_purpose, is_in_use, retire_purpose
from registers.views.base import HOME, DeletionView, ListView

PURPOSES = {"url": reverse_lazy("registers:purposes"), "label": gettext_lazy("Purposes")}


class PurposeListView(ListView):
    page_title = gettext_lazy("Purposes")
    header_icon = "clipboard-list"
    index_url_name = "registers:purposes"
    template_name = "registers/contacts.html"
    results_template_name = "registers/purpose_results.html"
    default_ordering = "name"

    @cached_property
    def columns(self) -> list[Any]:
        link = {"get_url": lambda purpose: reverse("registers:purpose", args=[purpose.pk])} if self.may_edit else {}
        return [
            TitleColumn("name", label=_("Name"), sort_key="name", **link),
            Column("description", label=_("Description")),
            Column("register_count", label=_("Registers")),
            Column("state", label=_("State"), accessor=lambda row: _("Retired") if row.retired else _("In use")),
        ]

    def get_base_queryset(self) -> Any:
        return Purpose.objects.annotate(register_count=Count("registers"))

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {"url": "", "label": _("Purposes")}]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.may_edit:
            return []
        return [HeaderButton(_("Add purpose"), url=reverse("registers:add_purpose"), icon_name="plus")]


class AddPurposeView(FormView):
    page_title = gettext_lazy("New purpose")
    header_icon = "clipboard-list"
    submit_label = gettext_lazy("Add purpose")
    template_name = "registers/form.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, PURPOSES, {"url": "", "label": self.get_page_title()}]

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return PurposeForm(data)  # type: ignore[return-value]

    def save(self, form: Any) -> str:
        purpose = form.save()
        text = _("“%(name)s” is ready. Say in the settings of a register whether it is for this, and by which right.")
        messages.success(self.request, text % {"name": purpose})
        return reverse("registers:purposes")


class PurposeMixin:
    kwargs: dict[str, Any]
    page_title: Any

    @cached_property
    def purpose(self) -> Purpose:
        purpose: Purpose = get_object_or_404(Purpose, pk=self.kwargs["pk"])
        return purpose

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, PURPOSES, {"url": "", "label": self.purpose.name}]


class EditPurposeView(PurposeMixin, ChangeFormView):
    page_title = gettext_lazy("Purpose")
    header_icon = "clipboard-list"
    template_name = "registers/purpose.html"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return PurposeForm(data, instance=self.purpose)  # type: ignore[return-value]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        url = reverse("registers:delete_purpose", args=[self.purpose.pk])
        return [Button(_("Delete purpose"), url=url, icon_name="bin")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        registers = self.purpose.registers.select_related("register").order_by("register__name")
        return super().get_context_data(**kwargs) | {"purpose": self.purpose, "registers": registers}

    def save(self, form: Any) -> str:
        form.save()
        messages.success(self.request, _("“%(name)s” is saved.") % {"name": self.purpose})
        return reverse("registers:purposes")


class RetirePurposeView(PurposeMixin, OrganisationView):
    """POST retires it; POST with `back` offers it again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        retired = "back" not in request.POST
        retire_purpose(purpose=self.purpose, retired=retired)
        text = (
            _("“%(name)s” is not offered any more. What people have agreed to is kept.")
            if retired
            else _("“%(name)s” is offered again.")
        )
        messages.success(request, text % {"name": self.purpose})
        return redirect("registers:purposes")


class DeletePurposeView(PurposeMixin, DeletionView):
    page_title = gettext_lazy("Delete")

    def asked(self) -> dict[str, Any]:
        consequence = _("It goes from the settings of registers as well. Nobody has agreed to it so far.")
        act = _("Delete purpose")
        if is_in_use(self.purpose):
            consequence = _(
                "People have agreed to it or taken that back, or a campaign or an automation is for it. It cannot be "
                "deleted, for that is to be kept: retire it instead, and it is not offered any more."
            )
            act = ""
        return {
            "question": _("Delete the purpose “%(name)s”?") % {"name": self.purpose},
            "consequence": consequence,
            "act": act,
            "back_url": reverse("registers:purpose", args=[self.purpose.pk]),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = self.purpose.name
        try:
            delete_purpose(purpose=self.purpose)
        except PurposeInUse:
            messages.error(request, _("Nothing was deleted: “%(name)s” is in use. Retire it.") % {"name": name})
            return redirect("registers:purpose", self.purpose.pk)
        messages.success(request, _("“%(name)s” is deleted.") % {"name": name})
        return redirect("registers:purposes")
