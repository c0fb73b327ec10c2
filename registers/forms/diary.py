from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from organisations.models import User


class AppointmentForm(forms.Form):
    """Its fields are arguments of `registers.appointments.make_appointment`."""

    title = forms.CharField(label=_("What for"), max_length=200)
    starts_at = forms.DateTimeField(label=_("Begins"), widget=AdminDateTimeInput())
    ends_at = forms.DateTimeField(
        label=_("Ends"), required=False, widget=AdminDateTimeInput(), help_text=_("Empty means an hour later.")
    )
    place = forms.CharField(label=_("Where"), max_length=200, required=False)


class FollowUpForm(forms.Form):
    """Its fields are arguments of `registers.followups.make_follow_up`."""

    text = forms.CharField(label=_("What is to be done"), max_length=500)
    due_on = forms.DateField(label=_("By when"), widget=AdminDateInput())
    responsible = forms.ModelChoiceField(
        label=_("Who"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody in particular: the owners are reminded"),
        help_text=_("Is reminded by e-mail in the morning of that day."),
    )

    def __init__(self, *args: Any, users: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["responsible"].queryset = users  # type: ignore[attr-defined]
