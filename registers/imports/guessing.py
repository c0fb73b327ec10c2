"""Guessing what the columns of a spreadsheet are, from their names in five languages and from their values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from guards.uploads import SpreadsheetKind
from registers.addresses import phone_key, read_address
from registers.books import field_key
from registers.columns import Column
from registers.texts import clean_line, fold
from registers.values import NO, YES, Cell, ColumnType, ValueMistake, cell_text, find_option, read_date, read_number
from registers.values.money import has_currency

FULL_NAME = "full_name"
COMPANY = "company"  # not a column of the contact: found by its name, or made
CONSENT = "consent."  # with purpose and channel: registers.imports.consent_cells
# Where the columns of a file of notes go; one that goes to the text makes it one.
NOTE_TEXT, NOTE_AT, NOTE_KIND = "note.text", "note.at", "note.kind"
NOTE_TARGETS = (NOTE_TEXT, NOTE_AT, NOTE_KIND)
SKIP = ""
NEW = "new"
SAMPLE_ROWS = 1_000
FEW = 5  # values fewer than this say nothing against a name

# Folded (registers.texts.fold): case, punctuation and underscores do not count.
_WORDS = {
    "first_name": (
        "etunimi, etunimet, kutsumanimi, first name, firstname, given name, forename, förnamn, "
        "tilltalsnamn, vorname, rufname, имя"
    ),
    "last_name": (
        "sukunimi, last name, lastname, surname, family name, efternamn, nachname, familienname, zuname, фамилия"
    ),
    FULL_NAME: (
        "nimi, name, koko nimi, full name, fullname, namn, fullständigt namn, vor und nachname, фио, имя и фамилия"
    ),
    "alternative_name": (
        "alternative spelling, alternative name, name in cyrillic, cyrillic name, native name, name in native script, "
        "local name, transliteration, nimi kyrillisin kirjaimin, kyrillinen nimi, vaihtoehtoinen kirjoitusasu, "
        "rinnakkaisnimi, alternativ stavning, kyrilliskt namn, alternative schreibweise, kyrillischer name, "
        "имя кириллицей, имя латиницей, имя на русском, имя по русски, альтернативное написание"
    ),
    COMPANY: (
        "yritys, yrityksen nimi, työpaikka, työnantaja, organisaatio, company, company name, employer, organisation, "
        "organization, företag, företagsnamn, arbetsgivare, firma, unternehmen, arbeitgeber, компания, организация"
    ),
    "email": (
        "sähköposti, sähköpostiosoite, sposti, s posti, email, e mail, email address, e mail address, "
        "mail, epost, e post, e postadress, mejl, mailadresse, e mail adresse, почта, электронная почта, "
        "эл почта, емейл"
    ),
    "phone": (
        "puhelin, puhelinnumero, puh, puhelin nro, matkapuhelin, gsm, kännykkä, phone, phone number, "
        "telephone, mobile, mobile phone, mobile number, cell, cell phone, telefon, telefonnummer, "
        "mobil, mobiltelefon, mobilnummer, handy, handynummer, tel, телефон, мобильный, мобильный "
        "телефон, номер телефона"
    ),
    "external_id": (
        "id, jäsennumero, jäsennro, asiakasnumero, asiakasnro, tunnus, member number, member id, "
        "membership number, customer number, customer id, external id, medlemsnummer, kundnummer, "
        "mitgliedsnummer, kundennummer, номер члена, номер клиента, ид"
    ),
    "street": (
        "katuosoite, lähiosoite, osoite, postiosoite, street, street address, address, address line 1, "
        "postal address, adress, gatuadress, strasse, straße, anschrift, adresse, адрес, улица"
    ),
    "postcode": (
        "postinumero, postinro, zip, zip code, zipcode, postcode, postal code, post code, postnummer, "
        "postnr, plz, postleitzahl, индекс, почтовый индекс"
    ),
    "city": (
        "paikkakunta, postitoimipaikka, kaupunki, kunta, kotikunta, kotipaikka, city, town, place, post "
        "town, ort, postort, stad, stadt, wohnort, город, населённый пункт"
    ),
    "country": ("maa, kotimaa, country, land, страна"),
    "language": ("kieli, asiointikieli, äidinkieli, language, språk, modersmål, sprache, язык"),
    "birth_date": (
        "syntymäaika, syntymäpäivä, syntynyt, synt, birthdate, birth date, date of birth, birthday, "
        "born, dob, född, födelsedatum, födelsedag, födelsetid, geburtsdatum, geburtstag, geboren, дата "
        "рождения, день рождения"
    ),
    "source": ("lähde, source, källa, quelle, источник"),
    "deceased": ("kuollut, deceased, avliden, död, verstorben, gestorben"),
}
_SYNONYMS = {fold(word): target for target, words in _WORDS.items() for word in words.split(",")}
_LOOKS_LIKE_PHONE = re.compile(r"(?:\+|00?)[\d\s()/.-]{6,20}\Z")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/\d{2,4}\b")
_TOKENS = re.compile(r"[,;|]")


def guess_mapping(
    headers: Sequence[str], rows: Sequence[Sequence[Cell]], columns: Sequence[Column]
) -> list[dict[str, Any]]:
    """Say for each header where its values go: {"target": column key | "new" | "full_name" | "", "type", "label"}.

    `rows` is a sample; `columns` are those of the register. No target is given twice, but for columns of several
    choices: to those go the columns of the file that are called like a choice and hold yes and no.
    """
    samples = [_sample(rows, at) for at in range(len(headers))]
    targets: list[str | None] = [None] * len(headers)
    taken: set[str] = set()

    def take(at: int, target: str | None) -> None:
        if target and targets[at] is None and target not in taken and fits(target, samples[at], columns):
            targets[at] = target
            taken.add(target)

    own = {fold(str(column.label)): column.key for column in columns}
    for at, header in enumerate(headers):
        take(at, own.get(fold(header)) or _SYNONYMS.get(fold(header)))
    for at, header in enumerate(headers):
        take(at, _first_words(header))
    for at, values in enumerate(samples):
        if values and guess_type(values) == ColumnType.EMAIL:
            take(at, "email")
        elif values and guess_type(values) == ColumnType.PHONE:
            take(at, "phone")
    for at, header in enumerate(headers):
        if targets[at] is None:
            targets[at] = _ticked(header, samples[at], columns)
    if FULL_NAME in taken and "last_name" in taken:
        targets = [target if target != FULL_NAME else None for target in targets]
    return [_entry(header, targets[at], samples[at]) for at, header in enumerate(headers)]


def guess_match(targets: Iterable[str], *, kind: str = "") -> str:
    """The best column to know people by: an external id, else the e-mail address, else the phone number.

    In an address book many have only one of the two, so there both count.
    """
    targets = set(targets)
    if kind == SpreadsheetKind.CARDS:
        return ",".join(key for key in ("email", "phone") if key in targets)
    return next((key for key in ("external_id", "email", "phone") if key in targets), "")


def fits(target: str, values: Sequence[Cell], columns: Sequence[Column]) -> bool:
    """Whether most values could go there at all: a column called “mail” full of street names is no e-mail column."""
    if len(values) < FEW:
        return True
    column = next((column for column in columns if column.key == target), None)
    if target == "external_id":
        return len({cell_text(value) for value in values}) > len(values) * 0.8
    if column is None or column.type in (ColumnType.CHOICE, ColumnType.MULTIPLE_CHOICE):
        return True

    def readable(value: Cell) -> bool:
        try:
            return column.parse(value) is not None
        except ValueMistake:
            return False

    return _share(values, readable) >= 0.5


def guess_type(values: Sequence[Cell]) -> str:
    """The type of a column that the register does not have yet."""
    texts = [cell_text(value) for value in values]
    if not texts:
        return ColumnType.TEXT
    if _share(texts, lambda text: bool(read_address(text))) > 0.7:
        return ColumnType.EMAIL
    if _share(values, _is_date) > 0.9:
        return ColumnType.DATE
    distinct = {text.casefold() for text in texts}
    if distinct <= YES | NO and 1 < len(distinct) <= 3:
        return ColumnType.YES_NO
    if _share(texts, _is_phone) > 0.7 and not any("," in text for text in texts):
        return ColumnType.PHONE
    if _share(texts, _has_phones) > 0.7:
        return ColumnType.PHONES
    if _share(texts, has_currency) > 0.9:
        return ColumnType.MONEY
    if _share(values, _is_number) > 0.95:
        return ColumnType.NUMBER
    if _share(texts, lambda text: text.startswith(("http://", "https://", "www."))) > 0.9:
        return ColumnType.URL
    if any(len(text) > 200 or "\n" in text for text in texts):
        return ColumnType.LONG_TEXT
    return _guess_choice(texts, distinct)


def _guess_choice(texts: Sequence[str], distinct: set[str]) -> str:
    tokens = [clean_line(token) for text in texts for token in _TOKENS.split(text) if token.strip()]
    kinds = {token.casefold() for token in tokens}
    if len(tokens) > len(texts) and len(kinds) <= 40 and len(kinds) * 5 <= len(tokens) and max(map(len, kinds)) <= 40:
        return ColumnType.MULTIPLE_CHOICE
    if len(texts) >= 10 and len(distinct) <= 20 and len(distinct) * 4 <= len(texts) and max(map(len, distinct)) <= 40:
        return ColumnType.CHOICE
    return ColumnType.TEXT


def date_order(values: Iterable[Cell]) -> str:
    """ "mdy" where dates with slashes only make sense month first, else "dmy"."""
    pairs = [tuple(map(int, match.groups())) for value in values if (match := _SLASHED.match(cell_text(value)))]
    return "mdy" if any(b > 12 for _a, b in pairs) and not any(a > 12 for a, _b in pairs) else "dmy"


def _ticked(header: str, values: Sequence[Cell], columns: Sequence[Column]) -> str | None:
    """The column of several choices of which `header` is one, if `values` only say whether it is ticked."""
    said = {clean_line(cell_text(value)).casefold() for value in values}
    if not said or not said <= YES | NO:
        return None
    several = (column for column in columns if column.type == ColumnType.MULTIPLE_CHOICE)
    return next((column.key for column in several if find_option(header, column.options)), None)


def _entry(header: str, target: str | None, values: Sequence[Cell]) -> dict[str, Any]:
    if target is None:
        target = NEW if values else SKIP
    return {
        "target": target,
        "label": header,
        "type": guess_type(values),
        "date_order": date_order(values),
        "key": field_key(header),
    }


def _first_words(header: str) -> str | None:
    words = fold(header).split()
    for count in range(len(words), 0, -1):
        if target := _SYNONYMS.get(" ".join(words[:count])):
            return target if target != FULL_NAME or len(words) == 1 else None
    return None


def _sample(rows: Sequence[Sequence[Cell]], at: int) -> list[Cell]:
    return [row[at] for row in rows[:SAMPLE_ROWS] if at < len(row) and cell_text(row[at])]


def _share(values: Sequence[Any], test: Callable[[Any], bool]) -> float:
    return sum(map(test, values)) / len(values)


def _is_phone(text: str) -> bool:
    return bool(_LOOKS_LIKE_PHONE.match(text)) and bool(phone_key(text))


def _has_phones(text: str) -> bool:
    return all(_is_phone(part.strip()) for part in text.split(","))


def _is_date(value: Cell) -> bool:
    if isinstance(value, (int, float, bool)):
        return False
    if isinstance(value, str) and clean_line(value).isdigit():
        return False
    try:
        read_date(value)
    except ValueMistake:
        return False
    return True


def _is_number(value: Cell) -> bool:
    if isinstance(value, (dt.date, dt.time)):
        return False
    text = cell_text(value)
    if isinstance(value, str) and len(text) > 1 and text[0] == "0" and text[1].isdigit():
        return False  # a code with leading zeros
    try:
        read_number(value)
    except ValueMistake:
        return False
    return True
