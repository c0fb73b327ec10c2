"""Pairs become sets: people who are probably one, and, apart from them, people who only share an address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from registers.duplicates.candidates import Found, Pair
from registers.duplicates.signs import LIKELY, Sign, certainty


class Gathered(NamedTuple):
    certainty: int
    signs: int
    contacts: list[int]


class _Sets:
    """Sets that grow by pairs, never uniting two contacts that are known to be two people."""

    def __init__(self, apart: Mapping[int, set[int]]) -> None:
        self.apart = apart
        self.of: dict[int, int] = {}
        self.members: dict[int, list[int]] = {}
        self.signs: dict[int, int] = {}
        self.certainty: dict[int, int] = {}

    def add(self, pair: Pair, points: int) -> None:
        a, b = self._set_of(pair.a), self._set_of(pair.b)
        if a != b:
            if self._known_apart(a, b):
                return
            if len(self.members[a]) < len(self.members[b]):
                a, b = b, a
            for contact in self.members[b]:
                self.of[contact] = a
            self.members[a] += self.members.pop(b)
            self.signs[a] |= self.signs.pop(b)
            self.certainty[a] = min(self.certainty[a], self.certainty.pop(b), points)
        self.signs[a] |= pair.signs

    def _set_of(self, contact: int) -> int:
        if contact not in self.of:
            self.of[contact] = contact
            self.members[contact], self.signs[contact], self.certainty[contact] = [contact], 0, 99
        return self.of[contact]

    def _known_apart(self, a: int, b: int) -> bool:
        if not self.apart:
            return False
        other = set(self.members[b])
        return any(not other.isdisjoint(self.apart.get(contact, ())) for contact in self.members[a])

    def gathered(self) -> list[Gathered]:
        return [
            Gathered(self.certainty[number], self.signs[number], sorted(contacts))
            for number, contacts in self.members.items()
            if len(contacts) > 1
        ]


def gather(found: Found, *, not_same: Iterable[tuple[int, int]]) -> list[Gathered]:
    """Make sets of pairs, the surest pairs first; a set is as certain as the weakest pair that holds it together.

    Pairs below LIKELY only join each other, so that a couple with one address does not make one set of two people's
    duplicates.
    """
    apart: dict[int, set[int]] = defaultdict(set)
    for low, high in not_same:
        apart[low].add(high)
        apart[high].add(low)
    by_points: dict[int, list[Pair]] = defaultdict(list)
    for pair in found.pairs:
        by_points[certainty(pair.signs)].append(pair)
    strong, weak = _Sets(apart), _Sets(apart)
    for points in sorted(by_points, reverse=True):
        for pair in by_points[points]:
            if points >= LIKELY:
                strong.add(pair, points)
            elif strong.of.get(pair.a, pair.a) != strong.of.get(pair.b, pair.b):
                weak.add(pair, points)
    crowds = [
        Gathered(certainty(int(sign | Sign.OTHER_NAME)), int(sign | Sign.OTHER_NAME), ids) for sign, ids in found.crowds
    ]
    return strong.gathered() + weak.gathered() + crowds
