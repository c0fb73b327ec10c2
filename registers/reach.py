"""Who is within reach of a person who may see a part only, said once for every table that tells of people.

A person may be given whole registers, and groups with the groups below them. Of a register of which only groups are
given, its name and its columns are seen, and in it the members of these groups. What hangs on a contact is seen with
the contact; what is about a register as a whole (segments, imports, duplicates) only by who is given all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet

from organisations import reach
from organisations.reach import Sql, Within

_COUPLES = "SELECT p.couple_id FROM registers_partner p JOIN registers_contact c ON c.id = p.contact_id"
_COMPANIES = "SELECT e.company_id FROM registers_employment e JOIN registers_contact c ON c.id = e.contact_id"
_NAMES = "SELECT name FROM registers_group WHERE id = ANY(%s)"
_GROUPS_OF_WHOLE = "SELECT id FROM registers_group WHERE register_id = ANY(%s)"
_MEMBERS = "SELECT contact_id FROM registers_groupmembership WHERE group_id = ANY(%s)"

_ALL_SEEN = """({kept} IS NOT NULL AND (
    SELECT bool_and(place.seen) FROM (
        SELECT id = ANY(%s) FROM registers_register WHERE {kept} -> 'registers' @> to_jsonb(id)
        UNION ALL
        SELECT id = ANY(%s) OR register_id = ANY(%s) FROM registers_group WHERE {kept} -> 'groups' @> to_jsonb(id)
    ) AS place (seen)
))"""

# What a timeline says of two contacts, one of whom may be beyond reach.
TELL_OF_OTHERS = ("coupled", "uncoupled", "merged", "unmerged")


@dataclass(frozen=True, slots=True)
class Reach:
    """The ids of whole registers, and of groups with all below them."""

    registers: tuple[int, ...] = ()
    groups: tuple[int, ...] = ()

    def people(self, contact: str, register: str) -> Sql:
        """The condition on the columns of a contact's id and register; by sets, so that PostgreSQL joins them once."""
        if not self.groups:
            return f"{register} = ANY(%s)", [list(self.registers)]
        if not self.registers:
            return f"{contact} IN ({_MEMBERS})", [list(self.groups)]
        return f"({register} = ANY(%s) OR {contact} IN ({_MEMBERS}))", [list(self.registers), list(self.groups)]

    def contacts(self) -> Sql:
        """The ids of all of them, as a subquery."""
        if not self.registers:
            return _MEMBERS, [list(self.groups)]
        people, values = self.people("c.id", "c.register_id")
        return f"SELECT c.id FROM registers_contact c WHERE {people}", values  # noqa: S608 - our own words

    @property
    def nobody(self) -> bool:
        return not (self.registers or self.groups)


class OfPeople(Within):
    """Raises nothing up where there is nobody to see: PostgreSQL need not be asked."""

    def condition(self, reached: Reach, *columns: str) -> Sql:
        if reached.nobody:
            raise EmptyResultSet
        return self.of(reached, *columns)

    def of(self, reached: Reach, *columns: str) -> Sql:
        raise NotImplementedError


class People(OfPeople):
    """For contacts: `id` and `register_id`."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        return reached.people(*columns)


class OfContact(OfPeople):
    """For what hangs on a contact, by its id; what hangs on nobody any more is not seen."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        contacts, values = reached.contacts()
        return f"{columns[0]} IN ({contacts})", values


class Happenings(OfContact):
    """For timelines, by `contact_id`, `kind` and `data`: less what they say of groups and people beyond reach."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        contact, kind, data = columns
        seen, values = super().of(reached, contact)
        if not reached.groups:
            return seen, values
        whole, of_whole = OfContact.of(self, Reach(registers=reached.registers), contact)
        named = f"({data} ->> 'group' IS NULL OR {data} ->> 'group' IN ({_NAMES}))"
        told = f"{seen} AND ({whole} OR ({kind} <> ALL(%s) AND {named}))"
        return f"({told})", [*values, *of_whole, list(TELL_OF_OTHERS), list(reached.groups)]


class OfContactOf(OfPeople):
    """For what hangs on a row of `table` that hangs on a contact, by that row's id."""

    def __init__(self, *columns: str, table: str) -> None:
        super().__init__(*columns)
        self.table = table

    def of(self, reached: Reach, *columns: str) -> Sql:
        contacts, values = reached.contacts()
        rows = f"SELECT id FROM {self.table} WHERE contact_id IN ({contacts})"  # noqa: S608 - our own words
        return f"{columns[0]} IN ({rows})", values


class WholeRegister(OfPeople):
    """For what is about all of a register, by its id."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        return f"{columns[0]} = ANY(%s)", [list(reached.registers)]


class OfImport(OfPeople):
    """For the rows of an import, by its id."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        imports = "SELECT id FROM registers_import WHERE register_id = ANY(%s)"
        return f"{columns[0]} IN ({imports})", [list(reached.registers)]


class PartOfRegister(OfPeople):
    """For a register and its columns, by its id: a given group is in one."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        groups = "SELECT register_id FROM registers_group WHERE id = ANY(%s)"
        return f"({columns[0]} = ANY(%s) OR {columns[0]} IN ({groups}))", [
            list(reached.registers),
            list(reached.groups),
        ]


class Groups(OfPeople):
    """For groups: `id` and `register_id`."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        return f"({columns[0]} = ANY(%s) OR {columns[1]} = ANY(%s))", [list(reached.groups), list(reached.registers)]


class OfGroup(OfPeople):
    """For memberships of groups, by the group's id."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        groups = "SELECT id FROM registers_group WHERE id = ANY(%s) OR register_id = ANY(%s)"
        return f"{columns[0]} IN ({groups})", [list(reached.groups), list(reached.registers)]


class OfWholeRegistersGroup(OfPeople):
    """For what is about a group and may name others of its register, by the group's id."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        return f"{columns[0]} IN ({_GROUPS_OF_WHOLE})", [list(reached.registers)]


class OfAutomation(OfPeople):
    """For the runs of automations, by the automation's id."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        automations = f"SELECT id FROM registers_automation WHERE group_id IN ({_GROUPS_OF_WHOLE})"  # noqa: S608 - our own words
        return f"{columns[0]} IN ({automations})", [list(reached.registers)]


class KeptWithin(OfPeople):
    """For what keeps in a JSON column what its maker might see (`registers.limits.kept`), by that column.

    Seen by those who see all of that, as far as it is still there; null, for the whole organisation, is not.
    """

    def of(self, reached: Reach, *columns: str) -> Sql:
        kept, registers, groups = columns[0], list(reached.registers), list(reached.groups)
        return _ALL_SEEN.format(kept=kept), [registers, groups, registers]


class OfKeptWithin(OfPeople):
    """For what hangs on a row of `table` that has such a `column`, by that row's id."""

    def __init__(self, *columns: str, table: str, column: str) -> None:
        super().__init__(*columns)
        self.table = table
        self.column = column

    def of(self, reached: Reach, *columns: str) -> Sql:
        seen, values = KeptWithin().of(reached, f"{self.table}.{self.column}")
        return f"{columns[0]} IN (SELECT {self.table}.id FROM {self.table} WHERE {seen})", values  # noqa: S608


class Couples(OfPeople):
    """For couples and their partners, by the couple's id: both are seen, or no couple."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        people, values = reached.people("c.id", "c.register_id")
        return f"{columns[0]} IN ({_COUPLES} WHERE {people} GROUP BY p.couple_id HAVING count(*) = 2)", values


class Companies(OfPeople):
    """For companies, by their id: those that somebody within reach belongs to."""

    def of(self, reached: Reach, *columns: str) -> Sql:
        people, values = reached.people("c.id", "c.register_id")
        return f"{columns[0]} IN ({_COMPANIES} WHERE {people})", values


def sees_whole(register_id: Any) -> bool:
    """Whether everybody in the register, and whatever is about all of it, is within reach."""
    return reach.whole(lambda reached: register_id in reached.registers)
