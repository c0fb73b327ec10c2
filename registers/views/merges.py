"""What was merged in a register, and taking it back."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from organisations.models import Role
from organisations.views import OrganisationTemplateView
from registers.access import log_access
from registers.duplicates.merging import MergeRefused
from registers.duplicates.undoing import undo_merge
from registers.models import MergeRecord, Register
from registers.views.base import RegisterMixin

MERGES_PER_PAGE = 50


class MergeListView(RegisterMixin, OrganisationTemplateView):
    required_role = Role.EDITOR
    template_name = "registers/merges.html"
    header_icon = "history"
    page_title = gettext_lazy("Merges")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        rows = MergeRecord.objects.filter(register=self.register).select_related("kept", "created_by", "undone_by")
        page = Paginator(rows, MERGES_PER_PAGE).get_page(self.request.GET.get("p"))
        if page.object_list:
            count = len(page.object_list)
            log_access(user=self.request.user, action="list", subject=self.register, count=count, purpose=_("Merges"))
        context |= {"register": self.register, "page": page, "days": MergeRecord.KEEP.days}
        return context


class UndoMergeView(RegisterMixin, OrganisationTemplateView):
    required_role = Role.EDITOR
    template_name = "registers/confirm_delete.html"
    page_title = gettext_lazy("Take a merge back")
    header_icon = "undo"

    @cached_property
    def record(self) -> MergeRecord:
        record: MergeRecord = get_object_or_404(
            MergeRecord.objects.select_related("register", "kept"), pk=self.kwargs["pk"]
        )
        return record

    @cached_property
    def register(self) -> Register:
        return self.record.register

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": reverse("registers:merges", args=[self.register.pk]), "label": _("Merges")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        log_access(user=self.request.user, action="view", subject=self.record.kept)
        count = len(self.record.merged) + 1
        context["question"] = _("Make %(name)s %(count)s contacts again?") % {"name": self.record.kept, "count": count}
        context["consequence"] = _(
            "Each gets back what it had: columns, groups, consents, replies, messages and history. What has been "
            "changed or added since the merge stays with %(name)s."
        ) % {"name": self.record.kept}
        context["act"] = _("Take the merge back: %(count)s contacts again") % {"count": count}
        context["back_url"] = reverse("registers:merges", args=[self.register.pk])
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept, register = self.record.kept_id, self.register
        try:
            notes = undo_merge(record=self.record, user=request.user)
        except MergeRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("registers:merges", register.pk)
        messages.success(request, _("The merge is taken back: the contacts are as they were."))
        for note in notes:
            messages.warning(request, note)
        return redirect("registers:contact", kept)
