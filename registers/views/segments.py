"""Segments: the list, and the rule builder with its live count."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import Button, HeaderButton

from organisations.models import Role
from organisations.views import OrganisationTemplateView, OrganisationView
from registers.access import log_access
from registers.conditions import RuleMistake
from registers.contacts import describe_count
from registers.filters import rule_of
from registers.models import Contact, Register, Segment
from registers.needed import needed_for
from registers.rules import builder_columns, describe_rule, rule_from, without_blanks
from registers.segments import MAX_DEPTH, compile_rule, is_rule
from registers.texts import clean_line, write_labels
from registers.views.base import HOME, SHOWN, DeletionView, ListView, RegisterMixin
from registers.views.people import NumberColumn

SAMPLE = 5
BLANK = {"column": "", "op": "", "value": ""}

SEGMENTS = {"url": reverse_lazy("registers:segments"), "label": gettext_lazy("Segments")}


class SegmentListView(ListView):
    page_title = gettext_lazy("Segments")
    header_icon = "sliders"
    index_url_name = "registers:segments"
    results_template_name = "registers/segment_results.html"
    default_ordering = "name"
    paginate_by = 20
    columns = [
        NumberColumn("count", label=gettext_lazy("Contacts now")),
        TitleColumn("name", label=gettext_lazy("Name"), get_url=lambda segment: segment.url),
        Column("words", label=gettext_lazy("Rule")),
        Column("register", label=gettext_lazy("Register")),
    ]

    def get_base_queryset(self) -> Any:
        segments = Segment.objects.filter(register__leaving=False)
        return segments.prefetch_related("register__fields", "register__groups")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {"url": "", "label": _("Segments")}]

    def get_table(self, object_list: Any) -> Any:
        segments = list(object_list)
        for segment in segments:
            segment.words = describe_rule(segment.rule, segment.register)
            segment.url = self.address_of(segment)
            try:
                segment.count = segment.contacts().count()
            except RuleMistake as mistake:
                segment.count = str(mistake)
        return super().get_table(segments)

    def address_of(self, segment: Segment) -> str:
        """Its rule; for those who may not change that, the people who fit it."""
        if self.may_edit:
            return reverse("registers:segment", args=[segment.pk])
        return f"{reverse('registers:contacts', args=[segment.register_id])}?segment={segment.pk}"

    @cached_property
    def header_buttons(self) -> list[Any]:
        words = _("Add segment of %(register)s") if len(self.registers) > 1 else _("Add segment")
        return self.add_buttons(HeaderButton, self.registers[:SHOWN], words=words, route="registers:add_segment")

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        words = _("Add segment of %(register)s")
        return self.add_buttons(Button, self.registers[SHOWN:], words=words, route="registers:add_segment")


class SegmentFormView(RegisterMixin, OrganisationTemplateView):
    """The rule builder. It works without JavaScript too: “Add condition” and “Count” post the form back."""

    template_name = "registers/segment_form.html"
    header_icon = "sliders"
    page_title = gettext_lazy("New segment")

    @property
    def segment(self) -> Segment | None:
        """The one that is edited; None for a new one."""
        return None

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, SEGMENTS, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        rule = kwargs.get("rule") or (self.segment.rule if self.segment else rule_of(self.register, self.request.GET))
        filled = without_blanks(rule)
        columns = builder_columns(self.register, rule)
        if not rule["conditions"]:
            rule = {**rule, "conditions": [BLANK]}
        context |= {
            "register": self.register,
            "name": kwargs.get("name", self.segment.name if self.segment else ""),
            "match": rule["match"],
            "columns": columns,
            "parts": _parts(rule, columns),
            "blank_row": _row("__at__", BLANK, columns),
            "blank_block": {"at": "__at__", "match": "any", "parts": [], "may_nest": True},
            "found": found_by(filled, self.register) if filled["conditions"] else None,
            "segment": self.segment,
            "submit_label": _("Save segment"),
            "searched": clean_line(self.request.GET.get("q", "")),
        }
        return context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rule, name = rule_from(request.POST), clean_line(request.POST.get("name", ""))[:120]
        if {"add_row", "add_block", "count"} & set(request.POST):
            whole = rule_from(request.POST, keep_blank=True)
            add_part(whole, request.POST)
            return self.render_to_response(self.get_context_data(rule=whole, name=name))
        mistake, segment = self.save(rule, name)
        if mistake:
            messages.error(request, mistake)
            context = self.get_context_data(rule=rule, name=name, mistake=mistake)
            return self.render_to_response(context, status=422)
        messages.success(
            request,
            _("The segment “%(name)s” is saved: %(count)s fit it now.")
            % {"name": name, "count": describe_count(segment.contacts().count())},
        )
        return redirect(f"{self.register_url}?segment={segment.pk}")

    def save(self, rule: dict[str, Any], name: str) -> tuple[str, Segment]:
        """Save what the form says; returns what is wrong with it, and the segment."""
        segment = self.segment or Segment(register=self.register)
        if not (mistake := self.mistake(rule, name)):
            segment.name, segment.rule = name, rule
            segment.save()
        return mistake, segment

    told = False  # of what a colleague has changed meanwhile

    @property
    def seen_by_form(self) -> str:
        """What the form goes on standing for, shown once more for another reason than a colleague’s change."""
        return self.seen if self.told else self.request.POST.get("seen", self.seen)

    @property
    def seen(self) -> str:
        """Stands for the segment that the form was opened with."""
        return self.segment.updated_at.isoformat() if self.segment else ""

    def mistake(self, rule: dict[str, Any], name: str) -> str:
        same = Segment.objects.filter(register=self.register, name__iexact=name)
        if self.segment and self.request.POST.get("seen", self.seen) != self.seen:
            text = _(
                "Somebody has changed this segment since you opened it, and nothing is saved yet. Now it says: "
                "%(rule)s. Save again to put what stands below in its place."
            )
            self.told = True
            return text % {"rule": describe_rule(self.segment.rule, self.register)}
        if not name:
            return _("Name the segment.")
        if same.exclude(pk=self.segment.pk if self.segment else None).exists():
            return _("There is already a segment with this name.")
        if not rule["conditions"]:
            return _("Add at least one condition: a segment without any would be the whole register.")
        try:
            compile_rule(rule, self.register)
        except RuleMistake as mistake:
            return str(mistake)
        return ""


def add_part(rule: dict[str, Any], data: QueryDict) -> None:
    """What “Add condition” and “Add block” do without JavaScript; their value says to which block, by its number."""
    for button, part in (("add_row", BLANK), ("add_block", {"match": "any", "conditions": [BLANK]})):
        if button not in data:
            continue
        for at in filter(None, data.get(button, "").split(".")):
            parts = rule["conditions"]
            if not at.isdecimal() or len(at) > 4 or int(at) >= len(parts) or not is_rule(parts[int(at)]):
                return
            rule = parts[int(at)]
        rule["conditions"].append(dict(part))


def _parts(rule: dict[str, Any], columns: list[dict[str, Any]], at: str = "") -> list[dict[str, Any]]:
    """The parts of a rule as the form shows them, numbered as `rule_from` reads them."""
    shown = []
    for number, part in enumerate(rule["conditions"]):
        here = f"{at}{number}"
        if is_rule(part):
            parts = _parts(part, columns, f"{here}.")
            shown.append(
                {"at": here, "match": part["match"], "parts": parts, "may_nest": here.count(".") < MAX_DEPTH - 2}
            )
        else:
            shown.append(_row(here, part, columns))
    return shown


def _row(at: Any, condition: dict[str, Any], columns: list[dict[str, Any]]) -> dict[str, Any]:
    column = next((known for known in columns if known["key"] == condition.get("column", "")), None)
    value = condition.get("value", "")
    values = [str(each) for each in (value if isinstance(value, list) else [value])]
    operators = column["operators"] if column else []
    takes = next((takes for key, _label, takes in operators if key == condition.get("op")), "one")
    return {
        "at": at,
        "column": condition.get("column", ""),
        "op": condition.get("op", ""),
        "operators": operators,
        "kind": column["kind"] if column else "text",
        "options": column["options"] if column else [],
        "suggestions": column["suggestions"] if column else [],
        "takes": takes,
        "values": values,
        "value": write_labels(values) if takes == "several" else values[0],
    }


def found_by(rule: dict[str, Any], register: Register) -> dict[str, Any]:
    """How many fit a rule, and a few of their names; or what is wrong with it."""
    try:
        contacts = Contact.objects.filter(compile_rule(rule, register), register=register)
    except RuleMistake as mistake:
        return {"mistake": str(mistake), "count": None, "text": "", "sample": []}
    count = contacts.count()
    sample = [str(contact) for contact in contacts[:SAMPLE]]
    return {"mistake": "", "count": count, "text": describe_count(count), "sample": sample}


class AddSegmentView(SegmentFormView):
    pass


class SegmentMixin(RegisterMixin):
    """A view of one segment."""

    @cached_property
    def segment(self) -> Segment:
        segment: Segment = get_object_or_404(
            Segment.objects.select_related("register"), pk=self.kwargs["pk"], register__leaving=False
        )
        return segment

    @cached_property
    def register(self) -> Register:
        return self.segment.register

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, SEGMENTS, {"url": "", "label": self.segment.name}]

    @cached_property
    def header_buttons(self) -> list[Any]:
        url = f"{self.register_url}?segment={self.segment.pk}"
        export = f"{reverse('registers:export', args=[self.register.pk])}?segment={self.segment.pk}"
        return [
            HeaderButton(_("See its contacts"), url=url, icon_name="user"),
            HeaderButton(_("Export"), url=export, icon_name="download"),
        ]


class EditSegmentView(SegmentMixin, SegmentFormView):
    def get_page_title(self) -> str:
        return self.segment.name

    @transaction.atomic
    def save(self, rule: dict[str, Any], name: str) -> tuple[str, Segment]:
        # Of two who save at once, the second meets what the first has written.
        found = Segment.objects.select_for_update(no_key=True, of=("self",)).select_related("register")
        self.segment = get_object_or_404(found, pk=self.segment.pk)
        return super().save(rule, name)

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        pk = self.segment.pk
        return [
            Button(_("Delete segment"), url=reverse("registers:delete_segment", args=[pk]), icon_name="bin"),
        ]


class DeleteSegmentView(SegmentMixin, DeletionView):
    page_title = gettext_lazy("Delete segment")

    def asked(self) -> dict[str, Any]:
        return {
            "question": _("Delete the segment “%(name)s”?") % {"name": self.segment.name},
            "consequence": _("Only the rule goes; the contacts stay in the register."),
            "needed": needed_for([self.segment]),
            "act": _("Delete segment"),
            "back_url": reverse("registers:segment", args=[self.segment.pk]),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = self.segment.name
        self.segment.delete()
        messages.success(request, _("The segment “%(name)s” is deleted; its contacts stay.") % {"name": name})
        return redirect("registers:segments")


class CountView(RegisterMixin, OrganisationView):
    """How many contacts fit the rule in the query string, or in the body where it is long, for the live count."""

    in_part = True
    required_role = Role.VIEWER  # whoever looks may filter the list by any column, which counts as well

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.answer(request.GET)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.answer(request.POST)

    def answer(self, asked: QueryDict) -> HttpResponse:
        found = found_by(rule_from(asked), self.register)
        if found["sample"]:
            log_access(user=self.request.user, action="list", subject=self.register, count=len(found["sample"]))
        # No name is markup, even for a program that takes the answer for a page.
        text = json.dumps(found).replace("<", "\\u003c")
        return HttpResponse(text, content_type="application/json")
