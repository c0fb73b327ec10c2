"""Which merge fields may be used in the page that is being validated.

Blocks are validated one by one and do not know their page. Its form says here which fields its register offers, so
that a wrong field is reported at the very block where it stands. Outside a form only the syntax is checked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mailer.merging.tags import TAG, MergeField, check_tags, check_url, split_tags, tags

LINK_STARTS = ("http://", "https://", "mailto:", "tel:", "/")


class Offer(NamedTuple):
    """The fields on offer; `of` says whose they are ("the register “Members”")."""

    fields: tuple[MergeField, ...]
    of: str


_offer: ContextVar[Offer | None] = ContextVar("merge_field_offer", default=None)


@contextmanager
def offering(offer: Offer) -> Iterator[None]:
    """Check merge fields inside against this offer."""
    token = _offer.set(offer)
    try:
        yield
    finally:
        _offer.reset(token)


def check_text(text: str) -> None:
    """Raise ValidationError for a merge field in `text` that is malformed or not on offer."""
    offer = _offer.get()
    if offer is None:
        split_tags(text)
    else:
        check_tags(text, offer.fields, of=offer.of)


def _has_host(url: str) -> bool:
    """Whether a link to the web says where to, in a way that programs can read; any other link need not."""
    try:
        parts = urlsplit(TAG.sub("x", url))
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:  # “https://[name]/”, or a port that there cannot be
        return False
    return parts.scheme not in ("http", "https") or (host != "" and " " not in host)


def check_link(url: str | None) -> None:
    """Raise ValidationError for an address that cannot be followed, or that a merge field could redirect."""
    url = (url or "").strip()
    if not url:
        return
    if not url.lower().startswith(LINK_STARTS) or url.startswith("//") or not _has_host(url):
        raise ValidationError(_("Write the whole address, as in https://example.org/."), code="invalid_link")
    offer = _offer.get()
    if offer is not None:
        check_url(url, offer.fields, of=offer.of)
    elif tags(url):
        check_url(url, [MergeField(tag.key, "") for tag in tags(url)])
