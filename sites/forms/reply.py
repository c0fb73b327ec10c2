"""The reply form of an event: who comes, the editor's questions, and the guests they bring."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.forms.definition import Definition, by_field
from sites.forms.fields import PartyField, WordsField
from sites.forms.person import PersonForm, QuestionForm, before_words, focus_id

LARGEST_PARTY = 50


class GuestForm(QuestionForm):
    """One guest of the party."""

    first_name = WordsField(max_length=80)
    last_name = WordsField(max_length=80, required=False)

    def __init__(self, *args: Any, definition: Definition, number: int | str, region: str, **kwargs: Any) -> None:
        kwargs["prefix"] = f"guest-{number}"
        super().__init__(*args, **kwargs)
        self.number = number
        self.fields["first_name"].label = _("First name")
        self.fields["first_name"].error_messages["required"] = _("Write the guest's first name.")
        self.fields["last_name"].label = _("Last name")
        for name in ("first_name", "last_name"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.add_questions(definition.guest_questions, region=region)

    @property
    def heading(self) -> str:
        return _("Guest %(number)s") % {"number": self.number}

    def guest(self) -> dict[str, Any]:
        return {
            "first_name": self.cleaned_data["first_name"],
            "last_name": self.cleaned_data["last_name"],
            "answers": self.answers(),
        }


class ReplyForm(PersonForm):
    """The whole form. `coming` is read from the button; a no needs only who it is."""

    party_size = PartyField()
    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=[("yes", ""), ("no", "")])  # one of two buttons; see form.html

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        definition: Definition,
        largest_party: int,
        region: str = "FI",
        known: bool = False,
        guests: Sequence[Mapping[str, Any]] = (),
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(data, initial={"form_token": uuid.uuid4(), "party_size": 1, **(initial or {})}, **kwargs)
        self.definition = definition
        self.region = region
        self.largest_party = max(1, min(largest_party, LARGEST_PARTY))
        self.initial_guests = guests
        # Where the answer is neither, all is looked at as for a yes, and the form refused for want of an answer.
        self.coming = (data or {}).get("answer") != "no"
        self.name_person(phone=definition.phone, region=region, known=known)
        self.fields["email"].help_text = _("Your confirmation is sent here.")
        if known:
            del self.fields["email"]
        self._name_own_fields()
        if self.largest_party == 1:
            del self.fields["party_size"]
        last = {name: self.fields.pop(name) for name in ("form_token", "answer")}
        self.add_questions(definition.questions, region=region)
        self.fields |= last

    def _name_own_fields(self) -> None:
        answer = self.fields["answer"]
        answer.label = _("Are you coming?")
        answer.error_messages |= dict.fromkeys(("required", "invalid_choice"), _("Say yes or no."))
        party = self.fields["party_size"]
        party.label = _("How many of you are coming?")
        party.choices = [(n, party_label(n)) for n in range(1, self.largest_party + 1)]  # type: ignore[attr-defined]
        party.error_messages |= {
            "required": _("Choose how many of you are coming."),
            "invalid_choice": _("At most %(most)d people can come with one reply.") % {"most": self.largest_party},
        }

    def clean(self) -> dict[str, Any]:
        """A no asks only who it is, and who came by a personal link has said so."""
        if self.coming and "party_size" not in self.fields and self.data.get("party_size", "1") not in ("", "1"):
            self.add_error(None, _("One person can come with one reply, without guests."))
        if not self.coming:
            needed = set() if self.known else {"first_name", "last_name", "email"}
            for name in set(self.errors) - needed:
                del self.errors[name]
        return self.cleaned_data

    @cached_property
    def wanted_party(self) -> int:
        """The party size as typed, made usable: what decides how many guests are asked about."""
        raw = self["party_size"].value() if "party_size" in self.fields else 1
        try:
            size = int(raw or 1)
        except (TypeError, ValueError):
            size = 1
        return max(1, min(size, self.largest_party))

    @cached_property
    def guests(self) -> list[GuestForm]:
        """A form for each guest of the party as it is chosen now."""
        forms_ = []
        for number in range(1, self.wanted_party):
            known = self.initial_guests[number - 1] if number <= len(self.initial_guests) else {}
            forms_.append(self.guest_form(number, initial={**known, **by_field(known.get("answers", {}))}))
        return forms_

    @property
    def blank_guest(self) -> GuestForm:
        """The pattern from which the page's script makes further guests."""
        return self.guest_form("__n__")

    def guest_form(self, number: int | str, **kwargs: Any) -> GuestForm:
        """The form of one guest; the pattern has no number, and is never filled."""
        data = self.data if self.is_bound and isinstance(number, int) else None
        return GuestForm(data, definition=self.definition, number=number, region=self.region, **kwargs)

    def leave_unchecked(self) -> None:
        """Show what was typed without a word about what is missing: the person is not done."""
        self.unchecked = True
        for form in (self, *self.guests):
            form.accept_as_it_is()

    def is_valid(self) -> bool:
        own = super().is_valid()
        if not self.coming:
            return own
        return all([own, *(guest.is_valid() for guest in self.guests)])

    @property
    def chosen_party(self) -> int:
        return int(self.cleaned_data.get("party_size") or 1)

    def guest_list(self) -> list[dict[str, Any]]:
        return [guest.guest() for guest in self.guests] if self.coming else []

    def problems(self) -> list[tuple[str, str, str]]:
        """(id of the control, label with its colon, message) of everything to mend, in the order of the page."""
        found = [("", "", str(message)) for message in self.non_field_errors()]
        for form in (self, *(self.guests if self.coming else ())):
            heading = f"{form.heading}: " if isinstance(form, GuestForm) else ""
            for field in form:
                label = before_words(f"{heading}{field.label}")
                found += [(focus_id(field), label, str(message)) for message in field.errors]
        return found


def party_label(size: int) -> str:
    if size == 1:
        return _("1: only me")
    return ngettext("%(size)d: me and %(guests)d guest", "%(size)d: me and %(guests)d guests", size - 1) % {
        "size": size,
        "guests": size - 1,
    }
