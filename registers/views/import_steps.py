"""The import wizard: upload → columns → what would happen → progress → report. One address shows the step it is at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from guards.uploads import UploadError
from organisations.figures import number
from organisations.views import OrganisationTemplateView
from registers.access import log_access
from registers.columns import columns_for
from registers.imports.choosing import Choices, note_labels
from registers.imports.companies import new_companies, takes_known_only
from registers.imports.consent_cells import ConsentChoices, ConsentWords, chosen_of, consent_targets, guess_meaning
from registers.imports.consents import consent_summary
from registers.imports.doubles import LOOKED_AT, count_known_by_email, count_look_alikes, count_namesakes, kept
from registers.imports.encodings import encoding_labels
from registers.imports.guessed_types import is_date
from registers.imports.options import missing_options
from registers.imports.parts import COMPANY, ROLE, part_labels
from registers.imports.reading import sheet_names
from registers.imports.remembering import is_same
from registers.imports.spelling import day_of, order_labels, say_spelling
from registers.imports.stop_cells import is_stop, meanings_of, says_no, stop_labels, stops_nothing, unheeded
from registers.imports.stops import stop_summary
from registers.imports.targets import NEW, SKIP
from registers.imports.uploading import choose_encoding, choose_sheet, guess_anew, say_gone, start_check
from registers.models import Group, Import, ImportRow
from registers.values import ColumnType
from registers.views.imports import ImportMixin, State, progress_of
from registers.views.undo import undo_context

ROWS_PER_PAGE = 50
CELLS_SHOWN = 6
REMARKED = "remarked"  # in place of a state: rows that go in, of which there is something to say


def key_choices(match_by: str) -> list[tuple[str, Any, bool]]:
    """What people may be matched by, those chosen first and in their order: value, label, whether it is chosen."""
    chosen = match_by.split(",")
    keys = sorted(Import.MatchBy, key=lambda key: chosen.index(key) if key in chosen else len(chosen))
    return [(key.value, key.label, key in chosen) for key in keys]


def choices_in(posted: QueryDict, columns: int) -> Choices:
    """What somebody has chosen for each of so many columns of the file, and for all of it."""
    return Choices(
        targets=posted.getlist("target"),
        types=posted.getlist("type"),
        match_by=",".join(filter(None, posted.getlist("match_by"))),
        rule=posted.get("rule", ""),
        mistakes=posted.get("mistakes", ""),
        source=posted.get("source", ""),
        group=posted.get("group", ""),
        new_group=posted.get("new_group", ""),
        rules=posted.getlist("column_rule"),
        orders={at: posted.get(f"order-{at}", "") for at in range(columns)},
        as_of=posted.get("as_of", ""),
        known_only="known_only" in posted,
        consents={
            at: ConsentChoices(posted.getlist(f"means-{at}"), posted.get(f"since-{at}", ""))
            for at in range(columns)
            if f"means-{at}" in posted
        },
        stops={at: posted.getlist(f"stops-{at}") for at in range(columns) if f"stops-{at}" in posted},
        consent_words=ConsentWords(
            how=posted.get("consent_how", ""),
            text=posted.get("consent_text", ""),
            day=posted.get("consent_day", ""),
        ),
    )


class ImportStepView(ImportMixin, OrganisationTemplateView):
    header_icon = "upload"

    def get_page_title(self) -> str:
        return self.batch.original_name

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": reverse("registers:imports", args=[self.register.pk]), "label": _("Imports")}]

    @cached_property
    def is_mapping(self) -> bool:
        if self.batch.emptied_at or self.batch.undo or self.batch.state in (State.IMPORTING, State.DONE):
            return False
        return self.batch.state in (State.UPLOADED, State.FAILED) or "columns" in self.request.GET

    @property
    def is_undo(self) -> bool:
        """Whether the page is about the undo: what it would do, or, when asked for, what it has done."""
        undo = self.batch.undo
        return undo == Import.Undo.READY or (undo == Import.Undo.DONE and "rows" not in self.request.GET)

    def get_template_names(self) -> list[str]:
        if self.is_mapping:
            return ["registers/import_mapping.html"]
        if self.batch.is_working:
            return ["registers/import_progress.html"]
        if self.is_undo:
            return ["registers/import_undo.html"]
        return ["registers/import_rows.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["batch"] = self.batch
        if self.is_mapping:
            context |= self.mapping_context(kwargs.get("chosen"))
            if shown := max((len(entry["samples"]) for entry in self.batch.mapping), default=0):
                log_access(user=self.request.user, action="list", subject=self.batch, count=shown)
        elif self.batch.is_working:
            context |= progress_of(self.batch)
        elif self.is_undo:
            context |= undo_context(self.request, self.batch)
        else:
            context |= self.rows_context()
        return context

    def mapping_context(self, chosen: Choices | None) -> dict[str, Any]:
        known = columns_for(self.register)
        rows = []
        for at, entry in enumerate(self.batch.mapping):
            target = chosen.targets[at] if chosen and at < len(chosen.targets) else entry["target"]
            kind = chosen.types[at] if chosen and at < len(chosen.types) else entry["type"]
            rule = chosen.rules[at] if chosen and at < len(chosen.rules) else entry.get("rule", "")
            order = (chosen and chosen.orders.get(at)) or entry["date_order"]
            rows.append({**entry, "target": target, "type": kind, "rule": rule, "at": at, "order": order})
        consents = consent_targets(self.register)
        said, words = (chosen.consents, chosen.consent_words) if chosen else chosen_of(self.batch.mapping)
        for row in rows:
            row["consent"] = self.consent_of(row, said.get(row["at"], ConsentChoices()))
            row["stops"] = self.stops_of(row, chosen.stops.get(row["at"], ()) if chosen else ())
            row["says_no"], row["stops_nothing"] = says_no(row), stops_nothing(row["target"])
            row["day"] = day_of(row)
        pick = chosen or self.batch
        memory = self.batch.recalled_from if self.batch.state == State.UPLOADED and not chosen else None
        return {
            "rows": rows,
            "core": [column for column in known if column.core],
            "own": [column for column in known if not column.core],
            "together": part_labels().items(),
            "notes": note_labels().items(),
            "said": [*self.batch.notes, *say_spelling(rows, region=self.batch.organisation.region)],
            "orders": order_labels().items(),
            "consents": consents.items(),
            "consent_rows": [row for row in rows if row.get("words")] if consents else [],
            "stops": stop_labels().items(),
            "stop_rows": [row for row in rows if row.get("words")],
            "has_stops": any(is_stop(row["target"]) for row in rows),
            "known_only": chosen.known_only if chosen else takes_known_only(self.batch),
            "consent_words": words,
            "day_rows": [
                row
                for row in rows
                if row["type"] == ColumnType.DATE
                or (row["samples"] and all(is_date(text, row["date_order"]) for text in row["samples"]))
            ]
            or rows,
            "has_consents": any(row["target"] in consents for row in rows),
            "several": [column.label for column in known if column.type == ColumnType.MULTIPLE_CHOICE],
            "types": ColumnType.choices,
            "NEW": NEW,
            "SKIP": SKIP,
            "COMPANY": COMPANY,
            "ROLE": ROLE,
            "sheets": self.sheets(),
            "encodings": encoding_labels().items() if self.batch.encoding in encoding_labels() else (),
            "gone": "" if self.batch.path.exists() or self.batch.error else say_gone(),
            "match_choices": key_choices(pick.match_by),
            "rule_choices": Import.Rule.choices,
            "mistake_choices": Import.Mistakes.choices,
            "rule": pick.rule,
            "as_of": str(pick.as_of or timezone.localdate(timezone=self.batch.organisation.zone)),
            "has_column_rules": any(row["rule"] for row in rows),
            "mistakes": pick.mistakes,
            "source": pick.source,
            "groups": Group.objects.filter(register=self.register).select_related("parent"),
            "group": chosen.group if chosen else str(self.batch.group_id or ""),
            "new_group": pick.new_group,
            "recalled": memory,
            "recalled_same": memory is not None and is_same(memory, self.batch),
        }

    def consent_of(self, row: dict[str, Any], said: ConsentChoices) -> dict[str, Any]:
        """What stands in the form for one column, should it be one of consents: its words and what each means."""
        words = row.get("words", [])
        means = said.means if len(said.means) == len(words) else [guess_meaning(word) for word in words]
        return {"means": list(zip(words, means, strict=True)), "since": said.since}

    def stops_of(self, row: dict[str, Any], said: Sequence[str]) -> list[tuple[str, str]]:
        """The same, should it be one of those who must not be written to."""
        words = row.get("words", [])
        return list(zip(words, said, strict=True)) if said and len(said) == len(words) else meanings_of(row)

    def read_again(self, asked: Any) -> None:
        """Another sheet, other letters, or other guesses. Raises UploadError."""
        if "sheet" in asked:
            choose_sheet(batch=self.batch, sheet=asked["sheet"])
        elif "encoding" in asked:
            choose_encoding(batch=self.batch, encoding=asked["encoding"])
        else:
            guess_anew(batch=self.batch)

    def sheets(self) -> list[str]:
        try:
            return sheet_names(self.batch.path, self.batch.kind)
        except (UploadError, FileNotFoundError):
            return []

    def rows_context(self) -> dict[str, Any]:
        counts = self.batch.count_rows()
        tiles = [(status, label, counts.get(status, 0)) for status, label in ImportRow.Status.choices]
        status = self.request.GET.get("status", "rejected" if counts.get("rejected") else "")
        rows = ImportRow.objects.filter(batch=self.batch).order_by("number")
        remarked = rows.exclude(reasons=[]).exclude(status=ImportRow.Status.REJECTED)
        if status in ImportRow.Status.values:
            rows = rows.filter(status=status)
        elif status == REMARKED:
            rows = remarked
        page = Paginator(rows, ROWS_PER_PAGE).get_page(self.request.GET.get("p"))
        going_in = sum(count for name, count in counts.items() if name in ("created", "updated"))
        headers = [entry["header"] for entry in self.batch.mapping[:CELLS_SHOWN]]
        for row in page:
            cells = [*row.cells, *[""] * CELLS_SHOWN]
            row.shown = [cell if len(cell) <= 60 else f"{cell[:59]}…" for cell in cells[: len(headers)]]
        if page.object_list:
            log_access(user=self.request.user, action="list", subject=self.batch, count=len(page.object_list))
        into_group = self.batch.group.name if self.batch.group else self.batch.new_group
        if into_group:
            going_in += counts.get("unchanged", 0)
        count = {"count": number(going_in)}
        missing = missing_options(self.batch) if self.batch.state == State.READY else []
        return {
            "counts": counts,
            "tiles": tiles,
            "status": status,
            "page_obj": page,
            "headers": headers,
            "going_in": going_in,
            "into_group": into_group,
            "left_out": counts.get("rejected", 0),
            "remarked": remarked.count(),
            "REMARKED": REMARKED,
            "notes": [*self.batch.notes, *say_spelling(self.batch.mapping, region=self.batch.organisation.region)],
            "act": (
                ngettext("Add %(count)s note", "Add %(count)s notes", going_in)
                if self.batch.is_notes
                else ngettext("Import %(count)s contact", "Import %(count)s contacts", going_in)
            )
            % count,
            "missing": missing,
            "may_add_choices": any(not column.too_many for column in missing),
            "too_many_new": any(column.is_new for column in missing),
            "keep": "rows=1&" if self.batch.undo else "",  # the parameter without which this address is about the undo
            "may_be_undone": self.batch.may_be_undone,
            "tells_by_names": Import.MatchBy.NAME_EMAIL in self.batch.match_keys,
            "looked_at_some": counts.get("created", 0) > LOOKED_AT,
            **(self.doubles() if self.batch.state == State.READY else {}),
            "new_companies": new_companies(self.batch) if self.batch.state == State.READY else 0,
            "consents": consent_summary(self.batch),
            "stops": stop_summary(self.batch),
            "unheeded": unheeded(self.batch.mapping) if self.batch.state == State.READY else [],
            "new_columns": [entry for entry in self.batch.mapping if entry["target"] == NEW],
        }

    def doubles(self) -> dict[str, int]:
        """How many of the new contacts may be in the register already, by what tells it."""
        return {
            "known_by_email": kept(count_known_by_email, self.batch),
            "namesakes": kept(count_namesakes, self.batch),
            "look_alikes": kept(count_look_alikes, self.batch),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_mapping and not {"sheet", "encoding", "anew"}.isdisjoint(request.POST):
            try:
                self.read_again(request.POST)
            except UploadError as error:
                messages.error(request, str(error))
            return redirect(f"{self.step_url}?columns=1")
        chosen = choices_in(request.POST, len(self.batch.mapping))
        try:
            start_check(batch=self.batch, choices=chosen)
        except ValidationError as error:
            self.__dict__["is_mapping"] = self.batch.state not in (State.IMPORTING, State.DONE)
            messages.error(request, " ".join(error.messages))
            return self.render_to_response(
                self.get_context_data(chosen=chosen, mistakes_found=error.messages), status=422
            )
        return redirect(self.step_url)
