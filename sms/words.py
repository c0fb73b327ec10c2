"""The first word of a text message, by which it is told what its sender wants."""

from __future__ import annotations

import unicodedata

from registers.texts import clean_line

LONGEST = 20  # letters of a keyword
# Whoever sends one of these is not written to any more, whatever else a number is for.
STOP_WORDS = frozenset({"STOP", "STOPALL", "STOPP", "UNSUBSCRIBE", "LOPETA", "SEIS"})
_AROUND = "\"'“”„’‘«»()[]<>.,:;!?…"


def keyword_key(word: str) -> str:
    """One spelling of a word, so that join, Join and ＪＯＩＮ are the same."""
    return unicodedata.normalize("NFKC", clean_line(word)).upper()


def first_word(text: str) -> tuple[list[str], str]:
    """The spellings of the first word as it may have been meant, the likeliest first, and what follows it.

    Who reads “send JOIN.” in a newspaper sends the sign with it; a keyword may also have one of its own.
    """
    word, _space, rest = clean_line(text).partition(" ")
    key = keyword_key(word)
    bare = key.strip(_AROUND)
    return [spelling for spelling in dict.fromkeys((key, bare)) if spelling], rest.strip()


def is_stop(text: str) -> bool:
    return any(word in STOP_WORDS for word in first_word(text)[0])
