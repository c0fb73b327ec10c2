"""Wagtail's choosers look up any id that a form names, and show its title again where the form has a mistake."""

from functools import partial
from typing import Any

from wagtail.admin.widgets.chooser import BaseChooser
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from organisations import scope
from organisations.models import Organisation
from organisations.wall import foreign_files, foreign_pages

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
    """As the wall has it; of rows of an `OrganisationModel` their manager knows."""
    if isinstance(found, Page):
        foreign = foreign_pages
    elif isinstance(found, (get_image_model(), get_document_model())):
        foreign = partial(foreign_files, type(found))
    else:
        return False
    organisation = Organisation.objects.filter(pk=scope.current_or_none()).select_related("home_page", "collection")
    return any(foreign([found.pk], own) for own in organisation)
