"""Round birthdays of important contacts: which come up, and who is told."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any

from organisations import scope
from organisations.models import Membership, Role, User
from organisations.roles import may_see
from organisations.sweeps import sweep
from registers.absences import today
from registers.models.contact import Contact
from registers.models.star import BirthdayPlan, Star
from registers.signals import round_birthday

OLDEST = 130


@dataclass(frozen=True, slots=True)
class Birthday:
    contact: Contact
    on: dt.date
    age: int
    responsible: User | None


def plan() -> BirthdayPlan:
    """That of the organisation in scope; the usual values where nobody has chosen others."""
    return BirthdayPlan.objects.first() or BirthdayPlan(organisation_id=scope.current())


def birthday_in(year: int, born: dt.date) -> dt.date:
    """Who was born on 29 February celebrates on the 28th in other years."""
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return dt.date(year, 2, 28)
    return born.replace(year=year)


def coming(*, days: int | None = None) -> list[Birthday]:
    """The round birthdays of important contacts from today on, `days` ahead or as planned; the next one first.

    Only those born in the years in question are read.
    """
    chosen = plan()
    first = today()
    last = first + dt.timedelta(days=chosen.days_ahead if days is None else days)
    found = []
    for year in range(first.year, last.year + 1):
        born = {year - age: age for age in range(chosen.first_age, OLDEST + 1, chosen.every)}
        stars = Star.objects.filter(contact__birth_date__year__in=list(born), contact__deceased=False)
        for star in stars.filter(contact__register__leaving=False).select_related("contact", "responsible"):
            on = birthday_in(year, star.contact.birth_date)
            if first <= on <= last:
                found.append(Birthday(star.contact, on, born[star.contact.birth_date.year], star.responsible))
    return sorted(found, key=lambda birthday: (birthday.on, birthday.contact.sort_key, birthday.contact.pk))


def people_to_tell(birthday: Birthday) -> list[User]:
    return team_or_owners(contact=birthday.contact, user=birthday.responsible)


def team_or_owners(*, contact: Contact, user: User | None) -> list[User]:
    """Whoever is responsible, as long as they are in the team and may see the contact; otherwise its owners."""
    team = Membership.objects.filter(organisation=contact.organisation_id, user__is_active=True)
    told = team.filter(user=user) if user and may_see(user, contact) else team.none()
    chosen: Any = told if told.exists() else team.filter(role=Role.OWNER)
    return list(User.objects.filter(pk__in=chosen.values("user")).order_by("pk"))


@sweep(every=dt.timedelta(hours=1))
def remind_of_birthdays() -> None:
    """Say of each that comes up whom to tell. Whoever listens sees to it that each is told once."""
    for organisation_id in Star.unscoped.order_by().values_list("organisation", flat=True).distinct():
        with scope.organisation(organisation_id):
            if not plan().by_email:
                continue
            for birthday in coming():
                # Robust: what fails is logged, tried again in an hour, and keeps nobody else waiting.
                round_birthday.send_robust(sender=Star, birthday=birthday, users=people_to_tell(birthday))
