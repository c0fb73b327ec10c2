"""Columns of a file that say what people agreed to: where they may go, what they are guessed to be, how cells are read.

A column goes to one purpose by one channel, under the key "consent.<purpose>.<channel>". Its entry in the mapping has
"words", the different values it holds, and "consent": {"means": {word: "yes" | "no" | ""}, "since": the header of a
column of dates, "day": an ISO date, "how": …, "text": …}.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from registers.imports.guessing import SAMPLE_ROWS
from registers.imports.targets import CONSENT, NEW
from registers.models.consent import Channel, Purpose
from registers.models.imports import Import
from registers.models.register import Register
from registers.purposes import purposes_of
from registers.texts import clean_line, clean_lines, fold
from registers.values import NO, YES, Cell, Reading, ValueMistake, cell_text, read_date

SAID_YES, SAID_NO = "yes", "no"
MEANINGS = (SAID_YES, SAID_NO, "")
MAX_WORDS = 8  # a column of more different values does not say yes and no
_MAX_WORD = 40
_SMS = ("sms", "tekstiviesti", "tekstari", "text message", "textmeddelande", "смс")
_CONSENTS = (
    "consent", "permission", "opt in", "optin", "lupa", "suostumus", "samtycke", "medgivande", "einwilligung",
    "zustimmung", "согласие",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConsentChoices:
    """What is chosen of one column: the meaning of each of its words in their order, and the column of its dates."""

    means: Sequence[str] = ()
    since: str = ""


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """What is chosen of all columns of consents together."""

    how: str = ""
    text: str = ""
    day: str = ""


def consent_key(purpose_id: int, channel: str) -> str:
    return f"{CONSENT}{purpose_id}.{channel}"


def is_consent(target: str | None) -> bool:
    return target is not None and target.startswith(CONSENT)


def purpose_and_channel(key: str) -> tuple[int, str]:
    number, _dot, channel = key.removeprefix(CONSENT).partition(".")
    return int(number), channel


def consent_targets(register: Register) -> dict[str, str]:
    """Where consents may go, by key, in words: the register's purposes by each channel, or all where it names none."""
    purposes = [row.purpose for row in purposes_of(register)] or list(Purpose.objects.filter(retired=False))
    return {
        consent_key(purpose.pk, channel): consent_label(purpose, channel) for purpose in purposes for channel in Channel
    }


def consent_label(purpose: Purpose, channel: str) -> str:
    return _("Consent: %(purpose)s (%(channel)s)") % {"purpose": purpose, "channel": Channel(channel).label}


def words_of(rows: Sequence[Sequence[Cell]], at: int) -> list[str]:
    """The different values of a column as they are first spelt; none where there are too many to say yes and no."""
    found: dict[str, str] = {}
    for row in rows[:SAMPLE_ROWS]:
        text = clean_line(cell_text(row[at])) if at < len(row) else ""
        if not text:
            continue
        if len(text) > _MAX_WORD:
            return []
        found.setdefault(text.casefold(), text)
        if len(found) > MAX_WORDS:
            return []
    return list(found.values())


def guess_meaning(word: str) -> str:
    word = word.casefold()
    return SAID_YES if word in YES else SAID_NO if word in NO else ""


def guess_consents(mapping: Sequence[dict[str, Any]], register: Register) -> None:
    """Take columns that are named like a purpose, or like consents where there is one purpose, and hold yes and no."""
    targets = consent_targets(register)
    purposes = {pk: fold(name) for pk, name in _names({purpose_and_channel(key)[0] for key in targets}).items()}
    taken: set[str] = set()
    for entry in mapping:
        words = {word.casefold() for word in entry["words"]}
        if entry["target"] != NEW or not words or not words <= YES | NO:
            continue
        header = fold(entry["header"])
        named = [pk for pk, name in purposes.items() if name and name in header]
        if not named and len(purposes) == 1 and any(word in header for word in _CONSENTS):
            named = list(purposes)
        channel = Channel.SMS if any(word in header for word in _SMS) else Channel.EMAIL
        if len(named) == 1 and (key := consent_key(named[0], channel)) not in taken:
            taken.add(key)
            entry["target"] = key


def _names(purposes: Collection[int]) -> dict[int, str]:
    return dict(Purpose.objects.filter(pk__in=purposes).values_list("pk", "name"))


def check_consents(
    batch: Import, targets: Sequence[str], chosen: Mapping[int, ConsentChoices], words: ConsentWords
) -> dict[int, dict[str, Any]]:
    """What the mapping keeps of the columns of consents, by their place. Raises ValidationError."""
    places = [at for at, target in enumerate(targets) if is_consent(target)]
    if not places:
        return {}
    known = consent_targets(batch.register)
    day = _day(batch, words.day)
    headers = {entry["header"] for entry in batch.mapping}
    recalled, _words = chosen_of(batch.mapping)
    found = {}
    for at in places:
        entry = batch.mapping[at]
        if targets[at] not in known:
            raise ValidationError(_("The purpose that “%(header)s” goes to is not there any more.") % entry)
        if not entry.get("words"):
            raise ValidationError(
                _("“%(header)s” is empty or holds too many different values: consents are columns of yes and no.")
                % entry
            )
        choice = chosen.get(at) or recalled.get(at) or ConsentChoices()
        means = choice.means or [guess_meaning(word) for word in entry["words"]]
        if len(means) != len(entry["words"]) or not set(means) <= set(MEANINGS):
            raise ValidationError(_("Say of “%(header)s” which of its values mean yes and which mean no.") % entry)
        if not {SAID_YES, SAID_NO} & set(means):
            raise ValidationError(_("Say of “%(header)s” which of its values mean yes and which mean no.") % entry)
        if choice.since and (choice.since not in headers or choice.since == entry["header"]):
            raise ValidationError(_("Say of “%(header)s” since when what it says holds.") % entry)
        found[at] = {
            "means": {word.casefold(): meaning for word, meaning in zip(entry["words"], means, strict=True)},
            "since": choice.since,
            "day": day,
            "how": clean_line(words.how)[:120],
            "text": clean_lines(words.text)[:2_000],
        }
    return found


def _day(batch: Import, text: str) -> str:
    if not clean_line(text):
        return ""
    try:
        day = read_date(text)
    except ValueMistake as mistake:
        raise ValidationError(_("Since when consents hold: %(mistake)s.") % {"mistake": mistake}) from mistake
    if day > timezone.localdate(timezone=batch.organisation.zone):
        raise ValidationError(_("Consent cannot be from a day to come. Say since when it holds."))
    return day.isoformat()


def chosen_of(mapping: Sequence[Mapping[str, Any]]) -> tuple[dict[int, ConsentChoices], ConsentWords]:
    """What had been chosen, as `check_consents` takes it."""
    chosen, words = {}, ConsentWords()
    for at, entry in enumerate(mapping):
        if said := entry.get("consent"):
            means = [said["means"].get(word.casefold(), guess_meaning(word)) for word in entry["words"]]
            chosen[at] = ConsentChoices(means, said["since"])
            words = ConsentWords(said["how"], said["text"], said.get("day", ""))
    return chosen, words


class ConsentCells:
    """Reads a column of consents: into `values` goes [whether it is a yes, the ISO day since when or ""]."""

    def __init__(self, mapping: Sequence[Mapping[str, Any]], entry: Mapping[str, Any], zone: dt.tzinfo) -> None:
        self.key, self.header, said = entry["target"], entry["header"], entry["consent"]
        self.means: dict[str, str] = said["means"]
        self.day: str = said["day"]
        self.since = next((at for at, other in enumerate(mapping) if other["header"] == said["since"]), None)
        self.reading = Reading() if self.since is None else Reading(date_order=mapping[self.since]["date_order"])
        self.today = timezone.localdate(timezone=zone)

    def read(self, cell: Cell, row: Sequence[Cell], values: dict[str, Any]) -> str:
        """Return what is wrong with the cell, if anything; an empty one says nothing."""
        word = clean_line(cell_text(cell)).casefold()
        if not word:
            return ""
        meaning = self.means.get(word)
        if meaning is None:
            meaning = guess_meaning(word)
        if not meaning:
            text = _("%(header)s: “%(text)s” is neither yes nor no; say on the page of the columns what it means.")
            return text % {"header": self.header, "text": word[:60]}
        day = self.day
        if self.since is not None and self.since < len(row) and clean_line(cell_text(row[self.since])):
            try:
                since = read_date(row[self.since], self.reading.date_order)
            except ValueMistake as mistake:
                return f"{self.header}: {mistake}."
            if since > self.today:
                return _("%(header)s: consent cannot be from a day to come.") % {"header": self.header}
            day = since.isoformat()
        values[self.key] = [meaning == SAID_YES, day]
        return ""
