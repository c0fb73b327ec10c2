"""Rows of a table that are no people: its column names once more, a heading within it, the sum at its end, a remark."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from registers.imports.parts import is_prefix
from registers.texts import clean_line, fold
from registers.values import Cell, cell_text

# Folded (registers.texts.fold), without what is counted.
_SUMS = frozenset(
    "total,totals,grand total,grand totals,sub total,subtotal,total records,totaal,totale,total general,totales,somme,"
    "summe,gesamt,gesamtsumme,insgesamt,yhteensä,yht,summa,summat,sammanlagt,totalt,sum,i alt,kokku,suma,suma total,"
    "razem,soma,итого,всего,合計,計".split(",")
)
_COUNTED = re.compile(r"\d+|\b(?:records?|rows?|members?|contacts?|persons?|people|jäsentä|henkilöä|kpl|st|leden)\b")
_REMARK = re.compile(r"(?<!\b\w):|©|\(c\)|\A\d+[.)] ")  # but K:son is a name
_PART = re.compile(  # what a list is divided into, the names of people hardly ever
    r"(?:ryhmä|ryhmät|grupp|gruppen|grupper|gruppe|\bgroup|osasto|avdelning|avdelningen|abteilung|jaosto|jäsenet|\bmembers"
    r"|medlemmar|medlemmarna|mitglieder|hallitus|styrelse|styrelsen|vorstand|luokka|klass|klassen)(?![\w-])"
)
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{4,}")
_TELLING = 3  # cells that say something: neither a sum nor a remark has so many, and column names would be among them
_FEWEST_COLUMNS = 3
_LONGEST_NAME = 4  # words, where not each of them is written like a name


def why_no_person(cells: Sequence[Cell], headers: Sequence[str], known: Collection[str]) -> str:
    """Why a row is not about a person, or "". `known` are the keys of the columns that it says something of."""
    if "email" in known or "phone" in known:
        return ""
    filled: list[tuple[int, str]] = []
    for at, cell in enumerate(cells):
        if text := clean_line(cell_text(cell)):
            filled.append((at, text))
            if len(filled) == _TELLING and _says_a_word(filled) and not _same(filled, headers):
                return ""  # as nearly all rows, of which there may be a million
    if not filled:
        return ""
    if _repeats(filled, headers):
        return _("The column names stand here once more.")
    text = filled[0][1]
    is_sum = fold(_COUNTED.sub(" ", text.casefold())) in _SUMS
    if is_sum and not _says_a_word(filled) and _counts(filled):
        return _("“%(text)s” is a sum below the table, not a person.") % {"text": text[:60]}
    is_named = filled[0][0] > 0 and "last_name" in known  # where no remark begins
    if len(filled) == 1 and len(headers) >= _FEWEST_COLUMNS and not is_named and _is_remark(text, known):
        return _("“%(text)s” stands alone in its row, as headings and remarks do.") % {"text": text[:60]}
    return ""


def _repeats(filled: Sequence[tuple[int, str]], headers: Sequence[str]) -> bool:
    same = _same(filled, headers)
    return same >= 2 and same * 3 >= len(filled) * 2


def _same(filled: Sequence[tuple[int, str]], headers: Sequence[str]) -> int:
    return sum(at < len(headers) and text.casefold() == headers[at].casefold() for at, text in filled)


def _says_a_word(filled: Sequence[tuple[int, str]]) -> bool:
    return any(_WORD.search(other) or (other.isalpha() and other.istitle()) for _at, other in filled[1:])


def _counts(filled: Sequence[tuple[int, str]]) -> bool:
    """Whether there is a number in the row, or no more than the word for a sum: “Suma” is also called Rao."""
    return len(filled) == 1 or any(_DIGIT.search(text) for _at, text in filled)


def _is_remark(text: str, known: Collection[str]) -> bool:
    return (
        (len(text.split()) > _LONGEST_NAME and not _could_be_name(text))
        or bool(_REMARK.search(text.casefold()))
        or bool(_PART.search(text.casefold()))
        or ("external_id" in known and " " in text)
    )


def _could_be_name(text: str) -> bool:
    """Whether each word begins large, or stands in front of last names: “María del Carmen García López”."""
    return not _DIGIT.search(text) and all(
        word[0].isupper() or (word.isalpha() and is_prefix(word)) for word in text.split()
    )
