"""Writing that runs from the right, letters that join, and letters of which the fonts have none.

reportlab sets one letter after the other from the left. Hebrew and Arabic are put into the order in which they are seen
(the essence of UAX 9), Arabic letters take the forms that they have inside words, and Chinese, Japanese and Korean are
set with the fonts that each program for PDFs brings along (Adobe's character collections); those are not in the file.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import groupby

_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_HAN = re.compile("[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
_KANA = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9d]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7ff]")
JAPANESE, CHINESE, TRADITIONAL, KOREAN = "HeiseiKakuGo-W5", "STSong-Light", "MSung-Light", "HYSMyeongJo-Medium"
# Which letters are in them is what the national standards hold that they are made after.
_STANDARDS = {JAPANESE: "cp932", CHINESE: "gbk", TRADITIONAL: "big5", KOREAN: "cp949"}
_ISOLATED, _FINAL, _INITIAL, _MEDIAL = "<isolated>", "<final>", "<initial>", "<medial>"


def is_plain(text: str) -> bool:
    """Whether letter after letter from the left, in the fonts shipped, is all that there is to it."""
    return text.isascii() or not (_RIGHT.search(text) or _HAN.search(text))


def as_seen(text: str) -> str:
    """A line in the order in which its letters stand on paper, and in the forms that they have there."""
    if not _RIGHT.search(text):
        return text
    text = _joined(text)
    levels = _levels(text)
    signs = [_mirrored(char) if level % 2 else char for char, level in zip(text, levels, strict=True)]
    order = list(range(len(text)))
    for level in range(max(levels), 0, -1):
        start = 0
        for is_deep, group in groupby([levels[at] >= level for at in order]):
            end = start + len(list(group))
            if is_deep:
                order[start:end] = reversed(order[start:end])
            start = end
    return "".join(signs[at] for at in order)


def _levels(text: str) -> list[int]:
    """For each letter how deeply it is embedded: odd ones run from the right."""
    kinds = [_kind(char) for char in text]
    base = next((kind for kind in kinds if kind in "LR"), "L")
    last = base
    for at, kind in enumerate(kinds):
        if kind == "N" and last == "L":
            kinds[at] = "L"  # a number after Latin letters is part of them
        elif kind in "LR":
            last = kind
        elif text[at] in "/.,:+-" and kinds[at - 1 : at] == kinds[at + 1 : at + 2] == ["N"]:
            kinds[at] = "N"  # 3/5, 12-14
    strong: list[str] = []
    opened: list[int] = []
    for at, kind in enumerate(kinds):
        if kind != " ":
            strong.append(kind)
            continue
        if text[at] in "([":
            opened.append(at)
        elif text[at] in ")]" and opened:
            strong.append(strong[opened.pop()])
            continue
        before = next((one for one in reversed(strong) if one != " "), base)
        after = next((one for one in kinds[at + 1 :] if one != " "), base)
        sides = {"R" if side == "N" else side for side in (before, after)}
        strong.append(sides.pop() if len(sides) == 1 else base)
    if base == "L":
        return [{"L": 0, "R": 1, "N": 2}[kind] for kind in strong]
    return [1 if kind == "R" else 2 for kind in strong]


def _kind(char: str) -> str:
    name = unicodedata.bidirectional(char)
    if name in ("R", "AL", "NSM"):
        return "R"
    return "L" if name == "L" else "N" if name in ("EN", "AN") else " "


def _mirrored(char: str) -> str:
    return {"(": ")", ")": "(", "[": "]", "]": "[", "«": "»", "»": "«", "<": ">", ">": "<"}.get(char, char)


@cache
def _forms() -> dict[str, dict[str, str]]:
    """Arabic letters, and lam with alef, by the form that they have beside others."""
    found: dict[str, dict[str, str]] = {}
    for code in (*range(0xFB50, 0xFBFF), *range(0xFE80, 0xFEFD)):
        form, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        base = "".join(chr(int(letter, 16)) for letter in letters)
        if form.startswith("<") and (len(base) == 1 or base[:1] == "\u0644"):
            found.setdefault(base, {})[form] = chr(code)
    return found


def _joined(text: str) -> str:
    forms = _forms()
    parts: list[str] = []
    for char in text:
        if parts and parts[-1] == "\u0644" and parts[-1] + char in forms:
            parts[-1] += char
        else:
            parts.append(char)

    def joins(at: int, step: int, form: str) -> bool:
        """Whether the next letter on that side, marks above and below aside, reaches over to this one."""
        at += step
        while 0 <= at < len(parts) and unicodedata.category(parts[at][0]) == "Mn":
            at += step
        return 0 <= at < len(parts) and (form in forms.get(parts[at], {}) or parts[at] == "\u0640")

    shaped = []
    for at, part in enumerate(parts):
        own = forms.get(part)
        if own is None:
            shaped.append(part)
            continue
        before = _FINAL in own and joins(at, -1, _INITIAL)
        after = _INITIAL in own and joins(at, 1, _FINAL)
        wanted = _MEDIAL if before and after else _FINAL if before else _INITIAL if after else _ISOLATED
        shaped.append(own.get(wanted, part))
    return "".join(shaped)


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
