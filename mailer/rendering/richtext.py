"""Editors' rich text as mail: sanitised, its merge fields and links made slots, and the same in plain text."""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from lxml import html as lxml_html
from wagtail.rich_text import expand_db_html

from guards.html import clean_rich_text
from mailer.merging.tags import TAG
from mailer.rendering.slots import Slots
from mailer.rendering.urls import absolute

BLOCKS = frozenset(["p", "div", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "li", "hr"])
PAGE_ID = re.compile(r"[0-9]{1,9}")
_QUOTED_TAG = re.compile(r"%7B%7B.*?%7D%7D", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_MANY_LINES = re.compile(r"\n{3,}")


def rich_html(source: str, slots: Slots) -> str:
    """The rich text as safe HTML with tokens for what differs per recipient."""
    root = _parse(source)
    from_right = [child for child in root if runs_from_right(child.text_content())]
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag == "a":
            label = _SPACES.sub(" ", element.text_content()).strip()
            href = link_url(element.get("href", ""))
            element.attrib.clear()
            if href:
                element.set("href", slots.link(href, label))
        element.text = slots.merge(element.text, "html") if element.text else element.text
        element.tail = slots.merge(element.tail, "html") if element.tail else element.tail
    for child in from_right:
        child.set("dir", "rtl")
        child.set("class", "rtl")
    if len(root):  # no space below: mail programs do not know :last-child
        root[-1].set("class", f"{root[-1].get('class', '')} last".strip())
    serialised: str = lxml_html.tostring(root, encoding="unicode")
    return serialised.removeprefix("<div>").removesuffix("</div>")


def runs_from_right(text: str) -> bool:
    """Whether the first letter beside the merge fields is of a script that is read from right to left."""
    for character in TAG.sub("", text):
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def rich_plain(source: str, slots: Slots) -> str:
    """The rich text as plain text: paragraphs apart by an empty line, list items marked, links written out."""
    text = "".join(_plain(_parse(source), slots))
    lines = (line.rstrip() for line in text.split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def rich_pieces(source: str) -> tuple[list[str], list[str]]:
    """The texts and the link addresses in a rich text, for checking their merge fields."""
    root = _parse(source)
    texts = [text for element in root.iter() for text in (element.text, element.tail) if text]
    return texts, [link_url(element.get("href", "")) for element in root.iter("a")]


def link_url(href: str) -> str:
    """A link's address as it was meant: absolute, with merge fields that an editor percent-encoded written plainly."""
    return absolute(_QUOTED_TAG.sub(lambda match: unquote(match[0]), href.strip()))


def linked_pages(source: str) -> list[int]:
    """Ids of the pages that a rich text links to."""
    root = lxml_html.fragment_fromstring(source or "", create_parent="div")
    ids = [element.get("id", "") for element in root.iter("a") if element.get("linktype") == "page"]
    if not all(PAGE_ID.fullmatch(page_id) for page_id in ids):
        raise ValidationError(_("A link in the text leads to no page."), code="invalid_link")
    return [int(page_id) for page_id in ids]


def _parse(source: str) -> lxml_html.HtmlElement:
    return lxml_html.fragment_fromstring(clean_rich_text(expand_db_html(source)), create_parent="div")


def _plain(element: lxml_html.HtmlElement, slots: Slots, indent: str = "") -> Iterator[str]:
    yield _words(element.text, slots)
    for number, child in enumerate(element, start=1):
        yield from _child(child, slots, indent, number, ordered=element.tag == "ol")
        yield _words(child.tail, slots)


def _child(child: lxml_html.HtmlElement, slots: Slots, indent: str, number: int, *, ordered: bool) -> Iterator[str]:
    if child.tag == "br":
        yield "\n" + indent
    elif child.tag == "hr":
        yield "\n\n" + "-" * 24 + "\n\n"
    elif child.tag == "li":
        mark = f"{number}. " if ordered else "- "
        inner = "".join(_plain(child, slots, indent + " " * len(mark))).strip()
        yield f"\n{indent}{mark}{inner}"
    elif child.tag == "a":
        label = "".join(_plain(child, slots, indent)).strip()
        yield _link(label, link_url(child.get("href", "")), child, slots)
    elif child.tag in {"ul", "ol"}:
        inner = "".join(_plain(child, slots, indent))
        yield inner if indent else f"\n{inner}\n\n"
    elif child.tag == "blockquote":
        inner = "".join(_plain(child, slots)).strip()
        yield "\n\n" + "\n".join(f"> {line}" for line in inner.split("\n")) + "\n\n"
    elif child.tag in BLOCKS:
        yield from ("\n\n", indent, *_plain(child, slots, indent), "\n\n")
    else:
        yield from _plain(child, slots, indent)


def _link(label: str, url: str, element: lxml_html.HtmlElement, slots: Slots) -> str:
    if not url:
        return label
    title = _SPACES.sub(" ", element.text_content()).strip()
    scheme, _colon, address = url.partition(":")
    if label in {url, address} or (scheme in {"http", "https"} and label == address.lstrip("/").rstrip("/")):
        return slots.link(url, title) if scheme in {"http", "https"} else label
    return f"{label} ({slots.link(url, title).removeprefix('mailto:').removeprefix('tel:')})"


def _words(text: str | None, slots: Slots) -> str:
    return slots.merge(_SPACES.sub(" ", text), "text") if text else ""
