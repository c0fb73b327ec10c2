"""Joining and leaving groups: the one place where memberships begin and end, whichever door people come through.

What is to happen then (`Automation`) is written down in the same transaction. Three things are no joining or leaving:
merging two contacts into one, deleting a group or a contact, and taking an import back.

Whoever asks for it must see the people; what follows from it happens whether they see that or not.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from organisations import reach, scope
from registers.automations.running import call_off, wake_runs
from registers.models.automation import Automation, AutomationRun
from registers.models.contact import Contact
from registers.models.group import Group, GroupMembership
from registers.plans import plan_anew

LONGEST_CHAIN = 10  # automations that lead from one to the next; more is a mistake that nobody saw
On = Automation.On

_JOIN = """
INSERT INTO registers_groupmembership (organisation_id, group_id, contact_id, added_at, made_by_id)
SELECT organisation_id, %s, id, %s, %s FROM registers_contact
WHERE organisation_id = %s AND register_id = %s AND id = ANY(%s) ORDER BY id FOR KEY SHARE
ON CONFLICT (group_id, contact_id) DO NOTHING
RETURNING id, contact_id
"""
_LEAVE = """
DELETE FROM registers_groupmembership
WHERE organisation_id = %s AND group_id = %s AND contact_id = ANY(%s)
RETURNING id, contact_id
"""
_REJOIN = """
INSERT INTO registers_groupmembership (organisation_id, group_id, contact_id, added_at, made_by_id)
SELECT contact.organisation_id, %s, contact.id, was.since, made.id
FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[]) AS was (contact, since, made_by)
JOIN registers_contact AS contact ON contact.id = was.contact AND contact.register_id = %s
LEFT JOIN registers_import AS made ON made.id = was.made_by
ORDER BY contact.id
ON CONFLICT (group_id, contact_id) DO NOTHING
RETURNING contact_id
"""
_TELL = """
INSERT INTO registers_activity (organisation_id, contact_id, kind, at, source, data)
SELECT %s, contact_id, %s, %s, %s, %s::jsonb FROM unnest(%s::bigint[]) AS moved (contact_id)
"""
# Who is in another group of the same branch was a member before, and still is after.
_PLAN = """
INSERT INTO registers_automationrun
    (organisation_id, automation_id, contact_id, membership, chain, state, outcome, at, finished_at)
SELECT %s, %s, moved.contact_id, moved.id, %s, %s, %s, %s, %s
FROM unnest(%s::bigint[], %s::bigint[]) AS moved (id, contact_id)
WHERE NOT EXISTS (
    SELECT FROM registers_groupmembership AS other
    WHERE other.contact_id = moved.contact_id AND other.group_id = ANY(%s)
)
ORDER BY moved.id
ON CONFLICT DO NOTHING
"""


@transaction.atomic
def add_to_group(*, group: Group, contacts: Iterable[int], source: str = "", chain: Sequence[int] = ()) -> int:
    """Make the contacts with these ids members of `group`; return how many are new.

    Contacts of other registers, and beyond reach, are ignored. `chain` names the automations whose doing it is.
    """
    return _join(group, _within_reach(contacts), source, chain, None)


@transaction.atomic
def import_into_group(*, group: Group, contacts: Iterable[int], batch: int, source: str) -> int:
    """As `add_to_group`, by the import with the id `batch`, which may take it back."""
    return _join(group, _within_reach(contacts), source, (), batch)


def _within_reach(contacts: Iterable[int]) -> list[int]:
    """SQL of our own reads past the managers."""
    ids = list(contacts)
    if not reach.is_limited():
        return ids
    return list(Contact.objects.filter(pk__in=ids).order_by().values_list("pk", flat=True))


def _join(group: Group, contacts: Sequence[int], source: str, chain: Sequence[int], batch: int | None) -> int:
    now = timezone.now()
    found = [group.pk, now, batch, scope.current(), group.register_id, contacts]
    data = {"import": batch} if batch else {}
    return _move(_JOIN, found, group, On.JOINED, ("joined_group", source, data), chain, now)


@transaction.atomic
def remove_from_group(*, group: Group, contacts: Iterable[int], source: str = "", chain: Sequence[int] = ()) -> int:
    """End the membership of the contacts with these ids; return how many were members."""
    found = [scope.current(), group.pk, list(contacts)]
    return _move(_LEAVE, found, group, On.LEFT, ("left_group", source, {}), chain, timezone.now())


@transaction.atomic
@reach.lifted()
def take_back(*, memberships: Any, source: str = "", data: dict[str, Any] | None = None) -> int:
    """End memberships (a queryset) as if they had never begun: nobody has left, and what was still to happen does not.

    All are of one group.
    """
    rows = list(memberships.select_related("group").order_by("pk"))
    pks = [row.pk for row in rows]
    call_off(AutomationRun.objects.filter(membership__in=pks))
    GroupMembership.objects.filter(pk__in=pks).delete()
    if rows:
        story = {"group": rows[0].group.name, **(data or {})}
        _tell("left_group", timezone.now(), source, story, [row.contact_id for row in rows])
    return len(rows)


@transaction.atomic
@reach.lifted()
def put_back_into_group(*, group: Group, left: Mapping[int, Sequence[Any]], source: str, batch: int) -> int:
    """Make contacts members again as if they had never left: nobody joins, and what was still to happen does not.

    `left` is by contact what the membership was: its id, since when as ISO text, the id of the import that made it.
    """
    pks = [membership for membership, _since, _made_by in left.values()]
    call_off(AutomationRun.objects.filter(membership__in=pks, contact__in=list(left)))
    since, made_by = [was[1] for was in left.values()], [was[2] for was in left.values()]
    with connection.cursor() as cursor:
        cursor.execute(_REJOIN, [group.pk, list(left), since, made_by, group.register_id])
        back = [contact for (contact,) in cursor.fetchall()]
    _tell("joined_group", timezone.now(), source, {"group": group.name, "import": batch}, back)
    return len(back)


@reach.lifted()
def _move(
    sql: str,
    params: list[Any],
    group: Group,
    on: str,
    story: tuple[str, str, dict[str, Any]],
    chain: Sequence[int],
    now: dt.datetime,
) -> int:
    """`story` is what the timelines say: kind, source and data."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        moved = cursor.fetchall()
    memberships, contacts = [pk for pk, _contact in moved], [contact for _pk, contact in moved]
    if moved:
        plan_anew(len(moved))
        kind, source, data = story
        _tell(kind, now, source, {"group": group.name, **data}, contacts)
        _plan_runs(group, on, memberships, contacts, chain, now)
    return len(moved)


def _tell(kind: str, now: dt.datetime, source: str, data: dict[str, Any], contacts: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [scope.current(), kind, now, source[:200], json.dumps(data), list(contacts)])


def _plan_runs(
    group: Group,
    on: str,
    memberships: Sequence[int],
    contacts: Sequence[int],
    chain: Sequence[int],
    now: dt.datetime,
) -> None:
    """Write down what is to happen for each, and wake a worker. Nothing is asked where a register has no automation."""
    planned = Automation.objects.filter(group__register=group.register_id, on=on, enabled=True).order_by("pk")
    waiting = False
    for automation in planned.select_related("group"):
        branch = automation.group.with_descendants()
        if group.pk not in branch:
            continue
        stopped = _why_not(automation.pk, chain)
        waiting = waiting or not stopped
        with connection.cursor() as cursor:
            cursor.execute(
                _PLAN,
                [
                    scope.current(), automation.pk, list(chain),
                    AutomationRun.State.SKIPPED if stopped else AutomationRun.State.WAITING, stopped,
                    now, now if stopped else None, list(memberships), list(contacts),
                    [pk for pk in branch if pk != group.pk],
                ],
            )  # fmt: skip
    if waiting:
        wake_runs(scope.current())


def _why_not(automation: int, chain: Sequence[int]) -> str:
    if automation in chain:
        return _("Stopped: it had led here itself, and would go round in a circle")
    if len(chain) >= LONGEST_CHAIN:
        return _("Stopped: too many automations led from one to the next")
    return ""
