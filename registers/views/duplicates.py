"""Who may be in the register twice; comparing them; making one of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.widgets.button import Button

from guards.ids import row_id, row_ids
from organisations.figures import number
from organisations.models import Role
from organisations.views import OrganisationTemplateView, OrganisationView
from registers.access import log_access
from registers.columns import columns_for
from registers.contacts import describe_count
from registers.couples import pairs_of
from registers.duplicates.comparing import ALL, FEWEST, MOST, Choice, Compared, compare, suggest_kept
from registers.duplicates.former import present_id
from registers.duplicates.merging import AlreadyMerged, MergeRefused, merge
from registers.duplicates.rows import fingerprint, links_to
from registers.duplicates.searching import offered, say_not_same, start_search
from registers.duplicates.signs import LIKELY, reasons, verdict
from registers.models import Activity, Consent, Contact, DuplicateSearch, DuplicateSet, GroupMembership
from registers.views.base import RegisterMixin
from registers.warnings import warnings_for

SETS_PER_PAGE = 20
SHOWN = ("email", "phone", "birth_date", "street", "postcode", "city")
State = DuplicateSearch.State


def compare_url(register_pk: int, contacts: Any) -> str:
    return f"{reverse('registers:compare', args=[register_pk])}?{urlencode({'contact': contacts}, doseq=True)}"


class DuplicatesView(RegisterMixin, OrganisationTemplateView):
    """What the last search has found, the surest first; POST searches again."""

    required_role = Role.EDITOR
    template_name = "registers/duplicates.html"
    header_icon = "copy"
    page_title = gettext_lazy("Duplicates")

    @cached_property
    def search(self) -> DuplicateSearch | None:
        found: DuplicateSearch | None = DuplicateSearch.objects.filter(register=self.register).first()
        return found

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        return [Button(_("Merges"), url=reverse("registers:merges", args=[self.register.pk]), icon_name="history")]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        start_search(register=self.register)
        return redirect("registers:duplicates", self.register.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        sets = DuplicateSet.objects.filter(register=self.register)
        likely, unlikely = sets.filter(certainty__gte=LIKELY), sets.filter(certainty__lt=LIKELY)
        sharing = self.request.GET.get("show") == "sharing"
        page = Paginator(unlikely if sharing else likely, SETS_PER_PAGE).get_page(self.request.GET.get("p"))
        rows = offered(page.object_list)
        if rows:
            count = sum(len(row.contacts) for row in rows)
            _log(self, "list", count, _("Duplicates"))
        warnings = warnings_for([contact for row in rows for contact in row.contacts])
        counts = (likely.count(), unlikely.count())
        context |= {
            "register": self.register,
            "search": self.search,
            "waiting": self.search is not None and self.search.state == State.WAITING,
            "failed": self.search is not None and self.search.state == State.FAILED,
            "found": [self.describe(row, warnings) for row in rows],
            "stale": len(page.object_list) - len(rows),
            "page": page,
            "sharing": sharing,
            "keep": "show=sharing&" if sharing else "",
            "likely": counts[0],
            "unlikely": counts[1],
            "looked": self.describe_search(sum(counts)),
        }
        return context

    def describe_search(self, count: int) -> str:
        if self.search is None:
            return ""
        text = ngettext(
            "Among %(contacts)s %(count)s possible duplicate was found.",
            "Among %(contacts)s %(count)s possible duplicates were found.",
            count,
        )
        return text % {"contacts": describe_count(self.search.contacts), "count": number(count)}

    def describe(self, row: Any, warnings: dict[int, list[dict[str, str]]]) -> dict[str, Any]:
        columns = [column for column in columns_for(self.register) if column.key in SHOWN]
        people = [
            (
                contact,
                [text for column in columns if (text := column.show(column.value(contact)))],
                warnings[contact.pk],
            )
            for contact in row.contacts
        ]
        more = row.size - len(row.contacts)
        return {
            "pk": row.found.pk,
            "verdict": verdict(row.found.certainty),
            "reasons": ", ".join(reasons(row.found.signs)),
            "people": people,
            "ids": [contact.pk for contact in row.contacts],
            "size": row.size,
            "more": more,
            "url": compare_url(self.register.pk, [contact.pk for contact in row.contacts]),
        }


def _log(view: Any, action: str, count: int, purpose: str) -> None:
    log_access(user=view.request.user, action=action, subject=view.register, count=count, purpose=purpose)


class ProgressView(RegisterMixin, OrganisationView):
    """Where the search stands, for the page that waits for it; nobody knows how long it takes."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        state = DuplicateSearch.objects.filter(register=self.register).values_list("state", flat=True).first()
        return JsonResponse({"state": state, "percent": None, "text": _("Comparing every contact with the others.")})


class NotSameView(RegisterMixin, OrganisationView):
    """POST: these are different people. Takes a set by its id, or the ids of contacts."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = DuplicateSet.objects.filter(register=self.register, pk=row_id(request.POST.get("set", ""))).first()
        wanted = found.contacts if found else list(row_ids(request.POST.getlist("contact")))[:MOST]
        contacts = list(Contact.objects.filter(register=self.register, pk__in=wanted).order_by("pk"))
        if len(contacts) < FEWEST:
            messages.warning(request, _("These contacts are not there any more. Nothing was changed."))
            return redirect("registers:duplicates", self.register.pk)
        say_not_same(contacts=contacts, user=request.user)
        _log(self, "edit", len(contacts), _("Not the same"))
        DuplicateSet.objects.filter(
            register=self.register, contacts=sorted(contact.pk for contact in contacts)
        ).delete()
        names = ", ".join(str(contact) for contact in contacts[:MOST])
        messages.success(request, _("Remembered as different people: %(names)s.") % {"names": names})
        return redirect("registers:duplicates", self.register.pk)


class CompareView(RegisterMixin, OrganisationTemplateView):
    """Two to six contacts side by side. GET shows them with a suggestion, POST makes one of them."""

    required_role = Role.EDITOR
    template_name = "registers/compare.html"
    header_icon = "copy"
    page_title = gettext_lazy("Compare and merge")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.ids = sorted(row_ids((request.POST if request.method == "POST" else request.GET).getlist("contact")))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def contacts(self) -> list[Contact]:
        rows = Contact.objects.filter(register=self.register, pk__in=self.ids[: MOST + 1]).order_by("pk")
        return list(rows.select_related("register"))

    def trail(self) -> list[dict[str, Any]]:
        return [{"url": reverse("registers:duplicates", args=[self.register.pk]), "label": _("Duplicates")}]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not FEWEST <= len(self.ids) <= MOST:
            messages.warning(request, _("Choose two to six contacts to compare."))
            return redirect(self.register_url)
        if len(self.contacts) < len(self.ids):
            return self.some_are_gone()
        return super().get(request, *args, **kwargs)

    def some_are_gone(self) -> HttpResponse:
        now = sorted({present_id(pk) for pk in self.ids})
        there = Contact.objects.filter(register=self.register, pk__in=now)
        if there.count() < len(now):
            raise Http404
        if len(now) == 1:
            messages.info(self.request, _("These contacts have been merged already: this is the one that stayed."))
            return redirect("registers:contact", now[0])
        return redirect(compare_url(self.register.pk, now))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        now = {present_id(pk) for pk in self.ids}
        if Contact.objects.filter(register=self.register, pk__in=now).count() < len(now):
            raise Http404
        try:
            record = merge(
                keep=row_id(request.POST.get("keep", "")),
                contacts=self.ids,
                choices=self.choices(),
                seen=request.POST.get("seen", ""),
                user=request.user,
            )
        except AlreadyMerged as refusal:
            messages.info(request, str(refusal))
            return redirect("registers:contact", refusal.contact.pk)
        except MergeRefused as refusal:
            messages.error(request, str(refusal))
            left = [contact.pk for contact in self.contacts]
            return redirect(compare_url(self.register.pk, left) if len(left) >= FEWEST else self.register_url)
        text = ngettext(
            "%(count)s contact was merged into this one.",
            "%(count)s contacts were merged into this one.",
            len(record.merged),
        )
        buttons = [messages.button(reverse("registers:undo_merge", args=[record.pk]), _("Take back"))]
        if DuplicateSet.objects.filter(register=self.register).exclude(contacts=self.ids).exists():
            more = reverse("registers:duplicates", args=[self.register.pk])
            buttons.append(messages.button(more, _("To the next duplicates")))
        messages.success(request, text % {"count": len(record.merged)}, buttons=buttons)
        return redirect("registers:contact", record.kept_id)

    def choices(self) -> dict[str, Choice]:
        chosen: dict[str, Choice] = {}
        for name, value in self.request.POST.items():
            if name.startswith("value-"):
                chosen[name.removeprefix("value-")] = ALL if value == ALL else row_id(value)
        return chosen

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        contacts = self.contacts
        _log(self, "view", len(contacts), _("Compared"))
        keep = suggest_kept(register=self.register, contacts=contacts).pk
        warnings = warnings_for(contacts)
        stopped = [", ".join(row["text"] for row in warnings[contact.pk]) or "–" for contact in contacts]
        compared = compare(register=self.register, contacts=contacts, keep=keep)
        context |= {
            "register": self.register,
            "contacts": contacts,
            "keep": keep,
            "seen": fingerprint([contact.pk for contact in contacts]),
            "rows": [self.describe(row) for row in compared],
            "differing": sum(row.differs for row in compared),
            "around": [
                (_("Must not be written to"), stopped),
                *self.around(),
            ],
            "back_url": reverse("registers:duplicates", args=[self.register.pk]),
        }  # fmt: skip
        return context

    def describe(self, row: Compared) -> dict[str, Any]:
        column = row.column
        return {
            "key": column.key,
            "label": column.label,
            "differs": row.differs,
            "cells": [
                (contact, column.show(column.value(contact)), row.choice == contact.pk)
                for contact in self.contacts
            ],
            "union": column.show(row.union) if row.can_be_united else "",
            "united": row.choice == ALL,
        }  # fmt: skip

    def around(self) -> list[tuple[str, list[Any]]]:
        """What hangs on each: all of it comes along."""
        ids = [contact.pk for contact in self.contacts]
        names: dict[int, list[str]] = {pk: [] for pk in ids}
        for membership in (
            GroupMembership.objects.filter(contact__in=ids).select_related("group").order_by("group__name")
        ):
            names[membership.contact_id].append(membership.group.name)
        rows: list[tuple[str, list[Any]]] = [(_("Groups"), [", ".join(names[pk]) or "–" for pk in ids])]
        if pairs := pairs_of(ids):  # two who are a couple are hardly one person
            partners = [str(pairs[each.pk].other(each)) if each.pk in pairs else "–" for each in self.contacts]
            rows.append((_("Couple, with"), partners))
        for model, label in ((Consent, _("Consents, given and withdrawn")), (Activity, _("Entries in the timeline"))):
            rows.append((label, _counts(model, "contact", ids)))
        counted: dict[str, list[int]] = {}
        for link in links_to(Contact):
            if link.model in (Consent, Activity) or link.model._meta.app_label == "registers":
                continue
            numbers = _counts(link.model, link.field.name, ids)
            label = str(link.model._meta.verbose_name_plural).capitalize()
            counted[label] = [a + b for a, b in zip(counted.get(label, [0] * len(ids)), numbers, strict=True)]
        rows += [(label, numbers) for label, numbers in counted.items() if any(numbers)]
        return rows


def _counts(model: Any, field: str, ids: list[int]) -> list[int]:
    rows = model.objects.filter(**{f"{field}__in": ids}).order_by().values_list(field).annotate(count=Count("pk"))
    found = dict(rows)
    return [found.get(pk, 0) for pk in ids]
