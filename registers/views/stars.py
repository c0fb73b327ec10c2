"""Important contacts: the star on a contact, and the round birthdays that come up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from organisations import reach
from organisations.models import Role, User
from organisations.roles import has_role
from organisations.views import FormView, OrganisationView
from registers.access import log_access
from registers.birthdays import coming, plan
from registers.models.star import BirthdayPlan
from registers.stars import remove_star, set_star, star_of
from registers.views.base import HOME
from registers.views.contacts import ContactMixin
from registers.warnings import warnings_for

A_YEAR = 365


class StarForm(forms.Form):
    responsible = forms.ModelChoiceField(
        label=gettext_lazy("Who is responsible"),
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody in particular: the owners are reminded"),
        help_text=gettext_lazy("Is reminded of round birthdays by e-mail."),
    )


class StarView(ContactMixin, FormView):
    """POST with `mine` makes the contact important and oneself responsible; the form chooses somebody else."""

    in_part = True
    page_title = gettext_lazy("Important contact")
    header_icon = "star"
    template_name = "registers/form.html"

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        star = star_of(self.contact)
        form = StarForm(data, initial={"responsible": star.responsible_id if star else self.request.user.pk})
        team = User.objects.filter(memberships__organisation=self.organisation, is_active=True).distinct()
        form.fields["responsible"].queryset = team.order_by("first_name", "last_name", "pk")  # type: ignore[attr-defined]
        return form

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "mine" in request.POST:
            return redirect(self.mark(request.user if self.organisation_has(request.user) else None))
        return super().post(request, *args, **kwargs)

    def organisation_has(self, user: Any) -> bool:
        return bool(user.memberships.filter(organisation=self.organisation).exists())

    def save(self, form: Any) -> str:
        return self.mark(form.cleaned_data["responsible"])

    @transaction.atomic
    def mark(self, responsible: Any) -> str:
        set_star(contact=self.contact, responsible=responsible, source=_("by hand"))
        log_access(user=self.request.user, action="edit", subject=self.contact)
        messages.success(self.request, _("%(name)s is an important contact.") % {"name": self.contact})
        return self.contact_url


class RemoveStarView(ContactMixin, OrganisationView):
    in_part = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        with transaction.atomic():
            remove_star(contact=self.contact, source=_("by hand"))
            log_access(user=request.user, action="edit", subject=self.contact)
        messages.success(request, _("%(name)s is a contact like any other.") % {"name": self.contact})
        return redirect(self.contact_url)


class PlanForm(forms.ModelForm[BirthdayPlan]):
    class Meta:
        model = BirthdayPlan
        fields = ("first_age", "every", "days_ahead", "by_email")


class BirthdaysView(FormView):
    """The round birthdays of the year to come, and when to be reminded of them."""

    required_role = Role.VIEWER
    page_title = gettext_lazy("Round birthdays")
    header_icon = "date"
    template_name = "registers/birthdays.html"

    @property
    def may_plan(self) -> bool:
        """It is one plan for all registers: nothing for those who see some of them."""
        return has_role(self.request.user, Role.EDITOR) and not reach.is_limited()

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [HOME, {"url": "", "label": str(self.page_title)}]

    def get_form(self, data: Any = None, files: Any = None) -> forms.Form:
        return PlanForm(data, instance=plan())  # type: ignore[return-value]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        birthdays = coming(days=A_YEAR)
        if birthdays:
            log_access(user=self.request.user, action="list", subject="birthdays", count=len(birthdays))
        warnings = warnings_for([birthday.contact for birthday in birthdays])
        shown = [(birthday, warnings[birthday.contact.pk]) for birthday in birthdays]
        return context | {"birthdays": shown, "may_edit": self.may_plan}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.may_plan:
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def save(self, form: Any) -> str:
        form.save()
        messages.success(self.request, _("The reminders are saved."))
        return reverse("registers:birthdays")
