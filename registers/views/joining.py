"""Putting people of the register into a group."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column

from guards.ids import row_ids
from organisations.figures import number
from organisations.models import Role
from registers.access import log_access
from registers.memberships import add_to_group
from registers.models import Contact, GroupMembership
from registers.views.groups import GroupMixin
from registers.views.people import PeopleListView, TickColumn


class AddMembersView(GroupMixin, PeopleListView):
    """Search the register and tick who joins."""

    required_role = Role.EDITOR
    in_part = True
    header_icon = "group"
    page_title = gettext_lazy("Add people")
    results_template_name = "registers/add_member_results.html"

    def get_index_url(self) -> str:
        return reverse("registers:add_members", args=[self.group.pk])

    def get_index_results_url(self) -> str:
        return reverse("registers:add_member_results", args=[self.group.pk])

    @cached_property
    def columns(self) -> list[Any]:
        return [
            TickColumn("tick", label=_("Choose")),
            Column("name", label=_("Name"), accessor=str),
            Column("email", label=_("E-mail")),
            Column("city", label=_("City")),
        ]

    def get_base_queryset(self) -> Any:
        members = GroupMembership.objects.filter(group=self.group).values("contact")
        return Contact.objects.filter(register=self.register).exclude(pk__in=members)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = row_ids(request.POST.getlist("contact"))
        if not wanted:
            messages.warning(request, _("Tick the people first."))
            return redirect(self.get_index_url())
        with transaction.atomic():
            count = add_to_group(group=self.group, contacts=wanted, source=_("by hand"))
            log_access(user=request.user, action="edit", subject=self.group, count=count)
        text = ngettext("%(count)s contact joined the group.", "%(count)s contacts joined the group.", count)
        messages.success(request, text % {"count": number(count)})
        return redirect(self.group_url)
