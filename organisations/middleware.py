"""Puts the signed-in person's organisation in scope, and what of it that person may see."""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.signals import request_finished, request_started
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from organisations import reach, scope
from organisations.models import Organisation
from organisations.roles import memberships_of, reach_of

SESSION_KEY = "organisation"
SESSION_DAY = "used"  # the day, in UTC, on which the session was renewed

# At the start too: what an aborted request left behind must not reach the next one on the same thread.
request_started.connect(scope.release, dispatch_uid="release a scope left behind")
request_finished.connect(scope.release, dispatch_uid="release the scope")


class OrganisationMiddleware:
    """Binds the scope for the whole request; it ends with the request, after a streamed body.

    In the admin the organisation is the one chosen in the switcher, else the first that the user belongs to. On the
    public side nobody's: the page, or the view, says whose it is. A preview keeps that of the editor who asked for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if scope.in_request():
            request.organisation = Organisation.objects.filter(pk=scope.current_or_none()).first()  # type: ignore[attr-defined]
            return self.get_response(request)
        organisation = current_organisation(request) if is_admin(request) else None
        request.organisation = organisation  # type: ignore[attr-defined]
        scope.bind(organisation.pk if organisation else None)
        if organisation:
            reach.bind(reach_of(request.user, organisation.pk))
            use_time_zone(request, organisation)
        response = self.get_response(request)
        if organisation and request.user.is_authenticated:  # nobody is, who has just signed out
            stay_signed_in(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """An operator who has chosen no organisation yet is asked to."""
        if isinstance(exception, scope.ScopeMissing) and is_admin(request) and request.user.is_authenticated:
            return redirect("organisations:switch")
        return None


def is_admin(request: HttpRequest) -> bool:
    """Whether the request is for a screen of the admin."""
    return request.path_info.startswith(_admin())


@cache
def _admin() -> str:
    return reverse("wagtailadmin_home")


def current_organisation(request: HttpRequest) -> Organisation | None:
    user: Any = request.user
    if not user.is_authenticated:
        return None
    chosen = request.session.get(SESSION_KEY)
    if user.is_superuser:
        everybodys = Organisation.objects.select_related("theme", "home_page", "collection").order_by("name")
        return everybodys.filter(pk=chosen).first() or everybodys.first()
    own = [membership.organisation for membership in memberships_of(user)]
    return next((organisation for organisation in own if organisation.pk == chosen), own[0] if own else None)


def stay_signed_in(request: HttpRequest) -> None:
    """A session lasts from the day on which it was used last. From that of the sign-in, it would end in the middle of
    a sentence of somebody who writes every day. A page left open renews nothing by what it asks for itself."""
    user: Any = request.user
    today = timezone.now().date().isoformat()
    begun = user.last_login.date().isoformat() if user.last_login else ""
    opened = request.method == "GET" and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    if opened and request.session.get(SESSION_DAY, begun) < today:
        if not request.session.modified:
            # As it is by now: what a slow page has read would take back what another tab has chosen meanwhile.
            request.session = type(request.session)(request.session.session_key)
        request.session[SESSION_DAY] = today


def use_time_zone(request: HttpRequest, organisation: Organisation) -> None:
    """Wagtail shows times in the zone of the user's profile; one who chose none gets the organisation's."""
    profile = getattr(request.user, "wagtail_userprofile", None)
    if profile is None:
        from wagtail.users.models import UserProfile  # noqa: PLC0415 - needs the app registry

        profile = UserProfile.get_for_user(request.user)
        request.user.wagtail_userprofile = profile  # type: ignore[union-attr]
    if not profile.current_time_zone:
        profile.current_time_zone = organisation.time_zone
