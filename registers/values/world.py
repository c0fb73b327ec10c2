"""The countries (ISO 3166-1) and languages (ISO 639) of the world: read from what people write, named as they say.

Their names are Unicode's (CLDR), through Babel.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from registers.texts import clean_line, fold, sort_key
from registers.values.cells import ValueMistake
from registers.values.kinds import Option

# What CLDR names beside the countries: groups of them, islands without a code of their own, test values.
_NO_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO TA UN XA XB ZZ".split())
# Of the languages without a code of two letters those that people in the Nordic countries are likely to speak.
_THREE_LETTERS = ("sma", "smj", "smn", "sms", "rom", "fil", "ckb")
# The languages in which spreadsheets name countries, languages and months.
SPOKEN = tuple(
    "en fi sv de ru et nb da fr es nl it pl pt ja cs sk hu ro sl lt lv tr uk bg el is ca he ar zh ko".split()
)
_MORE_COUNTRIES = {
    "england": "GB", "scotland": "GB", "wales": "GB", "great britain": "GB", "iso britannia": "GB", "englanti": "GB",
    "storbritannien": "GB", "großbritannien": "GB", "usa": "US", "u s a": "US", "america": "US", "holland": "NL",
    "hollanti": "NL", "czech republic": "CZ", "turkey": "TR", "swaziland": "SZ", "burma": "MM",
}  # fmt: skip


def read_country(text: str) -> str:
    """Return the code of two letters of the country that `text` names; raises ValueMistake."""
    text = clean_line(text)
    code = text.upper()
    if code in _countries():
        return code
    for alias in get_global("territory_aliases").get(code, ()):
        if alias in _countries():
            return str(alias)
    if found := _country_names().get(fold(text)):
        return found
    raise ValueMistake(_("“%(text)s” is not a country; write it like FI or Finland") % {"text": text[:60]})


@lru_cache(maxsize=4_096)
def country_abroad(text: str, home: str) -> str:
    """The code of the country that `text` names, if it is another one than `home`."""
    try:
        code = read_country(text)
    except ValueMistake:
        return ""
    return "" if code == home else code


def read_language(text: str) -> str:
    """Return the code of the language that `text` names, as in “fi”, “fi-FI” or “Finnish”; raises ValueMistake."""
    text = clean_line(text)
    code = text.lower().replace("_", "-").split("-")[0]
    code = get_global("language_aliases").get(code, code)
    if code in _languages():
        return str(code)
    if found := _language_names().get(fold(text)):
        return found
    raise ValueMistake(_("“%(text)s” is not a language; write it like fi or Finnish") % {"text": text[:60]})


def country_options() -> tuple[Option, ...]:
    """Every country, in the alphabet of the active language."""
    return _country_options(get_language() or "en")


def language_options() -> tuple[Option, ...]:
    return _language_options(get_language() or "en")


def language_name(code: str) -> str:
    """What a language is called in the active language; the code itself where it is none."""
    return _language_labels(get_language() or "en").get(code.casefold(), code)


def babel_locale() -> Locale:
    """The active language as Babel knows it; English where it does not."""
    return _locale(get_language() or "en")


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")


@lru_cache(maxsize=16)
def _country_options(language: str) -> tuple[Option, ...]:
    names = _locale(language).territories
    return _sorted(Option(code, names.get(code, code)) for code in _countries())


@lru_cache(maxsize=16)
def _language_options(language: str) -> tuple[Option, ...]:
    names = _locale(language).languages
    found = ((code, names.get(code, code)) for code in _languages())
    return _sorted(Option(code, name[:1].upper() + name[1:]) for code, name in found)


@lru_cache(maxsize=16)
def _language_labels(language: str) -> dict[str, str]:
    return {option.code: option.label for option in _language_options(language)}


def _sorted(options: Iterable[Option]) -> tuple[Option, ...]:
    return tuple(sorted(options, key=lambda option: sort_key(option.label)))


@cache
def _countries() -> frozenset[str]:
    return frozenset(
        code for code in map(str, Locale("en").territories) if len(code) == 2 and code not in _NO_COUNTRIES
    )


@cache
def _languages() -> frozenset[str]:
    return frozenset(code for code in map(str, Locale("en").languages) if len(code) == 2 or code in _THREE_LETTERS)


@cache
def _country_names() -> dict[str, str]:
    return _names("territories", _countries()) | {fold(name): code for name, code in _MORE_COUNTRIES.items()}


@cache
def _language_names() -> dict[str, str]:
    return _names("languages", _languages())


def _names(kind: str, codes: frozenset[str]) -> dict[str, str]:
    """Folded name → code; a name that means two things means the one of the language that comes first."""
    found: dict[str, str] = {}
    for spoken in SPOKEN:
        for code, name in getattr(Locale(spoken), kind).items():
            if code in codes:
                found.setdefault(fold(name), code)
    return found
