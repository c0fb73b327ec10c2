from typing import Any

from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from organisations.models import Role
from organisations.roles import has_role
from registers import admin_urls


class ViewerMenuItem(MenuItem):
    """Shown to everyone who works in the organisation."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.VIEWER)


class OwnerMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.OWNER)


@hooks.register("register_icons")
def register_icons(icons: list[str]) -> list[str]:
    return [*icons, "registers/icons/star.svg"]


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[Any]:
    return [path("", include(admin_urls, namespace="registers"))]


@hooks.register("register_admin_menu_item")
def register_people_menu() -> MenuItem:
    items = [
        ViewerMenuItem(_("Registers"), reverse("registers:index"), name="registers", icon_name="user", order=10),
        ViewerMenuItem(_("Groups"), reverse("registers:groups"), name="contact-groups", icon_name="group", order=20),
        ViewerMenuItem(_("Companies"), reverse("registers:companies"), name="companies", icon_name="site", order=25),
        ViewerMenuItem(_("Segments"), reverse("registers:segments"), name="segments", icon_name="sliders", order=30),
        ViewerMenuItem(
            _("Follow-ups"), reverse("registers:follow_ups"), name="follow-ups", icon_name="tasks", order=32
        ),
        ViewerMenuItem(
            _("Round birthdays"), reverse("registers:birthdays"), name="birthdays", icon_name="date", order=35
        ),
        ViewerMenuItem(
            _("Purposes"), reverse("registers:purposes"), name="purposes", icon_name="clipboard-list", order=37
        ),
        ViewerMenuItem(
            _("Not to be written to"),
            reverse("registers:suppressions"),
            name="suppressions",
            icon_name="no-view",
            order=40,
        ),
        OwnerMenuItem(_("Reasons"), reverse("registers:reasons"), name="reasons", icon_name="tag", order=38),
        OwnerMenuItem(_("Access log"), reverse("registers:access"), name="access-log", icon_name="view", order=50),
    ]
    return SubmenuMenuItem(_("People"), Menu(items=items), name="people", icon_name="user", order=140)
