"""Until when somebody is on leave, and why."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput


class AbsenceForm(forms.Form):
    """The names of its fields are arguments of `registers.absences.set_absence`."""

    until = forms.DateField(
        label=_("On leave until"),
        widget=AdminDateInput(),
        help_text=_("From this day on campaigns reach them again, by themselves."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=120,
        required=False,
        initial=_("On leave"),
        help_text=_("Shown to your team only."),
    )
    since = forms.DateField(
        label=_("From"), widget=AdminDateInput(), required=False, help_text=_("Empty means from today on.")
    )
