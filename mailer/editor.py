"""What the page editor shows differently for an e-mail."""

from copy import copy
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import PublishMenuItem, UnpublishMenuItem
from wagtail.admin.rich_text.editors.draftail.features import ControlFeature
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry

from mailer.blocks import MERGE_FEATURE
from mailer.models import EmailIndexPage, EmailPage

WORDS = {PublishMenuItem: _("Save as ready"), UnpublishMenuItem: _("Take back to draft")}


@hooks.register("construct_page_action_menu")
def say_ready_instead_of_publish(menu_items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """An e-mail is not sent by publishing it, so the button does not read as if it were."""
    page: Page | None = context.get("page")
    kind = page.specific_class if page else None
    if kind is EmailPage or (page is None and context["parent_page"].specific_class is EmailIndexPage):
        for number, item in enumerate(menu_items):
            if type(item) in WORDS:
                menu_items[number] = copy(item)
                menu_items[number].label = WORDS[type(item)]


@hooks.register("register_rich_text_features")
def register_merge_menu(features: FeatureRegistry) -> None:
    features.register_editor_plugin(
        "draftail",
        MERGE_FEATURE,
        ControlFeature({"type": MERGE_FEATURE}, js=["mailer/merge-fields-draftail.js"]),
    )
