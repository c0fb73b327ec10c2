"""Cells of which one holds two columns of a contact, a whole name, or a town with its postcode; or only half of one:
the “van der” of Dutch names, the number of a house.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from registers.texts import fold
from registers.values import ValueMistake
from registers.values.world import read_country

COMPANY = "company"  # not a column of the contact: found by its name, or made
ROLE = "company_role"  # what the person is there
FULL_NAME = "full_name"
FAMILY_FIRST = "family_first"
POSTCODE_CITY = "postcode_city"
ADDRESS = "address"  # all in one line
NAME_PREFIX = "name_prefix"  # goes in front of the last name, which stands in a column of its own
HOUSE_NUMBER, HOUSE_ADDITION = "house_number", "house_addition"  # go with the street
BIRTH_DAY, BIRTH_MONTH, BIRTH_YEAR = BIRTH_PARTS = ("birth_day", "birth_month", "birth_year")
WHOLE_NAMES = frozenset([FULL_NAME, FAMILY_FIRST])
# To which columns of the contact they go.
PARTS = {
    FULL_NAME: ("first_name", "last_name"),
    FAMILY_FIRST: ("first_name", "last_name"),
    POSTCODE_CITY: ("postcode", "city"),
    ADDRESS: ("street", "postcode", "city"),
}
# What goes with a column of the contact that has a column of the file as well.
ADDED_TO = {NAME_PREFIX: "last_name", HOUSE_NUMBER: "street", HOUSE_ADDITION: "street"}
NO_COLUMNS = (*PARTS, *ADDED_TO, *BIRTH_PARTS)  # to which columns of a file may go though there are no such ones
# Folded (registers.texts.fold).
_PREFIXES = frozenset(
    "van v vd von vom zu zum zur auf und der d den de dem des die het t s te ten ter tot in op aan bij onder over uit "
    "voor af av da das do dos di del della dei la le les l du el y e freiherr freifrau graf gräfin baron baronin prinz "
    "prinzessin fürst fürstin ritter edler edle".split()
)
# At the beginning of Belgian lists; Le is a last name in others.
_CAPITAL = frozenset(["Van", "Von", "De", "Den", "Der"])
# What stands between two last names.
_BETWEEN_NAMES = frozenset(["y", "e", "und"])

# Folded, as they stand behind last names.
_BEHIND_NAMES = frozenset("jr sr ii iii iv md phd esq cpa rn csc drsc mba dis msc bsc llm".split())
# Folded; what stands in front of names and is none: whatever is written so, and with a point behind it.
_TITLES = frozenset(
    "dr ddr prof mr mrs ms mx miss sir tkt ktt ktm vtt vtm herr frau fru fröken herra rouva hra rva nti mme mlle mevr "
    "dhr sra srta mudr judr phdr rndr paeddr mvdr drs dott dottssa sigra".split()
)
_TITLES_WITH_POINT = _TITLES | frozenset(
    "ing ir mgr mag bc doc dipl inż rev fr hr pr sr sig avv arch geom rag ssa eng mw fm tkl ftl lic doz priv doç "
    "kand ekon dkfm hon capt".split()
)
_BEHIND_TITLES = frozenset("univ rer nat med phil jur oec habil hab h c fil".split())  # in “Dr. med.”

_DIGITS = r"\d{3} \d{2,3}|\d{2,5}-\d{3,4}|\d{3,6}"
# Of the United Kingdom, Canada and Ireland.
_WITH_LETTERS = r"(?i:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|[A-Z]\d[\dW] ?[A-Z\d]{4})"
# In the Netherlands two letters follow; abroad, in 9000 ST GALLEN and 2300 LA CHAUX, they may belong to the town.
_AT_HOME = re.compile(r"(?P<postcode>\d{4} ?[A-Z]{2}) (?P<city>\S.*)")
_DUTCH = r"\d{4} (?!LA|LE|LO|ST)[A-Z]{2}(?= |\Z)|\d{4}[A-Z]{2}"
_POSTCODE = rf"(?:[A-Z]{{1,3}}-)?(?:{_DUTCH}|{_DIGITS})(?!\d)|{_WITH_LETTERS}"
_BEFORE = re.compile(rf"(?P<postcode>{_POSTCODE})(?:[\s,;/–-]+(?P<city>(?![\d\W_])\S.*|['’(].+))?\Z")
# Behind a town three digits are no postcode.
_BEHIND = re.compile(rf"(?P<city>[^\W\d_].*?)[\s,;/–-]+(?P<postcode>(?!\d{{1,3}}\Z)(?:{_POSTCODE}))\Z")
_LONGEST = 200
_BETWEEN = re.compile(r"\s*[,;\n]\s*")
_WITHOUT_SIGN = re.compile(r"(?P<street>.*\d.*?)\s+(?P<place>\d{5}\s+[^\W\d]\D*)\Z")
_NUMBER_FIRST = frozenset("US GB CA AU NZ IE FR LU".split())
# Folded; what stands alone beside a number that is the name of the street.
_NAMED_BY_NUMBER = frozenset("street st avenue ave road rd".split())


def part_labels() -> dict[str, str]:
    """What such columns hold, as it is chosen."""
    return {
        FULL_NAME: _("Whole name (first name first)"),
        FAMILY_FIRST: _("Whole name (last name first)"),
        NAME_PREFIX: _("In front of the last name (such as van der)"),
        POSTCODE_CITY: _("Postcode and city"),
        ADDRESS: _("Street, postcode and city"),
        HOUSE_NUMBER: _("House number (goes with the street)"),
        HOUSE_ADDITION: _("Addition to the house number (such as bis)"),
        BIRTH_DAY: _("Day of birth (goes with month and year)"),
        BIRTH_MONTH: _("Month of birth (goes with day and year)"),
        BIRTH_YEAR: _("Year of birth (goes with day and month)"),
    }


def parts_of(target: str) -> tuple[str, ...]:
    """The columns that a column of the file goes to."""
    return ("birth_date",) if target in BIRTH_PARTS else PARTS.get(target, (target,))


def take_apart(target: str, text: str, *, country: str) -> list[tuple[str, str]]:
    """What a cell says of the columns that `target` goes to: key and value; those it says nothing of are left out."""
    found: tuple[str, ...]
    if target == ADDRESS:
        found = split_address(text, country=country)
        return [part for part in zip((*PARTS[ADDRESS], "country"), found, strict=True) if part[1]]
    if target == POSTCODE_CITY:
        found = split_place(text, country=country)
    else:
        found = split_name(text, family_first=target == FAMILY_FIRST)
    return [part for part in zip(PARTS[target], found, strict=True) if part[1]]


def is_prefix(text: str) -> bool:
    """Whether such words stand in front of last names, unlike “jun.” and “Dr.”"""
    return set(fold(text).split()) <= _PREFIXES


def with_prefix(prefix: str, last_name: str) -> str:
    """The whole last name; many a list has it in both columns."""
    return last_name if last_name.casefold().startswith(f"{prefix} ".casefold()) else f"{prefix} {last_name}"


def with_house(street: str, number: str, addition: str, *, country: str) -> str:
    """A street with its house number, in front of it where people write it so; many a list has it in both columns."""
    comes_first = country in _NUMBER_FIRST
    if _holds(number, addition):
        addition = ""
    spellings = [f"{number}{sign}{addition}" for sign in ("", " ", "-")] if addition else [number]
    if not number + addition or any(_without(street, whole, comes_first=comes_first) for whole in spellings):
        return street
    whole = f"{number}{'' if len(addition) == 1 and addition.isalpha() else ' '}{addition}".strip()
    street = (number and _without(street, number, comes_first=comes_first)) or street
    return f"{whole} {street}" if comes_first else f"{street} {whole}"


def _holds(number: str, addition: str) -> bool:
    """Whether the addition stands behind the number already: “a” in 12a, “2” in 112-2, but not in 112."""
    if not addition or not number.casefold().endswith(addition.casefold()):
        return False
    before = number[: -len(addition)]
    return before[-1:] in ("-", "/", " ") or (before[-1:].isdigit() and addition.isalpha())


def _without(street: str, number: str, *, comes_first: bool) -> str:
    """The street that is left without its number, "" where that does not stand there: in 42 Street it is the name."""
    if comes_first:
        found = re.match(rf"{re.escape(number)}(?:\s*,\s*|\s+)(?P<street>\S.*)", street, re.IGNORECASE)
    else:
        found = re.match(rf"(?P<street>.*\S)(?:\s*,\s*|\s+){re.escape(number)}\Z", street, re.IGNORECASE)
    return "" if found is None or fold(found["street"]) in _NAMED_BY_NUMBER else found["street"]


_ASIDE = re.compile(r"(?P<name>[^()]+)(?P<aside>\([^()]*\))\Z")
# Han and Hangul letters, and kana with them; names in kana alone may be those of foreigners.
_EAST_ASIAN = re.compile(r"(?=.*[㐀-鿿가-힣])[\s々ぁ-ヿ㐀-鿿가-힣]+\Z")


def split_name(text: str, *, family_first: bool = False) -> tuple[str, str]:
    """First and last name out of “Virtanen, Aino” or “Aino Maria Virtanen”; with `family_first` also out of
    “Virtanen Aino Maria” and always out of “山田 太郎”. A “van der” in small letters belongs to the last name, and a
    title to the name that it stands by: a “Dr.” alone is no first name."""
    if (aside := _ASIDE.match(text)) and aside["name"].strip():  # “Bo Ek (treasurer)”
        first, last = split_name(aside["name"].strip(), family_first=family_first)
        return (first, f"{last} {aside['aside']}") if last else (f"{first} {aside['aside']}", "")
    last, comma, first = text.partition(",")
    titles = first.replace(",", " ").split() if " " in last.strip() else []  # “Robert Downey, Jr.”
    if comma and not (titles and all(map(_stands_behind, titles))):
        first, last = first.strip(), last.strip()
        return (
            ("", f"{first} {last}") if last and _leading_titles(first.split()) == len(first.split()) else (first, last)
        )
    words = text.split()
    at = _leading_titles(words)
    if at == len(words):
        at = 0
    titles, words = words[:at], words[at:]
    if family_first or _EAST_ASIAN.match(text):
        first_words, last_words = _family_first(words)
        return " ".join(first_words), " ".join(titles + last_words)
    first_words, last_words = _first_name_first(words)
    if titles and len(words) == 1:
        return "", " ".join(titles + words)
    if first_words:
        return " ".join(titles + first_words), " ".join(last_words)
    return "", " ".join(titles + last_words)


def _family_first(words: list[str]) -> tuple[list[str], list[str]]:
    end = 1
    while end < len(words) and (words[end - 1] in _PREFIXES or words[end - 1] in _CAPITAL):
        end += 1
    if _leading_titles(words[end:]) == len(words) - end:
        end = len(words)
    return words[end:], words[:end]


def _first_name_first(words: list[str]) -> tuple[list[str], list[str]]:
    end = len(words)
    while end > 2 and _stands_behind(words[end - 1]):
        end -= 1
    words, behind = words[:end], words[end:]
    start = max(1, len(words) - 1) if words[:1] and words[0] not in _PREFIXES else 0
    while start > 1 and words[start - 1] in _PREFIXES:
        start -= 1
    while start < len(words) - 1 and words[start] in _BETWEEN_NAMES:
        start += 1
    return words[:start], words[start:] + behind


def _leading_titles(words: list[str]) -> int:
    """How many words are titles that stand in front of names: of “Prof. Dr.-Ing. Max Berg” two."""
    for at, word in enumerate(words):
        known = _TITLES_WITH_POINT if "." in word else _TITLES
        if at and "." in word:
            known |= _BEHIND_TITLES
        if not (parts := fold(word).split()) or not known.issuperset(parts):
            return at
    return len(words)


def _stands_behind(word: str) -> bool:
    if word.endswith(".") and _leading_titles([word]):
        return True
    return fold(word).replace(" ", "") in _BEHIND_NAMES and word != "Md"  # a first name in Bengal


def split_place(text: str, *, country: str = "") -> tuple[str, str]:
    """Postcode and town out of “10115 Berlin”, “1011 AB Amsterdam” or “London SW1A 1AA”; where no postcode is to be
    seen, all is the town."""
    if len(text) > _LONGEST:  # and what is no town might take minutes to search
        return "", text
    at_home = _AT_HOME.match(text) if country == "NL" else None
    if match := at_home or _BEFORE.match(text) or _BEHIND.match(text):
        return match["postcode"], match["city"] or ""
    return "", text


def split_address(text: str, *, country: str = "") -> tuple[str, str, str, str]:
    """Street, postcode, town and country out of “Koivukatu 1 A, 00100 Helsinki, Finland”; where no postcode with its
    town stands behind the street, all is the street."""
    pieces = [piece for piece in _BETWEEN.split(text) if piece]
    named = pieces.pop() if len(pieces) > 2 and _is_country(pieces[-1]) else ""
    if len(pieces) == 1 and len(text) <= _LONGEST and (match := _WITHOUT_SIGN.match(text)):
        pieces = [match["street"], match["place"]]
    for at in range(len(pieces) - 1, max(0, len(pieces) - 3), -1):
        place = " ".join(pieces[at:])
        postcode, city = split_place(place, country=country)
        # A number behind words may be that of a box.
        if postcode and city and (place.startswith(postcode) or not postcode.isdecimal()):
            return ", ".join(pieces[:at]), postcode, city, named
    return text, "", "", ""


def _is_country(text: str) -> bool:
    try:
        return bool(read_country(text))
    except ValueMistake:
        return False
