"""The timeline of a contact."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registers.models.activity import Activity
from registers.models.contact import Contact


class KindLook(NamedTuple):
    label: str | Promise
    icon: str


_kinds: dict[str, KindLook] = {}
_names: dict[str, Callable[[set[int]], Mapping[int, str]]] = {}


def register_kind(kind: str, label: str | Promise, icon: str = "history") -> None:
    """Say how a kind of activity is shown on the timeline; packages above do this in AppConfig.ready()."""
    _kinds[kind] = KindLook(label, icon)


def look_of(kind: str) -> KindLook:
    """How a kind of activity is shown; one that nobody registered by its key, in words."""
    return _kinds.get(kind) or KindLook(kind.replace("_", " ").capitalize(), "history")


def register_source_names(word: str, names_of: Callable[[set[int]], Mapping[int, str]]) -> None:
    """Say what is called “campaign:12” as a source: `names_of` has the names of rows by their ids."""
    _names[word] = names_of


def named_sources(sources: Iterable[str]) -> dict[str, str]:
    """What people read in place of these sources: the names of rows, "" where a row is gone, or what stands there."""
    named: dict[str, str] = {}
    wanted: dict[str, set[int]] = defaultdict(set)
    for source in sources:
        word, _colon, number = source.partition(":")
        is_row = word in _names and number.isdecimal()
        named[source] = "" if is_row else source
        if is_row:
            wanted[word].add(int(number))
    for word, ids in wanted.items():
        named |= {f"{word}:{pk}": name for pk, name in _names[word](ids).items()}
    return named


def record(
    *,
    contact: Contact,
    kind: str,
    source: str = "",
    key: str | None = None,
    at: dt.datetime | None = None,
    data: dict[str, Any] | None = None,
) -> bool:
    """Add to the contact's timeline; return False if an activity with this `key` is there already.

    `key` is unique in the organisation, such as a provider's id of a receipt.
    """
    return record_many(contacts=[contact], kind=kind, source=source, keys=[key], at=at, data=data) > 0


def record_many(
    *,
    contacts: Iterable[Contact],
    kind: str,
    source: str = "",
    keys: Iterable[str | None] | None = None,
    at: dt.datetime | None = None,
    data: dict[str, Any] | None = None,
) -> int:
    """As `record`, for many contacts with few queries; `keys` goes along with `contacts`."""
    contacts = list(contacts)
    wanted = list(keys) if keys is not None else [None] * len(contacts)
    known = set(
        Activity.objects.filter(key__in=[key for key in wanted if key is not None]).values_list("key", flat=True)
        if any(wanted)
        else ()
    )
    rows = [
        entry(contact=contact, kind=kind, source=source, key=key, at=at, data=data)
        for contact, key in zip(contacts, wanted, strict=True)
        if key is None or key not in known
    ]
    write(rows, again=any(wanted))
    return len(rows)


def entry(
    *,
    contact: Contact,
    kind: str,
    source: str = "",
    key: str | None = None,
    at: dt.datetime | None = None,
    data: dict[str, Any] | None = None,
) -> Activity:
    """One line of the timeline, for `write` to add together with others."""
    return Activity(
        organisation_id=contact.organisation_id,
        contact=contact,
        kind=kind,
        source=source[:200],
        key=key,
        at=at or timezone.now(),
        data=data or {},
    )


def write(entries: Sequence[Activity], *, again: bool = False) -> None:
    """Add to the timelines. With `again`, entries whose key is there already are left out."""
    Activity.objects.bulk_create(entries, ignore_conflicts=again, batch_size=1_000)


register_kind("added", _("Added"), "plus")
register_kind("edited", _("Changed"), "edit")
register_kind("imported", _("Imported"), "upload")
register_kind("joined_group", _("Added to group"), "group")
register_kind("left_group", _("Removed from group"), "group")
register_kind("consent_granted", _("Gave consent"), "check")
register_kind("consent_withdrawn", _("Withdrew consent"), "cross")
register_kind("suppressed", _("Is not written to any more"), "no-view")
register_kind("suppression_lifted", _("May be written to again"), "mail")
register_kind("merged", _("Merged with another contact"), "copy")
register_kind("unmerged", _("Merge taken back"), "undo")
