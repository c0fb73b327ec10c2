"""Cells of spreadsheets, forms and APIs before they are understood, and what is said where they cannot be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from registers.texts import clean_lines

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None

MAX_TEXT = 255
MAX_LONG_TEXT = 10_000
MAX_COMPANY = 160  # as the name of a company


class Percent(float):
    """A number that people read with a percent sign behind it: 50.0 for 50 %."""

    __slots__ = ()


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
    abroad: str = ""  # where the person lives, if that is another country
    date_order: str = "dmy"  # or "mdy", or "ymd"; asked only where several are possible
    thousands: str = ""  # what may stand between them, "," or "." or both; asked only where 1,250 may be 1.25
    lost_zeros: bool = False  # postcodes went through a spreadsheet that took 00180 for a number
    currency: str = "EUR"  # of amounts that do not say which
    open_options: bool = False  # a choice column still being made takes any value
    as_shown: bool = False  # a choice is written as people see it, so that its label comes before another one's code


PLAIN_READING = Reading()


def cell_text(cell: Cell) -> str:
    """Return a cell as a person sees it: whole floats without `.0`, dates as ISO, no superfluous space."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean_lines(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        return f"{text} %" if isinstance(cell, Percent) else text
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(sep=" ", timespec="seconds")
    return str(cell)


# What people and programs write into a cell to say that there is nothing.
_NOTHING = frozenset(
    "ei sähköpostia,ei s-postia,ei puhelinta,no email,no e-mail,no phone,ingen e-post,ingen mejl,ingen telefon,"
    "keine e-mail,kein telefon,pas d'email,sin correo,sin email,sin teléfono,nessuna email,geen e-mail,"
    "-,--,---,–,—,.,?,n/a,n.a.,#n/a,#nv,na,none,null,nil,nan,ei,ei ole,ei tiedossa,puuttuu,#puuttuu!,tuntematon,saknas,"
    "ingen,inget,okänd,keine,keiner,k.a.,fehlt,unbekannt,unknown,not known,not available,нет,неизвестно,не указан,"
    "не указано,aucun,aucune,ninguno,nessuno,geen,puudub,brak,"
    "anonymous,anonyymi,anonym,anonyme,anónimo,anônimo,anonimo,"
    # Days that programs write where there is none; Outlook's is the first.
    "0-0-00,0/0/00,0.0.00,00/00/0000,00-00-0000,00.00.0000,0000-00-00,0000-00-00 00:00:00,01.01.0001,1.1.0001,"
    "01/01/0001,1/1/0001,0001-01-01,0001-01-01 00:00:00,01.01.0001 00:00:00,1.1.0001 0:00:00,1/1/0001 12:00:00 am,"
    "0.1.1900,00.01.1900,1/0/1900,0/1/1900".split(",")
)


def says_nothing(text: str) -> bool:
    """Whether `text`, in a place where something else is wanted, only says that there is nothing."""
    return text.casefold() in _NOTHING


def is_no_id(text: str) -> bool:
    """Whether it stands where somebody has no number of their own: shops give all their guests 0."""
    return not text.strip("0-–—")


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
