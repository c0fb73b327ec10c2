from django.http import HttpRequest
from wagtail.admin.menu import MenuItem

from organisations.models import Role
from organisations.roles import has_role


class OwnerMenuItem(MenuItem):
    """Shown to those who own the organisation."""

    def is_shown(self, request: HttpRequest) -> bool:
        return has_role(request.user, Role.OWNER)
