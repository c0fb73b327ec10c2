"""By what the people of a file may be known: looked for in a sample of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from registers.addresses import address_key
from registers.imports.guessing import guess_match
from registers.imports.keys import Key, missing_columns
from registers.imports.parts import parts_of
from registers.texts import fold, plain
from registers.values import Cell, cell_text, says_nothing

_SIGNS = re.compile(r"[\W_]+")
Rows = Sequence[Sequence[Cell]]


def choose_match(mapping: Sequence[Mapping[str, Any]], rows: Rows, *, kind: str) -> str:
    """The best column to know people by, and others too where some have nothing in it: children, as a rule, whose
    parents have the addresses."""
    targets = {entry["target"] for entry in mapping}
    if "external_id" in targets and _shared(mapping, rows, "external_id"):
        targets.discard("external_id")  # 0, as shops number guests
    best = guess_match(targets, kind=kind)
    if not best or "," in best or not _lacks(mapping, rows, best):
        return best
    keys = [best]
    if best == "email" and "phone" in targets and not _shared(mapping, rows, "phone"):
        keys.append("phone")
    if not missing_columns(Key.NAME_BIRTH, targets):
        keys.append(Key.NAME_BIRTH)
    return ",".join(keys)


def say_shared(mapping: Sequence[Mapping[str, Any]], rows: Rows, match_by: str) -> list[str]:
    """What is said where one address stands beside the names of different people."""
    for key in match_by.split(","):
        if key in ("external_id", "email", "phone") and (said := _shared(mapping, rows, key)):
            text = _(
                "“%(address)s” stands beside the names of different people. Rows with the same address or number "
                "become one person, unless you choose something else by which people are known."
            )
            return [text % {"address": said[:60]}]
    return []


def _lacks(mapping: Sequence[Mapping[str, Any]], rows: Rows, key: str) -> bool:
    """Whether somebody has a name and nothing under the key."""
    return any(name and not said for said, name in _known_by(mapping, rows, key))


def _shared(mapping: Sequence[Mapping[str, Any]], rows: Rows, key: str) -> str:
    """What stands under the key beside the names of different people; "" where nothing does."""
    names: dict[str, set[str]] = {}
    for said, name in _known_by(mapping, rows, key):
        others = names.setdefault(address_key(said) if key == "email" else _SIGNS.sub("", said).casefold(), set())
        if said and name and any(_differ(name, other) for other in others):
            return said
        others.add(name)
    return ""


def _known_by(mapping: Sequence[Mapping[str, Any]], rows: Rows, key: str) -> Iterator[tuple[str, str]]:
    """What each row says under one key, and whom it is about."""
    where = next((at for at, entry in enumerate(mapping) if entry["target"] == key), None)
    named = [
        at for at, entry in enumerate(mapping) if {"first_name", "last_name"}.intersection(parts_of(entry["target"]))
    ]
    for row in rows:
        said = cell_text(row[where]) if where is not None and where < len(row) else ""
        yield (
            "" if says_nothing(said) else said,
            plain(fold(" ".join(cell_text(row[at]) for at in named if at < len(row)))),
        )


def _differ(name: str, other: str) -> bool:
    """Whether two names are those of two people: “Anna Maria Ek” may be Anna Ek."""
    words, others = set(name.split()), set(other.split())
    return bool(words and others) and not (words <= others or others <= words)
