"""A contact on leave: saying so, and ending it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from organisations.views import FormView, OrganisationView
from registers.absences import absence_sentences, absences_of, end_absence, set_absence, today
from registers.access import log_access
from registers.forms.absences import AbsenceForm
from registers.views.contacts import ContactMixin


class AbsenceView(ContactMixin, FormView):
    in_part = True
    page_title = gettext_lazy("On leave")
    header_icon = "calendar-alt"
    template_name = "registers/form.html"
    submit_label = gettext_lazy("Leave out of campaigns until then")

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        known = absences_of([self.contact], on=today()).get(self.contact.pk, [])[-1:]
        initial = {"until": known[0].until, "since": known[0].since, "reason": known[0].reason} if known else None
        return AbsenceForm(data, initial=initial)

    @transaction.atomic
    def save(self, form: Any) -> str:
        set_absence(contacts=[self.contact.pk], **form.cleaned_data, source=_("by hand"))
        log_access(user=self.request.user, action="edit", subject=self.contact)
        for sentence in absence_sentences(self.contact):
            messages.success(self.request, f"{self.contact}: {sentence}.")
        return self.contact_url


class EndAbsenceView(ContactMixin, OrganisationView):
    in_part = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with transaction.atomic():
            ended = end_absence(contacts=[self.contact.pk], source=_("by hand"))
            log_access(user=request.user, action="edit", subject=self.contact)
        if ended:
            messages.success(request, _("Campaigns reach %(name)s again.") % {"name": self.contact})
        return redirect(self.contact_url)
