"""What stands around every page of the admin, and is the same on all of them: the sidebar, and what its scripts know.

Drawn anew it takes a third of a small page and four of its ten queries. It is kept for a minute, for one person in one
organisation, and drawn anew as soon as anything changes that says what that person may see. It only leads to screens:
each of them asks for itself who may come in.
"""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import Context
from django.utils.translation import get_language
from wagtail.admin.templatetags import wagtailadmin_tags as wagtails

from organisations.roles import memberships_of, works_in_several

KEPT_SECONDS = 60


def keep_frame() -> None:
    """Put these two into Wagtail's library of tags, in the place of its own."""
    for tag in (sidebar_props, wagtail_config):
        wagtails.register.simple_tag(tag, takes_context=True)


def sidebar_props(context: Context) -> Any:
    return _frame(context["request"])["sidebar"]


def wagtail_config(context: Context) -> dict[str, Any]:
    request = context["request"]
    if not request.user.is_authenticated:
        return wagtails.wagtail_config(context)
    config = _frame(request)["config"] | {"CSRF_TOKEN": get_token(request)}
    locale = context.get("locale")
    return config | {"ACTIVE_CONTENT_LOCALE": locale.language_code} if locale else config


def _frame(request: Any) -> dict[str, Any]:
    """As Wagtail draws it, once per request at most."""
    if not hasattr(request, "_frame"):
        request._frame = cache.get_or_set(_key(request), lambda: _drawn(request), KEPT_SECONDS)
    return request._frame


def _drawn(request: HttpRequest) -> dict[str, Any]:
    context = {"request": request}
    return {"sidebar": wagtails.sidebar_props(context), "config": wagtails.wagtail_config(context)}


def _key(request: Any) -> str:
    """All that the menu asks before it shows something, and what it says of the person."""
    user, organisation = request.user, getattr(request, "organisation", None)
    profile = getattr(user, "wagtail_userprofile", None)
    seen = (
        get_language(),
        organisation and organisation.pk,
        [(each.pk, each.organisation_id, each.role, each.limited) for each in memberships_of(user)],
        user.is_superuser and works_in_several(user),
        sorted(user.get_all_permissions()),
        (user.email, user.first_name),
        profile and (profile.avatar.name, profile.keyboard_shortcuts),
        settings.MAILBOX_ENABLED,
    )
    return f"frame-{user.pk}-{sha256(repr(seen).encode()).hexdigest()}"
