"""Stand-ins for what is filled in per recipient while templates and the inliner run over a mail.

Neither Django's autoescaping nor premailer leaves ``{{ first_name|there }}`` alone inside a link, so every slot is
a short run of letters and digits until the document is finished, and is cut out then.
"""

import re
import secrets
from collections.abc import Callable

from mailer.merging.tags import Tag, split_tags
from mailer.rendering.compiled import Link, Part, Slot

WEB_SCHEMES = ("http://", "https://")


class Slots:
    """The slots and links of one mail that is being compiled."""

    def __init__(self, *, placeholder: Callable[[Tag], Tag] | None = None) -> None:
        self._mark = "k" + secrets.token_hex(6)
        self._token = re.compile(rf"{self._mark}x(\d+)x")
        self._slots: list[Slot] = []
        self._numbers: dict[Slot, int] = {}
        self._placeholder = placeholder
        self.links: list[Link] = []
        self._link_numbers: dict[tuple[tuple[Part, ...], str], int] = {}

    def slot(self, kind: str, key: str, fallback: str = "") -> str:
        """A token for a slot."""
        slot = Slot(kind, key, fallback)
        number = self._numbers.get(slot)
        if number is None:
            number = self._numbers[slot] = len(self._slots)
            self._slots.append(slot)
        return f"{self._mark}x{number}x"

    def merge(self, text: str, kind: str) -> str:
        """The text with its merge fields replaced by tokens that are filled in as `kind`."""
        out = []
        for piece in split_tags(text):
            if isinstance(piece, Tag):
                tag = self._placeholder(piece) if self._placeholder else piece
                out.append(self.slot(kind, tag.key, tag.fallback))
            else:
                out.append(piece)
        return "".join(out)

    def link(self, url: str, label: str = "") -> str:
        """A token for a link to `url`, which may hold merge fields or tokens.

        Only links to the web are listed, for only they can be followed through a redirect; `mailto:`, `tel:` and the
        like stay as they are.
        """
        url = self.merge(url.strip(), "url")
        parts = self.split(url)
        leads = parts[0] if parts else ""
        if isinstance(leads, str) and not leads.lower().startswith(WEB_SCHEMES):
            return url.replace(" ", "%20")  # of a subject, say: mail programs stop at it
        number = self._link_numbers.get((parts, label))
        if number is None:
            number = self._link_numbers[parts, label] = len(self.links)
            self.links.append(Link(parts, label))
        return self.slot("link", str(number))

    def address(self, name: str) -> str:
        """A token for an address that the sender gives per recipient and that is not tracked."""
        return self.slot("address", name)

    def personal_link(self, label: str = "") -> str:
        return self.link(self.slot("address", "personal_url"), label)

    def split(self, document: str, *, text: bool = False) -> tuple[Part, ...]:
        """The finished document as parts. In a plain-text document links and addresses are not escaped."""
        pieces: list[Part] = []
        end = 0
        for match in self._token.finditer(document):
            if match.start() > end:
                pieces.append(document[end : match.start()])
            slot = self._slots[int(match[1])]
            if text and slot.kind in {"link", "address"}:
                slot = slot._replace(kind=f"{slot.kind}_text")
            pieces.append(slot)
            end = match.end()
        if end < len(document):
            pieces.append(document[end:])
        return tuple(pieces)
