"""By what a row is known to be about somebody: external id, e-mail address, phone number, or names and birthday."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from registers.addresses import address_key
from registers.imports.parts import parts_of
from registers.models.imports import Import
from registers.texts import sort_key

Key = Import.MatchBy
# In which column of the contact the value of a key stands; names are compared as lists are sorted, without accents.
KEY_COLUMNS = {Key.EXTERNAL_ID: "external_id", Key.EMAIL: "email_key", Key.PHONE: "phone", Key.NAME_BIRTH: "sort_key"}
_DAY = "\x1e"


def is_plain(match_by: str) -> bool:
    """Whether one value of the row, and the column it stands in, say all: most imports."""
    return "," not in match_by and match_by != Key.NAME_BIRTH


def row_keys(values: Mapping[str, Any], chosen: Collection[str]) -> dict[str, str]:
    """The value that a row has for each of the chosen keys, in their order; those it has none for are left out."""
    found = {}
    for key in chosen:
        if key == Key.NAME_BIRTH:
            names = values.get("first_name"), values.get("last_name")
            value = name_key(*names, values.get("birth_date")) if all(names) else ""
        else:
            value = str(values.get(key) or "")
            value = address_key(value) if key == Key.EMAIL else value
        if value:
            found[str(key)] = value
    return found


def name_key(first_name: Any, last_name: Any, birth_date: Any) -> str:
    """Of a person with both names; "" without a birthday. The name as contacts are sorted, then the day."""
    return f"{sort_key(last_name, first_name)}{_DAY}{birth_date}" if birth_date else ""


def name_of(key: str) -> str:
    return key.partition(_DAY)[0]


def missing_columns(match_by: str, targets: Collection[str]) -> list[str]:
    """The keys for which no column of the file goes where it ought to."""
    parts = {part for target in targets for part in parts_of(target)}
    named = {"first_name", "last_name", "birth_date"} <= parts
    missing = []
    for key in match_by.split(",") if match_by else ():
        fits = named if key == Key.NAME_BIRTH else key in targets
        if not fits:
            missing.append(key)
    return missing


def describe(key: str) -> str:
    """What a key of `Import.MatchBy` is called within a sentence."""
    names = {
        "external_id": _("external id"),
        "email": _("e-mail address"),
        "phone": _("phone number"),
        "name_birth": _("name with date of birth"),
    }
    return names[key]
