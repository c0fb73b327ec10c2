"""Sets of columns to start a register with: all of it is only a draft that the editor changes on the same screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisations.models import Organisation
from registers.values import ColumnType

Words = str | Promise


@dataclass(frozen=True, slots=True)
class StarterColumn:
    label: Words
    type: str = ColumnType.TEXT
    options: tuple[Words, ...] = ()
    section: Words = ""
    default: Words = ""
    help_text: Words = ""
    unique: bool = False

    def as_row(self) -> dict[str, Any]:
        """As the rows of the form begin."""
        return {
            "label": str(self.label),
            "type": self.type,
            "options": ", ".join(map(str, self.options)),
            "section": str(self.section),
            "default": str(self.default),
            "help_text": str(self.help_text),
            "unique": self.unique,
        }


@dataclass(frozen=True, slots=True)
class Starter:
    key: str
    label: Words
    name: Words = ""
    description: Words = ""
    why: Words = ""  # for the privacy notice: what the data are kept for
    how_long: Words = ""
    columns: tuple[StarterColumn, ...] = ()
    purposes: tuple[Words, ...] = ()

    def initial(self, organisation: Organisation) -> dict[str, str]:
        """As the form of the register begins."""
        return {
            "name": str(self.name),
            "description": str(self.description),
            "privacy_notice": self.privacy_notice(organisation),
            "purposes": ", ".join(map(str, self.purposes)),
        }

    def privacy_notice(self, organisation: Organisation) -> str:
        """A draft with what Article 13 of the GDPR asks to be told in short: who, why, how long, and one's rights."""
        if not self.why:
            return ""
        asked = _("Ask us at %(email)s") % {"email": organisation.contact_email} if organisation.contact_email else ""
        rights = _("You may see, correct and have deleted what we keep about you, and stop our letters at any time.")
        who = _("%(organisation)s keeps these data %(why)s.") % {"organisation": organisation.name, "why": self.why}
        return " ".join(filter(None, [who, str(self.how_long), rights, f"{asked}." if asked else ""]))


_MEMBERSHIP = gettext_lazy("Membership")
_NEWSLETTER = gettext_lazy("Newsletter")
STARTERS = (
    Starter(key="empty", label=gettext_lazy("Empty")),
    Starter(
        key="members",
        label=gettext_lazy("Association members"),
        name=gettext_lazy("Members"),
        description=gettext_lazy("The members of our association."),
        why=gettext_lazy("to look after your membership and to tell you what the association does"),
        how_long=gettext_lazy("We delete them a year after your membership has ended."),
        columns=(
            StarterColumn(
                gettext_lazy("Membership type"),
                ColumnType.CHOICE,
                (
                    gettext_lazy("Full member"),
                    gettext_lazy("Youth member"),
                    gettext_lazy("Supporting member"),
                    gettext_lazy("Honorary member"),
                ),
                _MEMBERSHIP,
                default=gettext_lazy("Full member"),
            ),
            StarterColumn(gettext_lazy("Member since"), ColumnType.DATE, section=_MEMBERSHIP),
            StarterColumn(gettext_lazy("Membership fee"), ColumnType.MONEY, section=_MEMBERSHIP),
            StarterColumn(gettext_lazy("Fee paid until"), ColumnType.DATE, section=_MEMBERSHIP),
            StarterColumn(gettext_lazy("Duties"), help_text=gettext_lazy("Such as chair, treasurer, editor.")),
        ),
        purposes=(_NEWSLETTER, gettext_lazy("Events")),
    ),
    Starter(
        key="customers",
        label=gettext_lazy("Customers"),
        name=gettext_lazy("Customers"),
        description=gettext_lazy("People who buy from us."),
        why=gettext_lazy("to deliver what you order and, if you agree, to tell you of offers"),
        how_long=gettext_lazy("We delete them three years after your last order."),
        columns=(
            StarterColumn(
                gettext_lazy("Customer group"),
                ColumnType.CHOICE,
                (gettext_lazy("Private"), gettext_lazy("Business")),
                default=gettext_lazy("Private"),
            ),
            StarterColumn(gettext_lazy("Workplace")),
            StarterColumn(gettext_lazy("Customer since"), ColumnType.DATE),
            StarterColumn(gettext_lazy("Last order"), ColumnType.DATE),
            StarterColumn(gettext_lazy("Orders altogether"), ColumnType.MONEY),
            StarterColumn(gettext_lazy("More phone numbers"), ColumnType.PHONES),
        ),
        purposes=(_NEWSLETTER, gettext_lazy("Offers")),
    ),
    Starter(
        key="guests",
        label=gettext_lazy("Event guests"),
        name=gettext_lazy("Guests"),
        description=gettext_lazy("People whom we invite to our events."),
        why=gettext_lazy("to invite you to our events and to be good hosts there"),
        how_long=gettext_lazy("What you tell us of food and access we use for the event alone."),
        columns=(
            StarterColumn(gettext_lazy("Workplace")),
            StarterColumn(
                gettext_lazy("Diet"),
                ColumnType.MULTIPLE_CHOICE,
                (
                    gettext_lazy("Vegetarian"),
                    gettext_lazy("Vegan"),
                    gettext_lazy("Gluten-free"),
                    gettext_lazy("Lactose-free"),
                ),
                gettext_lazy("As a guest"),
            ),
            StarterColumn(gettext_lazy("Allergies"), ColumnType.LONG_TEXT, section=gettext_lazy("As a guest")),
            StarterColumn(
                gettext_lazy("Access"),
                ColumnType.LONG_TEXT,
                section=gettext_lazy("As a guest"),
                help_text=gettext_lazy("What helps this guest to take part: a ramp, an interpreter, a seat in front."),
            ),
        ),
        purposes=(gettext_lazy("Invitations"),),
    ),
)


def starter(key: str) -> Starter:
    """The set of this key; the empty one for any other."""
    return next((known for known in STARTERS if known.key == key), STARTERS[0])
