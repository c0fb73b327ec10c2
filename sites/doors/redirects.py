"""Old addresses of public pages lead to the new ones (Wagtail's redirects)."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from wagtail.contrib.redirects.middleware import RedirectMiddleware

from organisations.middleware import is_admin


class PublicRedirects(RedirectMiddleware):
    """What the admin does not find is nowhere else, so nobody looks for it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        return response if is_admin(request) else super().process_response(request, response)
