"""Amounts of money, stored as exact text: “12.50 EUR”."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import NamedTuple

from babel.numbers import format_currency, get_currency_precision, get_territory_currencies, list_currencies
from django.utils.translation import gettext as _

from registers.values.cells import Cell, ValueMistake, cell_text
from registers.values.numbers import plain_number
from registers.values.world import babel_locale

EURO = "EUR"
MOST_DECIMALS = 4
EITHER = ",."  # what may stand between thousands where nothing tells: most money has no third decimal
_LIMIT = Decimal("1e13")
# Signs that stand for one currency, and for nothing else, as “ft” and “RM” do; “kr” and “$” are those of the house
# where it has such, else of the largest country.
_SIGNS = {
    "€": "EUR", "euro": "EUR", "euroa": "EUR", "eur": "EUR", "£": "GBP", "¥": "JPY", "円": "JPY", "元": "CNY",
    "₩": "KRW", "원": "KRW", "₹": "INR", "฿": "THB", "₪": "ILS", "₺": "TRY", "₽": "RUB", "руб": "RUB",
    "₴": "UAH", "грн": "UAH", "лв": "BGN", "lei": "RON", "zł": "PLN", "kč": "CZK",
    "r$": "BRL", "us$": "USD", "a$": "AUD", "c$": "CAD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD",
}  # fmt: skip
_SHARED_SIGNS = {"kr": ("SEK", "NOK", "DKK", "ISK"), "$": ("USD", "CAD", "AUD", "NZD")}
_PARTS = re.compile(
    r"(?P<before>[^\d\s+\-−,.()]{1,5})?\s*(?P<number>[+\-−]?[\d\s.,'’]*\d(?:[.,](?:[-–—]+|=))?)\s*"
    r"(?P<after>[^\d\s()]{1,5})?\Z"
)
# “-$20.00” and, as accountants write it, “($20.00)”.
_OWED = re.compile(r"(?:[-−]\s*(?=[^\d\s])(?P<amount>.+)|\((?P<in_brackets>[^()]+)\))\Z")
_STORED = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})\Z")


class Money(NamedTuple):
    amount: Decimal
    currency: str  # ISO 4217


def read_money(cell: Cell, currency: str = EURO, thousands: str = "") -> str:
    """Read “12,50”, “€ 1 200” or “100 SEK”; without a currency it is in `currency`. Raises ValueMistake."""
    # Excel counts with 15 digits: what it shows as 110 may stand in the file as 110.00000000000001.
    text = cell_text(float(f"{cell:.15g}") if isinstance(cell, float) else cell)
    match, owed = _match(text)
    if match is None or (owed and match["number"][0] in "+-−"):
        raise _no_money(text)
    signs = [sign for sign in (match["before"], match["after"]) if sign]
    if len(signs) > 1:
        raise _no_money(text)
    found = _currency(signs[0], currency) if signs else currency
    if not isinstance(cell, str) or (thousands == EITHER and found and get_currency_precision(found) > 2):
        thousands = ""  # the number of a cell has none, and 1.250 KWD is one dinar and a quarter
    try:
        amount = Decimal(plain_number(match["number"], thousands)) * (-1 if owed else 1)
    except InvalidOperation:
        raise _no_money(text) from None
    if not found or abs(amount) >= _LIMIT:
        raise _no_money(text)
    return write_money(Money(amount, found))


def write_money(money: Money) -> str:
    """As it is stored: as many decimals as the currency has, more only where they say something."""
    amount = money.amount.normalize()
    decimals = max(-int(amount.as_tuple().exponent), get_currency_precision(money.currency))
    if decimals > MOST_DECIMALS:
        raise ValueMistake(
            _("“%(text)s” has more than %(limit)s decimals") % {"text": format(amount, "f"), "limit": MOST_DECIMALS}
        )
    return f"{amount or abs(amount):.{decimals}f} {money.currency}"  # nought has no sign


def stored_money(value: str) -> Money | None:
    """What a stored value says; None for anything else."""
    match = _STORED.match(value)
    return Money(Decimal(match[1]), match[2]) if match else None


def plain_money(value: str) -> str:
    """A stored amount for a table that leaves the house: with three decimals 12.345 could be thousands."""
    money = stored_money(value)
    if money is None or money.amount.as_tuple().exponent != -3 or get_currency_precision(money.currency) > 2:
        return value
    return f"{money.amount}0 {money.currency}"


def format_money(value: str) -> str:
    """A stored amount as it is written in the active language."""
    money = stored_money(value)
    if money is None:
        return value
    places = -int(money.amount.as_tuple().exponent)
    if places == get_currency_precision(money.currency):
        return str(format_currency(money.amount, money.currency, locale=babel_locale()))
    return str(
        format_currency(
            money.amount, money.currency, locale=babel_locale(), currency_digits=False, decimal_quantization=False
        )
    )


@cache
def home_currency(region: str) -> str:
    """The currency of a country by its code of two letters."""
    return next(iter(get_territory_currencies(region)), EURO)


def has_currency(text: str) -> bool:
    """Whether a text says of what money it speaks."""
    match, _owed = _match(text)
    return bool(match and _currency(match["before"] or match["after"] or "", EURO))


def _match(text: str) -> tuple[re.Match[str] | None, bool]:
    """The parts of an amount, and whether it is negative by what stands around all of them."""
    text = text.strip()
    if owed := _OWED.match(text):
        return _PARTS.match((owed["amount"] or owed["in_brackets"]).strip()), True
    return _PARTS.match(text), False


def _currency(sign: str, home: str) -> str:
    sign = sign.strip(".")
    if sign.upper() in _currencies():
        return sign.upper()
    if shared := _SHARED_SIGNS.get(sign.casefold()):
        return home if home in shared else shared[0]
    return _SIGNS.get(sign.casefold(), "")


@cache
def _currencies() -> frozenset[str]:
    return frozenset(code for code in list_currencies() if code.isascii() and len(code) == 3)


def _no_money(text: str) -> ValueMistake:
    return ValueMistake(_("“%(text)s” is not an amount of money; write it like 12.50 EUR") % {"text": text[:60]})
