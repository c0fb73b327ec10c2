"""The encoding of texts from before Unicode, told by the names of people and towns in them.

Libraries for this look for the language of whole sentences, and take half of all short lists for something else. In
a list it is enough to ask of each letter beyond ASCII whether it could stand where it stands.
"""

from __future__ import annotations

import re
from functools import cache

_WESTERN = "äöåüéßøæñçáíóèàõ"
_WESTERN_TOO = "êëâãôîïìòùûúýœšžðþÿ"
_CENTRAL = "ćęłńóśźżáčďéěíľňőřšťúůűýžäöüßôâă"
_CENTRAL_TOO = "ąëşţ"
_BALTIC = "āčēģīķļņšūžėįųõäöü"
_BALTIC_TOO = "ąęśóé"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_CYRILLIC_TOO = "ёіїєґўјљњђћџѓќѕ"
_GREEK = "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώ"
_GREEK_TOO = "ϊϋΐΰ"
# Of two that fit alike the first one is taken.
_ALPHABETS = {
    "cp1252": (_WESTERN, _WESTERN_TOO),
    "cp1251": (_CYRILLIC, _CYRILLIC_TOO),
    "iso8859_15": (_WESTERN, _WESTERN_TOO),
    "cp1250": (_CENTRAL, _CENTRAL_TOO),
    "iso8859_2": (_CENTRAL, _CENTRAL_TOO),
    "cp1257": (_BALTIC, _BALTIC_TOO),
    "cp1253": (_GREEK, _GREEK_TOO),
    "mac_roman": (_WESTERN, _WESTERN_TOO),
    "cp850": (_WESTERN, _WESTERN_TOO),
    "koi8_r": (_CYRILLIC, _CYRILLIC_TOO),
    "cp866": (_CYRILLIC, _CYRILLIC_TOO),
    "mac_cyrillic": (_CYRILLIC, _CYRILLIC_TOO),
}
_LATIN = frozenset(["cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1257", "mac_roman", "cp850"])
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_ASCII_LETTER = re.compile(r"[A-Za-z]")
_BESIDE = frozenset("’‘“”„–—…•·€£§°«»\xa0\xad©®™²³½")  # signs that stand outside of words
_AT_THE_END = frozenset("ìòù")
# The same bytes are õ and û in the West; there is more of õ than of ő, and hardly any û.
_EITHER = {"ő": 0.8, "û": 0.1}
_RUN = 3  # so many accented letters do not follow each other in a word
_WRONG = -2.0
_MOST = 20_000  # bytes that are looked at


def legacy_encoding(raw: bytes) -> str:
    """The likeliest encoding of bytes that are not Unicode."""
    lines = (line for line in raw.splitlines() if any(byte > 0x7F for byte in line))
    sample = b"\n".join(lines)[:_MOST]
    return max(_ALPHABETS, key=lambda encoding: _likelihood(sample.decode(encoding, "replace"), encoding))


def _likelihood(text: str, encoding: str) -> float:
    weights, latin = _weights(encoding), encoding in _LATIN
    return sum(_fits(text, found.start(), weights, latin=latin) for found in _FOREIGN.finditer(text))


def _fits(text: str, at: int, weights: dict[str, float], *, latin: bool) -> float:
    char, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if char in _BESIDE:
        return _WRONG if before.isalpha() and after.isalpha() and char != "’" else 0.0
    if char.isupper() and before.isalpha() and (before.islower() or after.islower()):
        return _WRONG
    run = text[max(at - _RUN + 1, 0) : at + 1]
    if latin and len(run) == _RUN and run.isalpha() and not _ASCII_LETTER.search(run):
        return _WRONG
    if not latin and _ASCII_LETTER.search(before + after):
        return _WRONG
    return 1.0 if latin and char in _AT_THE_END and not after.isalpha() else weights.get(char, _WRONG)


@cache
def _weights(encoding: str) -> dict[str, float]:
    often, seldom = _ALPHABETS[encoding]
    weights = dict.fromkeys(often + often.upper(), 1.0) | dict.fromkeys(seldom + seldom.upper(), 0.4)
    return weights | {char: weight for char, weight in _EITHER.items() if char in weights}
