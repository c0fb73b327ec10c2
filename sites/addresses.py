"""Absolute addresses of pages, for mails and calendars where there is no request."""

from typing import Any

from django.conf import settings
from wagtail.models import Page


def absolute_url(page: Page) -> str:
    """The address of a page with scheme and host.

    An organisation with its own host name gets that; everybody else lives under BASE_URL. Empty where the page hangs
    under no site.
    """
    parts: tuple[Any, Any, Any] | None = page.get_url_parts()
    if parts is None:
        return ""
    _site_id, root_url, path = parts
    under_tree_root = path == page.url_path  # the default site's root is the root of the tree itself
    return f"{settings.BASE_URL if under_tree_root else root_url}{path}"
