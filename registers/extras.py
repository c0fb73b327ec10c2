"""Merge values of contacts that stand in other tables than their own: of their couple, their company.

A column of the register that is called the same goes before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from registers.models.contact import Contact

Values = Mapping[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Extra:
    """`fields` is what may be merged, by key. `values` gives them by contact id and key, with a fixed number of
    queries, in the language that is active; what is missing is empty.
    """

    fields: Mapping[str, str | Promise]
    values: Callable[[Sequence[Contact]], Values]


_extras: list[Extra] = []


def register_extra(extra: Extra) -> None:
    _extras.append(extra)


def extra_fields() -> dict[str, str]:
    """{key: label} of all that other tables know, in the active language."""
    return {key: str(label) for extra in _extras for key, label in extra.fields.items()}


def extra_values(contacts: Sequence[Contact]) -> dict[int, dict[str, str]]:
    """What all of them know of the contacts, who are of one organisation; every field is there for everybody."""
    empty = dict.fromkeys(extra_fields(), "")
    found = {contact.pk: dict(empty) for contact in contacts}
    for extra in _extras:
        for pk, values in extra.values(contacts).items():
            found[pk].update(values)
    return found
