from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, include, path, resolve, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page

from organisations import admin_api, admin_urls, reach, scope
from organisations.account import offer_letters_that_are_sent, offer_the_organisations_zone
from organisations.choosers import show_own_only
from organisations.comments import write_to_editors_only
from organisations.menu import OwnerMenuItem
from organisations.models import Organisation, OrganisationLogEntry, OrganisationModel
from organisations.page_filters import offer_own_people_only
from organisations.privacy import offer_a_password_only
from organisations.refusals import name_whom_to_ask
from organisations.roles import works_in_several
from organisations.tags import offer_no_tags

show_own_only()
name_whom_to_ask()
write_to_editors_only()
offer_a_password_only()
offer_own_people_only()
offer_letters_that_are_sent()
offer_the_organisations_zone()
offer_no_tags()


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[Any]:
    return [path("", include(admin_urls, namespace="organisations"))]


@hooks.register("register_log_actions")
def register_log_actions(actions: LogActionRegistry) -> None:
    actions.register_model(OrganisationModel, OrganisationLogEntry)


@hooks.register("construct_admin_api", order=100)
def limit_admin_api(router: Any) -> None:
    router.register_endpoint("pages", admin_api.OrganisationPages)
    router.register_endpoint("images", admin_api.OrganisationImages)
    router.register_endpoint("documents", admin_api.OrganisationDocuments)


@hooks.register("construct_page_chooser_queryset")
def limit_page_chooser(pages: Any, request: HttpRequest) -> Any:
    return admin_api.limit_pages(pages, request)


@hooks.register("construct_explorer_page_queryset")
def limit_explorer(parent_page: Any, pages: Any, request: HttpRequest) -> Any:
    return admin_api.limit_pages(pages, request)


@hooks.register("construct_main_menu", order=1_000)
@hooks.register("construct_settings_menu", order=1_000)
def hide_what_is_closed(request: HttpRequest, items: list[Any]) -> None:
    """Nothing leads to a screen that is not there for those who may see a part only."""
    if reach.is_limited():
        items[:] = [item for item in items if leads_somewhere(item)]


def leads_somewhere(item: Any) -> bool:
    if getattr(item, "menu", None) is not None:
        return True  # a menu below this one says for itself whether there is anything in it
    try:
        return reach.is_open(resolve(item.url).view_name)
    except Resolver404:
        return False


@hooks.register("after_copy_page", order=1_000)
def open_the_copy(request: HttpRequest, page: Page, new_page: Page) -> HttpResponse:
    """Wagtail would go back to the editor of the original, where what was meant for next year would be written over
    this year's."""
    return redirect("wagtailadmin_pages:edit", new_page.pk)


@hooks.register("before_serve_page", order=-100)
def bind_scope_of_page(page: Page, request: HttpRequest, args: Any, kwargs: Any) -> None:
    """A hosted page is served in the scope of its organisation."""
    try:
        organisation = Organisation.of_page(page)
    except Organisation.DoesNotExist:
        return
    request.organisation = organisation  # type: ignore[attr-defined]
    scope.bind(organisation.pk)


class SwitchMenuItem(MenuItem):
    """Shown to those who work in more than one organisation."""

    def is_shown(self, request: HttpRequest) -> bool:
        return works_in_several(request.user)


@hooks.register("register_admin_menu_item")
def register_switch() -> MenuItem:
    return SwitchMenuItem(
        _("Switch organisation"),
        reverse("organisations:switch"),
        name="switch-organisation",
        icon_name="group",
        order=9000,
    )


@hooks.register("register_settings_menu_item")
def register_settings() -> MenuItem:
    return OwnerMenuItem(
        _("Organisation"), reverse("organisations:settings"), name="organisation", icon_name="home", order=10
    )


@hooks.register("register_settings_menu_item")
def register_team() -> MenuItem:
    return OwnerMenuItem(_("Team"), reverse("organisations:team"), name="team", icon_name="user", order=20)
