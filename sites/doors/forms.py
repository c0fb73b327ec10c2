"""Between a request and `sites.replies`: the form of an event, and what it says."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sites.forms.definition import by_field
from sites.forms.reply import ReplyForm
from sites.models.replies import FormVersion, Submission
from sites.models.seats import Registration
from sites.replies import Answer

if TYPE_CHECKING:
    from registers.models import Contact
    from sites.models.rsvp import RsvpPage


def blank_form(page: "RsvpPage") -> ReplyForm:
    """The form for somebody of whom nothing is known."""
    return ReplyForm(definition=page.definition, largest_party=page.largest_party, region=page.organisation.region)


def filled_form(page: "RsvpPage", contact: "Contact", registration: Registration | None) -> ReplyForm:
    """The form with what is known of the owner of a personal link, and what they answered last."""
    initial: dict[str, Any] = {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "phone": contact.phone,
    }
    submission: Submission | None = registration.submission if registration else None
    if registration and submission:
        initial["party_size"] = registration.party_size
        initial |= by_field(submission.answers)
    return ReplyForm(
        definition=page.definition,
        largest_party=party_limit(page, registration),
        region=page.organisation.region,
        known=True,
        guests=submission.guests if submission else (),
        initial=initial,
    )


def sent_form(page: "RsvpPage", request: HttpRequest, *, known: Registration | bool | None = None) -> ReplyForm:
    """The form as it was sent. Where only the number of guests was changed it is shown again without complaints."""
    registration = known if isinstance(known, Registration) else None
    form = ReplyForm(
        request.POST,
        definition=page.definition,
        largest_party=party_limit(page, registration),
        region=page.organisation.region,
        known=bool(known),
    )
    if "update" in request.POST:
        form.leave_unchecked()
    return form


def party_limit(page: "RsvpPage", registration: Registration | None) -> int:
    """Nobody is made smaller by opening the form after the largest party was lowered, or the desk let in more."""
    return max(page.largest_party, registration.party_size if registration and registration.is_active else 1)


def answer_of(form: ReplyForm, version: FormVersion) -> Answer:
    """A checked form as `sites.replies` takes it."""
    person = form.person()
    if not form.coming:
        return Answer(coming=False, version=version, person=person, form_token=form.cleaned_data.get("form_token"))
    return Answer(
        coming=True,
        version=version,
        person=person,
        party_size=form.chosen_party,
        answers=form.answers(),
        guests=form.guest_list(),
        form_token=form.cleaned_data.get("form_token"),
    )


def say_too_large(form: ReplyForm, left: int, *, mine: int = 0) -> None:
    """Put the refusal of a party where the person chose it. `mine` is what they hold already and keep."""
    asked = form.chosen_party
    if mine:
        says = _(
            "You asked for %(asked)d seats, but at most %(left)d can be yours just now. "
            "Your reply for %(mine)d stays as it was."
        ) % {"asked": asked, "left": left, "mine": mine}
    else:
        says = ngettext(
            "Only %(left)d seat is left, and you asked for %(asked)d. Nothing is booked yet.",
            "Only %(left)d seats are left, and you asked for %(asked)d. Nothing is booked yet.",
            left,
        ) % {"left": left, "asked": asked}
    form.add_error("party_size" if "party_size" in form.fields else None, says)
