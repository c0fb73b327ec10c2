"""By what a row is known to be about somebody: external id, e-mail address, phone number, or names with one of those
two or with the birthday."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from registers.addresses import address_key
from registers.imports.parts import parts_of
from registers.models.imports import Import
from registers.texts import fold, plain, sort_key

Key = Import.MatchBy
# In which column of the contact a key is looked up; names are compared as lists are sorted, without accents.
KEY_COLUMNS = {
    Key.EXTERNAL_ID: "external_id",
    Key.EMAIL: "email_key",
    Key.PHONE: "phone",
    Key.NAME_BIRTH: "sort_key",
    Key.NAME_EMAIL: "email_key",
    Key.NAME_PHONE: "phone",
    Key.NAME_STREET: "sort_key",
}
# What counts together with the names: in which column of the contact it stands.
BESIDE_NAMES = {
    Key.NAME_BIRTH: "birth_date",
    Key.NAME_EMAIL: "email_key",
    Key.NAME_PHONE: "phone",
    Key.NAME_STREET: "street",
}
# Which column of the file it stands in, where that is not the key itself.
_SAID = {Key.NAME_BIRTH: "birth_date", Key.NAME_EMAIL: "email", Key.NAME_PHONE: "phone"}
_BESIDE = "\x1e"


def is_plain(match_by: str) -> bool:
    """Whether one value of the row, and the column it stands in, say all: most imports."""
    return "," not in match_by and match_by not in BESIDE_NAMES


def row_keys(values: Mapping[str, Any], chosen: Collection[str]) -> dict[str, str]:
    """The value that a row has for each of the chosen keys, in their order; those it has none for are left out.

    Names with the street, which need not be there, count only where there is nothing else.
    """
    found: dict[str, str] = {}
    for key in chosen:
        if key == Key.NAME_STREET:
            continue
        said = _SAID.get(Key(key), key)
        value = str(values.get(said) or "")
        if said == "email":
            value = address_key(value)
        if key in BESIDE_NAMES:
            names = values.get("first_name"), values.get("last_name")
            value = name_key(*names, value) if all(names) or key != Key.NAME_BIRTH else ""
        if value:
            found[str(key)] = value
    if not found and Key.NAME_STREET in chosen and (values.get("first_name") or values.get("last_name")):
        found[Key.NAME_STREET.value] = _street_key_of(values)
    return found


def found_by(values: Mapping[str, Any], chosen: Collection[str]) -> dict[str, str]:
    """The values by which other rows find the person: those of `row_keys`, and the names with a street that is said."""
    keys = row_keys(values, chosen)
    if Key.NAME_STREET in chosen and values.get("street"):
        keys[Key.NAME_STREET.value] = _street_key_of(values)
    return keys


def name_key(first_name: Any, last_name: Any, beside: Any) -> str:
    """The name as contacts are sorted, then what stands beside it; "" without that."""
    return f"{sort_key(last_name or '', first_name or '')}{_BESIDE}{beside}" if beside else ""


def street_key(first_name: Any, last_name: Any, street: Any) -> str:
    """The name as contacts are sorted, then the street as it is compared, if it is said."""
    return f"{sort_key(last_name or '', first_name or '')}{_BESIDE}{plain(fold(street or ''))}"


def _street_key_of(values: Mapping[str, Any]) -> str:
    return street_key(values.get("first_name"), values.get("last_name"), values.get("street"))


def looked_up(key: str, value: str) -> str:
    """The part of a value of BESIDE_NAMES that stands in the column in which the key is looked up."""
    name, _sign, beside = value.partition(_BESIDE)
    return name if KEY_COLUMNS[Key(key)] == "sort_key" else beside


def missing_columns(match_by: str, targets: Collection[str]) -> list[str]:
    """The keys for which no column of the file goes where it ought to."""
    parts = {part for target in targets for part in parts_of(target)}
    names = {"first_name", "last_name"} & parts
    missing = []
    for key in match_by.split(",") if match_by else ():
        named = len(names) == 2 if key == Key.NAME_BIRTH else names or key not in BESIDE_NAMES
        said = key == Key.NAME_STREET or _SAID.get(Key(key), key) in parts
        if not (named and said):
            missing.append(key)
    return missing


def describe(key: str) -> str:
    """What a key of `Import.MatchBy` is called within a sentence."""
    names = {
        "external_id": _("external id"),
        "email": _("e-mail address"),
        "phone": _("phone number"),
        "name_birth": _("name with date of birth"),
        "name_email": _("name with e-mail address"),
        "name_phone": _("name with phone number"),
        "name_street": _("name with street address"),
    }
    return names[key]
