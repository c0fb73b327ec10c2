"""What people type into a search box for contacts, as a condition that one trigram index answers.

Contact.search_text holds everything to look through, folded by `plain`. PostgreSQL finds text in it by its trigrams, so
words of one or two letters, which have none, are looked for at the beginnings of words only.
"""

from __future__ import annotations

import re

from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.db.models.functions import Coalesce

from registers.addresses import address_spellings
from registers.texts import apostrophes, clean_line, plain, sort_key

LONGEST = 200  # characters that are looked at; nobody types more, whoever pastes more means the beginning
MOST_WORDS = 8
_LETTERS = re.compile(r"[^\W_]+")
# A number as people write it: 040 123 4567, (040) 123-4567, +358 (0)40 1234567, 00358 40….
_NUMBER = re.compile(r"(?:(?<=\s)|^)[+(]*\d[\d ()./-]*(?=\s|$)")


def search_condition(text: str) -> Q | None:
    """Contacts in whom every word of `text` is found; None where there is nothing to look for in it."""
    typed = clean_line(text[: 2 * LONGEST])
    otherwise = _domains(typed)
    line = plain(typed)[:LONGEST]
    pieces = [_number(found[0]) for found in _NUMBER.finditer(line)]
    pieces += [_word(word, *otherwise.get(word, ())) for word in _NUMBER.sub(" ", line).split()[:MOST_WORDS]]
    known = [piece for piece in pieces if piece is not None]
    return Q(*known) if known else None


def without_index(condition: Q) -> Q:
    """The same condition, but no index answers it: PostgreSQL looks at each whom it comes to otherwise."""
    return Q(Coalesce(ExpressionWrapper(condition, output_field=BooleanField()), Value(False)))


def begins_with(text: str) -> Q | None:
    """Contacts whose surname begins with the longest word of `text`; None if no surname can."""
    longest = max(clean_line(text[:LONGEST]).split(), key=len, default="")
    if not longest[:1].isalpha():
        return None
    start = sort_key(longest)
    return Q(sort_key__gte=start, sort_key__lt=start + "\U0010ffff")


def _domains(typed: str) -> dict[str, list[str]]:
    """The other spellings of what may be addresses among the words, each as it is stored."""
    words = ((word, address_spellings(word.strip("<>,;"))) for word in typed.split())
    return {plain(word): [plain(each) for each in found[1:]] for word, found in words if len(found) > 1}


def _word(word: str, *otherwise: str) -> Q | None:
    runs = _LETTERS.findall(word)
    if not runs:
        return None  # a comma, a dash: nobody means them
    word = word[word.index(runs[0]) : word.rindex(runs[-1]) + len(runs[-1])]
    found = Q()
    for other in otherwise:
        found |= Q(search_text__contains=other)
    for each in apostrophes(word):
        if max(map(len, runs)) >= 3:
            found |= Q(search_text__contains=each)
        else:
            found |= Q(search_text__startswith=each) | Q(search_text__contains=f" {each}")
    return found


def _number(text: str) -> Q | None:
    """A phone number however it is written, or what is written if it is the number of something else."""
    as_written = [piece for piece in map(_word, text.split()[:MOST_WORDS]) if piece is not None]
    digits = re.sub(r"\D", "", text.replace("(0)", ""))
    if text.lstrip("(").startswith("+"):
        phone = f"+{digits}"
    elif digits.startswith("00"):
        phone = f"+{digits.lstrip('0')}"
    else:
        phone = digits.removeprefix("0")
    if len(phone) < 3:
        return Q(*as_written) if as_written else None
    return Q(search_text__contains=phone) | Q(*as_written)
