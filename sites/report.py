"""What came back: an event in numbers, its answers, and its people."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.wallclock import to_wall
from organisations.figures import number
from registers.models import Contact
from registers.texts import in_quotes
from sites.answers import cell, said
from sites.audiences import unanswered
from sites.events import capacity_of
from sites.forms.definition import Definition, Question, label_of
from sites.models.replies import FormVersion
from sites.models.seats import Capacity, Registration, State, guest_name
from sites.stages import Stage, stage_of

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage

COUNTED = {"radio", "dropdown", "checkboxes", "checkbox", "consent"}
SHOWN_TEXTS = 200
ANSWER = "answer:"  # in front of the id of a question, where it is a column


@dataclass(frozen=True, slots=True)
class Numbers:
    """An event at this moment. Seats and people are party sizes summed; replies are registrations."""

    room: Capacity
    stage: Stage
    confirmed: int
    waiting_replies: int
    declined: int
    cancelled: int
    unanswered: int
    held_up: str = ""  # why seats are free while people wait

    @property
    def left(self) -> int | None:
        return self.room.left

    @property
    def confirmed_words(self) -> str:
        return in_words(people=self.room.taken, replies=self.confirmed)

    @property
    def waiting_words(self) -> str:
        return in_words(people=self.room.waiting, replies=self.waiting_replies)

    @property
    def is_empty(self) -> bool:
        return not (self.confirmed or self.waiting_replies or self.declined or self.cancelled)


def in_words(*, people: int, replies: int) -> str:
    """ "5 people (3 replies)": both, so that nobody takes the one for the other."""
    return _("%(people)s (%(replies)s)") % {
        "people": ngettext("%(count)s person", "%(count)s people", people) % {"count": number(people)},
        "replies": ngettext("%(count)s reply", "%(count)s replies", replies) % {"count": number(replies)},
    }


def numbers_of(page: "RsvpPage") -> Numbers:
    """The numbers of one event."""
    counts = Registration.objects.filter(page=page).aggregate(
        confirmed=Count("pk", filter=Q(state=State.CONFIRMED)),
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        declined=Count("pk", filter=Q(state=State.DECLINED)),
        cancelled=Count("pk", filter=Q(state=State.CANCELLED)),
    )
    room = capacity_of(page)
    return Numbers(
        room=room,
        stage=stage_of(page, room),
        confirmed=counts["confirmed"],
        waiting_replies=counts["waiting"],
        declined=counts["declined"],
        cancelled=counts["cancelled"],
        unanswered=unanswered(page.pk).count(),
        held_up=_held_up(page, room),
    )


def _held_up(page: "RsvpPage", room: Capacity) -> str:
    """The line is served strictly in order: a large party at its head may keep all others from seats that are free."""
    left = room.left
    head = Registration.objects.filter(page=page).in_line().first() if left and room.waiting else None
    if not left or head is None or room.cancelled_at or page.is_over:
        return ""
    free = ngettext("%(count)s seat is free", "%(count)s seats are free", left) % {"count": number(left)}
    says = _(
        "%(free)s, but the first in line are %(party)d people, and nobody gets a seat before them. "
        "Place a smaller party first, or change the number of seats."
    )
    return says % {"free": free, "party": head.party_size}


def state_label(page: "RsvpPage", room: Capacity | None) -> tuple[str, str]:
    """(words, Wagtail status class) for a list of events."""
    if not page.live:
        return _("Draft"), "secondary"
    stage = stage_of(page, room)
    if page.is_over and stage != Stage.CANCELLED:
        return _("Over"), "secondary"
    return {
        Stage.BEFORE: (_("Opens later"), "secondary"),
        Stage.OPEN: (_("Open"), "primary"),
        Stage.WAITING: (_("Full, waiting list"), "primary"),
        Stage.FULL: (_("Full"), "primary"),
        Stage.CLOSED: (_("Replies closed"), "secondary"),
        Stage.CANCELLED: (_("Cancelled"), "critical"),
    }[stage]


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    count: int
    share: int  # of the largest, in per cent: the bar's length


@dataclass(frozen=True, slots=True)
class Answers:
    """All answers to one question. `bars` for what can be counted, `texts` for what is read: (who wrote it, text)."""

    question: Question
    answered: int
    bars: list[Bar]
    texts: list[tuple[str, str]]

    @property
    def is_cut(self) -> bool:
        return bool(self.texts) and self.answered > len(self.texts)

    @property
    def sentence(self) -> str:
        """What the chart shows, in words."""
        most = max((bar.count for bar in self.bars), default=0)
        if not most:
            return _("Nobody has answered this yet.")
        top = [bar.label for bar in self.bars if bar.count == most]
        says = _("Most often: %(labels)s, %(count)s of %(answered)s.")
        if len(top) > 1:
            says = _("Most often: %(labels)s, %(count)s of %(answered)s each.")
        return says % {"labels": in_quotes(top), "count": number(most), "answered": number(self.answered)}


def questions_of(page: "RsvpPage") -> dict[str, Question]:
    """Every question that the event has ever asked, as worded last: those of today first, in their order."""
    today = {question.id: question for question in page.definition.questions}
    versions = FormVersion.objects.filter(page_id=page.pk).order_by("pk")
    earlier = label_of([Definition.from_json(version.definition_json) for version in versions])
    return {**today, **{key: question for key, question in earlier.items() if key not in today}}


def answers_of(page: "RsvpPage", replies: Iterable[Registration]) -> list[Answers]:
    """The answers of those who are `coming`, guests included where guests were asked."""
    questions = questions_of(page)
    given: dict[str, list[tuple[str, Any]]] = {key: [] for key in questions}
    for registration in replies:
        if registration.submission is None:
            continue
        host = _host_name(registration)
        guests = (
            (_("%(guest)s, guest of %(name)s") % {"guest": name, "name": host}, answers)
            for name, answers in _guests_of(registration)
        )
        for name, answers in ((host, registration.submission.answers), *guests):
            for key, value in answers.items():
                if key in given:
                    given[key].append((name, value))
    return [_counted(question, given[key]) for key, question in questions.items()]


def _host_name(registration: Registration) -> str:
    """Who replied, also where they have been erased since."""
    return str(registration.contact) if registration.contact else _("Erased person")


def _guests_of(registration: Registration) -> list[tuple[str, Mapping[str, Any]]]:
    """The name and the answers of each guest who has a seat; a party may have become smaller since they were named."""
    guests = registration.submission.guests if registration.submission else []
    return [(guest_name(guest), guest["answers"]) for guest in guests[: registration.party_size - 1]]


def coming(page: "RsvpPage") -> Any:
    """The confirmed replies by name, with all that is read of them."""
    seated = Registration.objects.filter(page=page).seated()
    return seated.select_related("contact", "submission").order_by("contact__sort_key", "pk")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is coming: the contact who `replied` (None when erased), or a guest of theirs."""

    name: str
    brought_by: str
    answers: list[str]
    replied: Contact | None
    is_named: bool = True

    @property
    def host(self) -> Contact | None:
        """The contact, where this is nobody's guest."""
        return None if self.brought_by else self.replied


def people_of(page: "RsvpPage", replies: Iterable[Registration]) -> tuple[list[Question], list[Person]]:
    """Everybody of those who are `coming` with what each was asked: the list for the kitchen and the door."""
    asked = [question for question in questions_of(page).values() if question.each_guest]
    found: list[Person] = []
    for registration in replies:
        submission, contact = registration.submission, registration.contact
        host = _host_name(registration)
        found.append(Person(host, "", _said(asked, submission.answers if submission else {}), contact))
        guests = _guests_of(registration)
        found += [Person(name, host, _said(asked, answers), contact) for name, answers in guests]
        unnamed = registration.party_size - 1 - len(guests)
        found += [Person(_("Guest"), host, _said(asked, {}), contact, is_named=False)] * max(0, unnamed)
    return asked, found


def export_columns(page: "RsvpPage") -> dict[str, str]:
    """What a table of the replies can hold, by key: what is known of each, and each question ever asked."""
    return {
        "state": _("Reply"),
        "first_name": _("First name"),
        "last_name": _("Last name"),
        "email": _("E-mail"),
        "phone": _("Phone"),
        "guest_of": _("Guest of"),
        "people": _("People"),
        "place": _("Place in line"),
        "replied": _("Replied"),
        **{ANSWER + question.id: question.label for question in questions_of(page).values()},
    }


def export_rows(page: "RsvpPage", states: Iterable[str], columns: Sequence[str]) -> Iterator[list[Any]]:
    """The cells of these columns: a row for each person, guests under who brings them."""
    replies = Registration.objects.filter(page=page, state__in=list(states)).select_related("contact", "submission")
    for registration in replies.order_by("state", "contact__sort_key", "pk").iterator(chunk_size=500):
        contact, submission = registration.contact, registration.submission
        state = registration.get_state_display()
        own: dict[str, Any] = {
            "state": state,
            "people": registration.party_size,
            "place": registration.queue_number,
            "replied": to_wall(registration.updated_at, page.zone).replace(microsecond=0),
            **(_cells(submission.answers) if submission else {}),
        }
        if contact:
            own |= {key: getattr(contact, key) for key in ("first_name", "last_name", "email", "phone")}
        yield [own.get(key, "") for key in columns]
        for guest in submission.guests if submission and registration.is_active else ():
            names = {"first_name": guest["first_name"], "last_name": guest["last_name"]}
            its = {"state": state, **names, "guest_of": str(contact or ""), **_cells(guest["answers"])}
            yield [its.get(key, "") for key in columns]


def people_counted(page: "RsvpPage", states: Iterable[str]) -> int:
    """How many people an export of these states tells about."""
    total = Registration.objects.filter(page=page, state__in=list(states)).aggregate(n=Sum("party_size"))["n"]
    return total or 0


def _counted(question: Question, given: list[tuple[str, Any]]) -> Answers:
    if question.type not in COUNTED:
        return Answers(question, len(given), [], [(name, said(value)) for name, value in given[:SHOWN_TEXTS]])
    counts: Counter[str] = Counter()
    for _name, value in given:
        counts.update(value if isinstance(value, list) else [said(value)])
    labels = list(question.options) or [_("yes")]
    labels += [label for label in counts if label not in labels]
    largest = max(counts.values(), default=0) or 1
    bars = [Bar(label, counts[label], round(100 * counts[label] / largest)) for label in labels]
    return Answers(question, len(given), bars, [])


def _said(questions: list[Question], answers: Mapping[str, Any]) -> list[str]:
    return [said(answers.get(question.id, "")) for question in questions]


def _cells(answers: dict[str, Any]) -> dict[str, Any]:
    return {ANSWER + key: cell(value) for key, value in answers.items()}
