"""The import wizard: upload → columns → what would happen → progress → report. One address shows the step it is at."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from guards.tables import FORMATS, table_response
from guards.uploads import MAX_SPREADSHEET_BYTES, UploadError
from organisations.models import Role
from organisations.views import OrganisationTemplateView, OrganisationView
from registers.access import log_access
from registers.columns import columns_for
from registers.imports.guessing import FULL_NAME, NEW, SKIP
from registers.imports.options import missing_options
from registers.imports.uploading import (
    Choices,
    add_choices,
    cancel_import,
    choose_sheet,
    confirm_import,
    start_check,
    start_import,
)
from registers.models import Import, ImportRow, Register
from registers.values import ColumnType
from registers.views.base import HOME, REGISTERS, FormView, ListView, RegisterMixin

ROWS_PER_PAGE = 50
CELLS_SHOWN = 6
State = Import.State


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Spreadsheet"),
        allow_empty_file=True,  # the upload door says it better
        help_text=gettext_lazy(
            "Excel (.xlsx, .xls), OpenDocument (.ods), CSV or a tab-separated file, up to %(limit)s MB. Nothing "
            "is saved to the register before you have seen what would happen."
        )
        % {"limit": MAX_SPREADSHEET_BYTES // 1024 // 1024},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.ods,.csv,.tsv,.txt"}),
    )


class UploadView(RegisterMixin, FormView):
    page_title = gettext_lazy("Import")
    header_icon = "upload"
    submit_label = gettext_lazy("Upload and look")
    form_is_multipart = True

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return UploadForm(data, files)

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
        Column("get_state_display", label=gettext_lazy("State")),
        Column("total", label=gettext_lazy("Rows")),
        Column("created_by", label=gettext_lazy("By")),
        DateColumn("created_at", label=gettext_lazy("When")),
    ]

    def get_index_url(self) -> str:
        return reverse("registers:imports", args=[self.register.pk])

    def get_base_queryset(self) -> Any:
        return Import.objects.filter(register=self.register).select_related("created_by")

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not self.may_edit:
            return []
        return [HeaderButton(_("Import"), url=reverse("registers:import", args=[self.register.pk]), icon_name="upload")]


class ImportMixin(RegisterMixin):
    @cached_property
    def batch(self) -> Import:
        batch: Import = get_object_or_404(Import.objects.select_related("register"), pk=self.kwargs["pk"])
        return batch

    @cached_property
    def register(self) -> Register:
        return self.batch.register

    @property
    def step_url(self) -> str:
        return reverse("registers:import_step", args=[self.batch.pk])


class ImportStepView(ImportMixin, OrganisationTemplateView):
    header_icon = "upload"

    def get_page_title(self) -> str:
        return self.batch.original_name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        imports = {"url": reverse("registers:imports", args=[self.register.pk]), "label": _("Imports")}
        here = {"url": "", "label": self.batch.original_name}
        return [HOME, REGISTERS, {"url": self.register_url, "label": self.register.name}, imports, here]

    @cached_property
    def is_mapping(self) -> bool:
        if self.batch.emptied_at or self.batch.state in (State.IMPORTING, State.DONE):
            return False
        return self.batch.state in (State.UPLOADED, State.FAILED) or "columns" in self.request.GET

    def get_template_names(self) -> list[str]:
        if self.is_mapping:
            return ["registers/import_mapping.html"]
        if self.batch.state in Import.WORKING:
            return ["registers/import_progress.html"]
        return ["registers/import_rows.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["batch"] = self.batch
        if self.is_mapping:
            context |= self.mapping_context(kwargs.get("chosen"))
        elif self.batch.state in Import.WORKING:
            context |= progress_of(self.batch)
        else:
            context |= self.rows_context()
        return context

    def mapping_context(self, chosen: Choices | None) -> dict[str, Any]:
        known = columns_for(self.register)
        rows = []
        for at, entry in enumerate(self.batch.mapping):
            target = chosen.targets[at] if chosen and at < len(chosen.targets) else entry["target"]
            kind = chosen.types[at] if chosen and at < len(chosen.types) else entry["type"]
            rows.append({**entry, "target": target, "type": kind, "at": at})
        pick = chosen or self.batch
        return {
            "rows": rows,
            "core": [column for column in known if column.core],
            "own": [column for column in known if not column.core],
            "types": ColumnType.choices,
            "NEW": NEW,
            "SKIP": SKIP,
            "FULL_NAME": FULL_NAME,
            "sheets": self.sheets(),
            "match_choices": Import.MatchBy.choices,
            "rule_choices": Import.Rule.choices,
            "mistake_choices": Import.Mistakes.choices,
            "match_by": pick.match_by,
            "rule": pick.rule,
            "mistakes": pick.mistakes,
            "source": pick.source,
        }

    def sheets(self) -> list[str]:
        from registers.imports.reading import sheet_names  # noqa: PLC0415

        try:
            return sheet_names(self.batch.path, self.batch.kind)
        except UploadError:
            return []

    def rows_context(self) -> dict[str, Any]:
        counts = self.batch.count_rows()
        tiles = [(status, label, counts.get(status, 0)) for status, label in ImportRow.Status.choices]
        status = self.request.GET.get("status", "rejected" if counts.get("rejected") else "")
        rows = ImportRow.objects.filter(batch=self.batch).order_by("number")
        if status in ImportRow.Status.values:
            rows = rows.filter(status=status)
        page = Paginator(rows, ROWS_PER_PAGE).get_page(self.request.GET.get("p"))
        going_in = sum(count for name, count in counts.items() if name in ("created", "updated"))
        headers = [entry["header"] for entry in self.batch.mapping[:CELLS_SHOWN]]
        for row in page:
            cells = [*row.cells, *[""] * CELLS_SHOWN]
            row.shown = [cell if len(cell) <= 60 else f"{cell[:59]}…" for cell in cells[: len(headers)]]
        if page.object_list:
            log_access(user=self.request.user, action="list", subject=self.batch, count=len(page.object_list))
        count = {"count": going_in}
        missing = missing_options(self.batch) if self.batch.state == State.READY else []
        return {
            "counts": counts,
            "tiles": tiles,
            "status": status,
            "page_obj": page,
            "headers": headers,
            "going_in": going_in,
            "left_out": counts.get("rejected", 0),
            "notes": self.batch.notes,
            "act": ngettext("Import %(count)s contact", "Import %(count)s contacts", going_in) % count,
            "missing": missing,
            "may_add_choices": any(not column.too_many for column in missing),
            "too_many_new": any(column.is_new for column in missing),
            "new_columns": [entry for entry in self.batch.mapping if entry["target"] == NEW],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "sheet" in request.POST and request.POST["sheet"] != self.batch.sheet and self.is_mapping:
            try:
                choose_sheet(batch=self.batch, sheet=request.POST["sheet"])
            except UploadError as error:
                messages.error(request, str(error))
            return redirect(f"{self.step_url}?columns=1")
        chosen = Choices(
            targets=request.POST.getlist("target"),
            types=request.POST.getlist("type"),
            match_by=request.POST.get("match_by", ""),
            rule=request.POST.get("rule", ""),
            mistakes=request.POST.get("mistakes", ""),
            source=request.POST.get("source", ""),
        )
        try:
            start_check(batch=self.batch, choices=chosen)
        except ValidationError as error:
            self.__dict__["is_mapping"] = self.batch.state not in (State.IMPORTING, State.DONE)
            messages.error(request, " ".join(error.messages))
            return self.render_to_response(
                self.get_context_data(chosen=chosen, mistakes_found=error.messages), status=422
            )
        return redirect(self.step_url)


def progress_of(batch: Import) -> dict[str, Any]:
    checking = batch.state == State.CHECKING
    reached = batch.checked_to if checking else batch.imported_to
    done = min(reached, batch.total) if batch.total else 0
    if batch.state in (State.READY, State.DONE):
        done = batch.total
    return {
        "state": batch.state,
        "label": batch.get_state_display(),
        "done": done,
        "total": batch.total,
        "percent": round(100 * done / batch.total) if batch.total else 0,
        "working": batch.state in Import.WORKING,
        "text": _("%(done)s of %(total)s rows") % {"done": done, "total": batch.total},
    }


class ProgressView(ImportMixin, OrganisationView):
    """How far the work is, for the page that shows it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse(progress_of(self.batch))


class ConfirmView(ImportMixin, OrganisationView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            confirm_import(batch=self.batch)
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
            messages.success(request, text % {"count": written})
        else:
            messages.success(request, _("Cancelled. Nothing was imported."))
        return redirect(self.step_url if written else self.register_url)


class RejectsView(ImportMixin, OrganisationView):
    """The rows that were left out, as they stood in the file, with the reasons: to be corrected and imported again."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        fmt = request.GET.get("format", "xlsx")
        if fmt not in FORMATS:
            raise Http404
        rows = ImportRow.objects.filter(batch=self.batch).exclude(reasons=[]).order_by("number")
        headers = [entry["header"] for entry in self.batch.mapping]
        log_access(
            user=request.user,
            action="export",
            subject=self.batch,
            count=rows.count(),
            purpose=_("corrections"),
            fields=headers,
        )
        lines = (
            [*(row.cells + [""] * len(headers))[: max(len(headers), len(row.cells))], row.number, " ".join(row.reasons)]
            for row in rows.iterator(1_000)
        )
        name = _("left out of %(file)s") % {"file": self.batch.original_name.rsplit(".", 1)[0]}
        return table_response(fmt, name, [*headers, _("Row"), _("Why it was left out")], lines)
