"""What an owner says of a member of the team: the role, and what the member may see."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations import reach
from organisations.access import set_member
from organisations.models import Membership, Organisation, Role, User

EVERYTHING, PART = "everything", "part"


class MemberForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, widget=forms.RadioSelect)
    sees = forms.ChoiceField(
        label=gettext_lazy("May see"),
        choices=[
            (EVERYTHING, gettext_lazy("Everything")),
            (PART, gettext_lazy("Only the people of the registers and groups chosen below")),
        ],
        initial=EVERYTHING,
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "An owner always sees everything. For those who see a part only, all other people are not there: not in "
            "lists, numbers or searches. They work with contacts and whatever is kept with them: notes, documents, "
            "appointments, follow-ups, exports. They write to these people by campaigns of their own. The campaigns "
            "of others, events, pages and the organisation’s settings are not open to them."
        ),
    )
    places = forms.MultipleChoiceField(
        label=gettext_lazy("These registers and groups"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["places"].choices = reach.places().choices()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        part = values.get("sees") == PART
        if part and values.get("role") == Role.OWNER:
            self.add_error("sees", _("An owner sees everything. Choose another role, or “Everything”."))
        elif part and "places" in values and not values["places"] and values.get("role") != Role.REVIEWER:
            self.add_error("places", _("Choose at least one register or group, or “Everything” above."))
        return values


class NewMemberForm(MemberForm):
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), help_text=gettext_lazy("They get a letter with a link to sign in.")
    )
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80, required=False)

    field_order = ("email", "first_name", "last_name", "role", "sees", "places")


def sees(member: Membership, places: Sequence[str]) -> str:
    """What a member may see, in words."""
    if member.role == Role.REVIEWER or (member.limited and not places):
        return _("Nobody")
    return ", ".join(places) if member.limited else _("Everything")


@transaction.atomic
def give_role(organisation: Organisation, user: User, values: Mapping[str, Any]) -> None:
    """What the form says. Raises LastOwner."""
    if not values["sees"]:  # nothing was said of it
        set_member(organisation=organisation, user=user, role=values["role"])
        return
    part = values["sees"] == PART
    membership = set_member(organisation=organisation, user=user, role=values["role"], limited=part)
    reach.places().choose(membership, values["places"] if part else [])
