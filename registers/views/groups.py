"""Groups: the list, making and changing one, and its members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets.button import Button, HeaderButton

from guards.ids import row_ids
from organisations.figures import number
from organisations.views import ChangeFormView, FormView
from registers.access import log_access
from registers.automations.panel import panel_of
from registers.forms.groups import GroupForm
from registers.memberships import remove_from_group
from registers.models import Contact, Group, GroupMembership, Register
from registers.needed import needed_for
from registers.reach import sees_whole
from registers.views.base import HOME, SHOWN, DeletionView, ListView, RegisterMixin
from registers.views.people import NameColumn, PeopleListView, StateColumn, TickColumn

GROUPS = {"url": reverse_lazy("registers:groups"), "label": gettext_lazy("Groups")}


def describe_members(group: Any) -> str:
    """How many a group of the list has itself; those of the groups below it are counted on its page alone."""
    if not group.below_count:
        return number(group.member_count)
    text = ngettext(
        "%(count)s, and those of %(below)s group below", "%(count)s, and those of %(below)s groups below",
        group.below_count,
    )  # fmt: skip
    return text % {"count": number(group.member_count), "below": group.below_count}


class GroupListView(ListView):
    page_title = gettext_lazy("Groups")
    header_icon = "group"
    index_url_name = "registers:groups"
    results_template_name = "registers/group_results.html"
    default_ordering = "name"
    columns = [
        TitleColumn(
            "name", label=gettext_lazy("Name"), get_url=lambda group: reverse("registers:group", args=[group.pk])
        ),
        Column("members", label=gettext_lazy("Members"), accessor=describe_members),
        Column("parent", label=gettext_lazy("Part of"), accessor="parent_name"),
        Column("register", label=gettext_lazy("Register")),
    ]

    def get_base_queryset(self) -> Any:
        # Not by a join: the group above may be beyond the reach of who sees this one.
        above = Subquery(Group.objects.filter(pk=OuterRef("parent")).values("name"))
        groups = Group.objects.filter(register__leaving=False).select_related("register")
        below = Group.objects.filter(parent=OuterRef("pk")).order_by().values("parent")
        # Counted for the groups of the page that is shown, not for all there are.
        members = GroupMembership.objects.filter(group=OuterRef("pk")).order_by().values("group")
        return groups.annotate(
            member_count=Coalesce(Subquery(members.annotate(count=Count("pk")).values("count")), 0),
            parent_name=above,
            below_count=Subquery(below.annotate(count=Count("pk")).values("count")),
        )

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {"url": "", "label": _("Groups")}]

    @cached_property
    def header_buttons(self) -> list[Any]:
        words = _("Add group to %(register)s") if len(self.registers) > 1 else _("Add group")
        return self.add_buttons(HeaderButton, self.registers[:SHOWN], words=words, route="registers:add_group")

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        words = _("Add group to %(register)s")
        return self.add_buttons(Button, self.registers[SHOWN:], words=words, route="registers:add_group")


class AddGroupView(RegisterMixin, FormView):
    page_title = gettext_lazy("New group")
    header_icon = "group"
    submit_label = gettext_lazy("Create group")

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return GroupForm(data, register=self.register)  # type: ignore[return-value]

    def save(self, form: Any) -> str:
        group = form.save()
        messages.success(self.request, _("The group “%(name)s” is ready. Add people to it.") % {"name": group.name})
        return reverse("registers:group", args=[group.pk])


class GroupMixin(RegisterMixin):
    @cached_property
    def group(self) -> Group:
        group: Group = get_object_or_404(
            Group.objects.select_related("register"), pk=self.kwargs["pk"], register__leaving=False
        )
        return group

    @cached_property
    def register(self) -> Register:
        return self.group.register

    @property
    def group_url(self) -> str:
        return reverse("registers:group", args=[self.group.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        crumbs: list[dict[str, Any]] = [HOME, GROUPS, {"url": self.group_url, "label": self.group.name}]
        return [*crumbs, {"url": "", "label": self.get_page_title()}]


class EditGroupView(GroupMixin, ChangeFormView):
    page_title = gettext_lazy("Edit")
    header_icon = "group"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return GroupForm(data, register=self.register, instance=self.group)  # type: ignore[return-value]

    def save(self, form: Any) -> str:
        form.save()
        messages.success(self.request, _("The group “%(name)s” is saved.") % {"name": self.group.name})
        return self.group_url


class DeleteGroupView(GroupMixin, DeletionView):
    page_title = gettext_lazy("Delete")

    def asked(self) -> dict[str, Any]:
        below = len(self.group.with_descendants()) - 1
        members = Contact.objects.in_group(self.group).count()
        consequence = ngettext(
            "%(count)s contact is no longer a member, and stays in the register.",
            "%(count)s contacts are no longer members, and stay in the register.",
            members,
        ) % {"count": number(members)}
        consequence += " " + _("Who was a member cannot be brought back.")
        if below:
            text = ngettext("The %(count)s group below it goes too.", "The %(count)s groups below it go too.", below)
            consequence += " " + text % {"count": number(below)}
        return {
            "question": _("Delete the group “%(name)s”?") % {"name": self.group.name},
            "consequence": consequence,
            "needed": needed_for(list(Group.objects.filter(pk__in=self.group.with_descendants()))),
            "act": _("Delete group"),
            "back_url": self.group_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.group.delete()
        messages.success(request, _("The group “%(name)s” is deleted.") % {"name": self.group.name})
        return redirect("registers:groups")


class GroupView(GroupMixin, PeopleListView):
    """The members of a group."""

    in_part = True

    header_icon = "group"
    results_template_name = "registers/member_results.html"
    search_hint = gettext_lazy("Search members")

    def get_page_title(self) -> str:
        return self.group.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, GROUPS, {"url": "", "label": self.group.name}]

    def get_index_url(self) -> str:
        return self.group_url

    def get_index_results_url(self) -> str:
        return reverse("registers:group_results", args=[self.group.pk])

    @cached_property
    def columns(self) -> list[Any]:
        ticks = [TickColumn("tick", label=_("Choose"))] if self.may_edit else []
        return [
            *ticks,
            StateColumn("state", label=_("State")),
            NameColumn(),
            Column("email", label=_("E-mail")),
            Column("phone", label=_("Phone")),
            Column("city", label=_("City")),
            DateColumn("member_since", label=_("Member since")),
        ]

    def get_base_queryset(self) -> Any:
        since = GroupMembership.objects.filter(contact=OuterRef("pk"), group__in=self.group.with_descendants())
        members = Contact.objects.filter(register=self.register).in_group(self.group)
        # Asked for those on the page alone: it is neither counted nor sorted by.
        return members.annotate(member_since=Subquery(since.order_by("added_at").values("added_at")[:1]))

    @property
    def looked_at(self) -> Group:
        return self.group

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not self.may_edit:
            return []
        export = f"{reverse('registers:export', args=[self.register.pk])}?group={self.group.pk}"
        return [
            HeaderButton(_("Add people"), url=reverse("registers:add_members", args=[self.group.pk]), icon_name="plus"),
            HeaderButton(_("Export"), url=export, icon_name="download"),
        ]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        log = Button(
            _("Log of automations"), url=reverse("registers:group_runs", args=[self.group.pk]), icon_name="history"
        )
        if not sees_whole(self.register.pk):
            return []
        if not self.may_edit:
            return [log]
        return [
            Button(_("Edit group"), url=reverse("registers:edit_group", args=[self.group.pk]), icon_name="edit"),
            log,
            Button(_("Delete group"), url=reverse("registers:delete_group", args=[self.group.pk]), icon_name="bin"),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["group"] = self.group
        if not context["is_searching"] and sees_whole(self.register.pk):  # they may name other groups
            context["automations"] = panel_of(self.group)
        below = Group.objects.filter(pk__in=self.group.with_descendants()).exclude(pk=self.group.pk)
        context["below"] = list(below)
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Remove the ticked members from this group."""
        if not self.may_edit:
            return redirect(self.group_url)
        wanted = row_ids(request.POST.getlist("contact"))
        if not wanted:
            messages.warning(request, _("Tick the people first."))
            return redirect(self.group_url)
        with transaction.atomic():
            count = remove_from_group(group=self.group, contacts=wanted, source=_("by hand"))
            log_access(user=request.user, action="edit", subject=self.group, count=count)
        left = Contact.objects.filter(register=self.register, pk__in=wanted).in_group(self.group).count()
        if count or not left:
            text = ngettext(
                "%(count)s contact is no longer a member.", "%(count)s contacts are no longer members.", count
            )
            messages.success(request, text % {"count": number(count)})
        if left:
            text = ngettext(
                "%(count)s contact stays here as a member of a group below this one. Remove it there.",
                "%(count)s contacts stay here as members of groups below this one. Remove them there.",
                left,
            )
            messages.warning(request, text % {"count": number(left)})
        return redirect(self.group_url)
