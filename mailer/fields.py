"""The merge fields that contacts offer, and the values they have."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
<<<<<<< HEAD

from mailer.merge import MergeField
from mailer.offers import Offer
from registers.columns import Column, columns_for
=======
from django.utils.translation import override

from mailer.merge import MergeField
from mailer.offers import Offer
from registers.columns import CORE_COLUMNS, Column, columns_for
>>>>>>> a3631b7 (Write e-mails as pages, with merge fields checked where they stand)

if TYPE_CHECKING:
    from organisations.models import Organisation
    from registers.models import Contact, Register

<<<<<<< HEAD
ATTRIBUTE = "attributes."
# Kept about contacts, not for writing to them.
NOT_MERGED = frozenset({"source", "deceased", "external_id", "created_at", "updated_at"})
=======
# Kept about contacts, not for writing to them.
NOT_MERGED = frozenset({"source", "deceased"})
>>>>>>> a3631b7 (Write e-mails as pages, with merge fields checked where they stand)


def fields_of(register: "Register | None") -> list[MergeField]:
    return [MergeField(key, str(column.label)) for key, column in _columns(register).items()]


def offer_for(register: "Register | None") -> Offer:
    of = _("the register “%(name)s”") % {"name": register.name} if register else ""
    return Offer(tuple(fields_of(register)), of)


def values_for(contact: "Contact", organisation: "Organisation") -> dict[str, str]:
    """The contact's merge values by key, as text in the organisation's language; empty ones are ''."""
<<<<<<< HEAD
    return _values(contact, _columns(contact.register))


def values_for_many(contacts: Iterable["Contact"]) -> dict[int, dict[str, str]]:
=======
    return values_for_many([contact], organisation)[contact.pk]


def values_for_many(contacts: Iterable["Contact"], organisation: "Organisation") -> dict[int, dict[str, str]]:
>>>>>>> a3631b7 (Write e-mails as pages, with merge fields checked where they stand)
    """The same for many contacts, by contact id, with one query for each register among them.

    `register` should be selected with the contacts.
    """
    columns: dict[int, Mapping[str, Column]] = {}
    values = {}
<<<<<<< HEAD
    for contact in contacts:
        if contact.register_id not in columns:
            columns[contact.register_id] = _columns(contact.register)
        values[contact.pk] = _values(contact, columns[contact.register_id])
=======
    with override(organisation.language):
        for contact in contacts:
            if contact.register_id not in columns:
                columns[contact.register_id] = _columns(contact.register)
            values[contact.pk] = _values(contact, columns[contact.register_id])
>>>>>>> a3631b7 (Write e-mails as pages, with merge fields checked where they stand)
    return values


def _columns(register: "Register | None") -> dict[str, Column]:
    """The columns by merge key: a register's own field drops its prefix unless it is called like a common one."""
    columns: dict[str, Column] = {}
<<<<<<< HEAD
    for column in columns_for(register):
        key = column.key.removeprefix(ATTRIBUTE)
        if column.core and key in NOT_MERGED:
            continue
        columns[key if key not in columns else column.key] = column
=======
    for column in columns_for(register) if register else CORE_COLUMNS:
        if not (column.core and column.name in NOT_MERGED):
            columns[column.key if column.name in columns else column.name] = column
>>>>>>> a3631b7 (Write e-mails as pages, with merge fields checked where they stand)
    return columns


def _values(contact: "Contact", columns: Mapping[str, Column]) -> dict[str, str]:
    return {key: _text(column, contact) for key, column in columns.items()}


def _text(column: Column, contact: Any) -> str:
    value = column.value(contact)
    return "" if value is None else str(column.format(value))
