"""The mails an event sends by itself: from its editable texts to rows in the outbox, in the caller's transaction."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mailer.outbox.mime import Attachment
from mailer.outbox.transactional import queue_email
from mailer.rendering import Rendered
from mailer.rendering.letters import render_letter
from sites import calendars, seats
from sites.models.messages import EventMessage, MessageKind
from sites.people import called

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage
    from sites.models.seats import Registration

NEWS_TO_TEAM = "event.staff"
WITH_CALENDAR = {MessageKind.CONFIRMATION, MessageKind.PROMOTION, MessageKind.CHANGED}
WITH_CALENDAR_CANCELLED = {MessageKind.CANCELLATION, MessageKind.EVENT_CANCELLED}


def send_to_guest(
    *,
    page: "RsvpPage",
    registration: "Registration",
    kind: str,
    unique_key: str = "",
    was_coming: bool = True,
    by_guest: bool = False,
    forced: bool = False,
    message: EventMessage | None = None,
) -> None:
    """Queue one mail of `kind` for a registration, once for its version; none where it is switched off.

    `was_coming` says, for cancellations, whether there is a calendar entry to take back; `by_guest` that it answers
    what the guest has just done; `forced` sends it even where an editor has switched it off; `message` is
    another text than the event's own.
    """
    contact = registration.contact
    with translation.override(page.organisation.language):
        message = message or page.message(kind)
        if contact is None or not contact.email_key or not (message.enabled or forced):
            return
        queue_email(
            contact=contact,
            to=contact.email,
            kind=f"event.{kind}",
            unique_key=unique_key or f"registration-{registration.pk}-{kind}-v{registration.version}",
            letter=letter_for(page=page, message=message, contact=contact, registration=registration),
            attachments=_attachments(page, registration, kind, was_coming=was_coming),
            direct_answer=by_guest,
            sender=page.sender,
            organisation=page.organisation,
        )


def letter_for(
    *, page: "RsvpPage", message: EventMessage, contact: Any, registration: "Registration | None" = None
) -> Rendered:
    """The finished text of one mail to one person."""
    cancelled = message.kind == MessageKind.EVENT_CANCELLED
    return render_letter(
        organisation=page.organisation,
        subject=message.subject,
        body_html=message.body,
        values=values_for(page=page, contact=contact, registration=registration),
        button=None if cancelled else (button_label(message.kind), page.personal_url(contact)),
        facts=facts(page, registration),
    )


def values_for(*, page: "RsvpPage", contact: Any, registration: "Registration | None") -> dict[str, str]:
    """What fills the merge fields of `sites.merge_fields.event_fields`."""
    position = seats.position_in_line(registration) if registration and registration.is_waiting else None
    return {
        "first_name": called(contact.first_name),
        "last_name": called(contact.last_name),
        "event": page.title,
        "when": page.when,
        "where": page.where,
        "party_size": str(registration.party_size) if registration else "",
        "position": str(position) if position else "",
        "reply_by": reply_by(page),
        "organisation": page.organisation.name,
    }


def reply_by(page: "RsvpPage") -> str:
    """The last moment to reply, in words."""
    return page.moment(page.timetable.closes_at)


def facts(page: "RsvpPage", registration: "Registration | None" = None) -> list[tuple[str, str]]:
    """(label, words) of what a letter shows as a table."""
    rows = [(_("What"), page.title), (_("When"), page.when)]
    if page.where:
        rows.append((_("Where"), page.where))
    if registration and registration.is_active:
        rows.append((_("Who"), people(registration.party_size)))
    return rows


def people(count: int) -> str:
    return ngettext("%(count)d person", "%(count)d people", count) % {"count": count}


def button_label(kind: str) -> str:
    match kind:
        case MessageKind.CANCELLATION:
            return _("Reply again")
        case MessageKind.REMINDER_UNANSWERED:
            return _("Answer now")
        case _:
            return _("See or change your reply")


def tell_staff(*, page: "RsvpPage", registration: "Registration") -> None:
    """A line to each member of the team who asked to be told of replies."""
    with translation.override(page.organisation.language):
        for user in page.staff_to_tell:
            _tell(user, page, registration)


def _tell(user: Any, page: "RsvpPage", registration: "Registration") -> None:
    contact = registration.contact
    letter = render_letter(
        organisation=page.organisation,
        subject=_("{{ who }}: {{ state }}, {{ event }}"),
        body_html=_("<p>{{ who }} has replied to {{ event }}.</p>"),
        values={
            "who": str(contact) if contact else "",
            "state": registration.get_state_display(),
            "event": page.title,
        },
        button=(_("See the replies"), f"{settings.BASE_URL}{reverse('events:event', args=[page.pk])}"),
        facts=[
            (_("Reply"), registration.get_state_display()),
            *([(_("Who"), people(registration.party_size))] if registration.is_active else []),
            (_("Event"), page.title),
        ],
    )
    queue_email(
        contact=None,
        to=user.email,
        kind=NEWS_TO_TEAM,
        unique_key=f"registration-{registration.pk}-staff-{user.pk}-v{registration.version}",
        letter=letter,
        sender=page.sender,
        organisation=page.organisation,
    )


def _attachments(
    page: "RsvpPage", registration: "Registration", kind: str, *, was_coming: bool
) -> Sequence[Attachment]:
    cancelled = kind in WITH_CALENDAR_CANCELLED and was_coming
    if not cancelled and (kind not in WITH_CALENDAR or registration.is_waiting):
        return ()
    url = page.personal_url(registration.contact)
    content = calendars.for_registration(page=page, registration=registration, url=url, cancelled=cancelled)
    return [Attachment("event.ics", content, calendars.content_type(cancelled=cancelled))]
