"""What a cell, a form field or an API value means for a column of a given type.

`read_value` takes what spreadsheets hold (text, numbers, booleans, dates) and gives back what is stored, or
raises ValueMistake with words for the person. An empty cell is None for every type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from registers.texts import clean_line
from registers.values.addresses import read_email, read_phone, read_phones, read_url
from registers.values.cells import (
    MAX_COMPANY,
    MAX_LONG_TEXT,
    MAX_TEXT,
    PLAIN_READING,
    Cell,
    Reading,
    UnknownChoice,
    ValueMistake,
    cell_text,
    fit,
    is_no_id,
    says_nothing,
)
from registers.values.choices import (
    MAX_CODE,
    NO,
    YES,
    find_option,
    option_code,
    read_option,
    read_options,
    read_yes_no,
    split_options,
)
from registers.values.dates import PartOfDay, read_date
from registers.values.kinds import ONE_OF, SEVERAL_OF, UNIQUE_TYPES, ColumnType, Option
from registers.values.money import read_money
from registers.values.numbers import read_number
from registers.values.world import read_country, read_language

__all__ = [
    "MAX_CODE",
    "MAX_COMPANY",
    "MAX_LONG_TEXT",
    "MAX_TEXT",
    "NO",
    "ONE_OF",
    "PLAIN_READING",
    "SEVERAL_OF",
    "UNIQUE_TYPES",
    "YES",
    "Cell",
    "ColumnType",
    "Option",
    "PartOfDay",
    "Reading",
    "UnknownChoice",
    "ValueMistake",
    "cell_text",
    "find_option",
    "fit",
    "is_no_id",
    "option_code",
    "read_date",
    "read_money",
    "read_number",
    "read_value",
    "read_yes_no",
    "says_nothing",
    "split_options",
]


def read_value(
    cell: Cell,
    column_type: str,
    *,
    options: Sequence[Option] = (),
    reading: Reading = PLAIN_READING,
) -> Any:
    """Return the storable value of `cell`, None if it is empty; raise ValueMistake if it does not fit."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    match column_type:
        case ColumnType.NUMBER:
            return read_number(cell, reading.thousands)
        case ColumnType.MONEY:
            return read_money(cell, reading.currency, reading.thousands)
        case ColumnType.DATE:
            return read_date(cell, reading.date_order).isoformat()
        case ColumnType.YES_NO:
            return read_yes_no(cell)
        case ColumnType.CHOICE:
            return read_option(clean_line(cell_text(cell)), options, reading)
        case ColumnType.MULTIPLE_CHOICE:
            return read_options(cell, options, reading)
    return _read_text(cell_text(cell), column_type, reading)


def _read_text(text: str, column_type: str, reading: Reading) -> Any:
    match column_type:
        case ColumnType.EMAIL:
            return read_email(text)
        case ColumnType.PHONE:
            return read_phone(text, reading.region, reading.abroad)
        case ColumnType.PHONES:
            return read_phones(text, reading.region, reading.abroad) or None
        case ColumnType.URL:
            return read_url(clean_line(text))
        case ColumnType.COUNTRY:
            return read_country(text)
        case ColumnType.LANGUAGE:
            return read_language(text)
        case ColumnType.LONG_TEXT:
            return fit(text, MAX_LONG_TEXT) or None
        case ColumnType.COMPANY:
            return fit(clean_line(text), MAX_COMPANY) or None
    return fit(clean_line(text), MAX_TEXT) or None
