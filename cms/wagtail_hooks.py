"""The admin's menu and looks."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from cms.frame import keep_frame
from cms.home import HomePanel
from organisations import reach

keep_frame()


@hooks.register("construct_homepage_panels")
def home_panels(request: HttpRequest, panels: list[Any]) -> None:
    pages = set() if reach.is_limited() else {"recent_edits", "locked_pages"}
    panels[:] = [HomePanel(), *[panel for panel in panels if panel.name in pages]]


# Screens of Wagtail that an editor of one organisation has no use for.
OPERATORS_MENU = {"reports", "help", "snippets"}


@hooks.register("insert_global_admin_css")
def admin_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("cms/admin.css"))


@hooks.register("insert_global_admin_js")
def admin_js() -> SafeString:
    return format_html('<script src="{}"></script>', static("cms/admin.js"))


@hooks.register("construct_main_menu")
def tidy_menu(request: HttpRequest, menu_items: list[Any]) -> None:
    if not request.user.is_superuser:
        menu_items[:] = [item for item in menu_items if item.name not in OPERATORS_MENU]
