"""An event that is moved: who replied before has to be told, once, by a person who presses the button.

Each publishing that changes time or place makes an `Appointment`, which stays unsettled until the organiser tells the
guests, or says that they know. Where nobody has replied before, one may be about to who knows the earlier time only; if
nobody did, it is settled by the next.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organisations.figures import number
from sites import counters, rounds
from sites.models.appointments import Appointment
from sites.models.messages import MessageKind
from sites.models.seats import Capacity, Registration, Round

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage


@dataclass(frozen=True)
class Move:
    """A change that guests have not been told of. `before` is what those who replied first know."""

    page: "RsvpPage"
    before: Appointment
    now: Appointment

    @property
    def guests(self) -> Any:
        """Replies that stand, from before the change."""
        return guests_of(self.page, before=known_from(self.now))

    @property
    def sentence(self) -> str:
        count = self.guests.count()
        if self.before.where == self.now.where:
            text = ngettext(
                "The time has changed since %(count)s person replied.",
                "The time has changed since %(count)s people replied.",
                count,
            )
        elif self.before.same_time_as(self.now):
            text = ngettext(
                "The place has changed since %(count)s person replied.",
                "The place has changed since %(count)s people replied.",
                count,
            )
        else:
            text = ngettext(
                "Time and place have changed since %(count)s person replied.",
                "Time and place have changed since %(count)s people replied.",
                count,
            )
        return text % {"count": number(count)}

    @property
    def about_reminders(self) -> str:
        """What becomes of the reminder, where one has gone out for another time."""
        kind = MessageKind.REMINDER_CONFIRMED
        message = self.page.message(kind)
        sent = Round.objects.filter(page_id=self.page.pk, kind=kind).exclude(key=rounds.key_of(self.page, kind))
        if not message.enabled or not sent.exists():
            return ""
        return _(
            "The confirmed were reminded of the earlier time. The reminder goes out once more, before the new one."
        )


def known_from(appointment: Appointment) -> datetime:
    """From when on everybody who replies knows: web processes may keep the page for a moment (`sites.doors.rush`)."""
    return appointment.published_at + timedelta(seconds=settings.EVENT_MEMORY_SECONDS)


def guests_of(page: "RsvpPage", *, before: datetime) -> Any:
    """Replies that stand as they stood then: who has replied anew since has been told by that mail."""
    return Registration.objects.filter(page_id=page.pk, updated_at__lt=before).standing()


@transaction.atomic
def note_published(*, page: "RsvpPage") -> None:
    """Write down when and where the event is said to be, where that has changed."""
    counters.lock_capacity(page.pk)  # two publishings at once are one after the other
    now = timezone.now()
    said = Appointment(
        page=page, starts_at=page.starts_at, ends_at=page.ends_at, where=page.where, published_at=now, settled_at=now
    )
    latest = Appointment.objects.filter(page_id=page.pk).order_by("pk").last()
    if latest is not None and latest.same_as(said):
        return
    if latest is not None:
        Capacity.objects.filter(page_id=page.pk).update(moves=F("moves") + 1)
        said.settled_at = None
        if not untold().filter(page_id=page.pk).exists():
            _unsettled(page).update(settled_at=now)
        first = _unsettled(page).first()
        back = first is not None and _before(first).same_as(said) and not _replied_since(page, first)
        if back:  # put right before anybody could have replied: nobody knows anything wrong
            _unsettled(page).update(settled_at=now)
            said.settled_at = now
    said.save()


def untold() -> Any:
    """Unsettled changes, of all events, that somebody does not know of whose reply stands."""
    known = OuterRef("published_at") + timedelta(seconds=settings.EVENT_MEMORY_SECONDS)
    unknowing = Registration.objects.filter(page_id=OuterRef("page_id"), updated_at__lt=known).standing()
    return Appointment.objects.filter(Exists(unknowing), settled_at=None)


def open_move(page: "RsvpPage") -> Move | None:
    """The change that guests have not been told of; None where there is none, nobody to tell, or no event any more."""
    unsettled = list(_unsettled(page))
    room = page.room_now
    if not unsettled or (room and room.cancelled_at) or timezone.now() >= page.timetable.ends_at:
        return None
    move = Move(page, before=_before(unsettled[0]), now=unsettled[-1])
    return move if move.guests.exists() else None


@transaction.atomic
def tell(*, move: Move, subject: str, body: str, user: Any) -> bool:
    """Begin to write to everybody who replied before the change. False when it was done already, or they knew."""
    text = {"subject": subject, "body": body}
    if not _settle(move, user, **text):
        return False
    rounds.begin(
        page=move.page,
        kind=MessageKind.CHANGED,
        before=known_from(move.now),
        user=user,
        key=f"{MessageKind.CHANGED}-{move.now.pk}",
    )
    return True


@transaction.atomic
def dismiss(*, move: Move, user: Any) -> bool:
    """The guests know already: nobody is written to."""
    return _settle(move, user)


def _settle(move: Move, user: Any, **text: str) -> bool:
    now = timezone.now()
    if not Appointment.objects.filter(pk=move.now.pk, settled_at=None).update(settled_at=now, settled_by=user, **text):
        return False
    _unsettled(move.page).filter(pk__lt=move.now.pk).update(settled_at=now, settled_by=user)
    return True


def _unsettled(page: "RsvpPage") -> Any:
    return Appointment.objects.filter(page_id=page.pk, settled_at=None).order_by("pk")


def _before(appointment: Appointment) -> Appointment:
    earlier: Appointment = Appointment.objects.filter(page_id=appointment.page_id, pk__lt=appointment.pk).latest("pk")
    return earlier


def _replied_since(page: "RsvpPage", appointment: Appointment) -> bool:
    replies = Registration.objects.filter(page_id=page.pk).standing()
    found: bool = replies.filter(updated_at__gte=appointment.published_at).exists()
    return found
