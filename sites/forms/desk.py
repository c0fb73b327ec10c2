"""The reply form at the organiser's desk: a caller answers what they can, and the organiser may let them in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.forms.definition import by_field
from sites.forms.person import keep_former_options
from sites.forms.reply import LARGEST_PARTY, GuestForm, ReplyForm

if TYPE_CHECKING:
    from registers.models import Contact
    from sites.models.rsvp import RsvpPage
    from sites.models.seats import Registration


class DeskForm(ReplyForm):
    """Only a name is needed; no question of the editor must be answered, for a caller may not know."""

    overrule = forms.BooleanField(required=False)
    somebody_else = forms.BooleanField(required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        page: "RsvpPage",
        contact: "Contact | None",
        registration: "Registration | None",
    ) -> None:
        submission = registration.submission if registration else None
        initial: dict[str, Any] = {}
        if contact:
            initial |= {"first_name": contact.first_name, "last_name": contact.last_name, "phone": contact.phone}
        if registration:
            initial["party_size"] = registration.party_size
        if submission:
            initial |= by_field(submission.answers)
        super().__init__(
            data,
            definition=page.definition,
            largest_party=min(LARGEST_PARTY, max(page.largest_party, registration.party_size if registration else 1)),
            region=page.organisation.region,
            known=contact is not None,
            guests=submission.guests if submission else (),
            initial=initial,
        )
        if contact:  # their row is edited in the register, not here
            for name in ("first_name", "last_name", "phone"):
                self.fields.pop(name, None)
        for name, field in self.fields.items():
            field.required = name in ("first_name", "last_name", "party_size", "answer")
            field.widget.attrs["autocomplete"] = "off"  # the browser knows the organiser, not who calls
        keep_former_options(self)
        self.fields["answer"].label = _("Are they coming?")
        if "email" in self.fields:
            self.fields["email"].help_text = _("The confirmation is sent there.")
        overrule = self.fields["overrule"]
        overrule.label = _("Seat them although there is no room")
        overrule.help_text = _("Nobody else loses a seat: there will be more guests than seats.")
        self.may_overrule = "overrule" in (data or {})
        other = self.fields["somebody_else"]
        other.label = _("This is somebody else with the same address")
        other.help_text = _("They are added to the register, and share the address.")
        self.may_be_somebody_else = "somebody_else" in (data or {})
        self.meant: Contact | None = None

    def guest_form(self, number: int | str, **kwargs: Any) -> GuestForm:
        """Of a guest, too, a name is enough."""
        form = super().guest_form(number, **kwargs)
        for question in form.questions:
            form.fields[question.field_name].required = False
        keep_former_options(form)
        return form

    def ask_who(self, known: "Contact") -> None:
        """The address is somebody's: lead to their reply, and show the tick that says it is another person."""
        self.may_be_somebody_else = True
        self.meant = known
        says = _("This is the address of %(name)s. Open their reply, or tick the box below.")
        self.add_error("email", says % {"name": known})

    def offer_to_overrule(self, left: int) -> None:
        """The party does not fit: say so, and show the tick that lets it in nevertheless."""
        self.may_overrule = True
        says = ngettext(
            "There is only %(left)d seat for them. Make the party smaller, or tick the box below.",
            "There are only %(left)d seats for them. Make the party smaller, or tick the box below.",
            left,
        )
        if not left:
            says = _("No seat is left for them. To seat them nevertheless, tick the box below.")
        self.add_error("party_size" if "party_size" in self.fields else None, says % {"left": left})
