"""Undoing an import: what it would do, the confirmation, and what it has done."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from organisations.figures import number
from organisations.views import OrganisationView
from registers.access import log_access
from registers.bulk.preparing import do_at_once
from registers.columns import OWN
from registers.imports.targets import NEW
from registers.imports.undoing import columns_to_retire, confirm_undo, drop_undo, retire_empty_columns, start_undo
from registers.imports.verdicts import Outcome
from registers.models import Import, ImportChange
from registers.models.register import Field
from registers.views.imports import BatchMixin, ImportMixin

KEPT_PER_PAGE = 50


def undo_context(request: HttpRequest, batch: Import) -> dict[str, Any]:
    counts = {outcome: batch.undo_counts.get(outcome, 0) for outcome in Outcome.values}
    kept = ImportChange.objects.filter(batch=batch, kept__isnull=False).select_related("contact")
    page = Paginator(kept.order_by("contact"), KEPT_PER_PAGE).get_page(request.GET.get("p"))
    if page.object_list:
        log_access(user=request.user, action="list", subject=batch, count=len(page.object_list))
    made = [entry for entry in batch.mapping if entry["target"] == NEW]
    filled = [entry["target"].removeprefix(OWN) for entry in batch.mapping]
    choices = Field.objects.filter(register=batch.register_id, key__in=filled, type__in=Field.CHOICE_TYPES)
    deleted, restored = counts[Outcome.DELETED], counts[Outcome.RESTORED] + counts[Outcome.PARTLY]
    notes, notes_kept = batch.undo_counts.get("notes", 0), batch.undo_counts.get("notes_kept", 0)
    return {
        "done": batch.undo == Import.Undo.DONE,
        "of_notes_alone": bool(notes or notes_kept) and not any(counts.values()),
        "tiles": [(value, label, counts[value]) for value, label in _outcomes(batch)],
        "kept": page,
        "kept_count": page.paginator.count,
        "made_columns": made,
        "has_choices": choices.exists(),
        "empty_columns": columns_to_retire(batch),
        "nothing": not any((deleted, restored, batch.undo_counts.get("out_of_group"), notes)),
        "consents": batch.undo_counts.get("consents", 0),
        "stops": batch.undo_counts.get("stops", 0),
        "notes": notes,
        "notes_kept": notes_kept,
        "out_of_group": batch.undo_counts.get("out_of_group", 0),
        "act": _act(deleted, restored, batch.undo_counts.get("out_of_group", 0), notes=notes),
    }


def _outcomes(batch: Import) -> list[tuple[str, Any]]:
    if not batch.is_change:
        return list(Outcome.choices)
    return [
        (Outcome.RESTORED, _("As before the change")),
        (Outcome.PARTLY, Outcome.PARTLY.label),
        (Outcome.LEFT, Outcome.LEFT.label),
    ]


def _act(deleted: int, restored: int, out_of_group: int, *, notes: int) -> str:
    if notes and not deleted and not restored:
        return ngettext("Undo: delete %(count)s note", "Undo: delete %(count)s notes", notes) % {"count": number(notes)}
    delete = ngettext("delete %(count)s contact", "delete %(count)s contacts", deleted) % {"count": number(deleted)}
    restore = ngettext("restore %(count)s contact", "restore %(count)s contacts", restored) % {
        "count": number(restored)
    }
    if not deleted and not restored:
        return ngettext(
            "Undo: take %(count)s contact out of the group",
            "Undo: take %(count)s contacts out of the group",
            out_of_group,
        ) % {"count": number(out_of_group)}
    if deleted and restored:
        return _("Undo: %(delete)s, %(restore)s") % {"delete": delete, "restore": restore}
    return _("Undo: %(what)s") % {"what": delete if deleted else restore}


def with_undo(request: HttpRequest, batch: Import, text: str) -> SafeString:
    """A message with the button that asks what undoing would do: a form, for asking counts and writes that down."""
    context = {"batch": batch, "text": text}
    return render_to_string("registers/includes/undo_button.html", context, request=request)


class UndoStep(BatchMixin, OrganisationView):
    """A button: does one thing and goes back to the import's page, which shows where it stands."""

    http_method_names = ["post"]

    def act(self) -> None:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.act()
            if self.batch.is_change:
                do_at_once(self.batch)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(self.step_url)


class StartUndoView(UndoStep):
    def act(self) -> None:
        start_undo(batch=self.batch, user=self.request.user)


class ConfirmUndoView(UndoStep):
    def act(self) -> None:
        confirm_undo(batch=self.batch, user=self.request.user)


class DropUndoView(UndoStep):
    def act(self) -> None:
        if drop_undo(batch=self.batch):
            messages.success(self.request, _("Everything stays as it is. Nothing has been changed."))


class RetireColumnsView(ImportMixin, UndoStep):
    def act(self) -> None:
        if fields := retire_empty_columns(batch=self.batch):
            names = ", ".join(field.label for field in fields)
            messages.success(self.request, _("Retired: %(columns)s.") % {"columns": names})
