"""Wagtail's choosers look up any id that a form names, and show its title again where the form has a mistake."""

from typing import Any

from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from organisations import scope
from organisations.models import Organisation
from organisations.wall import foreign_files

_look_up = BaseChooser.get_instance


def show_own_only() -> None:
    """Let every chooser of the admin show what the organisation in scope has: the rest is not there."""
    BaseChooser.get_instance = get_instance


def get_instance(chooser: BaseChooser, value: Any) -> Any:
    try:
        found = _look_up(chooser, value)
    except ValueError:  # no number
        return None
    return None if found is None or is_foreign(found) else found


def is_foreign(found: Any) -> bool:
    """Of rows of an `OrganisationModel` its manager knows."""
    if not isinstance(found, (Page, get_image_model(), get_document_model())):
        return False
    organisation = (
        Organisation.objects.select_related("home_page", "collection").filter(pk=scope.current_or_none()).first()
    )
    if organisation is None:
        return False
    if isinstance(found, Page):
        home = organisation.home_page
        return found.depth > 1 and not (home and found.path.startswith(home.path))
    if found.collection_id == organisation.collection_id:
        return False
    return foreign_files(type(found), [found.pk], organisation)
