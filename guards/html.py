"""The one HTML sanitiser: what is pasted, fetched or imported passes here before it is stored or shown."""

from __future__ import annotations

import nh3

RICH_TEXT_TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "code", "div", "em", "embed", "h2", "h3", "h4", "h5", "h6", "hr",
    "i", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "u", "ul",
})  # fmt: skip
# linktype, id, embedtype, format: Wagtail's own rich text stores internal links and images this way.
RICH_TEXT_ATTRIBUTES = {
    "a": {"href", "title", "linktype", "id"},
    "abbr": {"title"},
    "embed": {"embedtype", "id", "format", "alt"},
    "ol": {"start"},
    "*": {"lang", "dir"},
}
URL_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_DROP_WITH_CONTENT = {"script", "style", "iframe", "object", "noscript", "template", "title", "textarea"}


def clean_rich_text(html: str) -> str:
    """Return `html` with only the tags, attributes and URL schemes that editors' texts need.

    Scripts, styles, event handlers, frames and `javascript:` or `data:` addresses disappear with what they
    carry; unknown tags are dropped and their text is kept. The result is balanced and idempotent.
    """
    return nh3.clean(
        html.replace("\x00", ""),
        tags=set(RICH_TEXT_TAGS),
        attributes={tag: set(names) for tag, names in RICH_TEXT_ATTRIBUTES.items()},
        clean_content_tags=_DROP_WITH_CONTENT,
        url_schemes=set(URL_SCHEMES),
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
