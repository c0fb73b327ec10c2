"""The companies of one contact, and as what."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from organisations.views import FormView, OrganisationView
from registers.access import log_access
from registers.companies import employ, end_employment, find_or_make_company
from registers.forms.companies import PlaceForm
from registers.models import Contact, Employment
from registers.views.contacts import ContactMixin


class AddPlaceView(ContactMixin, FormView):
    page_title = gettext_lazy("Add company")
    header_icon = "site"
    submit_label = gettext_lazy("Add company")
    template_name = "registers/form.html"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return PlaceForm(data)

    @transaction.atomic
    def save(self, form: Any) -> str:
        values = form.cleaned_data
        company = find_or_make_company(name=values["company"])
        employ(contact=self.contact, company=company, role=values["role"], main=values["main"], source=_("by hand"))
        log_access(user=self.request.user, action="edit", subject=self.contact)
        messages.success(
            self.request, _("%(name)s belongs to %(company)s.") % {"name": self.contact, "company": company}
        )
        return self.contact_url


class PlaceMixin(ContactMixin):
    """A view of one place in a company, whose id stands in the address."""

    @cached_property
    def place(self) -> Employment:
        rows = Employment.objects.select_related("company", "contact__register")
        place: Employment = get_object_or_404(rows, pk=self.kwargs["pk"])
        return place

    @cached_property
    def contact(self) -> Contact:
        return self.place.contact


class EditPlaceView(PlaceMixin, AddPlaceView):
    page_title = gettext_lazy("Role in the company")
    submit_label = gettext_lazy("Save")

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        place = self.place
        initial = {"company": place.company.name, "role": place.role, "main": place.main}
        form = PlaceForm(data, initial=initial)
        form.fields["company"].disabled = True
        form.fields["company"].help_text = ""
        return form


class EndPlaceView(PlaceMixin, OrganisationView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        company = self.place.company
        with transaction.atomic():
            end_employment(place=self.place, source=_("by hand"))
            log_access(user=request.user, action="edit", subject=self.contact)
        messages.success(
            request, _("%(name)s does not belong to %(company)s any more.") % {"name": self.contact, "company": company}
        )
        return redirect(self.contact_url)
