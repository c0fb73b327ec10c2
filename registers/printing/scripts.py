"""Writing that runs from the right, letters that join, and letters of which the fonts have none.

reportlab sets one letter after the other from the left. Hebrew and Arabic are put into the order in which they are seen
(UAX 9), Arabic letters take the forms that they have inside words, and Chinese, Japanese and Korean are set with the
fonts that each program for PDFs brings along (Adobe's character collections); those are not in the file.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby

from arabic_reshaper import ArabicReshaper
from bidi.algorithm import get_display

_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_PAIR = re.compile(rf"(?<={_RIGHT.pattern})\s*[(\[][^()\[\]]*{_RIGHT.pattern}[)\]]")
_MARK = "\u200f"
_HAN = re.compile("[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
_KANA = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9d]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]")
JAPANESE, CHINESE, TRADITIONAL, KOREAN = "HeiseiKakuGo-W5", "STSong-Light", "MSung-Light", "HYSMyeongJo-Medium"
# Which letters are in them is what the national standards hold that they are made after.
_STANDARDS = {JAPANESE: "cp932", CHINESE: "gbk", TRADITIONAL: "big5", KOREAN: "cp949"}
_joined = ArabicReshaper({"delete_harakat": False, "support_ligatures": True, "ARABIC LIGATURE ALLAH": False})


def is_plain(text: str) -> bool:
    """Whether letter after letter from the left, in the fonts shipped, is all that there is to it."""
    return text.isascii() or not (_RIGHT.search(text) or _HAN.search(text))


def as_seen(text: str) -> str:
    """A line in the order in which its letters stand on paper, and in the forms that they have there."""
    if not _RIGHT.search(text):
        return text
    # The algorithm is from before brackets were seen as pairs (UAX 9, N0): a mark keeps those after
    # such words with them.
    marked = _PAIR.sub(f"\\g<0>{_MARK}", _joined.reshape(text))
    return str(get_display(marked)).replace(_MARK, "")


def pieces(text: str, font: str) -> list[tuple[str, str]]:
    """The text in pieces of one font each: `font`, or those for Chinese, Japanese and Korean."""
    if not _HAN.search(text):
        return [(text, font)]
    wanted = [JAPANESE if _KANA.search(text) else CHINESE, CHINESE, JAPANESE, TRADITIONAL, KOREAN]
    fonts = [_font_of(char, wanted) or font for char in text]
    runs = groupby(zip(text, fonts, strict=True), key=lambda pair: pair[1])
    return [("".join(char for char, _font in run), name) for name, run in runs]


def is_borrowed(text: str) -> bool:
    """Whether some of its letters come from the program that opens the file."""
    return any(font in _STANDARDS for _part, font in pieces(text, ""))


def _font_of(char: str, wanted: list[str]) -> str:
    if not _HAN.match(char):
        return ""
    return next((name for name in ([KOREAN] if _HANGUL.match(char) else wanted) if _has(name, char)), "")


@cache
def _has(font: str, char: str) -> bool:
    try:
        char.encode(_STANDARDS[font])
    except UnicodeEncodeError:
        return False
    return True
