"""vCards as a table: one row for each card, under headers that the wizard knows (vCard 2.1, RFC 2426, RFC 6350).

The file is cut into cards and lines here, for then a torn card costs one row, and pictures, often most of a file,
are never held. vobject reads the lines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _
from vobject.base import ContentLine, VObjectError, textLineToContentLine
from vobject.icalendar import stringToTextValues

from guards.uploads import UploadError
from registers.imports.parts import split_name
from registers.imports.unread_parts import is_told, say_unread
from registers.texts import clean_line, clean_lines

MAX_LINES = 1_000  # of one card that are read; the longest address book entries have some dozens
MAX_LINE = 20_000  # characters, more than any column takes: what is longer is told of there
MAX_EMAILS = 9
_LEFT = "\0"
_PIECE = 1 << 16
_NAME = re.compile(r"(?:[\w-]+\.)?([\w-]+)\s*[;:]")
_SOFT_BREAK = re.compile(r"[^:]*QUOTED-PRINTABLE[^:]*:.*=\s*\Z", re.IGNORECASE | re.DOTALL)
_READ = frozenset(
    "N FN NICKNAME EMAIL TEL ADR ORG TITLE BDAY LANG X-LANGUAGE NOTE URL CATEGORIES "
    "KIND X-ADDRESSBOOKSERVER-KIND".split()
)
# Phones write labels that people have made up where a kind should stand: TEL;X-Mökki:…, TEL;X-CUSTOM(CHARSET=…):…
_MADE_UP = re.compile(r";X-CUSTOM\([^):]*\)", re.IGNORECASE)
_PARAMETER = re.compile(r"[A-Z0-9-]+(?:=.*)?\Z", re.DOTALL)
_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?![\d:])")
_DAY_ONLY = re.compile(r"(?:--|1604-?)(\d\d)-?(\d\d)")  # 1604 is what Apple writes where the year is not known
_COLUMNS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("first_name", lambda: _("First name")),
    ("last_name", lambda: _("Last name")),
    ("prefix", lambda: _("Name prefix")),
    ("suffix", lambda: _("Name suffix")),
    ("nickname", lambda: _("Nickname")),
    ("email", lambda: _("E-mail")),
    *((f"email_{at}", lambda at=at: _("E-mail %(number)s") % {"number": at}) for at in range(2, MAX_EMAILS + 1)),
    ("phone", lambda: _("Phone")),
    ("phones", lambda: _("Other phones")),
    ("street", lambda: _("Street address")),
    ("postcode", lambda: _("Postcode")),
    ("city", lambda: _("City")),
    ("region", lambda: _("Region")),
    ("country", lambda: _("Country")),
    ("addresses", lambda: _("Other addresses")),
    ("company", lambda: _("Company")),
    ("department", lambda: _("Department")),
    ("title", lambda: _("Job title")),
    ("birth_date", lambda: _("Date of birth")),
    ("birthday", lambda: _("Birthday without year")),
    ("language", lambda: _("Language")),
    ("website", lambda: _("Website")),
    ("websites", lambda: _("Other websites")),
    ("categories", lambda: _("Categories")),
    ("note", lambda: _("Notes")),
)


@dataclass
class Card:
    """The lines of one card, unfolded, and what is wrong with it as a whole."""

    lines: list[str] = field(default_factory=list)
    mistake: str = ""
    left: dict[str, None] = field(default_factory=dict)  # the names of what is not read


def card_rows(path: Path, encoding: str) -> Iterator[tuple[list[str], str]]:
    """Yield the headers, then a row for each card, with what is wrong with it, or a Remark on what
    it says and is not read: only columns in which anything stands.

    Raises UploadError where there is no card at all.
    """
    filled = _filled(path, encoding, path.stat().st_mtime_ns)
    if filled is None:
        raise UploadError(
            _("There is no card in this file: nothing begins with BEGIN:VCARD. Export the address book again as vCard.")
        )
    columns = [(key, label) for key, label in _COLUMNS if key in filled] or list(_COLUMNS[:2])
    yield [label() for _key, label in columns], ""
    for card in _cut(path, encoding):
        values, mistake = _read(card)
        yield [values.get(key, "") for key, _label in columns], mistake


@lru_cache(maxsize=16)
def _filled(path: Path, encoding: str, _changed: int) -> frozenset[str] | None:
    """The keys of the columns that the cards fill; None where there is no card. Asked several times of each file."""
    filled: set[str] | None = None
    for card in _cut(path, encoding):
        filled = filled or set()
        filled.update(_read(card)[0])
    return None if filled is None else frozenset(filled)


def _cut(path: Path, encoding: str) -> Iterator[Card]:
    card: Card | None = None
    within = 0  # a card inside the card, of somebody's agent
    for line in _logical_lines(path, encoding):
        mark = line.replace(" ", "").upper()
        if mark == "BEGIN:VCARD":
            if card and card.lines and card.lines[-1].upper().startswith("AGENT"):
                within += 1
                continue
            if card is not None:
                yield _torn(card)
            card, within = Card(), 0
        elif mark == "END:VCARD":
            if within:
                within -= 1
            elif card is not None:
                yield card
                card = None
        elif card is not None and not within:
            if line.startswith(_LEFT):
                card.left[line.removeprefix(_LEFT)] = None
            elif len(card.lines) < MAX_LINES:
                card.lines.append(line)
            else:
                card.mistake = _("The card has more than %(limit)s lines.") % {"limit": MAX_LINES}
    if card is not None:
        yield _torn(card)


def _torn(card: Card) -> Card:
    card.mistake = _("The card is torn: it has no end. Export it again.")
    return card


def _logical_lines(path: Path, encoding: str) -> Iterator[str]:
    """Lines as they were before they were folded; of those of which nothing is read only the name, after _LEFT."""
    line, keep, soft, whole = "", True, False, True
    with path.open(encoding=encoding, errors="replace") as file:
        while piece := file.readline(_PIECE):
            text = piece.rstrip("\r\n")
            if not whole:
                joined: str | None = text
            elif soft:
                joined = "\n" + text
            elif text[:1] in (" ", "\t") and text.strip():
                joined = text[1:]
            else:
                joined = None
            whole = piece.endswith("\n")
            if joined is not None:
                if keep and len(line) <= MAX_LINE:
                    line += joined
            elif text.strip():
                name = _NAME.match(text)
                if name is None and not keep and _NAME.match(line or "X") is None:
                    continue  # the rest of a picture that was not folded
                if line and keep:
                    yield line
                keep = name is None or name[1].upper() in _READ or name[1].upper() in ("BEGIN", "END", "AGENT")
                line = text[:MAX_LINE] if keep else ""
                if name is not None and not keep and text[name.end() :].strip(":; ") and is_told(name[1].upper()):
                    yield _LEFT + name[1].upper()
            soft = keep and bool(_SOFT_BREAK.match(line))
    if line and keep:
        yield line


def _read(card: Card) -> tuple[dict[str, str], str]:
    """What a card says, by key of its column, and what is wrong with it."""
    lines: dict[str, list[ContentLine]] = {}
    mistake = card.mistake
    for text in card.lines:
        try:
            line = _content(text)
        except (VObjectError, UnicodeError, LookupError, ValueError):
            mistake = mistake or _("This line of the card cannot be read: %(line)s") % {"line": clean_line(text)[:80]}
            continue
        if str(line.value).strip():
            lines.setdefault(line.name, []).append(line)
    kinds = [*lines.get("KIND", ()), *lines.get("X-ADDRESSBOOKSERVER-KIND", ())]
    if any(line.value.strip().lower() == "group" for line in kinds):
        mistake = mistake or _("This card is a list of people, not a person.")
    if card.left and not mistake:
        mistake = say_unread(card.left)
    values = {**_names(lines), **_addresses(lines), **_company(lines), **_birthday(lines), **_others(lines)}
    return {key: value for key, value in values.items() if value}, mistake


def _content(text: str) -> ContentLine:
    head, colon, value = text.partition(":")
    if '"' not in head:  # there is no colon in it, then
        name, *parameters = _MADE_UP.sub("", head).upper().split(";")  # vobject knows QUOTED-PRINTABLE only so
        head = ";".join([name, *filter(_PARAMETER.match, parameters)])
    else:
        head = head.upper()
    if "QUOTED-PRINTABLE" not in head:
        return textLineToContentLine(head + colon + value)
    try:
        return textLineToContentLine(head + colon + value.rstrip("="))
    except UnicodeDecodeError:
        if "CHARSET" in head:
            raise
        return textLineToContentLine(f"{head};CHARSET=CP1252{colon}{value}")  # old phones do not say


def _texts(value: str) -> list[str]:
    """The texts of a list with commas between."""
    parts = stringToTextValues(value) if "\\" in value else value.split(",")
    return [text for part in parts if (text := clean_line(part))]


def _text(line: ContentLine) -> str:
    value: str = line.value
    if "\\" not in value:
        return clean_lines(value)
    return clean_lines(re.sub(r"\\([nN,;:\\])", lambda found: "\n" if found[1] in "nN" else found[1], value))


def _parts(line: ContentLine, count: int) -> list[str]:
    """The parts of a structured value; lists inside a part are put together with a space."""
    escaped = "\\" in line.value
    found = stringToTextValues(line.value, listSeparator=";", charList=";") if escaped else line.value.split(";")
    parts = [clean_line(" ".join(_texts(part)) if "," in part or "\\" in part else part) for part in found]
    return [*parts, *[""] * count][:count]


def _names(lines: dict[str, list[ContentLine]]) -> dict[str, str]:
    named = next(iter(lines.get("N", ())), None)
    last, first, more, prefix, suffix = _parts(named, 5) if named else [""] * 5
    first = f"{first} {more}".strip()
    whole = _text(lines["FN"][0]) if lines.get("FN") else ""
    company = _company(lines).get("company")
    if not (first or last) and whole and whole != company and "@" not in whole:
        first, last = split_name(whole)
    nickname = _text(lines["NICKNAME"][0]) if lines.get("NICKNAME") else ""
    names = {"first_name": first, "last_name": last, "prefix": prefix, "suffix": suffix, "nickname": nickname}
    return {key: clean_line(name) for key, name in names.items()}


def _types(line: ContentLine) -> set[str]:
    named = [value for text in line.params.get("TYPE", ()) for value in text.split(",")]
    return {value.strip('"').upper() for value in [*named, *line.singletonparams]} | set(line.params) & {"PREF"}


def _by_preference(lines: Iterable[ContentLine], wanted: Sequence[str]) -> list[ContentLine]:
    """Those with the first of the `wanted` types come first, faxes last; otherwise as they are preferred by number, or
    stand in the card."""

    def place(line: ContentLine) -> tuple[int, int]:
        types = _types(line)
        numbers = (int(text) for text in line.params.get("PREF", ()) if text.isdecimal() and len(text) < 4)
        number = next(numbers, 101)  # RFC 6350, 5.3
        if "FAX" in types:
            return len(wanted) + 1, number
        return next((at for at, kind in enumerate(wanted) if kind in types), len(wanted)), number

    return sorted(lines, key=place)


def _addresses(lines: dict[str, list[ContentLine]]) -> dict[str, str]:
    values = {}
    emails = list(dict.fromkeys(_text(line) for line in _by_preference(lines.get("EMAIL", ()), ["PREF"])))
    for at, email in enumerate(emails[:MAX_EMAILS], start=1):
        values["email" if at == 1 else f"email_{at}"] = email
    numbers = _by_preference(lines.get("TEL", ()), ["CELL", "PREF"])
    texts = [_number(_text(line)) for line in numbers]
    first, *others = list(dict.fromkeys(texts)) or [""]
    values |= {"phone": first, "phones": ", ".join(others)}
    places = [_place(line) for line in _by_preference(lines.get("ADR", ()), ["PREF", "HOME"])]
    if places := [place for place in places if any(place.values())]:
        values |= places[0]
    values["addresses"] = "\n".join(_in_one_line(place) for place in places[1:] if place != places[0])
    return values


def _place(line: ContentLine) -> dict[str, str]:
    box, extended, street, city, region, postcode, country = _parts(line, 7)
    whole = ", ".join(filter(None, (street, extended, box)))
    return {"street": whole, "city": city, "region": region, "postcode": postcode, "country": country}


def _in_one_line(place: dict[str, str]) -> str:
    town = f"{place['postcode']} {place['city']}".strip()
    return ", ".join(filter(None, (place["street"], town, place["region"], place["country"])))


def _number(text: str) -> str:
    """A phone number as it is dialled, also where it is a link (RFC 3966)."""
    found = re.match(r"tel:([^;]*)(?:.*;ext=(\d+))?", text, flags=re.IGNORECASE)
    if found is None:
        return text
    return f"{found[1]} x{found[2]}" if found[2] else found[1]


def _company(lines: dict[str, list[ContentLine]]) -> dict[str, str]:
    for line in lines.get("ORG", ()):
        company, *department = _parts(line, 5)
        return {"company": company, "department": ", ".join(filter(None, department))}
    return {}


def _birthday(lines: dict[str, list[ContentLine]]) -> dict[str, str]:
    for line in lines.get("BDAY", ()):
        text = _text(line)
        if found := _DAY_ONLY.match(text):
            return {"birthday": f"{int(found[2])}.{int(found[1])}."}
        return {"birth_date": "-".join(found.groups()) if (found := _DAY.match(text)) else text}
    return {}


def _others(lines: dict[str, list[ContentLine]]) -> dict[str, str]:
    websites = list(dict.fromkeys(_text(line) for line in _by_preference(lines.get("URL", ()), ["PREF"])))
    language = [*lines.get("LANG", ()), *lines.get("X-LANGUAGE", ())]
    return {
        "title": ", ".join(_text(line) for line in lines.get("TITLE", ())),
        "language": _text(language[0]) if language else "",
        "website": websites[0] if websites else "",
        "websites": "\n".join(websites[1:]),
        "categories": ", ".join(text for line in lines.get("CATEGORIES", ()) for text in _texts(line.value)),
        "note": "\n".join(_text(line) for line in lines.get("NOTE", ())),
    }
