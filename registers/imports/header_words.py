"""Where the columns of spreadsheets go by their names: the words of `header_vocabulary`, and what is built of them."""

from __future__ import annotations

import re

from registers.imports.header_vocabulary import NATIONAL_IDS, WEAK_WORDS, WORDS, WORDS_ELSEWHERE
from registers.imports.parts import COMPANY, POSTCODE_CITY, ROLE, WHOLE_NAMES
from registers.texts import fold, plain

_TARGETS = {
    fold(word): target
    for words_of in (WORDS_ELSEWHERE, WORDS)  # the first ones stand back
    for target, words in words_of.items()
    for word in words.split(",")
}
_WEAK = {fold(word): target for target, words in WEAK_WORDS.items() for word in words.split(",")}
# As programs write them that know no accents.
_BARE = {plain(word): target for word, target in reversed(_TARGETS.items())}
_NATIONAL_IDS = frozenset(fold(word) for word in NATIONAL_IDS.split(","))
# Between the words for a postcode and for a town.
_AND = frozenset(["and", "ja", "och", "und", "og", "en", "et", "y", "e", "i", "и"])
_NAMES = WHOLE_NAMES | {"first_name", "last_name"}
# One word for the whole name, or for what is left of it where the other half has a column of its own.
_WHOLE_OR_HALF = frozenset(map(fold, ["nimi", "name", "namn", "navn", "naam", "nom", "nombre", "nome", "names"]))
# “E-mail 1 - Type” says what kind of address stands beside it.
_KINDS = frozenset(["type", "label", "typ", "tyyppi", "тип"])
# Shorter ones mean too much at the beginning of something longer: “Via e-mail”, “By whom”.
_SHORTEST_START = 4
_MOST_WORDS = 8
_SHORT_STARTS = frozenset(["tel", "gsm", "puh", "tlf"])
_NUMBERED = re.compile(r"(.+?) \d+ (\D+)")
_WHOSE = re.compile(
    r"(?:home|private|personal|primary|main|business|work|koti|privat|hem|mailing|billing|shipping|delivery|default)"
    r"(?: address)? (.+)"
)
# Outlook’s “Ort, arbete”, “Ort geschäftlich”: words too short for the beginning of just anything.
_WHERE = re.compile(r"(.+) (?:arbete|hem|bostad|geschäftlich|beruflich|privat|työ|koti|work|home)")
# As forms ask: “Your name”, “Ihre E-Mail-Adresse”.
_YOURS = re.compile(
    r"(?:what is )?(?:your|ihr|ihre|dein|deine|ditt|din|dit|je|uw|votre|su|tu|il tuo|la tua|il suo|la sua|seu|sua|"
    r"teie|sinu|ваше|ваш|twoje|twój) (.+)"
)
# As forms ask for it: “Mikä on nimesi?”, “Please enter your e-mail”.
_ASKED = re.compile(
    r"(?:what is|what s|please enter|enter|please provide|please give|mikä on|anna|kirjoita|vad är|ange|skriv|wie ist|"
    r"wie lautet|quel est|quelle est|cuál es|qual è|qual é|mis on) (.+)"
)
# As forms and shops call them: “Asiakkaan nimi”, “Buyer e-mail”.
_OF_PERSON = re.compile(
    r"(?:asiakkaan|jäsenen|henkilön|tilaajan|ostajan|maksajan|osallistujan|ilmoittautujan|vastaajan|kundens?|medlemmens|"
    r"deltagarens|customers?|clients?|members?|buyers?|purchasers?|attendees?|participants?|respondents?|"
    r"subscribers?|invitees?|registrants?|guests?) (.+)"
)
# “2. E-mail”, “Q3: Name”; and what stands behind questions that have to be answered, or need not be.
_QUESTION = re.compile(r"\s*[QF]?\d{1,3}(?:\.\d{1,2})*\s*[.):]\s*(?=\D)", re.IGNORECASE)
_MUST = re.compile(
    r" (?:required|optional|mandatory|pakollinen|vapaaehtoinen|valinnainen|obligatoriskt?|frivilligt?|pflichtfeld|"
    r"pflichtangabe|freiwillig|optionaal|verplicht|obligatoire|facultatif|obligatorio|opcional|必須|任意)\Z"
)
# What “Company …” says something of, and is no name of one.
_ABOUT_COMPANY = frozenset(
    "size type id phone number no nr website url domain address email e mail industry revenue owner city street zip "
    "country koko puhelin osoite tunnus y ala telefon adresse größe branche storlek adress".split()
)


def target_of(header: str) -> str:
    """Where the values under a header of exactly these words go: a column key, one of NO_COLUMNS, COMPANY, ROLE, ""."""
    return _target(_folded(header))


def _folded(header: str) -> str:
    """What a header says, without the number of a question and whether it has to be answered."""
    text = fold(_QUESTION.sub("", header, count=1))
    return _MUST.sub("", text) if " " in text else text


def weak_target_of(header: str) -> str:
    """The same where the values have to bear it out: “Member” may stand over names, or over yes and no."""
    return _WEAK.get(_folded(header), "")


def target_by_part(header: str) -> str:
    """The same by the words that it begins with, or by the part that it names: “Mobile (evenings)”,
    “E-mail 1 - Value”, “Address 1 - City”, “Home Postal Code”."""
    text = _folded(header)
    if text.rpartition(" ")[2] in _KINDS:
        return ""
    if numbered := _NUMBERED.fullmatch(text):
        what, part = numbered.groups()
        found = _target(what if part in ("value", "name") else part)
        return "" if found in _NAMES or not _target(what) else found  # “Parent 1 name”, “Parent 1 e-mail”
    if (asked := _ASKED.fullmatch(text)) and (found := target_of(asked[1]) or target_by_part(asked[1])):
        return found
    if yours := _YOURS.fullmatch(text):
        return _target(yours[1])
    if whose := _WHOSE.fullmatch(text):  # “Billing address 1”: of the street, whichever word goes with which
        of_whom = _target(whose[1]) or _target(text.partition(" ")[2])
        if of_whom:
            return "" if of_whom in WHOLE_NAMES else of_whom
    if (person := _OF_PERSON.fullmatch(text)) and (of_person := _target(person[1])):
        return of_person
    if (where := _WHERE.fullmatch(text)) and (found := _target(where[1])):
        return "" if found in WHOLE_NAMES else found
    words = text.split()
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        start = " ".join(words[:count])
        if (target := _target(start)) == ROLE and count < len(words):
            continue  # “Role in the choir”
        if target == COMPANY and count < len(words) and words[count] in _ABOUT_COMPANY:
            continue
        if target and (len(start) >= _SHORTEST_START or start in _SHORT_STARTS):
            return target if target not in WHOLE_NAMES or count == len(words) else ""
    return ""


def _target(text: str) -> str:
    return _TARGETS.get(text) or _BARE.get(text) or (POSTCODE_CITY if _is_place(text) else "")


def _is_place(text: str) -> bool:
    """“PLZ/Ort”, “Postcode and town”, “Postinumero ja -toimipaikka”: words for both, in either order."""
    words = [word for word in text.split(maxsplit=_MOST_WORDS) if word not in _AND]
    halves = ((_TARGETS.get(" ".join(words[:at])), _TARGETS.get(" ".join(words[at:]))) for at in range(1, len(words)))
    return any(half in (("postcode", "city"), ("city", "postcode")) for half in halves)


def is_kind(header: str) -> bool:
    """Whether it says of what kind an address or a number beside it is: “E-mail 1 - Type”, “Typ av e-postadress”."""
    words = [word for word in fold(header).split() if not word.isdecimal()]
    if words[1:2] in (["av"], ["of"]):
        words = [*words[2:], words[0]]
    return bool(words) and words[-1] in _KINDS and " ".join(words[:-1]) in _TARGETS


def is_national_id(header: str) -> bool:
    """Whether it holds what a state knows people by, and laws say who may keep."""
    return _folded(header) in _NATIONAL_IDS


def is_of_names(header: str) -> bool:
    """Whether names of people are to be looked for below it."""
    return (target_of(header) or weak_target_of(header)) in _NAMES


def is_whole_or_half(header: str) -> bool:
    """Whether it may mean one half of the name only, as in “Name; First name”."""
    return fold(header) in _WHOLE_OR_HALF


def known_among(headers: list[str]) -> int:
    """How many of these are words for columns."""
    return sum(bool(target_of(header) or target_by_part(header)) for header in headers)
