"""What a card of an address book says besides, and a register has no place for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registers.imports.cells import Remark

# In words what has a name of its own; of other names only those of the standard are told.
_NOT_READ: dict[str, Any] = {
    "PHOTO": _("picture"),
    "LOGO": _("picture"),
    "SOUND": _("sound"),
    "ANNIVERSARY": _("anniversary"),
    "X-ANNIVERSARY": _("anniversary"),
    "X-ABDATE": _("other days"),
    "GENDER": _("gender"),
    "X-GENDER": _("gender"),
    "ROLE": _("role"),
    "IMPP": _("addresses for messages"),
    "X-SOCIALPROFILE": _("profiles"),
    "SOCIALPROFILE": _("profiles"),
    "RELATED": _("relatives"),
    "X-ABRELATEDNAMES": _("relatives"),
    "X-SPOUSE": _("relatives"),
    "X-CHILD": _("relatives"),
    "X-MANAGER": _("manager"),
    "X-ASSISTANT": _("assistant"),
    "GEO": _("place on the map"),
    "DEATHDATE": _("day of death"),
    **dict.fromkeys(("X-AIM", "X-ICQ", "X-JABBER", "X-MSN", "X-SKYPE", "X-YAHOO"), _("addresses for messages")),
}
_TECHNICAL = frozenset(
    "BEGIN END VERSION PRODID REV UID NAME SOURCE PROFILE CLASS MAILER LABEL SORT-STRING CALSCALE CLIENTPIDMAP XML KEY "
    "TZ FBURL CALADRURI CALURI CREATED".split()
)


def is_told(name: str) -> bool:
    return name in _NOT_READ or not (name in _TECHNICAL or name.startswith("X-"))


def say_unread(names: Iterable[str]) -> Remark:
    told = dict.fromkeys(str(_NOT_READ.get(name, name)) for name in names)
    return Remark(gettext("Of the card this is not read: %(what)s.") % {"what": ", ".join(told)})
