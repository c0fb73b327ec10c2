"""Giving a member of the team some registers and groups only, and what that amounts to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _

from guards.ids import row_id
from organisations.models import Membership
from registers.models.group import Group
from registers.models.reach import Reach as Given
from registers.models.register import Register
from registers.reach import Reach

# Groups and all below them. UNION, not UNION ALL: it ends though groups should stand in a circle.
_WITH_DESCENDANTS = """
WITH RECURSIVE given(id) AS (
    SELECT id FROM registers_group WHERE id = ANY(%s)
    UNION
    SELECT g.id FROM registers_group g JOIN given ON g.parent_id = given.id
)
SELECT id FROM given
"""

Kept = Mapping[str, list[int]]  # {"registers": [1], "groups": [2]}: what somebody might see, written down


class GivenPlaces:
    """`organisations.reach.Places` for registers and groups."""

    def load(self, memberships: Sequence[int]) -> Reach:
        if not memberships:
            return Reach()
        given = Given.unscoped.filter(membership__in=memberships).values_list("register_id", "group_id")
        places = list(given)
        registers = tuple(register for register, _group in places if register)
        return Reach(registers, _with_descendants([group for _register, group in places if group]))

    def choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        registers = [(f"register:{register.pk}", register.name) for register in Register.objects.all()]
        groups = [
            (f"group:{group.pk}", f"{group.name} ({group.register.name})")
            for group in Group.objects.select_related("register").order_by("register__name", "name", "pk")
        ]
        named = [(_("Whole registers"), registers), (_("Groups, with the groups below them"), groups)]
        return [(heading, offered) for heading, offered in named if offered]

    def chosen(self, memberships: Sequence[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for given in Given.objects.filter(membership__in=memberships).order_by("pk"):
            found.setdefault(given.membership_id, []).append(given.reference)
        return found

    @transaction.atomic
    def choose(self, membership: Membership, references: Iterable[str]) -> None:
        """References that are not of the organisation in scope are left out."""
        wanted: dict[str, set[int]] = {"register": set(), "group": set()}
        for reference in references:
            kind, _colon, number = reference.partition(":")
            if kind in wanted:
                wanted[kind].add(row_id(number))
        Given.objects.filter(membership=membership).delete()
        registers = Register.objects.filter(pk__in=wanted["register"])
        groups = Group.objects.filter(pk__in=wanted["group"])
        rows = [Given(membership=membership, register=register) for register in registers]
        Given.objects.bulk_create([*rows, *(Given(membership=membership, group=group) for group in groups)])


def _with_descendants(groups: Sequence[int]) -> tuple[int, ...]:
    if not groups:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_WITH_DESCENDANTS, [list(groups)])
        return tuple(row[0] for row in cursor.fetchall())


def kept(reached: Reach) -> Kept:
    """To be written down in as few words as say it: groups below others come along with these."""
    groups = Group.unscoped.filter(pk__in=reached.groups).exclude(register__in=reached.registers)
    top = groups.exclude(parent__in=reached.groups).order_by("pk").values_list("pk", flat=True)
    return {"registers": sorted(reached.registers), "groups": list(top)}


def reach_kept(written: Kept) -> Reach:
    """What that amounts to now: there may be new groups below, and some may be gone."""
    return Reach(tuple(written["registers"]), _with_descendants(written["groups"]))


def both(one: Reach, other: Reach) -> Reach:
    """What is within reach of both; somebody who is in a group of one and in another of the other is not."""
    groups = Group.unscoped.filter(pk__in={*one.groups, *other.groups}).values_list("pk", "register_id")
    shared = [pk for pk, register in groups if all(_holds(reached, pk, register) for reached in (one, other))]
    return Reach(tuple(set(one.registers) & set(other.registers)), tuple(sorted(shared)))


def _holds(reached: Reach, group: int, register: int) -> bool:
    return group in reached.groups or register in reached.registers


def labels_kept(written: Kept) -> list[str]:
    """What it is called: the names of registers and groups that are still there."""
    registers = Register.objects.filter(pk__in=written["registers"]).order_by("name")
    groups = Group.objects.filter(pk__in=written["groups"]).select_related("register").order_by("name", "pk")
    return [*(register.name for register in registers), *(f"{group.name} ({group.register.name})" for group in groups)]
