"""What people have done or been sent, as conditions of segments: each package registers what it knows of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Deed:
    """`rows` gives the rows that tell of it, `at` is their column of when, `contact` the one of who.

    `label` reads on with “in the last 30 days” or “never”.
    """

    key: str
    label: str | Promise
    rows: Callable[[], Any]
    at: str
    contact: str = "contact"

    def people(self, since: datetime | None) -> Any:
        """A queryset of the ids of the contacts of whom it is true since then, or ever; none of them is NULL."""
        known = self.rows().filter(**{f"{self.contact}__isnull": False})
        return (known.filter(**{f"{self.at}__gte": since}) if since else known).values(self.contact)


_deeds: dict[str, Deed] = {}


def register_deed(deed: Deed) -> None:
    _deeds[deed.key] = deed


def deeds() -> dict[str, Deed]:
    """All of them by key, in the order in which they are offered."""
    return dict(_deeds)
