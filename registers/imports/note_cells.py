"""Cells of a file of notes: what was said, when and how."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.translation import gettext as _

from registers.imports.targets import NOTE_AT, NOTE_TEXT
from registers.models.note import LONGEST_NOTE, Note
from registers.texts import clean_lines, fold
from registers.values import Cell, Reading, ValueMistake, cell_text, fit, read_date

Kind = Note.Kind
_TIME = re.compile(r"(?<=[ T])([01]?\d|2[0-3])[:.]([0-5]\d)")
_WORDS = {
    Kind.PHONE: "phone, call, phone call, puhelu, puhelin, soitto, samtal, telefon, telefonsamtal, anruf, звонок",
    Kind.MEETING: "meeting, visit, tapaaminen, käynti, kokous, möte, besök, treffen, besuch, встреча",
    Kind.LETTER: "letter, post, kirje, brev, brief, письмо",
    Kind.EMAIL: "email, e mail, mail, sähköposti, epost, e post, mejl, почта",
    Kind.OTHER: "note, other, muistiinpano, muu, anteckning, annat, notiz, sonstiges, заметка",
}
_KINDS = {fold(word): kind for kind, words in _WORDS.items() for word in words.split(",")}


def read_note_cell(target: str, cell: Cell, reading: Reading) -> str:
    """What the cell says, as JSON keeps it; "" if nothing. Raises ValueMistake."""
    text = clean_lines(cell_text(cell))
    if not text:
        return ""
    if target == NOTE_TEXT:
        return fit(text, LONGEST_NOTE)
    if target == NOTE_AT:
        return _moment(cell, text, reading)
    labels = {fold(str(kind.label)): kind for kind in Kind}
    if kind := _KINDS.get(fold(text)) or labels.get(fold(text)):
        return str(kind.value)
    known = ", ".join(str(kind.label) for kind in Kind)
    raise ValueMistake(_("“%(text)s” is not one of: %(known)s") % {"text": text[:60], "known": known})


def _moment(cell: Cell, text: str, reading: Reading) -> str:
    """The day, with the time of day where the cell tells it; the clock is that of the organisation."""
    day = read_date(cell, reading.date_order)
    time = dt.time()
    if isinstance(cell, dt.datetime):
        time = cell.time().replace(microsecond=0, tzinfo=None)
    elif found := _TIME.search(text):
        time = dt.time(int(found[1]), int(found[2]))
    return dt.datetime.combine(day, time).isoformat()
