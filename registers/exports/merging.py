"""Tables for the serial letters of Word and LibreOffice: plain names of columns, greeting and envelope beside them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from guards.chunks import in_chunks
from registers.couples import Label
from registers.exports.people import Post, envelopes
from registers.exports.rows import CHUNK, Piece
from registers.extras import extra_values

# Word cuts off the names of merge fields after 40 characters.
LONGEST_NAME = 40
_NO_DECOMPOSITION = str.maketrans({"ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ß": "ss", "đ": "d", "ł": "l", "Ł": "L"})
MERGED_TOGETHER = 200


def field_names(labels: Sequence[str]) -> list[str]:
    """Names that both programs take for fields: letters of ASCII, digits and _, no two alike, none empty."""
    found: list[str] = []
    taken: Counter[str] = Counter()
    for at, label in enumerate(labels, start=1):
        plain = unicodedata.normalize("NFKD", label.translate(_NO_DECOMPOSITION)).encode("ascii", "ignore").decode()
        name = re.sub(r"\W+", "_", plain, flags=re.ASCII).strip("_")[: LONGEST_NAME - 4]
        if not name:
            name = f"Field_{at}"
        if name[0].isdigit():
            name = f"F_{name}"
        taken[name.casefold()] += 1
        again = taken[name.casefold()]
        found.append(f"{name}_{again}" if again > 1 else name)
    return found


def merge_headers(pieces: Sequence[Piece]) -> list[str]:
    beside = [_("Envelope"), _("Greeting"), *(_("Address line %(n)s") % {"n": n} for n in (1, 2, 3))]
    return field_names([*beside, *(piece.label for piece in pieces)])


def merge_rows(contacts: Any, pieces: Sequence[Piece], *, post: Post, together: bool) -> Iterator[list[Any]]:
    """A row for each letter: what stands on its envelope, its greeting, the address, then the pieces of the contact.

    With `together` a couple is one letter, with the first one's pieces.
    """
    for chunk in in_chunks(envelopes(contacts) if together else _alone(contacts), MERGED_TOGETHER):
        people = [label.contacts[0] for label in chunk]
        extras = extra_values(people) if any(piece.column is None for piece in pieces) else {}
        for label in chunk:
            first = label.contacts[0]
            lines = post.lines(label)[1:4]
            values = [
                extras[first.pk].get(piece.key, "")
                if piece.column is None
                else piece.column.format(piece.column.value(first))
                for piece in pieces
            ]
            yield [label.text or str(first), label.greeting, *lines, *[""] * (3 - len(lines)), *values]


def _alone(contacts: Any) -> Iterator[Label]:
    for contact in contacts.iterator(chunk_size=CHUNK):
        yield Label(contact.full_name, contact.first_name or contact.full_name, (contact,))
