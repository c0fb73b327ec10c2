"""The front door, the pictures, and the operator's health check."""

from typing import Any

import django_rq
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found
from django.views.static import serve
from redis.exceptions import RedisError
from wagtail.admin import messages
from wagtail.admin.icons import get_icon_sprite_hash
from wagtail.admin.views.account import PasswordResetView
from wagtail.admin.views.home import sprite
from wagtail.models import Site
from wagtail.views import serve as serve_page

from cms.signed_out import KeepingLoginView
from guards.limits import over_limit
from guards.servers import check_valkey
from organisations.middleware import is_admin

# Originals may carry a camera's position. Documents of the library are open to whoever has their link (number and
# name), unless the operator has closed their collection, and only their own view asks for that. Neither is served by
# its path.
PUBLIC_MEDIA = ("images/", "avatar_images/")


def front_door(request: HttpRequest) -> HttpResponseBase:
    """An organisation's own host shows its home page; the platform's own address leads to the admin."""
    site = Site.find_for_request(request)
    if site and site.root_page.depth > 1:
        response: HttpResponseBase = serve_page(request, "")
        return response
    return redirect("wagtailadmin_home")


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    if not path.startswith(PUBLIC_MEDIA) or ".." in path:
        raise Http404
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = "public, max-age=604800"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def icons(request: HttpRequest) -> HttpResponse:
    """All icons of the admin. Every page asks for them under an address that changes with them: once is enough."""
    response: HttpResponse = sprite(request)
    if request.GET.get("h") == get_icon_sprite_hash():
        response["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        add_never_cache_headers(response)
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """In the admin the same page as the wall answers with; elsewhere words for who followed a broken link."""
    user = getattr(request, "user", None)
    template = "wagtailadmin/404.html" if is_admin(request) and user and user.is_authenticated else "404.html"
    response: HttpResponse = page_not_found(request, exception, template_name=template)
    return response


def bad_request(_request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's own looks for a CSRF token in the form, and breaks where the form cannot be read."""
    return HttpResponseBadRequest(render_to_string("400.html"))


def health(request: HttpRequest) -> HttpResponse:
    """200 when the database, which must be one that can be written to, and the queue answer; 503 with the name of what
    does not."""
    parts = {"database": True, "queue": True}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_read_only")  # as on a standby that has not been promoted
            parts["database"] = cursor.fetchone() == ("off",)
    except DatabaseError:
        parts["database"] = False
    try:
        check_valkey(django_rq.get_connection("default"))
    except RedisError:
        parts["queue"] = False
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


class LimitedLoginView(KeepingLoginView):
    """Signing in, twenty tries in five minutes from one address."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if over_limit(request, group="login", rate="20/5m"):
            messages.error(request, _("Too many tries from here. Please wait five minutes."))
            response: HttpResponseBase = self.render_to_response(self.get_context_data(), status=429)
            return response
        return super().post(request, *args, **kwargs)


class LimitedPasswordResetView(PasswordResetView):
    """A link to a new password: three in an hour to one address, whether or not it is somebody's."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        wanted = request.POST.get("email", "").strip().casefold()
        if over_limit(request, group="new-password", rate="20/h") or over_limit(
            request, group="new-password-for", key=wanted, rate="3/h"
        ):
            form = self.get_form()
            form.full_clean()
            form.add_error(None, _("Too many tries. Look among the mails that came already, or wait an hour."))
            response: HttpResponseBase = self.render_to_response(self.get_context_data(form=form), status=429)
            return response
        return super().post(request, *args, **kwargs)
