"""Choosers show only what belongs to the organisation; these doors hold when an id is forged."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.models import Page

from organisations import scope
from organisations.models import Image, Organisation


def check_page(page: Page | None) -> None:
    """Raise ValidationError unless the page belongs to the current organisation."""
    if page is not None:
        check_page_ids([page.pk])


def check_page_ids(ids: Collection[int]) -> None:
    if not ids:
        return
    if own_pages().filter(pk__in=ids).count() < len(set(ids)):
        raise ValidationError(_("This page does not exist. Choose another."), code="invalid_choice")


def own_pages() -> Any:
    """All pages of the current organisation."""
    home = Organisation.objects.select_related("home_page").get(pk=scope.current()).home_page
    return Page.objects.descendant_of(home, inclusive=True) if home else Page.objects.none()


def check_image(image: Image | None) -> None:
    """Raise ValidationError unless the image is in the current organisation's collection."""
    if image is None:
        return
    collection = Organisation.objects.select_related("collection").get(pk=scope.current()).collection
    own = collection is not None and (
        image.collection_id == collection.pk or image.collection.is_descendant_of(collection)
    )
    if not own:
        raise ValidationError(_("This picture does not exist. Choose another."), code="invalid_choice")
