"""Merge fields: ``{{ first_name }}``, or ``{{ first_name|there }}`` with words for when it is empty.

Only the syntax lives here. Which escaping a value needs depends on where it lands, so that is decided by
`mailer.rendering.compiled`; which values a contact has is in `mailer.merging.fields`.
"""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

TAG = re.compile(r"\{\{\s*([^{}|]*?)\s*(?:\|([^{}]*?))?\s*\}\}")
SINGLE_BRACES = re.compile(r"(?<!\{)\{\s*([\w.]+)\s*(?:\|[^{}]*)?\}(?!\})")
# Scheme, and host up to the first slash, question mark or hash: what a merge field must not choose.
URL_ORIGIN = re.compile(r"(?:https?://[^/?#\s{}]+(?=[/?#])|mailto:|tel:)", re.IGNORECASE)

SAYS_NOTHING = " ,.!?;:-"


@dataclass(frozen=True, slots=True)
class MergeField:
    """A field that may be merged: `key` is what stands between the braces, `label` what an editor reads."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Tag:
    """One merge field in a text; `fallback` stands in for an empty value."""

    key: str
    fallback: str = ""


def split_tags(text: str) -> list[str | Tag]:
    """Cut a text into literal strings and tags. A brace pair that is not a tag raises ValidationError."""
    pieces: list[str | Tag] = []
    end = 0
    for match in TAG.finditer(text):
        _literal(text[end : match.start()], pieces)
        key = match[1].lower()
        if not key:
            raise ValidationError(
                _("A merge field has no name between its braces: write for example {{ first_name }}."),
                code="merge_empty",
            )
        pieces.append(Tag(key, (match[2] or "").strip()))
        end = match.end()
    _literal(text[end:], pieces)
    return pieces


def _literal(text: str, pieces: list[str | Tag]) -> None:
    for brace, says in (
        ("{{", _("“%(near)s” opens a merge field that is not closed: write it as {{ first_name }}.")),
        ("}}", _("“%(near)s” closes a merge field that was not opened: write it as {{ first_name }}.")),
    ):
        at = text.find(brace)
        if at >= 0:
            near = text[max(0, at - 20) : at + 22].strip()
            raise ValidationError(says, code="merge_unbalanced", params={"near": near})
    if text:
        pieces.append(text)


def tags(text: str) -> list[Tag]:
    """The merge fields of a text, in their order. Raises ValidationError as `split_tags` does."""
    return [piece for piece in split_tags(text) if isinstance(piece, Tag)]


def check_tags(text: str, fields: Iterable[MergeField], *, of: str = "") -> None:
    """Raise ValidationError, naming each unknown field in `text` and the fields that may be used.

    `of` names the register (or whatever offers the fields) in the message.
    """
    known = {field.key: field.label for field in fields}
    problems = [_unknown(tag.key, known, of) for tag in {t.key: t for t in tags(text)}.values() if tag.key not in known]
    problems += [
        ValidationError(
            _("“%(found)s” has single braces: write {{ %(key)s }} to merge the field."),
            code="merge_single_braces",
            params={"found": match[0], "key": match[1].lower()},
        )
        for match in SINGLE_BRACES.finditer(TAG.sub("", text))
        if match[1].lower() in known
    ]
    if problems:
        raise ValidationError(problems)


def check_never_empty(text: str, *, always: Collection[str] = ()) -> None:
    """Raise ValidationError where empty fields would leave nothing to read of `text`; those of `always` never are."""
    pieces = split_tags(text)
    merged = [piece for piece in pieces if isinstance(piece, Tag)]
    words = any(piece.strip(SAYS_NOTHING) for piece in pieces if isinstance(piece, str))
    if words or not merged or any(tag.fallback or tag.key in always for tag in merged):
        return
    says = _("Where “%(key)s” is empty nothing would stand here: add words, or a fall-back as in {{ %(key)s|friend }}.")
    raise ValidationError(says, code="merge_leaves_nothing", params={"key": merged[0].key})


def _unknown(key: str, known: Mapping[str, str], of: str) -> ValidationError:
    near = difflib.get_close_matches(key, known, n=2, cutoff=0.7)
    labels = {label.lower(): name for name, label in known.items()}
    near += [labels[label] for label in difflib.get_close_matches(key, labels, n=1) if labels[label] not in near]
    params = {"key": key, "of": of, "near": _(" or ").join(near), "known": ", ".join(sorted(known))}
    says = _("“%(key)s” is not a field of %(of)s.") if of else _("“%(key)s” cannot be merged here.")
    if near:
        says += " " + _("Did you mean %(near)s?")
    says += " " + _("You can use: %(known)s.")
    return ValidationError(says, code="merge_unknown", params=params)


def check_url(url: str, fields: Iterable[MergeField], *, of: str = "") -> None:
    """As `check_tags`, for a link: a field may fill its path or query, and never say where it leads."""
    check_tags(url, fields, of=of)
    if tags(url) and not URL_ORIGIN.match(url.lstrip()):
        raise ValidationError(
            _("A merge field can stand only after the site's name, as in https://example.org/?name={{ first_name }}."),
            code="merge_origin",
        )
