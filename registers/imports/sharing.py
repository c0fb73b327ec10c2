"""Which of several columns of a file keeps what they all may hold: the whole name and its halves, postcode and town."""

from __future__ import annotations

from collections.abc import Sequence

from registers.addresses import read_address
from registers.imports.guessed_types import share
from registers.imports.header_words import is_whole_or_half
from registers.imports.parts import (
    ADDRESS,
    COMPANY,
    FAMILY_FIRST,
    PARTS,
    POSTCODE_CITY,
    ROLE,
    WHOLE_NAMES,
    split_address,
    split_place,
)
from registers.imports.targets import SKIP
from registers.texts import fold, plain
from registers.values import Cell, cell_text

Targets = list[str | None]
Rows = Sequence[Sequence[Cell]]


def filled(rows: Rows, at: int) -> list[Sequence[Cell]]:
    """The rows in which there is something in one column."""
    return [row for row in rows if at < len(row) and cell_text(row[at])]


def leave_loose_roles(targets: Targets, told: Sequence[Rows]) -> None:
    """What people are is a role in a company only where each of them has one."""
    if ROLE not in targets:
        return
    at = targets.index(ROLE)
    company = targets.index(COMPANY) if COMPANY in targets else None
    if company is None or not all(company < len(row) and cell_text(row[company]) for row in told[at]):
        targets[at] = None


def share_out_names(targets: Targets, headers: Sequence[str], rows: Rows) -> None:
    """Where one half of the name has a column of its own, “Name” is the other half, unless it holds both."""
    whole = next((at for at, target in enumerate(targets) if target in WHOLE_NAMES), None)
    if whole is None:
        return
    if "email" in targets and _are_turned(rows, name=whole, email=targets.index("email")):
        targets[whole] = FAMILY_FIRST
    halves = {half: targets.index(half) for half in ("first_name", "last_name") if half in targets}
    if len(halves) == 1:
        [(half, at)] = halves.items()
        if is_whole_or_half(headers[whole]) and not _stands_in(rows, half=at, whole=whole):
            targets[whole] = "first_name" if half == "last_name" else "last_name"
        elif half == "last_name":
            targets[whole] = None
        else:  # one cannot choose both: what stands in the whole need not be read twice
            targets[at] = SKIP
            if _stands_in(rows, half=at, whole=whole) and not _stands_in(rows, half=at, whole=whole, first=True):
                targets[whole] = FAMILY_FIRST
    elif halves:
        twice = all(_stands_in(rows, half=at, whole=whole) for at in halves.values())
        targets[whole] = SKIP if twice else None


def _are_turned(rows: Rows, *, name: int, email: int) -> bool:
    """Whether addresses turn the names around: anna.ek@ beside “Ek Anna”, at more than one domain, and never ek.anna@.

    At one domain all addresses may begin with the family.
    """
    domains = set()
    for row in rows:
        if len(row) <= max(name, email) or not (address := read_address(cell_text(row[email]))):
            continue
        words = plain(fold(cell_text(row[name]))).split()
        local, _at, domain = address.rpartition("@")
        told = plain(fold(local.replace(".", " "))).split()
        if len(words) == 2 and words[0] != words[1]:
            if told == words:
                return False
            if told == words[::-1]:
                domains.add(domain.casefold())
    return len(domains) > 1


def share_out_places(targets: Targets, rows: Rows) -> None:
    """Where postcode and town have columns of their own, they are not taken out of one that holds both; where they have
    none, they may stand behind the street."""
    if "street" in targets and {"postcode", "city", POSTCODE_CITY}.isdisjoint(targets):
        at = targets.index("street")
        addresses = [split_address(cell_text(row[at])) for row in filled(rows, at)]
        if addresses and share(addresses, lambda parts: bool(parts[1])) > 0.5:
            targets[at] = ADDRESS
    if POSTCODE_CITY not in targets:
        if "postcode" in targets and "city" not in targets:
            at = targets.index("postcode")
            places = [split_place(cell_text(row[at])) for row in filled(rows, at)]
            if places and share(places, all) > 0.5:  # “Postcode” is said of both
                targets[at] = POSTCODE_CITY
        return
    whole = targets.index(POSTCODE_CITY)
    halves = [targets.index(half) for half in PARTS[POSTCODE_CITY] if half in targets]
    twice = [at for at in halves if _stands_in(rows, half=at, whole=whole)]
    if len(halves) == 2:
        targets[whole] = SKIP if twice == halves else None
        return
    for at in halves:
        targets[at] = SKIP if twice else None


def _stands_in(rows: Rows, *, half: int, whole: int, first: bool = False) -> bool:
    """Whether what stands in one column stands in another of the same row, as a rule; at its beginning if `first`."""
    pairs = [(cell_text(row[half]), cell_text(row[whole])) for row in rows if len(row) > max(half, whole)]
    pairs = [(part, text) for part, text in pairs if part and text]
    return bool(pairs) and share(pairs, lambda pair: pair[1].startswith(pair[0]) if first else pair[0] in pair[1]) > 0.5
