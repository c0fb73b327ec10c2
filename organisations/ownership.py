"""Which pages, pictures and files belong to an organisation.

Choosers show only those; the checks here hold when an id is forged.
"""

from collections.abc import Collection as Ids
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.models import Collection, Page

from organisations import scope
from organisations.models import Image, Organisation


def pages_of(organisation: Organisation) -> Any:
    """Its home page and all below, as a queryset; none where it has no home page."""
    home = organisation.home_page
    return Page.objects.descendant_of(home, inclusive=True) if home else Page.objects.none()


def collections_of(organisation: Organisation) -> Any:
    """Where its pictures and files lie, as a queryset."""
    collection = organisation.collection
    return collection.get_descendants(inclusive=True) if collection else Collection.objects.none()


def own_pages() -> Any:
    """All pages of the organisation in scope."""
    return pages_of(Organisation.objects.select_related("home_page").get(pk=scope.current()))


def check_page(page: Page | None) -> None:
    """Raise ValidationError unless the page belongs to the organisation in scope."""
    if page is not None:
        check_page_ids([page.pk])


def check_page_ids(ids: Ids[int]) -> None:
    """The same for the pages with these ids."""
    if ids and own_pages().filter(pk__in=ids).count() < len(set(ids)):
        raise ValidationError(_("This page does not exist. Choose another."), code="invalid_choice")


def check_image(image: Image | None) -> None:
    """Raise ValidationError unless the image is one of the organisation in scope."""
    if image is None:
        return
    organisation = Organisation.objects.select_related("collection").get(pk=scope.current())
    if not collections_of(organisation).filter(pk=image.collection_id).exists():
        raise ValidationError(_("This picture does not exist. Choose another."), code="invalid_choice")
