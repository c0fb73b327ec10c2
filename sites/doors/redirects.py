"""Old addresses of public pages lead to the new ones (Wagtail's redirects)."""

import re
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from wagtail.contrib.redirects.middleware import RedirectMiddleware, get_redirect

from organisations.middleware import is_admin

# The address of an event or a sign-up page, and of what is one person's own beneath it.
PERSONAL = re.compile(r"(/.+)(/(?:r|my|c)/[\w-]+/(?:\w+/)?)\Z")


class PublicRedirects(RedirectMiddleware):
    """What the admin does not find is nowhere else, so nobody looks for it."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> Any:
        if is_admin(request) or response.status_code != HTTPStatus.NOT_FOUND:
            return response
        found = super().process_response(request, response)
        if found is response:
            found = _personal(request) or response
        # An event whose old address was given back to it, and that is not public now, would lead to itself.
        if found is response or request.build_absolute_uri(found.url) == request.build_absolute_uri(request.path):
            return response
        if request.method == "POST":  # a form that was open meanwhile is sent there, with what was written
            found.status_code = HTTPStatus.TEMPORARY_REDIRECT
        return found


def _personal(request: HttpRequest) -> HttpResponseRedirect | None:
    """The letters of a moved event hold links that are each guest's own: no row of the redirects knows them."""
    match = PERSONAL.match(request.path)
    redirect = get_redirect(request, match[1]) if match else None
    if match is None or redirect is None or not redirect.link:
        return None
    return HttpResponseRedirect(redirect.link.rstrip("/") + match[2])
