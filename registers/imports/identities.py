"""By what the people of a file may be known: looked for in a sample of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from guards.uploads import SpreadsheetKind
from registers.addresses import address_key, find_addresses, phone_key, read_address
from registers.imports.keys import Key, missing_columns
from registers.imports.parts import parts_of
from registers.texts import fold, plain
from registers.values import Cell, ValueMistake, cell_text, is_no_id, says_nothing
from registers.values.addresses import SeveralNumbers, read_phone

Rows = Sequence[Sequence[Cell]]
Mapped = Sequence[Mapping[str, Any]]
LOOKED_AT = 10_000  # rows
PLAIN_KEYS = (Key.EXTERNAL_ID, Key.EMAIL, Key.PHONE)
_SIGNS = re.compile(r"[\W_]+")
# What several people may share, and what still tells them apart.
WITH_NAMES = {Key.EMAIL: Key.NAME_EMAIL, Key.PHONE: Key.NAME_PHONE}


def identifying(mapping: Mapped) -> set[int]:
    """Which columns say who somebody is."""
    told = {*PLAIN_KEYS, "birth_date"}
    return {at for at, entry in enumerate(mapping) if entry["target"] in told} | {*_named(mapping)}


def choose_match(mapping: Mapped, rows: Rows, *, kind: str, region: str) -> str:
    """By what to know people: an external id, else the e-mail address, else the phone number, together with the names
    where several people share one; and by others too where some have nothing in it: children, as a rule.

    In an address book many have only one of address and number, so there both count. `region` is the country of phone
    numbers without country code.
    """
    targets = {entry["target"] for entry in mapping}
    is_book = kind == SpreadsheetKind.CARDS
    known = {key: list(_known_by(mapping, rows, key)) for key in PLAIN_KEYS[is_book:] if key in targets}
    filled = [key for key, said in known.items() if any(value for value, _name in said)]
    told = {at for said in known.values() for at, (value, name) in enumerate(said) if value or name}
    lacking = told
    keys: list[str] = []
    for key in filled or list(known)[:1]:
        if not keys or lacking or is_book:
            keys.append(WITH_NAMES[key] if key in WITH_NAMES and _shared(known[key], key, region) else key)
            lacking = {at for at in lacking if not known[key][at][0]}
    if keys and lacking and not missing_columns(Key.NAME_BIRTH, targets):
        keys.append(Key.NAME_BIRTH)
        born = list(_known_by(mapping, rows, "birth_date"))
        lacking = {at for at in lacking if not born[at][0]}
    if keys and lacking and not missing_columns(Key.NAME_STREET, targets):
        keys.append(Key.NAME_STREET)
    return ",".join(keys)


def shared_id(mapping: Mapped, rows: Rows) -> str:
    """An external id that stands beside the names of different people, so that it is the number of none of them."""
    return _shared(_known_by(mapping, rows, Key.EXTERNAL_ID), Key.EXTERNAL_ID)


def is_running(mapping: Mapped, rows: Rows) -> bool:
    """Whether a column that is called “ID” counts the rows of this list: the next one begins at 1 again, with other
    people."""
    targets = [entry["target"] for entry in mapping]
    if Key.EXTERNAL_ID not in targets or {Key.EMAIL, Key.PHONE}.isdisjoint(targets):
        return False
    at = targets.index(Key.EXTERNAL_ID)
    said = [cell_text(row[at]) for row in rows if at < len(row)]
    return fold(mapping[at]["header"]) == "id" and len(said) > 1 and said == [str(n + 1) for n in range(len(said))]


def say_shared(mapping: Mapped, rows: Rows, match_by: str, *, region: str) -> list[str]:
    """What is said where one address stands beside the names of different people."""
    chosen = match_by.split(",")
    for key in PLAIN_KEYS:
        with_names = WITH_NAMES.get(key) in chosen
        if (key in chosen or with_names) and (said := _shared(_known_by(mapping, rows, key), key, region)):
            text = (
                _(
                    "“%(address)s” stands beside the names of different people, so people are known by their names "
                    "together with it."
                )
                if with_names
                else _(
                    "“%(address)s” stands beside the names of different people. Rows with the same address or number "
                    "become one person, unless you choose something else by which people are known."
                )
            )
            return [text % {"address": said[:60]}]
    return []


def _shared(known: Iterable[tuple[str, str]], key: str, region: str = "") -> str:
    """What stands under the key beside the names of different people; "" where nothing does."""
    names: dict[str, set[str]] = {}
    for said, name in known:
        if not (alike := _alike(key, said, region)):
            continue
        others = names.setdefault(alike, set())
        if name and any(_differ(name, other) for other in others):
            return said
        others.add(name)
    return ""


def _alike(key: str, said: str, region: str) -> str:
    """What is the same for two of a kind, however they are written; "" for what is none."""
    if key == Key.EMAIL:
        return address_key(read_address(said) or next(iter(find_addresses(said)[0]), ""))
    if key != Key.PHONE:
        return said
    try:
        return read_phone(said, region)
    except SeveralNumbers as several:
        return phone_key(several.numbers[0], region)
    except ValueMistake:
        return _SIGNS.sub("", said)


def _known_by(mapping: Mapped, rows: Rows, key: str) -> Iterator[tuple[str, str]]:
    """What each row says under one key, and whom it is about."""
    where = next((at for at, entry in enumerate(mapping) if entry["target"] == key), None)
    named = _named(mapping)
    for row in rows:
        said = cell_text(row[where]) if where is not None and where < len(row) else ""
        yield (
            "" if is_no_id(said) or (key != Key.EXTERNAL_ID and says_nothing(said)) else said,
            plain(fold(" ".join(cell_text(row[at]) for at in named if at < len(row)))),
        )


def _named(mapping: Mapped) -> list[int]:
    halves = {"first_name", "last_name"}
    return [at for at, entry in enumerate(mapping) if halves.intersection(parts_of(entry["target"]))]


def _differ(name: str, other: str) -> bool:
    """Whether two names are those of two people: “Anna Maria Ek” may be Anna Ek."""
    words, others = set(name.split()), set(other.split())
    return bool(words and others) and not (words <= others or others <= words)
