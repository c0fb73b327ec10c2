"""Mails to many guests at once: reminders, and the news that an event is moved or cancelled. Each reaches everybody
once.

A `Round` row begins one; each mail's unique key makes it the only one of its kind. So a round may be resumed, or run
twice at once, and the work left is always what the tables say: guests without that mail.

Late ones: the reminder to those who are coming is theirs to have, and goes as long as the event has not started. The
one to those who have not answered is not sent blindly: found more than the grace period late it waits on the event's
page for a person to send it.
"""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, CharField, DateTimeField, Exists, OuterRef, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone, translation

from mailer.models import EmailCampaign, EmailMessage
from organisations import scope
from organisations.models import Organisation
from organisations.sweeps import for_each, sweep
from organisations.wake import job, wake
from sites import letters
from sites.audiences import unanswered
from sites.defaults import default_message
from sites.models import RsvpPage
from sites.models.appointments import Appointment
from sites.models.messages import REMINDERS, EventMessage, MessageKind
from sites.models.seats import Registration, Round
from sites.reminders import start_reminder

logger = logging.getLogger(__name__)
BATCH = 200
BY_A_PERSON = (MessageKind.CHANGED, MessageKind.EVENT_CANCELLED)  # sent though the automatic mail is switched off
LONGEST_REMINDER = timedelta(days=366)


def begin(*, page: RsvpPage, kind: str, before: datetime, user: Any = None, key: str = "") -> Round | None:
    """Begin a round, once for its `key` (that of the event's present time); None when it was begun already.

    `before` is the moment that counts: who replied, or was invited, later than that is left out.
    """
    round_, created = Round.objects.get_or_create(
        page_id=page.pk, key=key or key_of(page, kind), defaults={"kind": kind, "before": before, "started_by": user}
    )
    if created:
        wake("default", run, round_.pk)
    return round_ if created else None


def key_of(page: RsvpPage, kind: str) -> str:
    """A reminder belongs to a time: an event that was moved is reminded of again."""
    return f"{kind}-{page.starts_at:%Y%m%dT%H%MZ}" if kind in REMINDERS else kind


def is_begun(*, page: RsvpPage, kind: str) -> bool:
    """Whether guests have had it, or are getting it, for the event's present time."""
    return bool(Round.objects.filter(page_id=page.pk, key=key_of(page, kind)).exists())


@job
def run(round_id: int) -> None:
    """Queue the mails of a round that are not queued yet. A job, and what the sweep calls for what a job left."""
    round_ = Round.unscoped.select_related("page", "organisation").get(pk=round_id)
    page, organisation = round_.page, round_.organisation
    with scope.organisation(organisation.pk), translation.override(organisation.language):
        if _has_passed(page, round_):
            logger.info("Round %d has come too late to remind of anything.", round_.pk)
        elif round_.kind == MessageKind.REMINDER_UNANSWERED:
            start_reminder(page=page, round_=round_)
        elif page.message(round_.kind).enabled or round_.kind in BY_A_PERSON:
            while _send_batch(page, round_):
                pass
        Round.objects.filter(pk=round_.pk, finished_at=None).update(finished_at=timezone.now())


def _has_passed(page: RsvpPage, round_: Round) -> bool:
    """Whether it would remind of an event that has begun meanwhile, is off or not public any more, or is at another
    time, of which another round reminds."""
    if round_.kind not in REMINDERS:
        return False
    off = not page.live or (page.room_now and page.room_now.cancelled_at)
    return bool(off or page.starts_at <= timezone.now() or round_.key != key_of(page, round_.kind))


def _send_batch(page: RsvpPage, round_: Round) -> int:
    """Queue the next few; 0 when none is left."""
    message = changed_words(round_) if round_.kind == MessageKind.CHANGED else None
    with transaction.atomic():
        batch = list(targets(page, round_).select_related("contact").order_by("pk")[:BATCH])
        for registration in batch:
            letters.send_to_guest(
                page=page,
                registration=registration,
                kind=round_.kind,
                unique_key=f"registration-{registration.pk}-{round_.key}",
                was_coming=registration.is_coming,
                forced=round_.kind in BY_A_PERSON,
                message=message,
            )
    return len(batch)


def changed_words(round_: Round) -> EventMessage:
    """What the person who told of the change wrote, kept with the change itself."""
    said = Appointment.objects.get(pk=int(round_.key.rpartition("-")[2]))
    return EventMessage(kind=MessageKind.CHANGED, subject=said.subject, body=said.body)


def targets(page: RsvpPage, round_: Round) -> Any:
    """Registrations that this round still has to write to."""
    mailed = EmailMessage.objects.filter(
        unique_key=Concat(
            Value("registration-"), Cast(OuterRef("pk"), CharField()), Value(f"-{round_.key}"), output_field=CharField()
        )
    )
    open_ones = Registration.objects.filter(~Exists(mailed), page_id=page.pk).reachable()
    if round_.kind == MessageKind.EVENT_CANCELLED:
        return open_ones.standing()
    if round_.kind == MessageKind.CHANGED:
        return open_ones.standing().filter(updated_at__lt=round_.before)
    return open_ones.seated().filter(seated_at__lte=round_.before)


@sweep(minutely=True)
def begin_due_reminders() -> None:
    """Begin each reminder whose moment has come."""
    now = timezone.now()
    coming = RsvpPage.objects.live().filter(starts_at__gt=now, starts_at__lt=now + LONGEST_REMINDER)
    for_each(coming.filter(room__cancelled_at=None).order_by("starts_at"), partial(_begin_reminders, now))


def _begin_reminders(now: datetime, page: RsvpPage) -> None:
    for kind, moment in due_reminders(page, now):
        late = now - moment > settings.SEND_GRACE
        if kind == MessageKind.REMINDER_UNANSWERED and late:
            continue  # waits for a person, see `held_reminder`
        with scope.organisation(page.organisation.pk):
            begin(page=page, kind=kind, before=moment)


@sweep(every=timedelta(seconds=settings.SWEEP_SECONDS))
def resume_rounds() -> None:
    """Run what was begun and not finished: the job was lost, or its worker was."""
    begun = Round.unscoped.filter(
        finished_at=None, started_at__lt=timezone.now() - timedelta(seconds=settings.SWEEP_SECONDS)
    )
    for_each(begun.values_list("pk", flat=True), run)


def due_reminders(page: RsvpPage, now: datetime) -> Iterator[tuple[str, datetime]]:
    """(kind, moment) of an event's reminders whose moment has passed and that have not been begun."""
    begun = set(Round.unscoped.filter(page_id=page.pk).values_list("key", flat=True))
    for kind in REMINDERS:
        message = page.message(kind)
        moment = message.moment(page.starts_at, page.zone)
        if not message.enabled or moment > now or key_of(page, kind) in begun:
            continue
        if kind != MessageKind.REMINDER_UNANSWERED or can_be_answered(page, now):
            yield kind, moment


def can_be_answered(page: RsvpPage, now: datetime) -> bool:
    """Whether it is of use to ask once more: nobody is asked for a reply that would not be taken."""
    cancelled = page.room_now and page.room_now.cancelled_at
    return bool(page.live and not cancelled and now < min(page.starts_at, page.timetable.closes_at))


def held_reminders() -> Iterator[tuple[RsvpPage, datetime]]:
    """The events to come of the organisation in scope with such a reminder, and when it was due; a fixed number of
    queries."""
    organisation = Organisation.in_scope()
    invited_to = EmailCampaign.objects.filter(invites_to__isnull=False).values("invites_to")
    events = RsvpPage.objects.live().filter(pk__in=invited_to, starts_at__gt=timezone.now())
    pages = list(events.select_related("room").order_by("starts_at"))
    for page in pages:
        page.organisation = organisation
    held = _held(pages)
    return ((page, held[page.pk]) for page in pages if page.pk in held)


def held_reminder(page: RsvpPage) -> datetime | None:
    """When the reminder to the unanswered was due, if it has missed its time and waits for a person.

    Where nobody had been invited by then it has missed nothing: who was invited since is asked for the first time.
    """
    return _held([page]).get(page.pk)


def _held(pages: Sequence[RsvpPage]) -> dict[int, datetime]:
    now, kind = timezone.now(), MessageKind.REMINDER_UNANSWERED
    messages = {message.page_id: message for message in EventMessage.objects.filter(page__in=pages, kind=kind)}
    begun = set(Round.objects.filter(page__in=pages, kind=kind).values_list("page_id", "key"))
    missed: dict[int, datetime] = {}
    for page in pages:
        message = messages.get(page.pk) or default_message(kind)
        moment = message.moment(page.starts_at, page.zone)
        late = message.enabled and moment <= now - settings.SEND_GRACE
        if late and can_be_answered(page, now) and (page.pk, key_of(page, kind)) not in begun:
            missed[page.pk] = moment
    if not missed:
        return {}
    due = Case(*(When(pk=pk, then=Value(moment)) for pk, moment in missed.items()), output_field=DateTimeField())
    left = unanswered(OuterRef(OuterRef("pk")), before=OuterRef(OuterRef("due")))
    waiting = RsvpPage.objects.filter(pk__in=missed).annotate(due=due).filter(Exists(left))
    return {pk: missed[pk] for pk in waiting.order_by().values_list("pk", flat=True)}


def leave_reminder(*, page: RsvpPage, user: Any) -> bool:
    """A person does not want the held reminder to be sent: it stands as a round that went to nobody, and is offered no
    more, unless the event is moved. False where somebody else has decided about it meanwhile."""
    now, kind = timezone.now(), MessageKind.REMINDER_UNANSWERED
    _round, created = Round.objects.get_or_create(
        page_id=page.pk,
        key=key_of(page, kind),
        defaults={"kind": kind, "before": now, "started_by": user, "finished_at": now},
    )
    return created
