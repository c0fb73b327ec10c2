"""An event's guests as an audience of campaigns: "event:44:confirmed"."""

from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guards.ids import row_id
from mailer.models import EmailMessage
from organisations import reach, scope
from organisations.models import Organisation
from registers.models import Contact, Register
from registers.reach import sees_whole
from sites.invited import invited
from sites.models import Registration, RsvpPage
from sites.models.seats import State

UNANSWERED = "unanswered"
OFFERED_AFTER = timedelta(days=365)  # how long after it an event is on offer


class EventSource:
    """Offers the guests of the year's events by where their replies stand."""

    key = "event"
    label = gettext_lazy("Events")

    def choices(self) -> list[tuple[str, str]]:
        names = {
            State.CONFIRMED: _("confirmed"),
            State.WAITING: _("waiting"),
            UNANSWERED: _("unanswered"),
            State.DECLINED: _("said no"),
            State.CANCELLED: _("cancelled"),
        }
        return [
            (f"event:{page.pk}:{state}", f"{page.title}: {name}")
            for page in known_events()
            .live()
            .filter(starts_at__gt=timezone.now() - OFFERED_AFTER)
            .order_by("-starts_at")
            for state, name in names.items()
        ]

    def contacts(self, ref: str) -> Any:
        _key, _colon, rest = ref.partition(":")
        number, _colon, state = rest.partition(":")
        page = own_events().filter(pk=row_id(number)).first()
        if page is None:
            return Contact.objects.none()
        if state == UNANSWERED:
            return unanswered(page.pk)
        replies = Registration.objects.filter(page=page, state=state)
        return Contact.objects.filter(pk__in=replies.values("contact"))


def own_events() -> Any:
    """The events of the organisation in scope."""
    home = Organisation.objects.select_related("home_page").get(pk=scope.current()).home_page
    return RsvpPage.objects.descendant_of(home) if home else RsvpPage.objects.none()


def known_events() -> Any:
    """Those of a register that is seen whole, or to which somebody within reach was invited or has replied."""
    events = own_events()
    if not reach.is_limited():
        return events
    whole = [pk for pk in Register.objects.values_list("pk", flat=True) if sees_whole(pk)]
    replies = Registration.objects.order_by().values("page")
    invitations = EmailMessage.objects.filter(campaign__invites_to__isnull=False).order_by()
    known = Q(register__in=whole) | Q(pk__in=replies) | Q(pk__in=invitations.values("campaign__invites_to"))
    return events.filter(known)


def unanswered(page_id: Any, *, before: Any = None) -> Any:
    """Contacts whom an invitation to the event with this id has reached and who have said neither yes nor no.

    `before` leaves out those who were invited later than that.
    """
    replied = Registration.objects.filter(page=page_id, contact=OuterRef("pk"))
    reached = invited(page_id, before=before or timezone.now())
    return Contact.objects.filter(Exists(reached.filter(contact=OuterRef("pk"))), ~Exists(replied))
