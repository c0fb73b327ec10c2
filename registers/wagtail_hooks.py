from typing import Any

from django.http import HttpRequest
from django.urls import include, path, resolve, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.search import SearchArea

from organisations import reach
from organisations.menu import OwnerMenuItem
from organisations.models import Role
from organisations.roles import has_role
from registers import admin_urls


class ViewerMenuItem(MenuItem):
    """Shown to everyone who works in the organisation, if it leads somewhere for them."""

    def is_shown(self, request: HttpRequest) -> bool:
        leads_somewhere = not reach.is_limited() or reach.is_open(resolve(self.url).view_name)
        return leads_somewhere and has_role(request.user, Role.VIEWER)


# What works for those who see some registers or groups only; tests/organisations/test_reach.py asks all of it.
OPEN_TO_LIMITED = (
    "index contacts contact_results columns filter segment_count bulk export add_contact "
    "contact edit_contact delete_contact contact_absence contact_absence_end contact_qr "
    "contact_basis contact_source contact_reason contact_group contact_consent add_note edit_note delete_note "
    "add_appointment edit_appointment delete_appointment appointment_calendar "
    "follow_ups follow_up_results add_follow_up edit_follow_up settle_follow_up delete_follow_up "
    "add_document document delete_document star remove_star birthdays "
    "groups group group_results add_members add_member_results companies company_list_results companies_like "
    "company company_results "
    # Of registers of which they see everything:
    "edit change_type changes change change_confirm change_stop "
    "import imports import_step import_progress import_confirm import_choices import_cancel "
    "import_undo import_undo_confirm import_undo_drop import_undo_columns import_rejects "
    "add_group edit_group delete_group add_automation edit_automation switch_automation delete_automation "
    "group_runs group_run_results segments add_segment segment delete_segment add_view view delete_view "
    "duplicates compare not_same search_progress merges undo_merge "
    "contact_partner contact_partner_results contact_couple contact_couple_dissolve"
).split()
reach.open_routes(*(f"registers:{name}" for name in OPEN_TO_LIMITED))


class PeopleSearchArea(SearchArea):
    def is_shown(self, request: HttpRequest) -> bool:
        return not reach.is_limited() and has_role(request.user, Role.VIEWER)


@hooks.register("register_admin_search_area")
def search_people() -> SearchArea:
    """Beside pages and pictures, in the search of the menu."""
    url = reverse("registers:find_people")
    return PeopleSearchArea(_("People"), url, name="people", icon_name="user", order=150)


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
