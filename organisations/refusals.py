"""What somebody reads who asks for a screen that their role does not open: what to do, and whom to ask."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import auth, messages

from organisations.models import Organisation, Role, User
from organisations.roles import has_role, memberships_of

NAMED = 3  # owners


def name_whom_to_ask() -> None:
    """Put this refusal in the place of Wagtail's, for all of its screens and ours."""
    auth.permission_denied = permission_denied


def permission_denied(request: HttpRequest) -> HttpResponse:
    """Back to the first page, with a reason; a script is told by the status alone."""
    if request.headers.get("x-requested-with") == "XMLHttpRequest":
        raise PermissionDenied
    messages.error(request, reason(request))
    return redirect("wagtailadmin_home")


def reason(request: Any) -> str:
    organisation: Organisation | None = getattr(request, "organisation", None)
    if organisation is None or has_role(request.user, Role.OWNER):
        return _("Sorry, this cannot be done here.")
    granted = {each.role for each in memberships_of(request.user) if each.organisation_id == organisation.pk}
    role = next(role for role in Role if role in granted)
    owners = User.objects.filter(
        memberships__organisation=organisation, memberships__role=Role.OWNER, is_active=True
    ).distinct()[:NAMED]
    if not owners:
        return _("Your role here is “%(role)s”, which does not open this.") % {"role": role.word}
    return _("Your role here is “%(role)s”, which does not open this. An owner can change that: %(owners)s.") % {
        "role": role.word,
        "owners": ", ".join(map(str, owners)),
    }
