from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from guards.seen import fingerprint

SEEN = "seen"


class SeenField(forms.CharField):
    """Hidden in a form: stands for what that was opened with."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


def what_stands_there(form: Any) -> str:
    return fingerprint({name: form[name].initial for name in form.fields if name != SEEN})


def refuse_unseen(form: Any, says: Callable[[str], str] = lambda _name: "") -> None:
    """Raises ValidationError where a filled-in form would change back what others have changed since it was opened;
    what it goes on standing for is then what is there now, so that who sends it again means it.

    `says` words what stands in the field of a name now, where it can be said in a few words. Two that are sent in the
    same moment are not told of each other.
    """
    shown, now = form[SEEN].data, what_stands_there(form)
    if not shown or shown == now or not form.changed_data:
        return
    form.data = form.data.copy()
    form.data[form.add_prefix(SEEN)] = now
    text = _(
        "Somebody has changed this since you opened it, and nothing is saved yet. What stands there now is not the "
        "same in: %(fields)s. Save again to write what stands below."
    )
    fields = [f"{form[name].label} {says(name)}".strip() for name in form.changed_data]
    raise ValidationError(text % {"fields": ", ".join(fields)})


class OrganisationModelForm(WagtailAdminModelForm):
    """Checks the constraints that name the organisation too, though it is never a field of the form. What somebody else
    has changed since it was opened is not changed back before that has been said."""

    data: Any
    seen = SeenField()

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        return what_stands_there(self) if field_name == SEEN else super().get_initial_for_field(field, field_name)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self.instance.pk:
            refuse_unseen(self)
        return values

    def _get_validation_exclusions(self) -> set[str]:
        exclusions: set[str] = super()._get_validation_exclusions()
        return exclusions - {"organisation"}


def uncut(form: forms.BaseForm) -> None:
    """Let what is too long arrive, to be told so: browsers cut what is pasted to `maxlength` without a word."""
    for field in form.fields.values():
        field.widget.attrs.pop("maxlength", None)


def the_only(rows: QuerySet[Any]) -> Any:
    """What a new form has chosen: nothing where there are several, for the wrong one is easily overlooked."""
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None
