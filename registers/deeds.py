"""What people have done or been sent, as conditions of segments: each package registers what it knows of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Deed:
    """`people(since)` gives a queryset of contact ids, one column wide and without NULL, of whom it is true since then.

    None for `since` is for ever. `label` reads on with “in the last 30 days” or “never”.
    """

    key: str
    label: str | Promise
    people: Callable[[datetime | None], Any]


_deeds: dict[str, Deed] = {}


def register_deed(deed: Deed) -> None:
    _deeds[deed.key] = deed


def deeds() -> dict[str, Deed]:
    """All of them by key, in the order in which they are offered."""
    return dict(_deeds)
