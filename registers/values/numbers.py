"""Numbers as people write them in different countries."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from registers.values.cells import Cell, ValueMistake, cell_text

_MONEY = re.compile(r"(?:€|\$|£|eur|euroa?|kr|sek|%)", re.IGNORECASE)
_THOUSANDS_COMMA = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")
_THOUSANDS_POINT = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?\Z")
_MOST_DIGITS = 15

# One sign with three digits behind it: `1,250` may be a thousand and more, or one and a quarter.
_THREE_DIGITS = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}\Z")
_NO_CENTS = re.compile(r"(?<=\d)[.,](?:[-–—]+|=)\Z")  # `75,-`


def read_number(cell: Cell, thousands: str = "") -> int | float:
    """Read a number as it is written in Finland, Germany or Britain; `36 775,18` is 36775.18.

    `thousands` are the signs that may stand between them, asked only where a number can be read in more than one way.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        number = Decimal(repr(cell))
    else:
        try:
            number = Decimal(plain_number(_MONEY.sub("", cell_text(cell)), thousands))
        except InvalidOperation as error:
            raise ValueMistake(_("“%(text)s” is not a number") % {"text": cell_text(cell)[:60]}) from error
    if not number.is_finite() or number.adjusted() >= _MOST_DIGITS:  # 1e40010115 is too large to be compared
        raise ValueMistake(_("“%(text)s” is not a number that can be kept") % {"text": cell_text(cell)[:60]})
    return int(number) if number == number.to_integral_value() else float(number)


def plain_number(text: str, thousands: str = "") -> str:
    """A number as programs write it: without thousands separators, with a decimal point."""
    text = re.sub(r"[\s'’]", "", text).replace("−", "-")
    text = _NO_CENTS.sub("", text)
    if (match := _THREE_DIGITS.match(text)) and match[1] in thousands:
        return text.replace(match[1], "")
    if _THOUSANDS_COMMA.match(text) and ("." in text or text.count(",") > 1):
        text = text.replace(",", "")
    elif _THOUSANDS_POINT.match(text) and ("," in text or text.count(".") > 1):
        text = text.replace(".", "")
    return text.replace(",", ".")
