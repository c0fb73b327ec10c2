"""Columns of a file that say who must not be written to: “Email Opt Out”, “Unsubscribed”, a status of the newsletter.

A column goes to the stops of one channel or of both; several may go to the same. Its entry in the mapping has "words",
as a column of consents has, and "stop": {"means": {word: STOPS | FREE | ""}}. A value of which nobody has said what it
means leaves its row out, whatever is chosen for mistakes: nobody may be written to by a misunderstanding.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registers.columns import OWN
from registers.imports.targets import NEW, SKIP
from registers.models.consent import Channel
from registers.texts import clean_line, fold
from registers.values import NO, YES, Cell, ValueMistake, cell_text, read_date

STOP = "stop."
BOTH = "both"
CHANNELS: dict[str, tuple[str, ...]] = {
    f"{STOP}{Channel.EMAIL}": (Channel.EMAIL,),
    f"{STOP}{Channel.SMS}": (Channel.SMS,),
    f"{STOP}{BOTH}": (Channel.EMAIL, Channel.SMS),
}
STOPS, FREE = "stop", "free"
MEANINGS = (STOPS, FREE, "")

# Said of who wants no letters, wherever in the name of a column, and at the beginning of a value.
_AGAINST = re.compile(
    r"\b(?:opt(?:ed)? ?out|optout|unsub\w*|do ?not|don t|dont|black ?list\w*|block ?list\w*|suppress\w*|bounced?|"
    r"hard ?bounced?|soft ?bounced?|cleaned|deactivated|complain\w*|spam|excluded from|no (?:e ?)?mail(?:s|ings?)?|"
    r"kieltä\w+|\w*kielto\b|\w*kiellot?\b|ei saa|ei (?:markkinointi|sähköposti|posti)\w*|estetty|"
    r"ausgetragen|\w*sperre\b|gesperrt|widersp\w+|widerruf\w*|kein\w* (?:e ?mails?|werbung)|"
    r"avregistrera\w*|spärra\w*|\w*spärr\b|nej tack|inte kontakta\w*|отпис\w+|не (?:писать|беспокоить)|"
    r"désabonn\w+|désinscri\w+|ne pas|dado de baja|no contactar|disiscritt\w+|non contattare|uitgeschreven|"
    r"niet (?:mailen|benaderen)|wypisan\w+|nie (?:kontaktować|wysyłać)|reserverad mot|reservert mot|ikke kontakt\w*|"
    r"frabedt|frameldt|n[aã]o (?:contac?tar|enviar|receber|perturbar)|descadastrad\w+|desinscrit\w+)\b"
)
# Said of other things as well, as of who does not come to an event: it counts where something else is about letters.
_LEAVES = re.compile(
    r"\b(?:peru(?:nut|ttu)\w*|\w*abgemeldet|\w*abmeldung|avanmäl\w+|afgemeld|afmeldt|avmeldt|disabled)\b"
)
# Columns about the same that do not say so themselves: why, in which letter, how often.
_ABOUT = re.compile(r"\b(?:reason|campaign|count|rate|title|comment|source|id|syy|grund|orsak|why|причина)s?\b")
_NEWSLETTER = r"newsletter\w*|uutiskirje\w*|nyhe[td]sbrev\w*|uudiskir\w*|рассылк\w*"
_STATUS = re.compile(
    rf"\b(?:\w*status|\w*state|tila|staatus|tilaus|{_NEWSLETTER}|subscri\w+|statut|"
    r"estado|stato|статус)\b"
)
_FREE = re.compile(r"(?:subscribed|opted ?in|abonn\w+|tilaaja|tilannut|prenumererar|подписан\w*)\b")
_FREE_WITH_OTHERS = re.compile(r"(?:angemeldet|active|aktiv\w*|aktiivinen|confirmed|enabled|ok)\b")
_SUBSCRIPTION = re.compile(r"\b(?:tilaus\w*|abo|abonn\w+|subscri\w+|prenumer\w+|подписка)\b")
_SMS = re.compile(r"\b(?:sms\w*|tekstivies\w*|text(?: message)?s?|textmeddelande\w*|смс)\b")
_CALLS = re.compile(r"\b(?:call\w*|phone\w*|fax\w*|puhelin\w*|soit\w+|telefon\w*|anruf\w*|ring\w*|телефон\w*)\b")
_POST = re.compile(r"\b(?:mail(?!chimp)|post(?:al)?|letters?|kirje\w*|posti\w*|brev|brief\w*)\b")
_EMAIL = re.compile(rf"\b(?:e ?mail\w*|email\w*|sähköposti\w*|e ?post\w*|{_NEWSLETTER})\b")
_ANYHOW = re.compile(
    r"\b(?:contac?t\w*|\w*markkinoint\w*|marketing|kontakt\w*|werbe\w*|werbung|reklam\w*|\w*yhteydeno\w+)"
)
_AGREES = re.compile(
    r"\b(?:opt(?:ed)? ?in|optin|consent\w*|permission\w*|subscribed|\w*lupa\b|suostumus\w*|samtycke\w*|einwilligung\w*|"
    rf"zustimmung\w*|согласие|{_NEWSLETTER})\b"
)
# A remark among others, wherever it stands: “EI SAA LÄHETTÄÄ POSTIA”, “KUOLLUT 2019”. What nobody may eat is none.
_REMARKS = re.compile(
    r"\b(?:do not|don t|dont|never|no|ei|älä|älkää|inte|ej|inga|kein\w*|nicht|pas de|ne pas) "
    r"(?:\w+ ){0,2}(?:e ?mails?|mails?|mailings?|letters?|post|write|contact|send|call|kirje\w*|posti\w*|sähköposti\w*|"
    r"lähet\w*|mainos\w*|yhteyttä|kontakta\w*|skicka\w*|utskick|brev|reklam|briefe?|werbung|schreiben|anschreiben|"
    r"kontaktieren|courrier|contacter)\b(?! (?:address|person|known|osoite))"
    r"|(?<!husband )(?<!wife )(?<!spouse )(?<!mies )(?<!vaimo )(?<!puoliso )(?<!make )(?<!maka )"
    r"\b(?:kuollut|menehtynyt|deceased|died|avliden|död|verstorben|gestorben|décédée?)\b"
)
_NO_DAY = re.compile(r"0{2,4}[-./]0{2}[-./]0{2,4}.*|null|nil|nan")


def is_stop(target: str | None) -> bool:
    return target is not None and target.startswith(STOP)


def stop_labels() -> dict[str, str]:
    """Where such columns may go, in words."""
    label = _("Not to be written to: %(channel)s")
    both = _("%(one)s and %(other)s") % {"one": Channel.EMAIL.label, "other": Channel.SMS.label}
    names = {BOTH: both, **{str(channel.value): channel.label for channel in Channel}}
    return {key: label % {"channel": names[key.removeprefix(STOP)]} for key in CHANNELS}


def is_against(header: str) -> bool:
    """Whether a column of this name is filled for people who do not want to hear from us."""
    text = fold(header)
    return bool(_AGAINST.search(text) or (_LEAVES.search(text) and _is_of_letters(text)))


def _is_of_letters(header: str) -> bool:
    return bool(_EMAIL.search(header) or _SUBSCRIPTION.search(header))


def _is_status(entry: Mapping[str, Any]) -> bool:
    """Whether its values tell of people whether they get letters: “subscribed”, “cleaned”."""
    header, words = fold(entry["header"]), [fold(word) for word in entry["words"]]
    of_letters = _is_of_letters(header)
    if not of_letters and not _STATUS.search(header):
        return any(word.startswith(("unsub", "opt out", "opted out", "blacklist")) for word in words)
    known = any(map(_FREE.match, words))
    return known or any(_AGAINST.match(word) or (of_letters and _LEAVES.match(word)) for word in words)


def guess_stop(word: str, header: str) -> str:
    """What a value means under this header; "" where that cannot be told."""
    word = clean_line(word)
    text = fold(word)
    if _AGAINST.match(text) or _LEAVES.match(text):
        return STOPS
    if _FREE.match(text) or _FREE_WITH_OTHERS.match(text) or _NO_DAY.fullmatch(word.casefold()):
        return FREE
    against = is_against(header)
    if word.casefold() in YES:
        return STOPS if against else FREE
    if word.casefold() in NO:
        return FREE if against else STOPS
    return STOPS if against and _is_day(word) else ""


def says_no(entry: Mapping[str, Any]) -> bool:
    """Whether people have said no in this column of the file, or have died, by its name or its values."""
    header = entry["header"]
    if not entry["samples"] or _ABOUT.search(fold(header)):
        return False
    if is_against(header) or (_is_status(entry) and any(guess_stop(word, header) == STOPS for word in entry["words"])):
        return True
    if any(_REMARKS.search(fold(word)) for word in entry["words"] or entry["samples"]):
        return True
    return bool(_AGREES.search(fold(header))) and bool({word.casefold() for word in entry["words"]} & NO)


def guess_stops(mapping: Sequence[dict[str, Any]]) -> None:
    """Take columns that are against letters and say so of each person, as far as they go nowhere else."""
    by_post = []
    for entry in mapping:
        header = fold(entry["header"])
        # One that is empty as far as the file was read may hold a no further down.
        may_go = entry["target"] == NEW or (entry["target"] == SKIP and not entry["samples"] and is_against(header))
        # “Newsletter: yes, no” is left: it may be a consent, and somebody has to say for what.
        tells = is_against(header) or _is_status(entry)
        if not may_go or not tells or _ABOUT.search(header) or not _is_told(entry):
            continue
        if _SMS.search(header):
            entry["target"] = f"{STOP}{Channel.SMS}"
        elif _EMAIL.search(header):
            entry["target"] = f"{STOP}{Channel.EMAIL}"
        elif _CALLS.search(header):
            continue
        elif _POST.search(header):
            by_post.append(entry)
        else:
            entry["target"] = f"{STOP}{BOTH if _ANYHOW.search(header) else Channel.EMAIL}"
    if not any(is_stop(entry["target"]) for entry in mapping):
        for entry in by_post:  # “Do not mail” is about the post where something else is about e-mail
            entry["target"] = f"{STOP}{Channel.EMAIL}"


def _is_told(entry: Mapping[str, Any]) -> bool:
    if entry["words"]:
        return any(guess_stop(word, entry["header"]) for word in entry["words"])
    return all(map(_is_day, entry["samples"]))


def unheeded(mapping: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The columns in which people have said no, and which would stop nothing as they are mapped."""
    return [entry for entry in mapping if stops_nothing(entry["target"]) and says_no(entry)]


def stops_nothing(target: str) -> bool:
    return target in (NEW, SKIP) or target.startswith(OWN)


def meanings_of(entry: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each word of a column with what it means: as it was chosen, else as it is guessed."""
    chosen = entry.get("stop", {}).get("means", {})
    header = entry["header"]
    return [(word, chosen.get(word.casefold(), guess_stop(word, header))) for word in entry["words"]]


def check_stops(
    mapping: Sequence[Mapping[str, Any]], targets: Sequence[str], chosen: Mapping[int, Sequence[str]]
) -> dict[int, dict[str, Any]]:
    """What the mapping keeps of these columns, by their place. Raises ValidationError."""
    found = {}
    for at, entry in enumerate(mapping):
        if not is_stop(targets[at]):
            continue
        means = chosen.get(at) or [meaning for _word, meaning in meanings_of(entry)]
        if len(means) != len(entry["words"]) or not set(means) <= set(MEANINGS) or targets[at] not in CHANNELS:
            raise ValidationError(_("Say of “%(header)s” which of its values mean that nobody may write.") % entry)
        found[at] = {"means": {word.casefold(): said for word, said in zip(entry["words"], means, strict=True)}}
    return found


class StopCells:
    """Reads such a column: into `values` goes True for each channel in which the person must not be written to."""

    def __init__(self, entry: Mapping[str, Any]) -> None:
        self.header: str = entry["header"]
        self.keys = [f"{STOP}{channel}" for channel in CHANNELS[entry["target"]]]
        self.means: dict[str, str] = entry["stop"]["means"]

    def read(self, cell: Cell, values: dict[str, Any]) -> str:
        """Return what is wrong with the cell, if anything; an empty one says nothing."""
        word = clean_line(cell_text(cell))
        if not word:
            return ""
        meaning = self.means.get(word.casefold())
        if meaning is None:
            meaning = guess_stop(word, self.header)
        if meaning == STOPS:
            values.update(dict.fromkeys(self.keys, True))
        if meaning:
            return ""
        text = _("%(header)s: “%(text)s” does not say whether this person may be written to; say it with the columns.")
        return text % {"header": self.header, "text": word[:60]}


def _is_day(text: str) -> bool:
    """Also one in digits alone, such as 20231231, which by itself could be a number."""
    for order in ("dmy", "mdy"):  # whichever it is, it says that there is one
        with suppress(ValueMistake):
            read_date(text, order)
            return True
    return False
