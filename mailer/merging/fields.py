"""The merge fields that contacts offer, and the values they have."""

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from mailer.merging.offers import Offer
from mailer.merging.tags import MergeField
from registers.columns import CORE_COLUMNS, Column, columns_for
from registers.extras import extra_fields, extra_values

if TYPE_CHECKING:
    from registers.models import Contact, Register

# Kept about contacts, not for writing to them.
NOT_MERGED = frozenset({"source", "deceased"})


def fields_of(register: "Register | None") -> list[MergeField]:
    """What can be merged of the contacts of a register; without one, what all registers have."""
    columns = {key: str(column.label) for key, column in _columns(register).items()}
    return [MergeField(key, label) for key, label in ({**extra_fields(), **columns}).items()]


def fallback_for(field: MergeField) -> str:
    """Words to offer for where the field is empty; the editor may write others over them."""
    if field.key in ("first_name", "last_name", "greeting", "couple_label"):
        return _("friend")
    label = re.sub(r"[{}|]", "", field.label).strip()
    # “IBAN” stays what it is.
    return _("your %(field)s") % {"field": label if label[1:2].isupper() else label[:1].lower() + label[1:]}


def offer_for(register: "Register | None") -> Offer:
    """The same, with whose fields these are in words, for the checks of texts."""
    of = _("the register “%(name)s”") % {"name": register.name} if register else ""
    return Offer(tuple(fields_of(register)), of)


def values_for(contact: "Contact") -> dict[str, str]:
    """The contact's merge values by key, as text in the organisation's language; empty ones are ''."""
    return values_for_many([contact])[contact.pk]


def values_for_many(contacts: Iterable["Contact"]) -> dict[int, dict[str, str]]:
    """The same for many contacts of one organisation, by contact id, with one query for each register among them, and
    a few for what stands in other tables.

    `register` should be selected with the contacts.
    """
    contacts = list(contacts)
    if not contacts:
        return {}
    columns: dict[int, Mapping[str, Column]] = {}
    values = {}
    with override(contacts[0].organisation.language):
        extras = extra_values(contacts)
        for contact in contacts:
            if contact.register_id not in columns:
                columns[contact.register_id] = _columns(contact.register)
            values[contact.pk] = extras[contact.pk] | _values(contact, columns[contact.register_id])
    return values


def _columns(register: "Register | None") -> dict[str, Column]:
    """The columns by merge key: a register's own field drops its prefix unless it is called like a common one."""
    columns: dict[str, Column] = {}
    for column in columns_for(register) if register else CORE_COLUMNS:
        if not (column.core and column.name in NOT_MERGED):
            columns[column.key if column.name in columns else column.name] = column
    return columns


def _values(contact: "Contact", columns: Mapping[str, Column]) -> dict[str, str]:
    return {key: _text(column, contact) for key, column in columns.items()}


def _text(column: Column, contact: Any) -> str:
    value = column.value(contact)
    return "" if value is None else str(column.format(value))
