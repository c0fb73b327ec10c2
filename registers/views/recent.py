"""What was done to many people of a register, the newest first: changes, imports and merges, each with its way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import CharField, Q, Value
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.models import Role
from organisations.views import OrganisationTemplateView
from registers.access import log_access
from registers.bulk.acts import Fate
from registers.bulk.writing import DONE_PREFIX
from registers.contacts import describe_count
from registers.models import Import, MergeRecord
from registers.models.imports import with_traces
from registers.views.base import RegisterMixin

PER_PAGE = 50
State = Import.State


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `undo_url` is asked by POST where `posts`, else it is a page that asks."""

    kind: str
    what: str
    url: str
    how_many: str
    when: Any
    who: Any
    state: str
    undo_url: str = ""
    posts: bool = False

    @property
    def prefix(self) -> str:
        """What stands before the name; that of a change says itself what it is."""
        return "" if self.kind == str(_CHANGE) else f"{self.kind}: "


class RecentChangesView(RegisterMixin, OrganisationTemplateView):
    required_role = Role.EDITOR
    template_name = "registers/recent.html"
    header_icon = "history"
    page_title = gettext_lazy("Recent changes")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        page = Paginator(self.events(), PER_PAGE).get_page(self.request.GET.get("p"))
        events = list(page.object_list)
        merges = sum(what == "merge" for what, _at, _pk in events)
        if merges:
            log_access(
                user=self.request.user, action="list", subject=self.register, count=merges, purpose=_("Recent changes")
            )
        context |= {"register": self.register, "page": page, "rows": self.rows(events), "days": MergeRecord.KEEP.days}
        return context

    def events(self) -> Any:
        """(what, id) of all, the newest first."""
        begun = Q(state__in=(State.IMPORTING, State.DONE)) | Q(imported_to__gt=0)
        imports = Import.objects.filter(begun, register=self.register).order_by()
        merges = MergeRecord.objects.filter(register=self.register).order_by()
        names = ("what", "created_at", "pk")
        return (
            imports.annotate(what=Value("import", CharField()))
            .values_list(*names)
            .union(merges.annotate(what=Value("merge", CharField())).values_list(*names), all=True)
            .order_by("-created_at", "-pk")
        )

    def rows(self, events: Sequence[tuple[str, Any, int]]) -> list[Row]:
        ids: dict[str, list[int]] = {"import": [], "merge": []}
        for what, _at, pk in events:
            ids[what].append(pk)
        imports = with_traces(Import.objects.select_related("created_by")).in_bulk(ids["import"])
        merges = MergeRecord.objects.select_related("created_by", "kept").in_bulk(ids["merge"])
        found = []
        for what, _at, pk in events:
            if what == "import" and pk in imports:
                found.append(_of_import(imports[pk]))
            elif what == "merge" and pk in merges:
                found.append(_of_merge(merges[pk]))
        return found


_CHANGE, _IMPORT, _MERGE = gettext_lazy("Change"), gettext_lazy("Import"), gettext_lazy("Merge")


def _of_import(batch: Import) -> Row:
    if batch.is_change:
        kind, url = str(_CHANGE), reverse("registers:change", args=[batch.pk])
        count = batch.counts.get(DONE_PREFIX + Fate.WILL, 0)
    else:
        kind, url = str(_IMPORT), reverse("registers:import_step", args=[batch.pk])
        counts = batch.count_rows()
        count = counts.get("created", 0) + counts.get("updated", 0)
    undoable = not batch.is_working and batch.may_be_undone
    state = str(batch.get_undo_display()) if batch.undo == Import.Undo.DONE else ""
    if batch.is_working:
        state = _("Under way")
    elif not state and batch.state == State.CANCELLED:
        state = _("Stopped on the way")
    return Row(
        kind=kind,
        what=capfirst(batch.original_name) if batch.is_change else batch.original_name,
        url=url,
        how_many=describe_count(count),
        when=batch.created_at,
        who=batch.created_by,
        state=state or _("Stands"),
        undo_url=reverse("registers:import_undo", args=[batch.pk]) if undoable else "",
        posts=True,
    )


def _of_merge(record: MergeRecord) -> Row:
    url = reverse("registers:contact", args=[record.kept_id])
    return Row(
        kind=str(_MERGE),
        what=str(record.kept),
        url=url,
        how_many=describe_count(len(record.merged) + 1),
        when=record.created_at,
        who=record.created_by,
        state=_("Taken back") if record.undone_at else _("Stands"),
        undo_url=reverse("registers:undo_merge", args=[record.pk]) if record.can_be_undone else "",
    )
