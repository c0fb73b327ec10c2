"""Name badges for an event: one for each person who has a seat, guests under their own names."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from registers.companies import places_of
from registers.models import Employment
from registers.printing.cards import Badge
from sites.forms.definition import Question
from sites.report import ANSWER, Person, coming, people_of, questions_of

if TYPE_CHECKING:
    from sites.models.rsvp import RsvpPage

COMPANY, BROUGHT_BY = "company", "brought_by"
_TICKED = ("checkbox", "consent")  # answered by yes or no: nothing to wear


def wearable(page: "RsvpPage") -> list[Question]:
    """The questions whose answers can stand under a name: those that guests are asked too."""
    return [asked for asked in questions_of(page).values() if asked.each_guest and asked.type not in _TICKED]


def badges_of(page: "RsvpPage", *, under: str, above: str) -> tuple[list[Badge], int]:
    """(the badges, how many get none): whoever brings guests stands before them; the erased and the dead get none.

    `under` is COMPANY, BROUGHT_BY, ANSWER with the id of a question, or "".
    """
    asked, people = people_of(page, coming(page))
    wearing = [person for person in people if person.brought_by or (person.replied and not person.replied.deceased)]
    hosts = [person.replied for person in wearing if person.replied and not person.brought_by]
    places = places_of(hosts) if under == COMPANY else {}
    badges = [Badge(person.name, _under(person, under, asked, places), above) for person in wearing]
    return badges, len(people) - len(wearing)


def badges_counted(page: "RsvpPage") -> int:
    """How many badges there are, without making them."""
    nobody = Q(contact=None) | Q(contact__deceased=True)
    counted = coming(page).order_by().aggregate(people=Sum("party_size"), without=Count("pk", filter=nobody))
    return (counted["people"] or 0) - counted["without"]


def _under(person: Person, under: str, asked: Sequence[Question], places: Mapping[int, list[Employment]]) -> str:
    host = person.replied
    if person.brought_by:
        if host and (under == BROUGHT_BY or not person.is_named):
            return _("with %(name)s") % {"name": host}
    elif host and host.pk in places:
        return places[host.pk][0].company.name
    answers = zip(asked, person.answers, strict=True)
    return next((answer for question, answer in answers if ANSWER + question.id == under), "")
