"""What a cell, a form field or an API value means for a column of a given type.

`read_value` takes what spreadsheets hold (text, numbers, booleans, dates) and gives back what is stored, or
raises ValueMistake with words for the person. An empty cell is None for every type.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import models
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registers.addresses import phone_key, read_address
from registers.texts import clean_line, clean_lines

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

MAX_TEXT = 255
MAX_LONG_TEXT = 10_000
MAX_CODE = 60


class ColumnType(models.TextChoices):
    TEXT = "text", gettext_lazy("Text")
    LONG_TEXT = "long_text", gettext_lazy("Long text")
    NUMBER = "number", gettext_lazy("Number")
    DATE = "date", gettext_lazy("Date")
    YES_NO = "yes_no", gettext_lazy("Yes or no")
    CHOICE = "choice", gettext_lazy("One of several choices")
    MULTIPLE_CHOICE = "multiple_choice", gettext_lazy("Several of several choices")
    EMAIL = "email", gettext_lazy("E-mail address")
    PHONE = "phone", gettext_lazy("Phone number")
    URL = "url", gettext_lazy("Web address")


class Option(NamedTuple):
    code: str
    label: str


class ValueMistake(ValueError):
    """A value that does not fit its column; the message says what is wrong with it and what would fit."""


class UnknownChoice(ValueMistake):
    """Values that are not among the choices of their column."""

    def __init__(self, message: str, values: Sequence[str]) -> None:
        super().__init__(message)
        self.values = values


@dataclass(frozen=True, slots=True)
class Reading:
    """How to understand values that can be read in more than one way."""

    region: str = "FI"  # country of phone numbers without country code
    date_order: str = "dmy"  # or "mdy"; asked only where both are possible
    open_options: bool = False  # a choice column still being made takes any value


PLAIN_READING = Reading()

YES = frozenset(["1", "x", "y", "yes", "true", "on", "✓", "kyllä", "k", "joo", "tosi", "ja", "j", "sant", "wahr", "да"])
NO = frozenset(["0", "-", "n", "no", "false", "off", "ei", "e", "epätosi", "nej", "falskt", "nein", "falsch", "нет"])
_DMY = re.compile(r"(\d{1,2})[./\- ]\s?(\d{1,2})[./\- ]\s?(\d{4}|\d{2})\.?(?:[ T]+\d{1,2}[:.]\d{2}.*)?\Z")
_YMD = re.compile(r"(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})(?:[ T]+\d{1,2}[:.]\d{2}.*)?\Z")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_MONEY = re.compile(r"(?:€|\$|£|eur|euroa?|kr|sek|%)", re.IGNORECASE)
_THOUSANDS_COMMA = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?\Z")
_THOUSANDS_POINT = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?\Z")
_SPLIT_OPTIONS = re.compile(r"[,;|\n]")
# "18" and "18+" are different choices.
_TELLING_SIGNS = str.maketrans({"+": " plus ", "<": " under ", ">": " over ", "#": " sharp ", "%": " percent "})
_EXCEL_EPOCH = dt.date(1899, 12, 30)
# Excel serials between 1910 and 2100; other bare numbers are no dates.
_EXCEL_DAYS = range(3_654, 73_051)


def cell_text(cell: Cell) -> str:
    """Return a cell as a person sees it: whole floats without `.0`, dates as ISO, no superfluous space."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean_lines(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ", timespec="seconds")
    return str(cell)


@lru_cache(maxsize=16_384)
def option_code(label: str) -> str:
    """Return the code under which an option is stored; the same label always gives the same code."""
    label = clean_line(label)
    return slugify(label.translate(_TELLING_SIGNS), allow_unicode=True)[:MAX_CODE] or label[:MAX_CODE]


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
            return read_number(cell)
        case ColumnType.DATE:
            return read_date(cell, reading.date_order).isoformat()
        case ColumnType.YES_NO:
            return read_yes_no(cell)
        case ColumnType.CHOICE:
            return _read_option(clean_line(cell_text(cell)), options, reading)
        case ColumnType.MULTIPLE_CHOICE:
            return _read_options(cell, options, reading)
        case ColumnType.EMAIL:
            return _read_email(cell_text(cell))
        case ColumnType.PHONE:
            return _read_phone(cell_text(cell), reading.region)
        case ColumnType.URL:
            return _read_url(clean_line(cell_text(cell)))
        case ColumnType.LONG_TEXT:
            return fit(cell_text(cell), MAX_LONG_TEXT) or None
    return fit(clean_line(cell_text(cell)), MAX_TEXT) or None


def fit(text: str, limit: int) -> str:
    """Return `text` if it fits, or raise ValueMistake: nothing is cut silently."""
    if len(text) > limit:
        raise ValueMistake(
            _("“%(start)s…” is %(length)s characters long; at most %(limit)s fit")
            % {"start": text[:20], "length": len(text), "limit": limit}
        )
    if "\ufffd" in text:
        raise ValueMistake(_("“%(text)s” holds characters that could not be read") % {"text": text[:60]})
    return text


def read_number(cell: Cell) -> int | float:
    """Read a number as it is written in Finland, Germany or Britain; `36 775,18` is 36775.18."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        number = Decimal(repr(cell))
    else:
        text = re.sub(r"[\s'’]", "", _MONEY.sub("", cell_text(cell))).replace("−", "-")
        if _THOUSANDS_COMMA.match(text) and ("." in text or text.count(",") > 1):
            text = text.replace(",", "")
        elif _THOUSANDS_POINT.match(text) and ("," in text or text.count(".") > 1):
            text = text.replace(".", "")
        try:
            number = Decimal(text.replace(",", "."))
        except InvalidOperation as error:
            raise ValueMistake(_("“%(text)s” is not a number") % {"text": cell_text(cell)[:60]}) from error
    if not number.is_finite() or abs(number) >= Decimal("1e15"):
        raise ValueMistake(_("“%(text)s” is not a number that can be kept") % {"text": cell_text(cell)[:60]})
    return int(number) if number == number.to_integral_value() else float(number)


def read_date(cell: Cell, order: str = "dmy") -> dt.date:
    """Read a date from a date cell or from text; day first unless `order` is "mdy" and slashes are used."""
    if isinstance(cell, dt.datetime):
        return _possible(cell.date(), cell)
    if isinstance(cell, dt.date):
        return _possible(cell, cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and int(cell) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + dt.timedelta(days=int(cell))
    text = clean_line(cell_text(cell))
    if match := _YMD.match(text) or _COMPACT.match(text):
        year, month, day = map(int, match.groups())
    elif match := _DMY.match(text):
        day, month, year = map(int, match.groups())
        if order == "mdy" and "/" in text:
            day, month = month, day
        if len(match[3]) == 2:
            this_year = timezone.now().year
            year += this_year // 100 * 100 if year <= this_year % 100 else this_year // 100 * 100 - 100
    else:
        raise ValueMistake(_("“%(text)s” is not a date; write it like 18.12.1986") % {"text": text[:60]})
    try:
        date = dt.date(year, month, day)
    except ValueError as error:
        raise ValueMistake(_("“%(text)s” is not a day in the calendar") % {"text": text[:60]}) from error
    return _possible(date, cell)


def _possible(date: dt.date, cell: Cell) -> dt.date:
    if not 1850 <= date.year <= 2200:
        raise ValueMistake(_("“%(text)s” is not a likely date") % {"text": cell_text(cell)[:60]})
    return date


def read_yes_no(cell: Cell) -> bool:
    """Read yes or no in Finnish, Swedish, English, German or Russian, as a cross, or as 1 and 0."""
    if isinstance(cell, bool):
        return cell
    text = clean_line(cell_text(cell)).casefold()
    if text in YES:
        return True
    if text in NO:
        return False
    raise ValueMistake(_("“%(text)s” is neither yes nor no") % {"text": text[:60]})


def find_option(text: str, options: Sequence[Option]) -> Option | None:
    """Return the choice that `text` means: its code or its label, whatever the case, spaces and punctuation.

    Accents do not count where only one choice comes into question: an address book in plain ASCII says “Jyvaskyla”.
    """
    by_code, by_fold = _option_index(tuple(options))
    code = option_code(text)
    return by_code.get(text) or by_code.get(code) or by_fold.get(_without_accents(code))


@lru_cache(maxsize=64)
def _option_index(options: tuple[Option, ...]) -> tuple[dict[str, Option], dict[str, Option | None]]:
    by_code: dict[str, Option] = {}
    by_fold: dict[str, Option | None] = {}
    for option in options:
        by_code.setdefault(option.code, option)
    for option in options:
        code = option_code(option.label)
        by_code.setdefault(code, option)
        fold = _without_accents(code)
        by_fold[fold] = option if by_fold.get(fold, option) == option else None
    return by_code, by_fold


def _without_accents(code: str) -> str:
    if code.isascii():
        return code
    plain = unicodedata.normalize("NFKD", code.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def _read_option(text: str, options: Sequence[Option], reading: Reading) -> str | None:
    return next(iter(_known_options([text], options, reading)), None)


def _read_options(cell: Cell, options: Sequence[Option], reading: Reading) -> list[str] | None:
    whole = clean_line(cell_text(cell))
    if not isinstance(cell, str) or find_option(whole, options):
        return _known_options([whole], options, reading) or None
    return _known_options(split_options(cell), options, reading) or None


def split_options(text: str) -> list[str]:
    """Return the values that stand in a cell of a column of several choices."""
    return [value for part in _SPLIT_OPTIONS.split(text) if (value := clean_line(part))]


def _known_options(texts: Sequence[str], options: Sequence[Option], reading: Reading) -> list[str]:
    codes, unknown = [], []
    for text in filter(None, texts):
        if option := find_option(text, options):
            codes.append(option.code)
        elif reading.open_options:
            codes.append(option_code(fit(text, MAX_CODE)))
        else:
            unknown.append(text)
    if unknown:
        wrong = "”, “".join(text[:60] for text in unknown[:5])
        known = ", ".join(option.label for option in options[:12])
        raise UnknownChoice(
            _("“%(text)s” is not among the choices: %(known)s") % {"text": wrong, "known": known}, unknown
        )
    return list(dict.fromkeys(codes))


def _read_email(text: str) -> str:
    if address := read_address(text):
        return address
    if text.count("@") > 1:
        raise ValueMistake(_("“%(text)s” holds more than one e-mail address; keep one") % {"text": text[:80]})
    if (strange := sorted({char for char in text if ord(char) > 127})) and "@" in text:
        raise ValueMistake(
            _("“%(text)s” holds “%(letters)s”, which cannot stand in an e-mail address")
            % {"text": text[:80], "letters": " ".join(strange)}
        )
    raise ValueMistake(_("“%(text)s” is not an e-mail address") % {"text": text[:80]})


def _read_phone(text: str, region: str) -> str:
    if number := phone_key(text, region):
        return number
    raise ValueMistake(_("“%(text)s” is not a phone number") % {"text": text[:60]})


def _read_url(text: str) -> str:
    url = text if re.match(r"https?://", text, re.IGNORECASE) else f"https://{text}"
    if not re.match(r"https?://[^\s/<>\"']+\.[^\s<>\"']+\Z", url, re.IGNORECASE):
        raise ValueMistake(_("“%(text)s” is not a web address") % {"text": text[:60]})
    return fit(url, 2_000)
