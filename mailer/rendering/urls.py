"""Addresses as they stand in a mail: absolute always."""

from django.conf import settings
from wagtail.models import Page


def absolute(url: str) -> str:
    """The address with scheme and host; one that has a scheme already stays."""
    return f"{settings.BASE_URL}{url}" if url.startswith("/") and not url.startswith("//") else url


def page_url(page: Page) -> str:
    """Where the public reads the page."""
    return absolute(page.get_url() or "/")
