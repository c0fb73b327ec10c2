"""Yes and no, and one or several of the choices of a column."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from django.utils.text import slugify
from django.utils.translation import gettext as _

from registers.texts import clean_line
from registers.values.cells import Cell, Reading, UnknownChoice, ValueMistake, cell_text, fit
from registers.values.kinds import Option

MAX_CODE = 60
YES = frozenset(
    "1 x y yes true on ✓ ✔ ☑ kyllä k joo tosi ja j sant wahr да jah oui vrai sí si sì s verdadero vero sim verdadeiro "
    "waar tak prawda はい 有 ○".split()
)
NO = frozenset(
    "0 - n no false off ei e epätosi nej falskt nein falsch нет ✗ ☐ nei non faux falso não nee onwaar nie fałsz "
    "いいえ 無".split()
)
_SPLIT_OPTIONS = re.compile(r"([,;|\n])")
# "18" and "18+" are different choices.
_TELLING_SIGNS = str.maketrans(
    {"+": " plus ", "<": " under ", ">": " over ", "#": " sharp ", "%": " percent ", "–": "-", "—": "-", "−": "-"}
)
# So are "1.12." and "11.2.", "10:15" and "10–15", "-5" and "5", "A-" and "A".
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[^\w\s-](?=\d)")
_BETWEEN = {".": " point ", ",": " point ", ":": " colon ", "/": " slash "}
_COUNTED = re.compile(r"-\d+\Z")
_MINUS = re.compile(r"(?<!\S)-(?=\d)|(?<=\w)-$")


@lru_cache(maxsize=16_384)
def option_code(label: str) -> str:
    """Return the code under which an option is stored; the same label always gives the same code."""
    label = clean_line(label)
    telling = _MINUS.sub(" minus ", label.translate(_TELLING_SIGNS))
    telling = _BETWEEN_DIGITS.sub(lambda found: _BETWEEN.get(found[0], " "), telling)
    code = slugify(telling, allow_unicode=True) or label
    if len(code) <= MAX_CODE:
        return code
    # Long choices often begin alike.
    mark = hashlib.md5(code.encode(), usedforsecurity=False).hexdigest()[:8]
    return f"{code[: MAX_CODE - len(mark) - 1]}-{mark}"


def read_yes_no(cell: Cell) -> bool:
    """Read yes or no in the languages of spreadsheets, as a cross, or as 1 and 0."""
    if isinstance(cell, bool):
        return cell
    text = clean_line(cell_text(cell)).casefold()
    if text in YES:
        return True
    if text in NO:
        return False
    raise ValueMistake(_("“%(text)s” is neither yes nor no") % {"text": text[:60]})


def find_option(text: str, options: Sequence[Option], *, as_shown: bool = False) -> Option | None:
    """Return the choice that `text` means: its code or its label, whatever the case, spaces and punctuation.

    Of a choice that has the text as its code and one that is called so, the first is meant, or with `as_shown` the
    second. Accents do not count where only one choice comes into question: an address book in plain ASCII says
    “Jyvaskyla”. A choice that was renamed is found by its former name, which its code is made of.
    """
    by_code, by_label, by_fold, by_former = _option_index(tuple(options))
    code = option_code(text)
    coded, called = by_code.get(text), by_label.get(code)
    found = called or coded if as_shown else coded or called
    return found or by_fold.get(_without_accents(code)) or by_former.get(code)


@lru_cache(maxsize=64)
def _option_index(
    options: tuple[Option, ...],
) -> tuple[dict[str, Option], dict[str, Option], dict[str, Option | None], dict[str, Option]]:
    by_code: dict[str, Option] = {}
    by_label: dict[str, Option] = {}
    by_fold: dict[str, Option | None] = {}
    by_former: dict[str, Option] = {}
    for option in options:
        by_code.setdefault(option.code, option)
        code = option_code(option.label)  # not always that of the option: it may have been given by other rules
        by_label.setdefault(code, option)
        fold = _without_accents(code)
        by_fold[fold] = option if by_fold.get(fold, option) == option else None
        # As codes were made once, “15 km” is the code of “1.5 km”, and the second of a code has a number behind it.
        if {option.code, _COUNTED.sub("", option.code)}.isdisjoint({code, slugify(option.label, allow_unicode=True)}):
            by_former[option.code] = option
    return by_code, by_label, by_fold, by_former


def _without_accents(code: str) -> str:
    if code.isascii():
        return code
    plain = unicodedata.normalize("NFKD", code.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def read_option(text: str, options: Sequence[Option], reading: Reading) -> str | None:
    return next(iter(_known_options([text], options, reading)), None)


def read_options(cell: Cell | list[str], options: Sequence[Option], reading: Reading) -> list[str] | None:
    """Read choices from a cell, where something stands between them, or from a list that holds one in each place."""
    if isinstance(cell, list):
        return _known_options([clean_line(text) for text in cell], options, reading) or None
    whole = clean_line(cell_text(cell))
    texts = split_options(cell, options) if isinstance(cell, str) else [whole]
    if (found := find_option(whole, options)) and (
        _pieces(found.label) == _pieces(whole) or not all(find_option(text, options) for text in texts)
    ):
        texts = [whole]
    return _known_options(texts, options, reading) or None


def _pieces(text: str) -> list[str]:
    """What stands between commas: “A, B” is no other spelling of a choice “AB”."""
    return [_without_accents(option_code(piece)) for piece in _SPLIT_OPTIONS.split(text)[::2]]


def split_options(text: str, options: Sequence[Option] = ()) -> list[str]:
    """Return the values that stand in a cell of a column of several choices; a comma in a choice of `options` does not
    part it."""
    parts = _SPLIT_OPTIONS.split(text)
    most = max((len(_SPLIT_OPTIONS.findall(option.label)) for option in options), default=0)
    if most and len(parts) > 3:
        parts = _put_together(parts, options, most)
    return [value for part in parts[::2] if (value := _unquoted(clean_line(part)))]


def _unquoted(text: str) -> str:
    """A choice without quotation marks around it: Mailchimp writes "Volunteer","Donor"."""
    bare = text[1:-1].strip()
    return bare if bare and text[0] == text[-1] == '"' and '"' not in bare else text


def _put_together(parts: Sequence[str], options: Sequence[Option], most: int) -> list[str]:
    """The parts of a text with what stands between them, where those that are one choice have been joined again.

    `most` is how many commas a choice holds at most.
    """
    joined: list[str] = []
    at = 0
    while at < len(parts):
        ends = range(min(len(parts), at + 2 * most + 1), at + 1, -2)
        end = next((end for end in ends if _is_one("".join(parts[at:end]), options)), at + 1)
        joined += ["".join(parts[at:end]), *parts[end : end + 1]]
        at = end + 1
    return joined


def _is_one(text: str, options: Sequence[Option]) -> bool:
    found = find_option(clean_line(text), options)
    return found is not None and _pieces(found.label) == _pieces(text)


def _known_options(texts: Sequence[str], options: Sequence[Option], reading: Reading) -> list[str]:
    codes, unknown = [], []
    for text in filter(None, texts):
        if option := find_option(text, options, as_shown=reading.as_shown):
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
