"""The encoding of texts from before Unicode, told by the names of people and towns in them.

Libraries for this look for the language of whole sentences, and take half of all short lists for something else. In
a list it is enough to ask of each letter beyond ASCII whether it could stand where it stands.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext as _

_WESTERN = "äöåüéßøæñçáíóúèàãõêðþ"
_WESTERN_TOO = "ëâôîïìòùûýœšžÿ"
_CENTRAL = "ćęłńóśźżáčďéěíľňőřšťúůűýžäöüßôâă"
_CENTRAL_TOO = "ąëşţ"
_BALTIC = "āčēģīķļņšūžėįųõäöü"
_BALTIC_TOO = "ąęśóé"
_CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_CYRILLIC_TOO = "ёіїєґўјљњђћџѓќѕ"
_GREEK = "αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώ"
_GREEK_TOO = "ϊϋΐΰ"
_TURKISH = "çğıöşüÇĞİÖŞÜ"
_TURKISH_TOO = "âîû"
_HEBREW = "אבגדהוזחטיךכלםמןנסעףפץצקרשת"
_ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژگ"
_ARABIC_TOO = "ًٌٍَُِّْ،؟ـ"
_THAI = "".join(map(chr, range(0x0E01, 0x0E2F))) + "".join(map(chr, range(0x0E30, 0x0E4F)))
_KANA = "".join(map(chr, range(0x3041, 0x30FF))) + "々　"


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
    "cp1255": (_HEBREW, ""),  # the same bytes are capitals in the next one
    "koi8_r": (_CYRILLIC, _CYRILLIC_TOO),
    "cp866": (_CYRILLIC, _CYRILLIC_TOO),
    "mac_cyrillic": (_CYRILLIC, _CYRILLIC_TOO),
    "cp1254": (_TURKISH, _TURKISH_TOO),
    "cp1256": (_ARABIC, _ARABIC_TOO),
    "cp874": (_THAI, ""),
    "cp932": (_KANA, ""),
    "cp949": ("", ""),
    "gb18030": ("", ""),
    "cp950": ("", ""),
}
# Those with two bytes for a letter, and between which first bytes the letters of people and towns stand in them.
_OF_TWO_BYTES = {"cp932": (0x88, 0x97), "cp949": (0xB0, 0xC8), "gb18030": (0xB0, 0xD7), "cp950": (0xA4, 0xC6)}
_LATIN = frozenset(["cp1252", "iso8859_15", "cp1250", "iso8859_2", "cp1257", "mac_roman", "cp850", "cp1254"])
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_ASCII_LETTER = re.compile(r"[A-Za-z]")
_BESIDE = frozenset("’‘“”„–—…•·€£§°«»\xa0\xad©®™²³½¿¡")  # signs that stand outside of words
# Such a sign tells as much as a letter where it stands as it should: alone, before, behind or between words.
_ALONE, _BEFORE, _BEHIND = frozenset("–—•·€£§°©®™²³½"), frozenset("“„«‘¿¡"), frozenset("”»…’")
_HEBREW_ENDS = frozenset("ךםןףץ")
_AT_THE_END = frozenset("ìòù")
# The same bytes are õ and û in the West; there is more of õ than of ő, and hardly any û.
_EITHER = {"ő": 0.8, "Ő": 0.8, "û": 0.1}
_IN_THE_WEST = {"š": 0.9, "Š": 0.9, "ž": 0.9, "Ž": 0.9}  # as good as others, where nothing speaks for the East
_RUN = 3  # so many accented letters do not follow each other in a word
_WRONG = -2.0
_MOST = 20_000  # bytes that are looked at


def encoding_labels() -> dict[str, str]:
    """What a person may choose from, where the letters of a text from before Unicode come out wrong."""
    western, central, cyrillic = _("Western European"), _("Central European"), _("Cyrillic")
    return {
        "cp1252": f"{western} (Windows)",
        "iso8859_15": f"{western} (ISO)",
        "mac_roman": f"{western} (Macintosh)",
        "cp850": f"{western} (DOS)",
        "cp1250": f"{central} (Windows)",
        "iso8859_2": f"{central} (ISO)",
        "cp852": f"{central} (DOS)",
        "mac_latin2": f"{central} (Macintosh)",
        "cp1257": _("Baltic"),
        "cp1251": f"{cyrillic} (Windows)",
        "koi8_r": f"{cyrillic} (KOI8-R)",
        "cp866": f"{cyrillic} (DOS)",
        "iso8859_5": f"{cyrillic} (ISO)",
        "mac_cyrillic": f"{cyrillic} (Macintosh)",
        "cp1253": _("Greek"),
        "cp1254": _("Turkish"),
        "cp1255": _("Hebrew"),
        "cp1256": _("Arabic"),
        "cp1258": _("Vietnamese"),
        "cp874": _("Thai"),
        "cp932": _("Japanese (Shift JIS)"),
        "euc_jp": _("Japanese (EUC)"),
        "gb18030": _("Chinese, simplified"),
        "cp950": _("Chinese, traditional"),
        "cp949": _("Korean"),
    }


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
        return _sign_fits(char, before, after)
    if char.isupper() and before.isalpha() and (before.islower() or after.islower()):
        return _WRONG
    run = text[max(at - _RUN + 1, 0) : at + 1]
    if latin and len(run) == _RUN and run.isalpha() and not _ASCII_LETTER.search(run):
        return _WRONG
    if (not latin and _ASCII_LETTER.search(before + after)) or (char in _HEBREW_ENDS and after.isalpha()):
        return _WRONG
    if not latin and char.islower() and not before.isalpha():
        return 0.5  # names begin with a capital, where there are any
    if (char in "ðÐ") != before.isalpha() and char in "ðÐþÞ":
        return 0.1  # the one begins no word, and the other stands in none
    if latin and char == "û" and before == "o":
        return 1.0  # août
    return 1.0 if latin and char in _AT_THE_END and not after.isalpha() else weights.get(char, _WRONG)


def _sign_fits(char: str, before: str, after: str) -> float:
    if char == "\xa0":
        return _WRONG if before.isalpha() and after.islower() else 1.0
    if before.isalpha() and after.isalpha():
        return 1.0 if char == "’" else _WRONG
    alone = char in _ALONE and not before.isalpha() and not after.isalpha()
    opens = char in _BEFORE and not before.isalpha() and after.isalpha()
    closes = char in _BEHIND and before.isalpha()
    if char == "”" and closes:
        return 0.5  # ö in DOS, with which words end
    return 1.0 if alone or opens or closes else 0.0


@cache
def _weights(encoding: str) -> dict[str, float]:
    often, seldom = _ALPHABETS[encoding]
    each = 1.0
    if encoding in _OF_TWO_BYTES:
        each, often = 2.0, often + _common(encoding, *_OF_TWO_BYTES[encoding])
    weights = dict.fromkeys(often + often.upper(), each) | dict.fromkeys(seldom + seldom.upper(), 0.4)
    either = _EITHER | (_IN_THE_WEST if often == _WESTERN else {})
    return weights | {char: weight for char, weight in either.items() if char in weights}


def _common(encoding: str, first: int, last: int) -> str:
    pairs = (bytes([lead, trail]) for lead in range(first, last + 1) for trail in range(0x40, 0xFF))
    return "".join(char for pair in pairs if len(char := pair.decode(encoding, "ignore")) == 1 and char > "⺀")
