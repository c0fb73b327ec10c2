"""Imports of a register: the list, the upload, and the buttons of the wizard. Its pages: `import_steps`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from guards.disk import why_not_kept
from guards.tables import FORMATS, table_response
from guards.uploads import MAX_BOOK_BYTES, MAX_TEXT_BYTES, MEBIBYTE, SPREADSHEET_ENDINGS, UploadError
from organisations.figures import number
from organisations.models import Role
from organisations.views import FormView, OrganisationView
from registers.bulk.preparing import PIECE
from registers.exports.records import record_export
from registers.imports.heads import has_corrections, heads_of_corrections
from registers.imports.uploading import (
    add_choices,
    cancel_import,
    confirm_import,
    start_import,
)
from registers.imports.verdicts import Outcome
from registers.models import Import, ImportChange, ImportRow, Register
from registers.views.base import ListView, RegisterMixin

State = Import.State


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet or address book"),
        allow_empty_file=True,  # the upload door says it better
        error_messages={"required": gettext_lazy("Choose the file first: a spreadsheet or an address book.")},
        help_text=gettext_lazy(
            "Excel (.xlsx, .xls), OpenDocument (.ods) or a table in a web page (.html) up to %(book)s MB; CSV, a "
            "tab-separated file or vCards (.vcf) up to %(text)s MB. Nothing is saved to the register "
            "before you have seen what would happen."
        )
        % {"book": MAX_BOOK_BYTES // MEBIBYTE, "text": MAX_TEXT_BYTES // MEBIBYTE},
        widget=forms.FileInput(attrs={"accept": ",".join(SPREADSHEET_ENDINGS)}),
    )


class UploadView(RegisterMixin, FormView):
    page_title = gettext_lazy("Import")
    header_icon = "upload"
    submit_label = gettext_lazy("Upload and look")
    form_is_multipart = True

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        form = UploadForm(data, files)
        if why := why_not_kept(self.request):
            form.fields["file"].error_messages["required"] = why
        return form

    def save(self, form: Any) -> str:
        file = form.cleaned_data["file"]
        try:
            batch = start_import(register=self.register, file=file, name=file.name, user=self.request.user)
        except UploadError as error:
            raise ValidationError({"file": str(error)}) from error
        return reverse("registers:import_step", args=[batch.pk])


class ImportListView(RegisterMixin, ListView):
    required_role = Role.EDITOR
    page_title = gettext_lazy("Imports")
    header_icon = "history"
    default_ordering = "-created_at"
    columns = [
        TitleColumn(
            "original_name",
            label=gettext_lazy("File"),
            get_url=lambda batch: reverse("registers:import_step", args=[batch.pk]),
        ),
        Column("outcome", label=gettext_lazy("State")),
        Column("total", label=gettext_lazy("Rows")),
        Column("created_by", label=gettext_lazy("By")),
        DateColumn("created_at", label=gettext_lazy("When")),
    ]

    def get_index_url(self) -> str:
        return reverse("registers:imports", args=[self.register.pk])

    def get_base_queryset(self) -> Any:
        return Import.objects.filter(register=self.register, change__isnull=True).select_related("created_by")

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not self.may_edit:
            return []
        return [HeaderButton(_("Import"), url=reverse("registers:import", args=[self.register.pk]), icon_name="upload")]


class BatchMixin(RegisterMixin):
    """A view of one import, or of one change of many contacts."""

    batches: dict[str, Any] = {}

    @cached_property
    def batch(self) -> Import:
        rows = Import.objects.select_related("register__organisation", "group").filter(**self.batches)
        batch: Import = get_object_or_404(rows, pk=self.kwargs["pk"])
        return batch

    @cached_property
    def register(self) -> Register:
        return self.batch.register

    @property
    def step_url(self) -> str:
        name = "registers:change" if self.batch.is_change else "registers:import_step"
        return reverse(name, args=[self.batch.pk])


class ImportMixin(BatchMixin):
    batches = {"change__isnull": True}


def progress_of(batch: Import) -> dict[str, Any]:
    """How far an import, a change or the undo of one is, for the page that waits for it and its script."""
    checking = batch.state == State.CHECKING
    state, label, total = batch.state, batch.get_state_display(), batch.total
    done = batch.checked_to if checking else batch.imported_to
    if batch.undo in Import.UNDO_WORKING:
        state, label = f"undo_{batch.undo}", batch.get_undo_display()
        done = sum(batch.undo_counts.get(outcome, 0) for outcome in Outcome.values)
        total = done + ImportChange.objects.filter(batch=batch, contact__gt=batch.undo_to).count()
    elif batch.is_change:
        label, done = _("Being counted") if checking else _("Being changed"), done * PIECE
    elif done:  # the number of a row, where titles and column names count too
        first = ImportRow.objects.filter(batch=batch).order_by("number").values_list("number", flat=True).first()
        done += 1 - (first or 1)
    rows = not (batch.is_change or batch.undo in Import.UNDO_WORKING)
    text = _("%(done)s of %(total)s rows") if rows else _("%(done)s of %(total)s contacts")
    done = min(done, total)
    percent = round(100 * done / total) if total else 0
    return {
        "state": state,
        "label": label,
        "percent": percent,
        "text": text % {"done": number(done), "total": number(total)},
    }


class ProgressView(BatchMixin, OrganisationView):
    """How far the work is, for the page that shows it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse(progress_of(self.batch))


class ConfirmView(ImportMixin, OrganisationView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            confirm_import(batch=self.batch, user=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(self.step_url)


class AddChoicesView(ImportMixin, OrganisationView):
    """Take the values that the check has found into the choices of their columns."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            add_choices(batch=self.batch, columns=request.POST.getlist("column"))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(self.step_url)


class CancelView(ImportMixin, OrganisationView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        written = cancel_import(batch=self.batch)
        if self.batch.state == State.DONE:
            messages.warning(request, _("The import had finished already."))
        elif written:
            text = ngettext(
                "Stopped. %(count)s row had been imported and stays.",
                "Stopped. %(count)s rows had been imported and stay.",
                written,
            )
            messages.success(request, text % {"count": number(written)})
        else:
            messages.success(request, _("Cancelled. Nothing was imported."))
        return redirect(self.step_url if written else self.register_url)


class RejectsView(ImportMixin, OrganisationView):
    """The rows that were left out, or not taken over as a whole, as they stood in the file, with the reasons: to be
    corrected and imported again."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        fmt = request.GET.get("format", "xlsx")
        if fmt not in FORMATS:
            raise Http404
        rows = ImportRow.objects.filter(batch=self.batch).exclude(reasons=[]).order_by("number")
        headers = [entry["header"] for entry in self.batch.mapping]
        own = len(headers) - (2 if has_corrections(headers) else 0)  # what was wrong before is not said again
        record_export(
            user=request.user,
            logged_as=self.batch,
            subject=f"{self.register.name} – {self.batch.original_name}",
            purpose=_("corrections"),
            fields=headers,
            fmt=fmt,
            count=rows.count(),
        )
        lines = (
            [
                *(row.cells + [""] * own)[:own],
                *row.cells[len(headers) :],
                row.number,
                " ".join(row.reasons),
            ]
            for row in rows.iterator(1_000)
        )
        name = _("left out of %(file)s") % {"file": self.batch.original_name.rsplit(".", 1)[0]}
        return table_response(fmt, name, [*headers[:own], *heads_of_corrections()], lines)
