"""A change of many contacts: what → how many would change → done, and taken back. One address shows where it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from organisations.figures import number
from organisations.views import OrganisationTemplateView, OrganisationView, put_errors
from registers.bulk.acts import ChangeImpossible, Does, Fate, act_of
from registers.bulk.preparing import (
    confirm_change,
    do_at_once,
    plan_column_change,
    plan_group_change,
    plan_mark,
    stop_change,
)
from registers.bulk.writing import DONE_PREFIX
from registers.columns import Column, columns_by_key
from registers.contacts import describe_count
from registers.forms.bulk import ColumnForm, GroupChangeForm, ValueForm
from registers.models import Import
from registers.views.imports import BatchMixin, State, progress_of
from registers.views.undo import undo_context, with_undo

GROUP_ACTS = (Does.JOIN, Does.LEAVE)
LONGEST = 80  # characters of a value that a sentence has room for


BEGUN_FROM = "changes_begun_from"  # {change: the list}, in the session of who began them
MOST_BEGUN = 20  # each in a tab of its own


class ChangeMixin(BatchMixin):
    batches = {"change__isnull": False}

    @property
    def list_url(self) -> str:
        """The list as it was searched and filtered when this change was asked for."""
        begun: dict[str, str] = self.request.session.get(BEGUN_FROM, {})
        return begun.get(str(self.batch.pk), self.register_url)

    @cached_property
    def column(self) -> Column | None:
        """The column that is meant: the one just chosen, else the one that was."""
        known = columns_by_key(self.register)
        chosen = self.request.POST.get("column") or self.request.GET.get("column")
        return known.get(chosen or (self.batch.change or {}).get("column", ""))


class ChangeView(ChangeMixin, OrganisationTemplateView):
    header_icon = "edit"

    def get_page_title(self) -> str:
        return _("Change %(count)s") % {"count": describe_count(self.batch.total)}

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": reverse("registers:changes", args=[self.register.pk]), "label": _("Recent changes")}]

    @property
    def does(self) -> str:
        return str((self.batch.change or {}).get("does", ""))

    @cached_property
    def is_asking(self) -> bool:
        if self.batch.state == State.READY:
            return "again" in self.request.GET or self.request.method == "POST"
        return self.batch.state in (State.UPLOADED, State.FAILED)

    def get_template_names(self) -> list[str]:
        if self.is_asking:
            return ["registers/change_form.html"]
        if self.batch.is_working:
            return ["registers/import_progress.html"]
        if self.batch.undo in (Import.Undo.READY, Import.Undo.DONE):
            return ["registers/change_undo.html"]
        return ["registers/change.html"]

    def get_form(self, data: Any = None) -> forms.Form:
        if self.does in GROUP_ACTS:
            return GroupChangeForm(data, batch=self.batch, does=self.does)
        if self.column is None:
            return ColumnForm(None, columns=list(columns_by_key(self.register).values()))
        return ValueForm(data, column=self.column)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context |= {"batch": self.batch, "register": self.register, "back_url": self.list_url}
        if self.is_asking:
            form = kwargs.get("form") or self.get_form()
            context |= {
                "form": form,
                "media": form.media,
                "column": None if isinstance(form, (ColumnForm, GroupChangeForm)) else self.column,
                "choosing": isinstance(form, ColumnForm),
                "question": self.question(),
            }
        elif self.batch.is_working:
            context |= progress_of(self.batch)
        elif self.batch.undo in (Import.Undo.READY, Import.Undo.DONE):
            context |= undo_context(self.request, self.batch)
        else:
            context |= self.numbers()
        return context

    def question(self) -> str:
        count = describe_count(self.batch.total)
        if self.does == Does.JOIN:
            return _("Add %(count)s to which group?") % {"count": count}
        if self.does == Does.LEAVE:
            return _("Take %(count)s out of which group?") % {"count": count}
        if self.column is None:
            return _("Which column of %(count)s is to be changed?") % {"count": count}
        return _("What is to become of “%(column)s” of %(count)s?") % {"column": self.column.label, "count": count}

    def numbers(self) -> dict[str, Any]:
        counts, ready = self.batch.counts, self.batch.state == State.READY
        prefix = "" if ready else DONE_PREFIX
        fates = [(fate.value, fate.label, counts.get(prefix + fate, 0)) for fate in Fate]
        will = counts.get(prefix + Fate.WILL, 0)
        why = ""
        if counts.get(prefix + Fate.REFUSED, 0):
            try:
                why = act_of(self.batch).why_refused
            except ChangeImpossible as obstacle:
                why = str(obstacle)
        return {
            "ready": ready,
            "seen": plan_mark(self.batch),
            "fates": [row for row in fates if row[2] or row[0] in (Fate.WILL, Fate.SAME)],
            "will": will,
            "why_refused": why,
            "what": describe_change(self.batch),
            "act_label": self.act_label(will),
            "may_be_undone": self.batch.may_be_undone,
        }

    def act_label(self, count: int) -> str:
        if self.does == Does.JOIN:
            words = ngettext("Add %(count)s contact", "Add %(count)s contacts", count)
        elif self.does == Does.LEAVE:
            words = ngettext("Take out %(count)s contact", "Take out %(count)s contacts", count)
        else:
            words = ngettext("Change %(count)s contact", "Change %(count)s contacts", count)
        return words % {"count": number(count)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form(request.POST)
        if form.is_valid():
            try:
                do_at_once(self.plan(form.cleaned_data))
                return redirect(self.step_url)
            except ValidationError as error:
                put_errors(form, error)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def plan(self, values: dict[str, Any]) -> Import:
        if self.does in GROUP_ACTS:
            new_group = values.get("new_group", "")
            return plan_group_change(batch=self.batch, does=self.does, group=values["group"], new_group=new_group)
        return plan_column_change(
            batch=self.batch,
            column=self.column.key if self.column else "",
            does=values["does"],
            value=values.get("value"),
        )


class ConfirmChangeView(ChangeMixin, OrganisationView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            batch = confirm_change(batch=self.batch, seen=request.POST.get("seen", ""))
            do_at_once(batch)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(self.step_url)
        if batch.state != State.DONE:
            return redirect(self.step_url)
        count = batch.counts.get(DONE_PREFIX + Fate.WILL, 0)
        text = ngettext("%(count)s contact changed.", "%(count)s contacts changed.", count) % {"count": number(count)}
        messages.success(request, with_undo(request, batch, text) if batch.may_be_undone else text)
        return redirect(self.list_url)


class StopChangeView(ChangeMixin, OrganisationView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        changed = stop_change(batch=self.batch)
        if self.batch.state == State.DONE:
            messages.warning(request, _("Everything had been changed already."))
        elif changed:
            text = ngettext(
                "Stopped. %(count)s contact had been changed.", "Stopped. %(count)s contacts had been changed.", changed
            )
            messages.success(request, text % {"count": number(changed)})
        else:
            messages.success(request, _("Nothing was changed."))
        return redirect(self.step_url if changed else self.list_url)


def describe_change(batch: Import) -> str:
    """What a change does, as a sentence with the column or group, and what is written."""
    change: dict[str, Any] = batch.change or {}
    name = batch.group.name if batch.group else batch.new_group
    if change.get("does") in GROUP_ACTS:
        words = _("Add to “%(group)s”") if change["does"] == Does.JOIN else _("Take out of “%(group)s”")
        return words % {"group": name or "–"}
    column = columns_by_key(batch.register).get(change.get("column", ""))
    facts = {
        "column": column.label if column else change.get("column", ""),
        "value": Truncator(column.show(change.get("value"))).chars(LONGEST) if column else "",
    }
    return {
        Does.SET: _("Write “%(value)s” into “%(column)s”"),
        Does.ADD: _("Add “%(value)s” to “%(column)s”"),
        Does.REMOVE: _("Take “%(value)s” away from “%(column)s”"),
    }.get(change.get("does", ""), _("Empty “%(column)s”")) % facts
