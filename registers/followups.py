"""Follow-ups: what somebody of the team is to do about a contact, and the reminder on the morning it is due."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from organisations import scope
from organisations.models import Organisation, Role, User
from organisations.roles import INCLUDES
from organisations.sweeps import sweep
from registers.absences import today
from registers.access import log_access
from registers.birthdays import team_or_owners
from registers.models.contact import Contact
from registers.models.diary import FollowUp
from registers.signals import follow_up_due
from registers.texts import clean_line

MORNING = 7  # o'clock, where the organisation lives
LATE = dt.timedelta(days=3)  # a reminder that a standstill has kept is still sent so long
FARTHEST = dt.timedelta(days=3_660)


def possible_users(organisation: Organisation) -> Any:
    """Who may be responsible: those of the team who may also say that it is done."""
    roles = [role for role, included in INCLUDES.items() if Role.EDITOR in included]
    team = User.objects.filter(
        is_active=True, memberships__organisation=organisation, memberships__role__in=roles
    ).distinct()
    return team.order_by("first_name", "last_name", "pk")


@transaction.atomic
def make_follow_up(*, contact: Contact, text: str, due_on: dt.date, responsible: Any, user: Any) -> FollowUp:
    """Raises ValidationError. Nobody is reminded by e-mail of what they have just given themselves for today."""
    now = today()
    if due_on < now:
        raise ValidationError({"due_on": _("This day is over. Choose today or a day to come.")})
    values = _checked(text, due_on)
    told = due_on if due_on == now and responsible == user else None
    made: FollowUp = FollowUp.objects.create(
        contact=contact, responsible=responsible, created_by=user, reminded_for=told, **values
    )
    log_access(user=user, action="edit", subject=contact, purpose=_("Follow-up made"))
    return made


@transaction.atomic
def change_follow_up(*, follow_up: FollowUp, text: str, due_on: dt.date, responsible: Any, user: Any) -> None:
    """Raises ValidationError. Whoever is responsible from now on is reminded as well."""
    if due_on != follow_up.due_on and due_on < today():
        raise ValidationError({"due_on": _("This day is over. Choose today or a day to come.")})
    for name, value in _checked(text, due_on).items():
        setattr(follow_up, name, value)
    if responsible != follow_up.responsible:
        follow_up.responsible, follow_up.reminded_for = responsible, None
    follow_up.save()
    log_access(user=user, action="edit", subject=follow_up.contact, purpose=_("Follow-up changed"))


@transaction.atomic
def settle(*, follow_up: FollowUp, done: bool, user: Any) -> bool:
    """Say that it is done, or that it is not after all; False where that was so already."""
    rows = FollowUp.objects.filter(pk=follow_up.pk, done_at__isnull=done)
    changed = rows.update(done_at=timezone.now() if done else None, done_by=user if done else None)
    if changed:
        purpose = _("Follow-up done") if done else _("Follow-up opened again")
        log_access(user=user, action="edit", subject=follow_up.contact, purpose=purpose)
    return bool(changed)


@transaction.atomic
def delete_follow_up(*, follow_up: FollowUp, user: Any) -> None:
    log_access(user=user, action="delete", subject=follow_up.contact, purpose=_("Follow-up deleted"))
    follow_up.delete()


def _checked(text: str, due_on: dt.date) -> dict[str, Any]:
    text = clean_line(text)
    if not text:
        raise ValidationError({"text": _("Write what is to be done.")})
    if due_on > today() + FARTHEST:
        raise ValidationError({"due_on": _("Choose a day within the next ten years.")})
    return {"text": text[:500], "due_on": due_on}


@sweep(every=dt.timedelta(minutes=5))
def remind_of_follow_ups() -> None:
    """Tell those responsible of what is due since this morning. Whoever listens sees to it that each is told once."""
    now = timezone.now()
    day = dt.timedelta(days=1)
    waiting = FollowUp.unscoped.open().filter(Q(reminded_for=None) | ~Q(reminded_for=F("due_on")))
    anywhere = waiting.filter(due_on__range=(now.date() - LATE - day, now.date() + day))
    for organisation in Organisation.objects.filter(pk__in=anywhere.order_by().values("organisation")):
        there = now.astimezone(organisation.zone)
        if there.hour < MORNING:
            continue
        with scope.organisation(organisation.pk):
            due = waiting.filter(organisation=organisation, due_on__range=(there.date() - LATE, there.date()))
            for follow_up in due.select_related("contact", "responsible", "organisation"):
                _remind(follow_up)


def _remind(follow_up: FollowUp) -> None:
    """Robust: what fails is logged, tried again at the next sweep, and keeps nobody else waiting."""
    users = team_or_owners(contact=follow_up.contact, user=follow_up.responsible)
    answers = follow_up_due.send_robust(sender=FollowUp, follow_up=follow_up, users=users)
    if users and not any(isinstance(answer, Exception) for _receiver, answer in answers):
        FollowUp.objects.filter(pk=follow_up.pk, due_on=follow_up.due_on, responsible=follow_up.responsible_id).update(
            reminded_for=follow_up.due_on
        )
