"""Who of a list is written to: envelopes with couples once, and those who are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from babel import Locale
from django.db.models import Q
from django.utils.translation import gettext as _

from guards.chunks import in_chunks
from registers.absences import away
from registers.couples import Label, labels_for, pairs_of
from registers.exports.rows import CHUNK
from registers.models import Contact
from registers.texts import clean_line, clean_lines
from registers.values import ValueMistake
from registers.values.world import read_country

# Parts of a country that its post delivers to as at home, though they have a code of their own.
_AT_HOME = {("FI", "AX"), ("NO", "SJ")}


def living(contacts: Any) -> tuple[Any, Counter[str]]:
    """Those who may be written to now, and how many are not among them, by reason."""
    on_leave = Q(pk__in=away())
    left_out: Counter[str] = Counter()
    left_out[_("deceased")] = contacts.filter(deceased=True).count()
    left_out[_("on leave")] = contacts.filter(on_leave, deceased=False).count()
    return contacts.filter(~on_leave, deceased=False), +left_out


def envelopes(contacts: Any) -> Iterator[Label]:
    """What stands on their envelopes, in their order; a couple of whom both are among them once, where the first is."""
    done: set[int] = set()
    for chunk in in_chunks(contacts.iterator(chunk_size=CHUNK), CHUNK):
        people: list[Contact] = [contact for contact in chunk if contact.pk not in done]
        here = {contact.pk for contact in people}
        others = {pair.other(Contact(pk=pk)).pk for pk, pair in pairs_of(people).items()} - here - done
        # The other of a couple may come in a later chunk, or not be on the list at all.
        later = list(contacts.filter(pk__in=others).order_by()) if others else []
        for label in labels_for([*people, *later]):
            if label.contacts[0].pk not in here and label.contacts[-1].pk not in here:
                continue
            if len(label.contacts) == 2:
                done |= {contact.pk for contact in label.contacts}
            yield label


@dataclass(frozen=True, slots=True)
class Post:
    """From where letters are sent, and in which language countries are written."""

    region: str
    language: str

    def lines(self, label: Label) -> list[str]:
        """The lines of an address; none where there is no address to send to.

        The country stands last, in capitals, in the language of the country where the letter is posted, as the
        Universal Postal Union asks; at home it is left out.
        """
        home = next((contact for contact in label.contacts if contact.street or contact.city), None)
        if home is None:
            return []
        place = clean_line(f"{home.postcode} {home.city}")
        name = label.text or str(home)
        street = clean_lines(home.street).split("\n")
        return [line for line in (clean_line(name), *street, place, self.country(home.country)) if line]

    def country(self, text: str) -> str:
        if not clean_line(text):
            return ""
        try:
            code = read_country(text)
        except ValueMistake:
            return clean_line(text).upper()
        if code == self.region or (self.region, code) in _AT_HOME:
            return ""
        return str(Locale.parse(self.language, sep="-").territories.get(code, code)).upper()
