"""What can be asked and done about contacts chosen in a list, each act with its words, its form and what it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from organisations.figures import number
from registers.absences import absent_or_to_be, end_absence, set_absence
from registers.access import log_access
from registers.consents import How, record_consents
from registers.erasure import what_stays
from registers.forms.absences import AbsenceForm
from registers.forms.purposes import ConsentActForm
from registers.forms.reasons import ReasonForm, SourceForm
from registers.memberships import add_to_group, remove_from_group
from registers.models import Group, Register
from registers.reach import sees_whole
from registers.reasons import give_reason, set_source, take_reason
from registers.removal import describe_removal, remove_contacts


class BulkAct:
    """`question` and `button` know %(count)s ("3 contacts"), its %(number)s and the %(register)s; `done` knows of how
    many it was new, %(count)s, and what was answered."""

    question: Any
    button: Any
    consequence: Any = ""
    done: Any
    form_class: type[forms.Form] | None = None
    serious = False

    def __init__(self, *, register: Register, contacts: list[int], user: Any) -> None:
        self.register = register
        self.contacts = contacts
        self.user = user

    def form(self, data: Any = None) -> forms.Form | None:
        return self.form_class(data) if self.form_class else None

    def what_stays(self) -> str:
        return ""

    def write(self, values: dict[str, Any]) -> int:
        """Do it as the form was answered; return of how many contacts it was new."""
        raise NotImplementedError

    def names(self, values: dict[str, Any]) -> Mapping[str, Any]:
        return values

    def perform(self, values: dict[str, Any]) -> str:
        """Do it, note who did, and return what to say of it. Raises ValidationError where it cannot be done."""
        subject = values.get("group", self.register)
        log_access(user=self.user, action="edit", subject=subject, count=len(self.contacts))
        count = self.write(values)
        return str(self.done % {**self.names(values), "number": count, "count": number(count)})


class GroupForm(forms.Form):
    group = forms.ModelChoiceField(label=gettext_lazy("Group"), queryset=Group.objects.none())

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]
        self.fields["group"].error_messages["required"] = _("Choose a group.")


class Add(BulkAct):
    question = gettext_lazy("Add %(count)s to which group?")
    button = gettext_lazy("Add %(count)s")
    done = ngettext_lazy(
        "%(count)s contact added to “%(group)s”.", "%(count)s contacts added to “%(group)s”.", "number"
    )

    def form(self, data: Any = None) -> forms.Form:
        return GroupForm(data, groups=Group.objects.filter(register=self.register))

    def write(self, values: dict[str, Any]) -> int:
        return add_to_group(group=values["group"], contacts=self.contacts, source=_("by hand"))


class Remove(BulkAct):
    question = gettext_lazy("Remove %(count)s from which group?")
    button = gettext_lazy("Remove %(count)s")
    done = ngettext_lazy(
        "%(count)s contact removed from “%(group)s”.", "%(count)s contacts removed from “%(group)s”.", "number"
    )

    def form(self, data: Any = None) -> forms.Form:
        groups = Group.objects.filter(register=self.register, memberships__contact__in=self.contacts)
        return GroupForm(data, groups=groups.distinct())

    def what_stays(self) -> str:
        if sees_whole(self.register.pk):
            return ""
        return _(
            "You see those who are in a group of yours. Who is in none any more is brought back by somebody who sees "
            "the whole register."
        )

    def write(self, values: dict[str, Any]) -> int:
        return remove_from_group(group=values["group"], contacts=self.contacts, source=_("by hand"))


class Away(BulkAct):
    question = ngettext_lazy("Until when is %(count)s on leave?", "Until when are %(count)s on leave?", "number")
    button = gettext_lazy("Leave out %(count)s")
    consequence = gettext_lazy("Campaigns leave them out while it lasts. What they ask for themselves is answered.")
    done = ngettext_lazy(
        "%(count)s contact is on leave: campaigns leave them out until %(until)s.",
        "%(count)s contacts are on leave: campaigns leave them out until %(until)s.",
        "number",
    )
    form_class = AbsenceForm

    def what_stays(self) -> str:
        if not (count := absent_or_to_be(self.contacts)):
            return ""
        text = ngettext(
            "%(count)s of them has a leave already: what you write takes its place.",
            "%(count)s of them have a leave already: what you write takes its place.",
            count,
        )
        return text % {"count": number(count)}

    def write(self, values: dict[str, Any]) -> int:
        return set_absence(contacts=self.contacts, **values, source=_("by hand"))

    def names(self, values: dict[str, Any]) -> Mapping[str, Any]:
        return {"until": date_format(values["until"], "DATE_FORMAT")}


class Back(BulkAct):
    question = gettext_lazy("Write to %(count)s again?")
    button = gettext_lazy("Write to %(count)s again")
    consequence = gettext_lazy("Those among them who are on leave get campaigns again from now on.")
    done = ngettext_lazy("%(count)s contact is back from leave.", "%(count)s contacts are back from leave.", "number")

    def write(self, values: dict[str, Any]) -> int:
        return end_absence(contacts=self.contacts, source=_("by hand"))


class Consent(BulkAct):
    question = gettext_lazy("What did %(count)s say?")
    button = gettext_lazy("Write it down for %(count)s")
    consequence = gettext_lazy(
        "It is added to what they have said before. Who has withdrawn a consent does not give it again by this: that "
        "is written down on a contact’s own page."
    )
    done = ngettext_lazy(
        "What %(count)s contact said of “%(purpose)s” is written down.",
        "What %(count)s contacts said of “%(purpose)s” is written down.",
        "number",
    )
    form_class = ConsentActForm

    def perform(self, values: dict[str, Any]) -> str:
        said = super().perform(values)
        if not self.refused:
            return said
        stands = ngettext(
            "%(count)s contact has withdrawn it, and that stands.",
            "%(count)s contacts have withdrawn it, and that stands.",
            self.refused,
        )
        return f"{said} {stands % {'count': number(self.refused)}}"

    def write(self, values: dict[str, Any]) -> int:
        written, self.refused = record_consents(
            contacts=self.contacts,
            purpose=values["purpose"],
            channel=values["channel"],
            granted=values["said"] == "given",
            how=str(How(values["how"]).label),
            text=values["text"] or values["purpose"].description,
        )
        return written


class Source(BulkAct):
    question = gettext_lazy("Where are the data of %(count)s from?")
    button = gettext_lazy("Say so of %(count)s")
    consequence = gettext_lazy("It takes the place of what stands there now.")
    done = ngettext_lazy(
        "%(count)s contact has another source now.", "%(count)s contacts have another source now.", "number"
    )
    form_class = SourceForm

    def write(self, values: dict[str, Any]) -> int:
        return set_source(contacts=self.contacts, text=values["source"], source=_("by hand"))


class Reason(BulkAct):
    question = ngettext_lazy("Why is %(count)s in the register?", "Why are %(count)s in the register?", "number")
    button = gettext_lazy("Change %(count)s")
    done = ngettext_lazy(
        "“%(reason)s” is changed for %(count)s contact.", "“%(reason)s” is changed for %(count)s contacts.", "number"
    )
    form_class = ReasonForm

    def write(self, values: dict[str, Any]) -> int:
        change = give_reason if values["does"] == "give" else take_reason
        return change(contacts=self.contacts, reason=values["reason"], source=_("by hand"))


class Delete(BulkAct):
    question = gettext_lazy("Delete %(count)s from the register “%(register)s”?")
    button = gettext_lazy("Delete %(count)s")
    consequence = gettext_lazy(
        "They will be gone for good, with their history: this cannot be undone. Who asked not to be written "
        "to stays on that list."
    )
    serious = True

    def what_stays(self) -> str:
        return what_stays(self.register, self.contacts)

    def perform(self, values: dict[str, Any]) -> str:
        removal = remove_contacts(register=self.register, contacts=self.contacts, user=self.user)
        return describe_removal(removal, len(self.contacts))


ACTS: dict[str, type[BulkAct]] = {
    "add": Add, "remove": Remove, "away": Away, "back": Back, "consent": Consent, "source": Source, "reason": Reason,
    "delete": Delete,
}  # fmt: skip
