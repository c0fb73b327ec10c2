from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from guards.seen import fingerprint

SEEN = "seen"


class OrganisationModelForm(WagtailAdminModelForm):
    """Checks the constraints that name the organisation too, though it is never a field of the form.

    What somebody else has changed since the form was opened is not changed back before that has been said.
    """

    data: Any
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if field_name != SEEN:
            return super().get_initial_for_field(field, field_name)
        return fingerprint({name: self[name].initial for name in self.fields if name != SEEN})

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        shown, now = values.get(SEEN), self[SEEN].initial
        other = [str(self[name].label) for name in self.changed_data if name != SEEN]
        if self.instance.pk and shown and shown != now and other:
            self.data = self.data.copy()
            self.data[self.add_prefix(SEEN)] = now
            text = _(
                "Somebody has changed this since you opened it, and nothing is saved yet. What stands there now is "
                "not the same in: %(fields)s. Save again to write what stands below."
            )
            raise ValidationError(text % {"fields": ", ".join(other)})
        return values

    def _get_validation_exclusions(self) -> set[str]:
        exclusions: set[str] = super()._get_validation_exclusions()
        return exclusions - {"organisation"}


def the_only(rows: QuerySet[Any]) -> Any:
    """What a new form has chosen: nothing where there are several, for the wrong one is easily overlooked."""
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None
