"""The way to an organisation's e-mails, beside the way through its pages."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem

from mailer.models import EmailIndexPage
from organisations.models import Role
from organisations.views import OrganisationView


class EmailsView(OrganisationView):
    """Leads to the list of the organisation's e-mails in the page tree."""

    required_role = Role.VIEWER

    def get(self, request: HttpRequest) -> HttpResponse:
        home = self.organisation.home_page
        index = EmailIndexPage.objects.child_of(home).first() if home else None
        if index is None:
            raise Http404
        return redirect("wagtailadmin_explore", index.pk)


class EmailsMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return bool(user_has_any_page_permission(request.user))


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[Any]:
    return [path("emails/", EmailsView.as_view(), name="emails")]


@hooks.register("register_admin_menu_item")
def register_emails() -> MenuItem:
    return EmailsMenuItem(_("E-mails"), reverse("emails"), name="emails", icon_name="edit", order=155)
