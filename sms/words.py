"""The first word of a text message, by which it is told what its sender wants."""

from __future__ import annotations

import re
import unicodedata
from itertools import takewhile

from registers.texts import clean_line

LONGEST = 20  # letters of a keyword
# Whoever begins with one of these is not written to any more, whatever else a number is for; who sends one of the
# others alone, too, and who puts STOP into a few words: better once too often than once too few.
STOP_WORDS = frozenset({"STOP", "STOPALL", "STOPP", "UNSUBSCRIBE", "OPTOUT", "LOPETA", "AVSLUTA", "ABMELDEN"})
STOP_ALONE = frozenset({"END", "CANCEL", "QUIT", "REVOKE", "SEIS", "PERU", "PERUUTA", "SLUTA", "ENDE"})
FEW = 3
# A soft hyphen, and what makes a sign a picture.
_SILENT = re.compile("[\u00ad\ufe00-\ufe0f]")
_WORD = re.compile(r"[^\W_]+")
_AROUND = re.compile(r"\A[\W_]+|[\W_]+\Z")
_IN_NAMES = frozenset(" .'’,-")


def keyword_key(word: str) -> str:
    """One spelling of a word, so that join, Join and ＪＯＩＮ are the same."""
    return unicodedata.normalize("NFKC", clean_line(_SILENT.sub("", word))).upper()


def first_word(text: str) -> list[str]:
    """The spellings of the first word as it may have been meant, the likeliest first.

    Who reads “send JOIN.” in a newspaper sends the sign with it; a keyword may also have one of its own.
    """
    key = keyword_key(text.split(maxsplit=1)[0]) if text.split() else ""
    words = _WORD.findall(keyword_key(text))
    return [spelling for spelling in dict.fromkeys((key, _AROUND.sub("", key), *words[:1])) if spelling]


def is_stop(text: str) -> bool:
    words = _WORD.findall(keyword_key(text))
    if not words:
        return False
    alone = len(words) == 1 and words[0] in STOP_ALONE
    return words[0] in STOP_WORDS or alone or (len(words) <= FEW and "STOP" in words)


def name_after(text: str) -> str:
    """The name that follows the keyword on its line; not what telephones add to each message, nor signs and numbers."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    found = _WORD.search(line)
    rest = clean_line(line[found.end() :]).lstrip(" .,:;!–—-") if found else ""
    name = takewhile(lambda letter: letter in _IN_NAMES or unicodedata.category(letter)[0] in "LM", rest)
    return "".join(name).partition(" -")[0].strip(" .,-")
