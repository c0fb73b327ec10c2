"""The trees that Wagtail needs before anything else: pages, collections, a language and a site."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from wagtail.models import Collection, Locale, Page, Site


def ensure_roots(*, plan: Sequence[tuple[Any, bool]] = (), **_kwargs: Any) -> None:
    """Create what is missing; called after each migrate, and after a flush."""
    if any(is_backwards for _migration, is_backwards in plan):
        return  # the tables may be gone
    Locale.objects.get_or_create(language_code=settings.LANGUAGE_CODE)
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root")
    if not Site.objects.filter(is_default_site=True).exists():
        Site.objects.create(hostname="localhost", root_page=root, is_default_site=True)
