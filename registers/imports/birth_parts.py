"""A date of birth in three columns, day, month and year: which they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils import timezone

from registers.imports.guessed_types import is_date, share, telling
from registers.imports.header_words import target_of
from registers.imports.parts import BIRTH_DAY, BIRTH_MONTH, BIRTH_PARTS, BIRTH_YEAR
from registers.texts import fold, plain
from registers.values import Cell, cell_text
from registers.values.written_dates import month_number

# Folded and plain, in the languages of the column names.
_UNITS = {
    word: unit
    for unit, words in {
        BIRTH_DAY: "day dd d paiva pv pp tag tt dag jour jj dia giorno gg dzien paev den nap diena ziua gun день 日",
        BIRTH_MONTH: (
            "month mm m kuukausi kk monat manad maned maand mois mes mese miesiac kuu mesic mesiac honap menuo menesis "
            "luna ay месяц "
            "місяць 月"
        ),
        BIRTH_YEAR: (
            "year yyyy yy y vuosi vvvv jahr jjjj ar aar jaar annee an aaaa ano anno rok aasta ev metai gads anul yil "
            "год рік 年"
        ),
    }.items()
    for word in words.split()
}
_BIRTH = frozenset(
    "birth birthday born dob bday syntyma synt syntynyt geburt geburts geb geburtstag geboren fodelse fodd fodsels "
    "fodt geboorte naissance nacimiento nac nascita nascimento nasc urodzenia sunni narozeni narodenia szuletesi "
    "nasterii dogum рождения народження 生".split()
)
_LINKS = frozenset("of date de der des du di da the in".split())
_STEMS = ("syntyma", "geburts", "fodelse", "fodsels", "geboorte", "sunni", "birth", "生")


def find_birth_parts(headers: Sequence[str], samples: Sequence[Sequence[Cell]]) -> dict[int, str]:
    """Which columns hold day, month and year of birth, by their places; {} unless there is one of each, and each says
    so or they stand side by side."""
    words = [_unit_of(header) for header in headers]
    if not any(is_birth for _unit, is_birth in words) or any(map(_is_whole, headers, samples)):
        return {}
    found: dict[str, int] = {}
    for unit in BIRTH_PARTS:
        fitting = [at for at, (named, _) in enumerate(words) if named == unit and _fits(unit, samples[at])]
        named = [at for at in fitting if words[at][1]] or fitting
        if not named and unit == BIRTH_DAY:  # “Födelsedag, födelsemånad, födelseår”
            named = [at for at, header in enumerate(headers) if _is_day_of_birth(header, samples[at])]
        if len(named) != 1:
            return {}
        found[unit] = named[0]
    is_told = all(words[at][1] or target_of(headers[at]) == "birth_date" for at in found.values())
    side_by_side = max(found.values()) - min(found.values()) == len(found) - 1
    return {at: unit for unit, at in found.items()} if is_told or side_by_side else {}


def _unit_of(header: str) -> tuple[str, bool]:
    """What part of a day a header names, "" for none, and whether it says that it is the one of birth."""
    words = [word for word in plain(fold(header)).split() if word not in _LINKS]
    for at in (-1, 0):
        if words and (unit := _UNITS.get(words[at])):
            rest = words[:-1] if at else words[1:]
            if not rest:
                return unit, False
            if _BIRTH.issuperset(rest) or target_of(" ".join(rest)) == "birth_date":
                return unit, True
    if len(words) == 1:
        for stem in _STEMS:
            if words[0].startswith(stem) and (unit := _UNITS.get(words[0].removeprefix(stem))):
                return unit, True
    return "", False


def _is_whole(header: str, values: Sequence[Cell]) -> bool:
    return target_of(header) == "birth_date" and any(map(is_date, values))


def _is_day_of_birth(header: str, values: Sequence[Cell]) -> bool:
    return target_of(header) == "birth_date" and bool(values) and _fits(BIRTH_DAY, values)


def _fits(unit: str, values: Sequence[Cell]) -> bool:
    this_year = timezone.now().year
    could_be: dict[str, Callable[[str], bool]] = {
        BIRTH_DAY: lambda text: 0 <= _number(text) <= 31,
        BIRTH_MONTH: lambda text: 0 <= _number(text) <= 12 or month_number(text) is not None,
        BIRTH_YEAR: lambda text: 0 <= _number(text) < 100 or 1850 <= _number(text) <= this_year,
    }
    return not values or share(telling(values), lambda value: could_be[unit](cell_text(value))) >= 0.8


def _number(text: str) -> int:
    text = text.rstrip(".")
    return int(text) if text.isdecimal() and len(text) < 5 else -1
