"""The form of an automation: when, and what its act wants to know."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from registers.automations.acts import Act, acts
from registers.models import Automation, Group


def when_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("When"), choices=Automation.On.choices, widget=forms.RadioSelect, initial=Automation.On.JOINED
    )


class ChooseActForm(forms.Form):
    """The first step: the second asks what the act wants to know."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"] = when_field()
        self.fields["act"] = forms.ChoiceField(
            label=_("What happens"), choices=[(act.key, act.label) for act in acts()], widget=forms.RadioSelect
        )


class AutomationForm(forms.Form):
    def __init__(self, *args: Any, act: Act, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"] = when_field()
        self.act_fields = act.fields(group)
        self.fields |= self.act_fields
        self.fields["name"] = forms.CharField(
            label=_("Name"),
            max_length=150,
            required=False,
            help_text=_("For yourselves. Empty: what it does, in words."),
        )
        self.fields["enabled"] = forms.BooleanField(label=_("Switched on"), required=False, initial=True)

    def act_values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.act_fields}
