"""The pictures of hosted pages, in the sizes that their templates show; `sites.signals` has them made at publishing."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from wagtail.images.shortcuts import get_rendition_or_not_found
from wagtail.models import Page

if TYPE_CHECKING:
    from organisations.models import Image

ON_TOP = "fill-1280x560"  # across an event's page
IN_TEXT = "width-1280"  # among the blocks of a page


def on_top(image: "Image | None") -> Any:
    """The rendition on top of an event's page; None where it has no picture."""
    return get_rendition_or_not_found(image, ON_TOP) if image else None


def in_text(image: "Image") -> Any:
    return get_rendition_or_not_found(image, IN_TEXT)


def pictures_of(page: Page) -> Iterator[tuple["Image | None", str]]:
    """Every picture of a hosted page, and in which size it is shown."""
    yield getattr(page, "image", None), ON_TOP
    for block in getattr(page, "body", None) or ():
        if getattr(block, "block_type", "") == "picture":
            yield block.value["image"], IN_TEXT
