"""Appointments on a contact's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from organisations.models import Role
from organisations.views import ChangeFormView, FormView, OrganisationView
from registers.access import log_access
from registers.appointments import calendar_entry, change_appointment, delete_appointment, make_appointment
from registers.forms.diary import AppointmentForm
from registers.models import Appointment, Contact
from registers.views.base import DeletionView, LocalTimeMixin
from registers.views.contacts import ContactMixin


class AddAppointmentView(LocalTimeMixin, ContactMixin, FormView):
    in_part = True
    page_title = gettext_lazy("New appointment")
    header_icon = "calendar-alt"
    submit_label = gettext_lazy("Add appointment")
    template_name = "registers/form.html"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return AppointmentForm(data)

    def save(self, form: Any) -> str:
        make_appointment(contact=self.contact, user=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The appointment with %(name)s is saved.") % {"name": self.contact})
        return self.contact_url


class AppointmentMixin(ContactMixin):
    @cached_property
    def appointment(self) -> Appointment:
        rows = Appointment.objects.select_related("contact__register")
        appointment: Appointment = get_object_or_404(rows, pk=self.kwargs["pk"])
        return appointment

    @cached_property
    def contact(self) -> Contact:
        return self.appointment.contact


class EditAppointmentView(LocalTimeMixin, AppointmentMixin, ChangeFormView):
    in_part = True
    page_title = gettext_lazy("Change the appointment")
    header_icon = "calendar-alt"
    template_name = "registers/form.html"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        row = self.appointment
        initial = {"title": row.title, "starts_at": row.starts_at, "ends_at": row.ends_at, "place": row.place}
        return AppointmentForm(data, initial=initial)

    def save(self, form: Any) -> str:
        change_appointment(appointment=self.appointment, user=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The appointment is saved."))
        return self.contact_url


class DeleteAppointmentView(AppointmentMixin, DeletionView):
    in_part = True
    page_title = gettext_lazy("Delete the appointment")

    def asked(self) -> dict[str, Any]:
        facts = {"title": self.appointment.title, "name": self.contact}
        return {
            "question": _("Delete the appointment “%(title)s” with %(name)s?") % facts,
            "consequence": _("Calendars that it was taken into do not hear of it."),
            "act": _("Delete 1 appointment"),
            "back_url": self.contact_url,
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        delete_appointment(appointment=self.appointment, user=request.user)
        messages.success(request, _("The appointment is deleted."))
        return redirect(self.contact_url)


class CalendarView(AppointmentMixin, OrganisationView):
    """The appointment for one's own calendar."""

    in_part = True
    required_role = Role.VIEWER

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        log_access(user=request.user, action="export", subject=self.contact, purpose=_("Appointment, for a calendar"))
        response = HttpResponse(calendar_entry(self.appointment), content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="appointment-{self.appointment.pk}.ics"'
        response["Cache-Control"] = "private, no-store"
        return response
