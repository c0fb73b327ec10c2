"""Follow-ups: on a contact's page, and the list of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, Column

from organisations.views import ChangeFormView, FormView, OrganisationView
from registers.absences import today
from registers.followups import change_follow_up, delete_follow_up, make_follow_up, possible_users, settle
from registers.forms.diary import FollowUpForm
from registers.models import Contact, FollowUp
from registers.views.base import HOME, DeletionView, ListView, LocalTimeMixin
from registers.views.contacts import ContactMixin
from registers.views.people import AboutPeople, PersonColumn


class DueColumn(BaseColumn):
    cell_template_name = "registers/includes/due_cell.html"

    def __init__(self, name: str, *, today: dt.date, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.today = today

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"overdue": instance.is_overdue(self.today)}


class SettleColumn(BaseColumn):
    """A button that says it is done, and leads back to the list as it was."""

    header_template_name = "registers/includes/plain_header.html"
    cell_template_name = "registers/includes/settle_cell.html"

    def __init__(self, name: str, *, request: HttpRequest, back: str, may_edit: bool, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.shared = {"csrf_token": get_token(request), "next": back, "may_edit": may_edit}

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | self.shared


class FollowUpListView(AboutPeople, LocalTimeMixin, ListView):
    """Of oneself or of everybody, open or done; those that are overdue stand first."""

    page_title = gettext_lazy("Follow-ups")
    header_icon = "tasks"
    index_url_name = "registers:follow_ups"
    index_results_url_name = "registers:follow_up_results"
    template_name = "registers/contacts.html"
    results_template_name = "registers/follow_up_results.html"
    logged_as = "follow-ups"
    default_ordering = "due_on"

    @cached_property
    def shows_all(self) -> bool:
        return self.request.GET.get("whose") == "all"

    @cached_property
    def shows_done(self) -> bool:
        return self.request.GET.get("state") == "done"

    @cached_property
    def columns(self) -> list[Any]:
        done = [Column("done_by", label=_("Done by"))] if self.shows_done else []
        return [
            SettleColumn("settle", label=_("Done"), request=self.request, back=self.here, may_edit=self.may_edit),
            DueColumn("due_on", label=_("By when"), today=today()),
            Column("text", label=_("What is to be done")),
            PersonColumn(
                "contact",
                label=_("Contact"),
                get_url=lambda row: reverse("registers:contact", args=[row.contact_id]),
            ),
            Column("responsible", label=_("Who"), accessor=lambda row: row.responsible or _("The owners")),
            *done,
        ]

    def get_base_queryset(self) -> Any:
        rows = FollowUp.objects.select_related("contact", "responsible", "done_by")
        if not self.shows_all:
            rows = rows.of(self.request.user)
        return rows.done() if self.shows_done else rows.open()

    def order_queryset(self, queryset: Any) -> Any:
        return queryset.order_by("-done_at", "id") if self.shows_done else queryset.order_by("due_on", "id")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {"url": "", "label": str(self.page_title)}]

    @property
    def here(self) -> str:
        """The list as it is shown, wherever its rows were asked from."""
        query = self.request.GET.urlencode()
        return reverse("registers:follow_ups") + (f"?{query}" if query else "")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        whose, state = ("all" if self.shows_all else "mine"), ("done" if self.shows_done else "open")
        context["choices"] = [
            (label, f"?whose={one}&state={other}", (one, other) == (whose, state))
            for label, one, other in (
                (_("Yours, open"), "mine", "open"),
                (_("Everybody’s, open"), "all", "open"),
                (_("Yours, done"), "mine", "done"),
                (_("Everybody’s, done"), "all", "done"),
            )
        ]
        return context


class AddFollowUpView(ContactMixin, FormView):
    in_part = True
    page_title = gettext_lazy("New follow-up")
    header_icon = "tasks"
    submit_label = gettext_lazy("Add follow-up")
    template_name = "registers/form.html"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        users = possible_users(self.organisation)
        return FollowUpForm(data, users=users, initial={"responsible": self.request.user.pk})

    def save(self, form: Any) -> str:
        make_follow_up(contact=self.contact, user=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The follow-up for %(name)s is saved.") % {"name": self.contact})
        return self.contact_url


class FollowUpMixin(ContactMixin):
    @cached_property
    def follow_up(self) -> FollowUp:
        rows = FollowUp.objects.select_related("contact__register", "responsible")
        follow_up: FollowUp = get_object_or_404(rows, pk=self.kwargs["pk"])
        return follow_up

    @cached_property
    def contact(self) -> Contact:
        return self.follow_up.contact


class EditFollowUpView(FollowUpMixin, ChangeFormView):
    in_part = True
    page_title = gettext_lazy("Change the follow-up")
    header_icon = "tasks"
    template_name = "registers/form.html"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        row = self.follow_up
        initial = {"text": row.text, "due_on": row.due_on, "responsible": row.responsible_id}
        return FollowUpForm(data, users=possible_users(self.organisation), initial=initial)

    def save(self, form: Any) -> str:
        change_follow_up(follow_up=self.follow_up, user=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The follow-up is saved."))
        return self.contact_url


class SettleView(FollowUpMixin, OrganisationView):
    """POST with `done` empty opens it again."""

    in_part = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        done = bool(request.POST.get("done"))
        settle(follow_up=self.follow_up, done=done, user=request.user)
        text = _("Done: %(text)s") if done else _("Open again: %(text)s")
        messages.success(request, text % {"text": self.follow_up})
        back = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
        return redirect(back if safe else self.contact_url)


class DeleteFollowUpView(FollowUpMixin, DeletionView):
    in_part = True
    page_title = gettext_lazy("Delete the follow-up")

    def asked(self) -> dict[str, Any]:
        return {
            "question": _("Delete the follow-up “%(text)s”?") % {"text": self.follow_up},
            "consequence": _("It will be gone for good, and nobody is reminded of it."),
            "act": _("Delete 1 follow-up"),
            "back_url": self.contact_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        delete_follow_up(follow_up=self.follow_up, user=request.user)
        messages.success(request, _("The follow-up is deleted."))
        return redirect(self.contact_url)
