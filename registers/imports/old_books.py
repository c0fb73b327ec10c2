"""The formats of cells in workbooks of Excel 97 and before, of which calamine gives the values only.

[MS-CFB] tells how such a file is a file system, [MS-XLS] what the records of its one large stream say.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path

_ROWS = 200
_END = 0xFFFFFFFA  # and above: no sector
_EXCEL_97 = 0x0600
_BOF, _EOF, _BOUNDSHEET, _FORMAT, _XF = 0x0809, 0x000A, 0x0085, 0x041E, 0x00E0
_NUMBER, _RK, _MULRK, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x0006
_NO_NUMBER = b"\xff\xff"  # at the end of what a formula has given


def number_formats(path: Path, sheet: str, is_wanted: Callable[[int, str], bool]) -> Iterator[tuple[int, bool]]:
    """For each number in the first rows of a sheet its column, and whether its format (number and code) is wanted.

    Raises ValueError, IndexError or struct.error where the file is not what it says.
    """
    book = _book_stream(path.read_bytes())
    start, wanted, styles = None, set[int](), list[bool]()
    version = 0
    for kind, data in _records(book, 0):
        if kind == _BOF:
            version = _short(data, 0)
        elif kind == _FORMAT and is_wanted(_short(data, 0), _text(data, 2, 2 if version == _EXCEL_97 else 1, version)):
            wanted.add(_short(data, 0))
        elif kind == _XF:
            number = _short(data, 2)
            styles.append(number in wanted or is_wanted(number, ""))
        elif kind == _BOUNDSHEET and _text(data, 6, 1, version) == sheet:
            start = struct.unpack_from("<I", data)[0]
    if start is None:
        return
    rows: set[int] = set()
    for kind, data in _records(book, start):
        if kind not in (_NUMBER, _RK, _MULRK, _FORMULA) or (kind == _FORMULA and data[12:14] == _NO_NUMBER):
            continue
        rows.add(_short(data, 0))
        if len(rows) > _ROWS:
            return
        first = _short(data, 2)
        count = (len(data) - 6) // 6 if kind == _MULRK else 1
        for at in range(count):
            yield first + at, styles[_short(data, 4 + 6 * at)]


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records from a place in the stream on, to the end of what begins there."""
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        if kind == _EOF:
            return
        yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _short(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<H", data, at)[0])


def _text(data: bytes, at: int, counted_in: int, version: int) -> str:
    count = int.from_bytes(data[at : at + counted_in], "little")
    at += counted_in
    if version != _EXCEL_97:
        return data[at : at + count].decode("cp1252", "replace")
    if data[at] & 1:
        return data[at + 1 : at + 1 + 2 * count].decode("utf-16-le", "replace")
    return data[at + 1 : at + 1 + count].decode("latin-1")


def _book_stream(raw: bytes) -> bytes:
    """The stream called Workbook or, before Excel 97, Book."""
    size, small_size = 1 << _short(raw, 30), 1 << _short(raw, 32)
    if size not in (512, 4096) or small_size != 64:
        raise ValueError("no such file system")
    directory, least, small_table = struct.unpack_from("<I4xII", raw, 48)

    def sector(number: int) -> bytes:
        return raw[(number + 1) * size : (number + 2) * size]

    table = _table(raw, sector, size)
    entries = b"".join(map(sector, _chain(table, directory)))
    root = entries[:128]
    for at in range(0, len(entries), 128):
        entry = entries[at : at + 128]
        name = entry[: max(_short(entry, 64) - 2, 0)].decode("utf-16-le", "replace")
        if name not in ("Workbook", "Book"):
            continue
        start, length = struct.unpack_from("<II", entry, 116)
        if length >= least:
            return b"".join(map(sector, _chain(table, start)))[:length]
        small = b"".join(map(sector, _chain(table, struct.unpack_from("<I", root, 116)[0])))
        links = _numbers(b"".join(map(sector, _chain(table, small_table))))
        parts = (small[number * small_size : (number + 1) * small_size] for number in _chain(links, start))
        return b"".join(parts)[:length]
    raise ValueError("no workbook")


def _table(raw: bytes, sector: Callable[[int], bytes], size: int) -> list[int]:
    """Of each sector the next one."""
    places = _numbers(raw[76:512])
    most = len(raw) // size // (size // 4) + 1  # sectors that tell of others; what says more would fill the memory
    (following,) = struct.unpack_from("<I", raw, 68)
    while following < _END and len(places) < most:
        *more, following = _numbers(sector(following))
        places += more
    return [number for place in places[:most] if place < _END for number in _numbers(sector(place))]


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))


def _chain(table: list[int], number: int) -> Iterator[int]:
    for _at in range(len(table)):
        if number >= _END:
            return
        yield number
        number = table[number]
