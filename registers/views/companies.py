"""Companies: the list, making and changing one, and its people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages
from wagtail.admin.forms.search import SearchForm
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import Button, HeaderButton

from organisations.figures import number
from organisations.views import ChangeFormView, FormView, OrganisationView
from registers.access import log_access
from registers.columns import OWN
from registers.companies import companies_like, rename_in_segments
from registers.company_columns import columns_naming, deleted_sentence, rename_in_columns
from registers.contacts import describe_count
from registers.filters import RULE, write_rule
from registers.forms.companies import CompanyForm
from registers.models import Company, Contact, Employment
from registers.texts import clean_line
from registers.views.base import HOME, DeletionView, ListView
from registers.views.people import NameColumn, NumberColumn, PeopleListView, StateColumn

COMPANIES = {"url": reverse_lazy("registers:companies"), "label": gettext_lazy("Companies")}


class CompanyListView(ListView):
    page_title = gettext_lazy("Companies")
    header_icon = "site"
    index_url_name = "registers:companies"
    index_results_url_name = "registers:company_list_results"
    template_name = "registers/contacts.html"
    results_template_name = "registers/company_results.html"
    default_ordering = "name_key"
    is_searchable = True
    columns = [
        TitleColumn(
            "name",
            label=gettext_lazy("Name"),
            sort_key="name_key",
            get_url=lambda company: reverse("registers:company", args=[company.pk]),
        ),
        NumberColumn("people_count", label=gettext_lazy("People"), sort_key="people_count"),
        Column("city", label=gettext_lazy("City"), sort_key="city"),
        Column("business_id", label=gettext_lazy("Business id")),
    ]

    def get_base_queryset(self) -> Any:
        places = Employment.objects.filter(company=OuterRef("pk")).order_by().values("company")
        people = Subquery(places.annotate(count=Count("pk")).values("count"))
        return Company.objects.annotate(people_count=Coalesce(people, 0))

    @cached_property
    def search_form(self) -> SearchForm:
        return SearchForm(self.request.GET or None, placeholder=_("Search by name, city or business id"))

    def search_queryset(self, queryset: Any) -> Any:
        for word in clean_line(self.search_query or "").casefold().split()[:8]:
            fits = Q(name_key__contains=word) | Q(city__icontains=word) | Q(business_id__icontains=word)
            queryset = queryset.filter(fits)  # some thousand rows of one organisation: no index would help
        return queryset

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {"url": "", "label": _("Companies")}]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        if not self.may_found:
            return []
        return [HeaderButton(_("Add company"), url=reverse("registers:add_company"), icon_name="plus")]


class CompaniesLikeView(OrganisationView):
    """Names of companies for who types one."""

    def get(self, request: HttpRequest) -> JsonResponse:
        return JsonResponse({"names": companies_like(request.GET.get("q", ""))})


class AddCompanyView(FormView):
    page_title = gettext_lazy("New company")
    header_icon = "site"
    submit_label = gettext_lazy("Add company")
    template_name = "registers/form.html"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, COMPANIES, {"url": "", "label": self.get_page_title()}]

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return CompanyForm(data)  # type: ignore[return-value]

    def save(self, form: Any) -> str:
        with transaction.atomic():
            company = form.save()
            # Replies from outside may have named it before it was known.
            rename_in_columns(old=company.name, new=company.name)
        messages.success(
            self.request, _("“%(name)s” is ready. Add it to people on their own pages.") % {"name": company}
        )
        return reverse("registers:company", args=[company.pk])


class CompanyMixin:
    kwargs: dict[str, Any]
    request: HttpRequest
    page_title: Any

    @cached_property
    def company(self) -> Company:
        company: Company = get_object_or_404(Company, pk=self.kwargs["pk"])
        return company

    @property
    def company_url(self) -> str:
        return reverse("registers:company", args=[self.company.pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        crumbs: list[dict[str, Any]] = [HOME, COMPANIES, {"url": self.company_url, "label": self.company.name}]
        return [*crumbs, {"url": "", "label": str(self.page_title)}]


class EditCompanyView(CompanyMixin, ChangeFormView):
    page_title = gettext_lazy("Edit")
    header_icon = "site"
    template_name = "registers/form.html"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return CompanyForm(data, instance=self.company)  # type: ignore[return-value]

    def save(self, form: Any) -> str:
        with transaction.atomic():
            form.save()
            changed = 0
            if "name" in form.changed_data:
                names = {"old": form.initial["name"], "new": self.company.name}
                changed = rename_in_columns(**names)
                rename_in_segments(**names)
            if changed:
                purpose = _("a company was renamed")
                log_access(user=self.request.user, action="edit", subject=self.company, count=changed, purpose=purpose)
        text = _("“%(name)s” is saved.") % {"name": self.company}
        if changed:
            text += " " + ngettext(
                "%(count)s contact that names it in a column has its new name there.",
                "%(count)s contacts that name it in a column have its new name there.",
                changed,
            ) % {"count": number(changed)}
        messages.success(self.request, text)
        return self.company_url


class DeleteCompanyView(CompanyMixin, DeletionView):
    page_title = gettext_lazy("Delete")

    def asked(self) -> dict[str, Any]:
        people = Employment.objects.filter(company=self.company).count()
        text = ngettext(
            "%(people)s belongs to it, and stays in the register without it.",
            "%(people)s belong to it, and stay in their registers without it.",
            people,
        )
        consequence = text % {"people": describe_count(people)} if people else _("Nobody belongs to it.")
        if named := deleted_sentence(self.company):
            consequence += f" {named}"
        return {
            "question": _("Delete the company “%(name)s”?") % {"name": self.company},
            "consequence": consequence,
            "act": _("Delete company"),
            "back_url": self.company_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.company.delete()
        messages.success(request, _("The company is deleted."))
        return redirect("registers:companies")


class CompanyView(CompanyMixin, PeopleListView):
    """What is known of a company, and its people from all registers."""

    in_part = True  # it is of no one register

    header_icon = "site"
    results_template_name = "registers/company_people.html"
    search_hint = gettext_lazy("Search its people")

    def get_page_title(self) -> str:
        return self.company.name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, COMPANIES, {"url": "", "label": self.company.name}]

    def get_index_url(self) -> str:
        return self.company_url

    def get_index_results_url(self) -> str:
        return reverse("registers:company_results", args=[self.company.pk])

    @property
    def looked_at(self) -> Company:
        return self.company

    @cached_property
    def columns(self) -> list[Any]:
        return [
            StateColumn("state", label=_("State")),
            NameColumn(),
            Column("role", label=_("Role"), accessor="place_role"),
            Column("email", label=_("E-mail")),
            Column("phone", label=_("Phone")),
            Column("register", label=_("Register")),
        ]

    def get_base_queryset(self) -> Any:
        places = Employment.objects.filter(company=self.company)
        role = Subquery(places.filter(contact=OuterRef("pk")).values("role")[:1])
        people = Contact.objects.filter(pk__in=places.order_by().values("contact"), register__leaving=False)
        return people.select_related("register").annotate(place_role=role)

    @cached_property
    def header_buttons(self) -> list[Any]:
        if not self.may_found:
            return []
        url = reverse("registers:edit_company", args=[self.company.pk])
        return [HeaderButton(_("Edit"), url=url, icon_name="edit")]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        if not self.may_found:
            return []
        url = reverse("registers:delete_company", args=[self.company.pk])
        return [Button(_("Delete company"), url=url, icon_name="bin")]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        company = self.company
        address = ", ".join(
            filter(None, [company.street, f"{company.postcode} {company.city}".strip(), company.country])
        )
        facts = [
            (_("Business id"), company.business_id),
            (_("E-mail"), company.email),
            (_("Phone"), company.phone),
            (_("Address"), address),
        ]
        named = self.in_columns()
        context["facts"] = [(label, text) for label, text in facts if text] + named
        context["stands_in_columns"] = bool(named)
        return context

    def in_columns(self) -> list[tuple[str, SafeString]]:
        """Which columns of which registers name it, leading to who has it there."""
        found = []
        for field, count in columns_naming(self.company):
            condition = {"column": f"{OWN}{field.key}", "op": "is", "value": self.company.name}
            query = urlencode({RULE: write_rule({"match": "all", "conditions": [condition]})})
            url = f"{reverse('registers:contacts', args=[field.register_id])}?{query}"
            link = format_html('<a href="{}">{}</a>', url, describe_count(count))
            found.append((f"{field.label} ({field.register})", link))
        return found
