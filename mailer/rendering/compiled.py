"""A mail compiled once for a whole campaign: strings with slots between them, joined per recipient.

Compiling (templates, inlining of styles) takes tens of milliseconds; joining takes microseconds. The compiled
form is plain JSON, so that a campaign can keep it frozen from the moment it starts.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any, NamedTuple, Self
from urllib.parse import quote

from mailer.rendering.gaps import close_gap

MAX_SUBJECT_VALUE = 150
# Everything a mail or browser could read as a control: C0 and C1 without tab and newline, NUL among them, the
# two Unicode line ends (str.splitlines() ends lines there), and the marks that turn the reading direction.
_CONTROLS = dict.fromkeys((*range(9), *range(11, 32), *range(127, 160), *range(8234, 8239), *range(8294, 8298))) | {
    0x2028: "\n",
    0x2029: "\n",
    0x0D: None,
}


class Slot(NamedTuple):
    """A place to be filled per recipient.

    `kind` says what to fill in and how to escape it: a field's value as `html`, `line` (HTML on one line), `text`,
    `subject` or `url`; the address of a numbered `link`; a named `address` (unsubscribe_url, web_url, personal_url);
    or the opening `pixel`. Where a kind is used in plain text, `_text` is added to its name.
    """

    kind: str
    key: str
    fallback: str = ""


Part = str | Slot


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the mail. `url` may hold slots: fields, and `personal_url`."""

    url: tuple[Part, ...]
    label: str = ""

    @property
    def display(self) -> str:
        """The destination as a report shows it, with the slots named."""
        return "".join(part if isinstance(part, str) else "{{ %s }}" % part.key for part in self.url)  # noqa: UP031

    @property
    def has_fields(self) -> bool:
        """Whether it leads elsewhere according to what is known of the person."""
        return any(not isinstance(part, str) and part.kind != "address" for part in self.url)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One person's mail: a subject without line ends, HTML, and plain text with `\\n` line ends."""

    subject: str
    html: str
    text: str


def clean_value(value: str) -> str:
    """A value without control characters, its line ends as `\\n`."""
    if value.isprintable():
        return value
    return value.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)


def given(values: Mapping[str, str], slot: Slot) -> str:
    """What stands in the slot: the value, or the fall-back where there is none or nothing to see in it."""
    return clean_value(values.get(slot.key) or "").strip() or slot.fallback


def one_line(value: str) -> str:
    if value.isprintable() and len(value) <= MAX_SUBJECT_VALUE:
        return value
    return " ".join(value.split())[:MAX_SUBJECT_VALUE]


def as_html(value: str) -> str:
    value = escape(value)
    return value.replace("\n", "<br>") if "\n" in value else value


def as_html_line(value: str) -> str:
    return escape(one_line(value))


def as_url(value: str) -> str:
    return quote(value, safe="")


_ESCAPES: dict[str, Callable[[str], str]] = {
    "html": as_html,
    "line": as_html_line,
    "text": str,
    "subject": one_line,
    "url": as_url,
}
_GAPS = frozenset(_ESCAPES) - {"url"}


@dataclass(frozen=True)
class CompiledEmail:
    """See the module. `subject`, `html`, `text` are parts; `links` are numbered by their place in the tuple."""

    subject: tuple[Part, ...]
    html: tuple[Part, ...]
    text: tuple[Part, ...]
    links: tuple[Link, ...] = field(default=())

    def personalise(
        self,
        values: Mapping[str, str],
        *,
        urls: Mapping[str, str],
        link: Callable[[int], str] | None = None,
    ) -> Rendered:
        """Join the mail for one person.

        `values` are the field values; an empty or absent one gives its fall-back. `urls` holds the addresses in
        `needs` (an absent one raises KeyError: a mail with a dead link must not leave) and may hold `open_pixel`.
        `link` gives the tracked address of a numbered link; without it links lead straight to where they point.
        """
        filled: dict[Slot, str] = {}
        return Rendered(
            subject=self._join(self._subject, filled, values, urls, link).strip(),
            html=self._join(self._html, filled, values, urls, link),
            text=self._join(self._text, filled, values, urls, link),
        )

    def destination(self, index: int, values: Mapping[str, str], *, urls: Mapping[str, str]) -> str:
        """Where link number `index` leads for this person."""
        out = []
        for part in self.links[index].url:
            if isinstance(part, str):
                out.append(part)
            elif part.kind == "address":
                out.append(urls[part.key])
            else:
                out.append(as_url(given(values, part)))
        return "".join(out)

    @cached_property
    def needs(self) -> frozenset[str]:
        """Names of the addresses that `personalise` must be given."""
        parts = [*self.html, *self.text, *(part for link in self.links for part in link.url)]
        return frozenset(part.key for part in parts if not isinstance(part, str) and part.kind.startswith("address"))

    @cached_property
    def fields(self) -> frozenset[str]:
        """Keys of the merge fields in use."""
        parts = [*self.subject, *self.html, *self.text, *(part for link in self.links for part in link.url)]
        return frozenset(part.key for part in parts if not isinstance(part, str) and part.kind in _ESCAPES)

    @cached_property
    def size(self) -> int:
        """Bytes of HTML and text together, before values are filled in; pictures are not counted."""
        return sum(len(part.encode()) for part in (*self.html, *self.text) if isinstance(part, str))

    @cached_property
    def html_size(self) -> int:
        return sum(len(part.encode()) for part in self.html if isinstance(part, str))

    def to_json(self) -> dict[str, Any]:
        """Plain lists, strings and dictionaries, for a JSONField. A slot is a list, a string is itself."""
        return {
            "version": 1,
            "subject": _plain(self.subject),
            "html": _plain(self.html),
            "text": _plain(self.text),
            "links": [{"url": _plain(link.url), "label": link.label} for link in self.links],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any] | str) -> Self:
        if isinstance(data, str):
            data = json.loads(data)
        assert isinstance(data, dict)
        return cls(
            subject=_parts(data["subject"]),
            html=_parts(data["html"]),
            text=_parts(data["text"]),
            links=tuple(Link(_parts(link["url"]), link["label"]) for link in data["links"]),
        )

    @cached_property
    def _subject(self) -> "_Split":
        return _Split.of(self.subject)

    @cached_property
    def _html(self) -> "_Split":
        return _Split.of(self.html)

    @cached_property
    def _text(self) -> "_Split":
        return _Split.of(self.text)

    def _join(
        self,
        split: "_Split",
        filled: dict[Slot, str],
        values: Mapping[str, str],
        urls: Mapping[str, str],
        link: Callable[[int], str] | None,
    ) -> str:
        out = split.strings.copy()
        for at, slot in split.slots:
            value = filled.get(slot)
            if value is None:
                value = filled[slot] = self._fill(slot, filled, values, urls, link)
            out[at] = value
            if not value and slot.kind in _GAPS:
                last = at + 1 == len(out)
                before, after = close_gap(
                    out[at - 1] if at else "", "" if last else out[at + 1], begins=not any(out[: max(at - 1, 0)])
                )
                if at:
                    out[at - 1] = before
                if not last:
                    out[at + 1] = after
        return "".join(out)

    def _address(
        self, index: int, values: Mapping[str, str], urls: Mapping[str, str], link: Callable[[int], str] | None
    ) -> str:
        return link(index) if link else self.destination(index, values, urls=urls)

    def _fill(
        self,
        slot: Slot,
        filled: dict[Slot, str],
        values: Mapping[str, str],
        urls: Mapping[str, str],
        link: Callable[[int], str] | None,
    ) -> str:
        kind = slot.kind
        escaping = _ESCAPES.get(kind)
        if escaping is not None:
            return escaping(given(values, slot))
        if kind in {"link", "link_text"}:
            address = Slot("link address", slot.key)  # once for both parts: making a tracked one may cost a signature
            url = filled.get(address) or self._address(int(slot.key), values, urls, link)
            filled[address] = url
        elif kind in {"address", "address_text"}:
            url = urls[slot.key]
        elif kind == "pixel":
            pixel = urls.get(slot.key)
            return f'<img src="{escape(pixel)}" width="1" height="1" alt="">' if pixel else ""
        else:
            raise ValueError(f"unknown slot kind {kind!r}")
        return url if kind.endswith("_text") else escape(url)


class _Split(NamedTuple):
    strings: list[str]
    slots: list[tuple[int, Slot]]

    @classmethod
    def of(cls, parts: Iterable[Part]) -> "_Split":
        parts = list(parts)
        return cls(
            ["" if isinstance(part, Slot) else part for part in parts],
            [(at, part) for at, part in enumerate(parts) if isinstance(part, Slot)],
        )


def _plain(parts: Iterable[Part]) -> list[str | list[str]]:
    return [part if isinstance(part, str) else list(part) for part in parts]


def _parts(data: Iterable[str | list[str]]) -> tuple[Part, ...]:
    return tuple(part if isinstance(part, str) else Slot(*part) for part in data)
