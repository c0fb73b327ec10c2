from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import include, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from mailer.mailbox import urls
from organisations.models import Role
from organisations.roles import has_role


@hooks.register("register_admin_urls")
def register_mailbox_urls() -> list[Any]:
    return [path("mailbox/", include(urls, namespace="mailbox"))]


class MailboxMenuItem(MenuItem):
    """There only while the embedded mailbox takes all mail."""

    def is_shown(self, request: HttpRequest) -> bool:
        return settings.MAILBOX_ENABLED and has_role(request.user, Role.EDITOR)


@hooks.register("register_admin_menu_item")
def register_mailbox_menu() -> MenuItem:
    return MailboxMenuItem(_("Mailbox"), reverse("mailbox:list"), name="mailbox", icon_name="download", order=800)
