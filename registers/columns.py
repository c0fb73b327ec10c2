"""The columns of a register: those that every contact has, then its own, all seen through one door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from registers.models.contact import Contact
from registers.models.register import Field, Register
from registers.postcodes import whole_postcode, with_zeros
from registers.values import (
    ONE_OF,
    PLAIN_READING,
    Cell,
    ColumnType,
    Option,
    Reading,
    ValueMistake,
    cell_text,
    fit,
    read_value,
)
from registers.values.choices import read_options
from registers.values.money import format_money, home_currency, plain_money
from registers.values.world import country_options, language_name, language_options, read_language

OWN = "attributes."

# Codes of countries that people write for languages.
_MORE_LANGUAGES = {"se": "sv", "gb": "en", "ger": "de", "dk": "da", "cz": "cs", "jp": "ja", "ua": "uk"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register. `key` is "city" for a column all contacts have, "attributes.diet" for an own one."""

    key: str
    label: str | Promise
    type: str
    options: tuple[Option, ...] = ()
    core: bool = False
    required: bool = False
    help_text: str | Promise = ""
    max_length: int | None = None
    unique: bool = False
    default: Any = None  # as it is stored, for new contacts of whom nothing else is said
    section: str = ""
    currency: str = ""  # of amounts that do not say which
    special: Callable[[Cell, Reading], Any] | None = None
    named: Callable[[str], str] | None = None  # how screens call what is stored
    outside: Callable[[str], str] | None = None  # how tables that leave the house do, if not as it is stored

    @property
    def name(self) -> str:
        """The key without its prefix: the attribute, JSON key and merge field."""
        return self.key.removeprefix(OWN)

    def value(self, contact: Contact) -> Any:
        """What the contact has here, None if nothing: str, int, float, bool, date, a code, or a list of codes."""
        if self.core:
            value = getattr(contact, self.name)
            return None if value == "" else value
        value = contact.attributes.get(self.name)
        if self.type == ColumnType.DATE and isinstance(value, str):
            # While the type of a column is being changed, some values are still of its former type.
            return _date_or_none(value) or value
        return value

    def parse(self, cell: Cell | list[str], reading: Reading = PLAIN_READING) -> Any:
        """Read text or a cell; return what can be stored as JSON, None if empty. Raises ValueMistake."""
        if isinstance(cell, list) and self.type == ColumnType.MULTIPLE_CHOICE:
            return read_options(cell, self.options, reading)
        if isinstance(cell, list):
            cell = ";".join(cell)
        if self.special is not None and cell is not None and str(cell).strip():
            value = self.special(cell, reading)
        else:
            if self.currency:
                reading = replace(reading, currency=self.currency)
            value = read_value(cell, self.type, options=self.options, reading=reading)
        if isinstance(value, str) and self.max_length is not None:
            return fit(value, self.max_length)
        return value

    def write(self, contact: Contact, value: Any) -> None:
        """Put a parsed value into the contact without saving it; None empties."""
        if not self.core:
            if value is None:
                contact.attributes.pop(self.name, None)
            else:
                contact.attributes[self.name] = value
        elif self.type == ColumnType.DATE:
            setattr(contact, self.name, parse_date(value) if isinstance(value, str) else value)
        elif self.type == ColumnType.YES_NO:
            setattr(contact, self.name, bool(value))
        else:
            setattr(contact, self.name, "" if value is None else value)

    def stored(self, contact: Contact) -> Any:
        """As `value`, in the shape that `parse` gives, so that the two can be compared."""
        value = self.value(contact)
        return value.isoformat() if isinstance(value, dt.date) else value

    def format(self, value: Any) -> str:
        """A value as people read it, in the active language."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if self.type == ColumnType.DATE:
            date = _date_or_none(value) if isinstance(value, str) else value
            return date_format(date, "DATE_FORMAT") if isinstance(date, dt.date) else str(value)
        if self.type == ColumnType.NUMBER and isinstance(value, (int, float)):
            return number_format(value, use_l10n=True, force_grouping=False)
        if isinstance(value, list):
            return ", ".join(self.option_label(code) for code in value)
        if self.type == ColumnType.MONEY and isinstance(value, str):
            return format_money(value)
        return self.option_label(value) if self.type in ONE_OF else str(value)

    def show(self, value: Any) -> str:
        """A value on a screen: as `format`, but with the name of what tables and letters have by its code."""
        return self.named(value) if self.named and isinstance(value, str) else self.format(value)

    def asked(self, text: str) -> str:
        """What a condition on a whole value compares with: the code, where somebody wrote the name they see."""
        if self.named is None or self.named(text) != text:
            return text
        try:
            return str(self.parse(text))
        except ValueMistake:
            return text

    def plain(self, value: Any) -> Any:
        """A value for a table that leaves the house: labels instead of codes, dates and numbers as they are."""
        if isinstance(value, list) or self.type in ONE_OF:
            return self.format(value)
        if isinstance(value, bool):
            return self.format(value)
        if self.type == ColumnType.MONEY and isinstance(value, str):
            return plain_money(value)
        return self.outside(value) if self.outside and isinstance(value, str) else value

    def fill_default(self, contact: Contact) -> Any:
        """Give a new contact what stands here at first; return it."""
        # A list is each contact's own.
        value = list(self.default) if isinstance(self.default, list) else self.default
        self.write(contact, value)
        return value

    def as_text(self, value: Any) -> str:
        """A stored value as text that `parse` reads back, whatever the language."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, list):
            return ", ".join(self.option_label(code) for code in value)
        return "" if value is None else self.option_label(value)

    def option_label(self, code: Any) -> str:
        return next((option.label for option in self.options if option.code == code), str(code))


def _date_or_none(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _language(cell: Cell, _reading: Reading) -> str:
    text = cell_text(cell)
    return _MORE_LANGUAGES.get(text.casefold()) or read_language(text)


def _language_outside(code: str) -> str:
    """Northern Sami is called “sme” in files: “se”, its shorter code, is read as Swedish, for which many write it."""
    return "sme" if code == "se" else code


def _postcode(cell: Cell, reading: Reading) -> Any:
    country = reading.abroad or reading.region
    if isinstance(cell, float) and cell.is_integer() and cell > 0:
        return with_zeros(int(cell), country)
    text = read_value(cell, ColumnType.TEXT, reading=reading)
    return whole_postcode(text, country) if text and reading.lost_zeros else text


def _birth_date(cell: Cell, reading: Reading) -> str:
    value: str = read_value(cell, ColumnType.DATE, reading=reading)
    if value > dt.datetime.now(dt.UTC).date().isoformat():
        raise ValueMistake(_("“%(text)s” is in the future and cannot be a birthday") % {"text": str(cell)[:60]})
    return value


def _core(name: str, label: str | Promise, kind: str = ColumnType.TEXT, **more: Any) -> Column:
    limit = getattr(Contact._meta.get_field(name), "max_length", None)
    return Column(key=name, label=label, type=kind, core=True, max_length=limit, **more)


CORE_COLUMNS: tuple[Column, ...] = (
    _core("first_name", gettext_lazy("First name")),
    _core("last_name", gettext_lazy("Last name")),
    _core(
        "alternative_name",
        gettext_lazy("Alternative spelling"),
        help_text=gettext_lazy("The name in another script, such as Айно Виртанен; it is found by either."),
    ),
    _core("email", gettext_lazy("E-mail"), ColumnType.EMAIL),
    _core("phone", gettext_lazy("Phone"), ColumnType.PHONE),
    _core("external_id", gettext_lazy("External id")),
    _core("street", gettext_lazy("Street address"), ColumnType.LONG_TEXT),  # of two lines, as “c/o” or a house name
    _core("postcode", gettext_lazy("Postcode"), special=_postcode),
    _core("city", gettext_lazy("City")),
    _core("country", gettext_lazy("Country")),
    _core("language", gettext_lazy("Language"), special=_language, named=language_name, outside=_language_outside),
    _core("birth_date", gettext_lazy("Date of birth"), ColumnType.DATE, special=_birth_date),
    _core("source", gettext_lazy("Source")),
    _core("deceased", gettext_lazy("Deceased"), ColumnType.YES_NO),
)


def column_of(field: Field) -> Column:
    """One of a register's own columns."""
    return Column(
        key=OWN + field.key,
        label=field.label,
        type=field.type,
        options=options_of(field),
        required=field.required,
        help_text=field.help_text,
        unique=field.unique,
        default=field.default,
        section=field.section,
        currency=home_currency(field.register.organisation.region) if field.type == ColumnType.MONEY else "",
    )


def options_of(field: Field) -> tuple[Option, ...]:
    """What there is to choose from in a column: its own choices, or the world's in the active language."""
    if field.type == ColumnType.COUNTRY:
        return country_options()
    if field.type == ColumnType.LANGUAGE:
        return language_options()
    return field.option_list if field.has_options else ()


def columns_for(register: Register, *, retired: bool = False) -> list[Column]:
    """The columns of a register in their order: those all contacts have, then its own; retired ones if asked for."""
    # Not filtered in the query, so that a list of registers can prefetch them.
    return [
        *_core_columns(get_language()),
        *(column_of(field) for field in register.fields.all() if retired or not field.retired),
    ]


@lru_cache(maxsize=64)
def _core_columns(_language: str | None) -> tuple[Column, ...]:
    """What all contacts have, in the words of the active language."""
    return tuple(replace(column, label=str(column.label), help_text=str(column.help_text)) for column in CORE_COLUMNS)


def columns_by_key(register: Register) -> dict[str, Column]:
    """The columns of a register by their keys, "city" or "attributes.diet"; without retired ones."""
    return {column.key: column for column in columns_for(register)}


def in_sections(columns: Iterable[Column]) -> list[tuple[str, list[Column]]]:
    """Columns by section, each where its first column stands; those of no section first, under ""."""
    sections: dict[str, list[Column]] = {"": []}
    for column in columns:
        sections.setdefault(column.section, []).append(column)
    return [(section, found) for section, found in sections.items() if found]
