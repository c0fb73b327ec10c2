"""Automations of a group: adding and changing them, and the log of what they did."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn

from guards.ids import row_id
from organisations.figures import number
from organisations.models import Role
from organisations.views import ChangeFormView, FormView, OrganisationView
from registers.access import log_access
from registers.automations.acts import Act, act_of, act_to_choose
from registers.automations.keeping import save_automation, switch, try_again
from registers.forms.automations import AutomationForm, ChooseActForm
from registers.models import Automation, AutomationRun, Group
from registers.views.base import DeletionView, ListView
from registers.views.groups import GroupMixin
from registers.views.people import PersonColumn
from registers.warnings import warn_of


class ActForm(GroupMixin, FormView):
    template_name = "registers/form.html"
    header_icon = "cog"

    @property
    def act(self) -> Act:
        raise NotImplementedError

    def save_form(self, form: Any, automation: Automation | None = None) -> Automation:
        return save_automation(
            group=self.group,
            on=form.cleaned_data["on"],
            act=self.act.key,
            values=form.act_values(),
            name=form.cleaned_data["name"],
            enabled=form.cleaned_data["enabled"],
            user=self.request.user,
            automation=automation,
        )


class AddAutomationView(ActForm):
    """Two steps at one address: which act (`act` in the query), and what it wants to know."""

    page_title = gettext_lazy("New automation")

    @cached_property
    def chosen(self) -> Act | None:
        return act_to_choose(self.request.GET.get("act", ""))

    @property
    def act(self) -> Act:
        if self.chosen is None:
            raise Http404
        return self.chosen

    @property
    def submit_label(self) -> str:
        return _("Save automation") if self.chosen else _("Continue")

    def get_page_title(self) -> str:
        return str(self.chosen.label if self.chosen else self.page_title)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        below = len(self.group.with_descendants()) - 1
        if below:
            context["lead"] = _("Joining or leaving one of the groups below “%(group)s” counts too.") % {
                "group": self.group.name
            }
        return context

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        initial = {"on": self.request.GET.get("on")} if self.request.GET.get("on") in Automation.On.values else {}
        if self.chosen is None:
            return ChooseActForm(data, initial=initial)
        return AutomationForm(data, act=self.chosen, group=self.group, initial=initial)

    def save(self, form: Any) -> str:
        if self.chosen is None:
            query = urlencode({"on": form.cleaned_data["on"], "act": form.cleaned_data["act"]})
            return f"{reverse('registers:add_automation', args=[self.group.pk])}?{query}"
        automation = self.save_form(form)
        messages.success(
            self.request,
            _("“%(name)s” is ready. It is for those who come from now on; who is in the group already is left alone.")
            % {"name": automation.name}
            if automation.on == Automation.On.JOINED
            else _("“%(name)s” is ready, for those who leave from now on.") % {"name": automation.name},
        )
        return self.group_url


class AutomationMixin(GroupMixin):
    @cached_property
    def automation(self) -> Automation:
        rows = Automation.objects.select_related("group__register__organisation")
        automation: Automation = get_object_or_404(rows, pk=self.kwargs["pk"])
        return automation

    @cached_property
    def group(self) -> Group:
        return self.automation.group


class EditAutomationView(AutomationMixin, ActForm, ChangeFormView):
    page_title = gettext_lazy("Change the automation")

    @property
    def act(self) -> Act:
        found = act_to_choose(self.automation.act)
        if found is None:
            raise Http404
        return found

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        row = self.automation
        name = "" if row.name == self.act.describe(row.settings, self.group)[:150] else row.name
        initial = {**self.act.initial(row.settings), "on": row.on, "name": name, "enabled": row.enabled}
        return AutomationForm(data, act=self.act, group=self.group, initial=initial)

    def save(self, form: Any) -> str:
        automation = self.save_form(form, self.automation)
        messages.success(self.request, _("“%(name)s” is saved.") % {"name": automation.name})
        return self.group_url


class SwitchAutomationView(AutomationMixin, OrganisationView):
    """Switches it off where it is on, and the other way round, as `on` of the form says."""

    required_role = Role.EDITOR
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        enabled = request.POST.get("enabled") == "yes"
        try:
            switch(automation=self.automation, enabled=enabled)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(self.group_url)
        text = (
            _("“%(name)s” is switched on.") if enabled else _("“%(name)s” is switched off: nothing happens any more.")
        )
        messages.success(request, text % {"name": self.automation.name})
        return redirect(self.group_url)


class DeleteAutomationView(AutomationMixin, DeletionView):
    page_title = gettext_lazy("Delete the automation")

    def asked(self) -> dict[str, Any]:
        runs = AutomationRun.objects.filter(automation=self.automation)
        count, waiting = runs.count(), runs.waiting().count()
        consequence = ngettext(
            "What it has done stays done. Its log goes with it: %(count)s entry.",
            "What it has done stays done. Its log goes with it: %(count)s entries.",
            count,
        ) % {"count": number(count)}
        if waiting:
            consequence += " " + ngettext(
                "For %(count)s person it waits and will not happen.",
                "For %(count)s people it waits and will not happen.",
                waiting,
            ) % {"count": number(waiting)}
        return {
            "question": _("Delete the automation “%(name)s”?") % {"name": self.automation.name},
            "consequence": consequence,
            "act": _("Delete automation"),
            "back_url": self.group_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.automation.delete()
        messages.success(request, _("The automation is deleted."))
        return redirect(self.group_url)


class OutcomeColumn(Column):
    cell_template_name = "registers/includes/run_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"run": instance, "csrf_token": get_token(parent_context["request"])}


class RunListView(GroupMixin, ListView):
    """Who, what, when, and what came of it; the newest first."""

    header_icon = "history"
    page_title = gettext_lazy("Log of automations")
    template_name = "registers/contacts.html"
    results_template_name = "registers/run_results.html"
    default_ordering = "-pk"
    columns = [
        OutcomeColumn("state", label=gettext_lazy("What came of it")),
        PersonColumn(
            "contact",
            label=gettext_lazy("Who"),
            accessor=lambda run: str(run.contact),
            get_url=lambda run: reverse("registers:contact", args=[run.contact_id]),
        ),
        Column("on", label=gettext_lazy("When"), accessor=lambda run: run.automation.get_on_display()),
        Column("automation", label=gettext_lazy("What")),
        DateColumn("at", label=gettext_lazy("Since")),
    ]

    @property
    def only_failed(self) -> bool:
        return self.request.GET.get("state") == "failed"

    def get_base_queryset(self) -> Any:
        runs = AutomationRun.objects.filter(automation__group=self.group)
        return runs.filter(state=AutomationRun.State.FAILED) if self.only_failed else runs

    def order_queryset(self, queryset: Any) -> Any:
        return queryset.order_by("-pk").select_related("automation", "contact")

    def get_index_url(self) -> str:
        return reverse("registers:group_runs", args=[self.group.pk])

    def get_index_results_url(self) -> str:
        return reverse("registers:group_run_results", args=[self.group.pk])

    def get_table(self, object_list: Any) -> Any:
        runs = list(object_list)
        fates: dict[int, str] = {}
        for key in {run.automation.act for run in runs}:
            if act := act_of(key):
                fates |= act.fates([run.pk for run in runs if run.automation.act == key])
        for run in runs:
            run.fate = fates.get(run.pk, "")
            run.may_try_again = self.may_edit and run.state == AutomationRun.State.FAILED
        warn_of(runs)
        if runs:
            log_access(user=self.request.user, action="list", subject=self.group, count=len(runs), fields=["name"])
        return super().get_table(runs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        runs = AutomationRun.objects.filter(automation__group=self.group)
        context["failed"] = runs.filter(state=AutomationRun.State.FAILED).count()
        context["only_failed"] = self.only_failed
        context["days"] = AutomationRun.KEEP.days
        context["group"] = self.group
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Try again what did not work: one run (`run`), or all."""
        if not self.may_edit:
            return redirect(self.get_index_url())
        asked = request.POST.get("run")
        count = try_again(group=self.group, run=row_id(asked) if asked else None)
        text = ngettext("%(count)s is tried again.", "%(count)s are tried again.", count)
        messages.success(request, text % {"count": number(count)})
        return redirect(self.get_index_url())
