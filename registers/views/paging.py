"""Lists of people, page by page, in a register of any size.

Nobody turns five thousand people over: beyond that number a list says “more than”, ends, and asks for a word to search
by. So neither counting nor the last page reads a whole table.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.paginator import WagtailPaginator

from registers.contacts import describe_count
from registers.searching import begins_with, search_condition, without_index
from registers.texts import sort_key

MOST = 5_000
NAME = "sort_key"


def place(value: Any) -> tuple[int, Any]:
    """Where a value stands among others of its column, of which some may be of another type."""
    if isinstance(value, (int, float)):
        return 0, value
    return 1, value.isoformat() if isinstance(value, dt.date) else sort_key(str(value))


class PeoplePaginator(WagtailPaginator):
    """Pages of unordered contacts, by `ordering`. Where many are found by a word, those of that surname come first.

    `unsearched` are those among whom `searched` was looked for.
    """

    def __init__(
        self,
        people: Any,
        per_page: int,
        *,
        ordering: str = NAME,
        searched: str = "",
        unsearched: Any = None,
        place: Callable[[Any], tuple[int, Any]] = place,
        **options: Any,
    ) -> None:
        super().__init__(people, per_page, **options)
        self.ordering, self.searched, self.unsearched, self.place = ordering, searched, unsearched, place

    @cached_property
    def some(self) -> list[tuple[Any, ...]]:
        """Ids and names of all there are, with what they are ordered by; or of any MOST + 1, where there are more."""
        by = self.ordering.removeprefix("-")
        columns = ("pk", NAME) if by == NAME else ("pk", NAME, by)
        return list(self.object_list.order_by().values_list(*columns)[: MOST + 1])

    @cached_property
    def count(self) -> int:
        return min(len(self.some), MOST)

    @property
    def is_cut(self) -> bool:
        return len(self.some) > MOST

    @property
    def order(self) -> str:
        """What they are ordered by: more than MOST always by name, the one order that an index gives of any of them."""
        return NAME if self.is_cut and self.ordering.removeprefix("-") != NAME else self.ordering

    @property
    def items_count_label(self) -> str:
        return describe_found(self)

    def page(self, number: Any) -> Any:
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return self._get_page(self.between(start, min(start + self.per_page, self.count)), number, self)

    def between(self, start: int, end: int) -> list[Any]:
        """All of few are read and sorted: in the order of an index PostgreSQL might read a register from A to V until
        it comes to the few Virtanens. Many are soon met with in the order of their names, however they are found."""
        down = self.order.startswith("-")
        if not self.is_cut:
            return self.read([row[0] for row in self.in_order(down)[start:end]])
        order = (f"-{NAME}", "-id") if down else (NAME, "id")
        people = self.object_list.order_by(*order)
        first = begins_with(self.searched) if self.searched else None
        if first is None:
            # The ids by an index, lest all the people before them are read and passed over.
            return self.read(list(people.values_list("pk", flat=True)[start:end]))
        named = self.of_surname(first).order_by(*order)
        page = list(named[start:end])
        if len(page) < end - start:
            before = start + len(page) if page else named.order_by()[:start].count()
            page += people.exclude(first)[start + len(page) - before : end - before]
        return page

    def in_order(self, down: bool) -> list[tuple[Any, ...]]:
        """Who has nothing there comes last either way; who have the same stand in the order of their names."""
        by_name = self.order.removeprefix("-") == NAME
        rows = sorted(self.some, key=lambda row: (row[1], row[0]), reverse=down and by_name)
        filled = [row for row in rows if row[-1] not in (None, "", [])]
        blank = [row for row in rows if row[-1] in (None, "", [])]
        # Sorting leaves those where they are who have the same.
        return (filled if by_name else sorted(filled, key=lambda row: self.place(row[-1]), reverse=down)) + blank

    def of_surname(self, first: Q) -> Any:
        """A single word is found in whoever has it as surname: in the order of names a page of them is soon full.
        PostgreSQL, who does not know that, would collect all of them by the index for words."""
        found = search_condition(self.searched)
        if self.unsearched is None or found is None or " " in self.searched:
            return self.object_list.filter(first)
        return self.unsearched.filter(first, without_index(found))

    def read(self, ids: list[int]) -> list[Any]:
        people = self.object_list.order_by().in_bulk(ids)
        return [people[pk] for pk in ids if pk in people]


def describe_found(paginator: PeoplePaginator) -> str:
    if paginator.is_cut:
        return _("more than %(count)s") % {"count": describe_count(MOST)}
    return describe_count(paginator.count)
