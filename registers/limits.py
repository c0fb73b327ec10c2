"""Giving a member of the team some registers and groups only, and what that amounts to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _

from guards.ids import row_id
from organisations.models import Membership
from registers.models.group import Group
from registers.models.reach import Reach as Given
from registers.models.register import Register
from registers.reach import Reach

# The groups that were given and all below them. UNION, not UNION ALL: it ends though groups should stand in a circle.
_WITH_DESCENDANTS = """
WITH RECURSIVE given(id) AS (
    SELECT group_id FROM registers_reach WHERE membership_id = ANY(%s) AND group_id IS NOT NULL
    UNION
    SELECT g.id FROM registers_group g JOIN given ON g.parent_id = given.id
)
SELECT id FROM given
"""


class GivenPlaces:
    """`organisations.reach.Places` for registers and groups."""

    def load(self, memberships: Sequence[int]) -> Reach:
        if not memberships:
            return Reach()
        registers = Given.unscoped.filter(membership__in=memberships, register__isnull=False)
        with connection.cursor() as cursor:
            cursor.execute(_WITH_DESCENDANTS, [list(memberships)])
            groups = tuple(row[0] for row in cursor.fetchall())
        return Reach(tuple(registers.values_list("register_id", flat=True)), groups)

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
