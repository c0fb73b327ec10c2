"""The texts an event starts with, in the language of its organisation; editors change what should sound otherwise."""

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from sites.models.messages import EventMessage, MessageKind, Unit
from sites.models.notices import NoticeKind

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage


class Notice(NamedTuple):
    title: str
    slug: str
    body: str


def default_notices() -> dict[str, Notice]:
    """By `NoticeKind`, in the active language."""
    return {
        NoticeKind.THANK_YOU: Notice(
            _("Thank you, your seat is booked"),
            "thank-you",
            _(
                "<p>We have sent a confirmation to your e-mail address. The link in it shows your reply, "
                "and lets you change or cancel it.</p>"
                "<p>No mail within a few minutes? Look in your junk mail, or reply once more: "
                "we send the link again.</p>"
            ),
        ),
        NoticeKind.WAITING: Notice(
            _("You are on the waiting list"),
            "waiting",
            _(
                "<p>All seats are taken just now. We have sent you an e-mail with a link that shows your place "
                "in line.</p>"
                "<p>As soon as enough seats become free, the next in line gets them, and a mail that says so.</p>"
            ),
        ),
        NoticeKind.FULL: Notice(
            _("All seats are taken"),
            "full",
            _(
                "<p>We are sorry: there are no seats left. Look in again later, seats do become free when somebody "
                "cancels.</p>"
            ),
        ),
        NoticeKind.CLOSED: Notice(
            _("Replies are closed"),
            "closed",
            _(
                "<p>The time for replies is over. If you have already replied, the link in your e-mail still shows "
                "your reply.</p>"
            ),
        ),
        NoticeKind.CANCELLED: Notice(
            _("Your reply is cancelled"),
            "cancelled",
            _("<p>Thank you for telling us. What was kept for you becomes free for others.</p>"),
        ),
        NoticeKind.DECLINED: Notice(
            _("Thank you for telling us"),
            "declined",
            _("<p>What a pity that you cannot come. We have noted your answer, and look forward to another time.</p>"),
        ),
        NoticeKind.EVENT_CANCELLED: Notice(
            _("This event is cancelled"),
            "event-cancelled",
            _("<p>We are sorry: the event does not take place. Everybody who had a reply has been told by e-mail.</p>"),
        ),
    }


def first_notices() -> list[tuple[str, str]]:
    """(kind in words, title) of the notices that an event is given when it is saved first."""
    return [(str(NoticeKind(kind).label), notice.title) for kind, notice in default_notices().items()]


class Letter(NamedTuple):
    subject: str
    body: str
    amount: int | None = None
    unit: str = Unit.DAYS
    enabled: bool = True


def default_letters() -> dict[str, Letter]:
    hello = _("<p>Dear {{ first_name|friend }},</p>")
    return {
        MessageKind.CONFIRMATION: Letter(
            _("You are coming: {{ event }}"),
            hello
            + _(
                "<p>thank you for your reply. We look forward to seeing you at {{ event }}.</p>"
                "<p>The button below shows your reply. If your plans change, change or cancel it there, so that "
                "somebody else gets the seat.</p>"
            ),
        ),
        MessageKind.WAITING: Letter(
            _("You are on the waiting list: {{ event }}"),
            hello
            + _(
                "<p>{{ event }} is full just now. You are number {{ position }} in line.</p>"
                "<p>When enough seats become free we book them for you and send you a mail: you need do nothing. If "
                "you can no longer come, please leave the line with the button below.</p>"
            ),
        ),
        MessageKind.PROMOTION: Letter(
            _("Good news, you have a seat: {{ event }}"),
            hello
            + _(
                "<p>seats have become free, and they are yours: you are coming to {{ event }}.</p>"
                "<p>If you can no longer come, please cancel with the button below, so that the next in line gets "
                "the seat.</p>"
            ),
        ),
        MessageKind.CANCELLATION: Letter(
            _("Your reply is cancelled: {{ event }}"),
            hello
            + _(
                "<p>your reply to {{ event }} is cancelled.</p>"
                "<p>If that was a mistake, or your plans change again, reply once more with the button below.</p>"
            ),
        ),
        MessageKind.CHANGED: Letter(
            _("Changed: {{ event }}"),
            hello
            + _(
                "<p>the time or place of {{ event }} has changed. Below you see what holds now.</p>"
                "<p>If you can no longer come, please cancel with the button below: others are glad of the seat.</p>"
            ),
        ),
        MessageKind.EVENT_CANCELLED: Letter(
            _("Cancelled: {{ event }}"),
            hello
            + _(
                "<p>we are sorry to tell you that {{ event }}, {{ when }}, is cancelled.</p>"
                "<p>You need do nothing. We hope to see you another time.</p>"
            ),
        ),
        MessageKind.LINK_REMINDER: Letter(
            _("Your reply to {{ event }}"),
            hello
            + _(
                "<p>somebody, probably you, has just filled in the form for {{ event }} with your e-mail address. You "
                "had already replied, so nothing has been changed.</p>"
                "<p>With the button below you see your reply, and can change or cancel it. If it was not you, you "
                "need do nothing.</p>"
            ),
        ),
        MessageKind.REMINDER_CONFIRMED: Letter(
            _("See you soon: {{ event }}"),
            hello
            + _(
                "<p>{{ event }} is soon, and you are coming. Here is what you need.</p>"
                "<p>If your plans have changed, please cancel with the button below: others are glad of the seat.</p>"
            ),
            amount=1,
        ),
        MessageKind.REMINDER_UNANSWERED: Letter(
            _("Are you coming? {{ event }}"),
            hello
            + _(
                "<p>we have invited you to {{ event }} and would like to know whether you are coming. A no helps us, "
                "too.</p><p>The button below takes you to your answer; it is done in a minute.</p>"
            ),
            amount=7,
        ),
    }


def default_message(kind: str) -> EventMessage:
    """An unsaved mail of this kind with the text it starts with."""
    letter = default_letters()[MessageKind(kind)]
    return EventMessage(kind=kind, **letter._asdict())


def missing_messages(page: "RsvpPage") -> list[EventMessage]:
    """The mails that the page does not have: all of a new one, and of one from before there was such a kind."""
    present = {message.kind for message in page.messages.all()}
    return [default_message(kind) for kind in MessageKind.values if kind not in present]
