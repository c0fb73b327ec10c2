"""Files of two encodings: one list in UTF-8 pasted below another one that is older than Unicode.

Such a pair is a codec of its own, `utf_8_cp1252` for example: lines that are not UTF-8 are read in the other one.
"""

from __future__ import annotations

import codecs
from functools import partial
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from registers.imports.encodings import encoding_labels, legacy_encoding

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_PREFIX = "utf_8_"
_LONGEST = 4_000_000  # bytes; of longer lines no more is waited for
_FEWEST, _SHARE = 3, 0.25  # of the lines with other letters than plain ones are in UTF-8; by accident fewer would be


def mixed_encoding(raw: bytes) -> str:
    """The codec for a file of two encodings; "" where it is not one."""
    lines = [line for line in raw.splitlines() if not line.isascii()]
    others = [line for line in lines if not _is_utf8(line)]
    count = len(lines) - len(others)
    is_mixed = others and count >= max(_FEWEST, len(lines) * _SHARE)
    return _PREFIX + legacy_encoding(b"\n".join(others)) if is_mixed else ""


def say_mixed(encoding: str) -> str:
    """What is said of such a file; "" for all other encodings."""
    label = encoding_labels().get(encoding.removeprefix(_PREFIX), "") if encoding.startswith(_PREFIX) else ""
    text = _("Rows of this file are in two encodings, UTF-8 and %(other)s. Each is read in its own; look at the names.")
    return text % {"other": label} if label else ""


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


class _Decoder(codecs.IncrementalDecoder):
    """Decodes line by line: a few letters of another encoding may look like UTF-8, all of a line hardly do."""

    def __init__(self, errors: str = "strict", *, legacy: str) -> None:
        super().__init__(errors)
        self.legacy, self.rest = legacy, b""

    def decode(self, data: ReadableBuffer, final: bool = False) -> str:
        raw = self.rest + bytes(data)
        end = len(raw) if final or len(raw) > _LONGEST else raw.rfind(b"\n") + 1
        self.rest = raw[end:]
        return "".join(map(self._line, raw[:end].splitlines(keepends=True)))

    def _line(self, line: bytes) -> str:
        return line.decode() if _is_utf8(line) else line.decode(self.legacy, "replace")


def _find(name: str) -> codecs.CodecInfo | None:
    legacy = name.removeprefix(_PREFIX)
    if legacy == name or legacy not in encoding_labels():
        return None
    return codecs.CodecInfo(
        name=name,
        encode=codecs.utf_8_encode,
        decode=lambda data, _errors="strict": (_Decoder(legacy=legacy).decode(data, final=True), len(data)),
        incrementaldecoder=partial(_Decoder, legacy=legacy),
    )


codecs.register(_find)
