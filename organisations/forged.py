"""Requests that no page of ours leads to, and at which Wagtail's own screens stumble: 400 instead of an error."""

import logging
from collections.abc import Callable
from json import JSONDecodeError
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.datastructures import MultiValueDictKeyError
from django.views.defaults import bad_request

from organisations.middleware import is_admin

logger = logging.getLogger(__name__)


# What Wagtail’s screens raise where a hidden input is missing, is no JSON, or is no number.
_FORGED = (MultiValueDictKeyError, JSONDecodeError, ValidationError)


class ForgedMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Where to go next is asked for when all is done, and is too late to refuse then."""
        if not is_admin(request):
            return None
        leads = all(map(_leads_somewhere, (request.GET.get("next"), request.POST.get("next"))))
        return None if leads and _are_chosen(request) else bad_request(request, Exception())

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A form that lacks what its page hides in it, such as how many blocks it has, or has something else there."""
        if not isinstance(exception, _FORGED) or not (is_admin(request) and _is_wagtails(request)):
            return None
        logger.warning("A form without what its page puts there, at %s", request.path_info, exc_info=exception)
        return bad_request(request, exception)


def _is_wagtails(request: HttpRequest) -> bool:
    """What a view of ours does not catch is a fault of ours."""
    match = request.resolver_match
    return match is not None and match.func.__module__.startswith("wagtail.")


def _are_chosen(request: HttpRequest) -> bool:
    """What an action on several pages or pictures is for: their ids, or all."""
    match = request.resolver_match
    is_bulk = match is not None and match.url_name == "wagtail_bulk_action"
    return not is_bulk or all(chosen == "all" or chosen.isdecimal() for chosen in request.GET.getlist("id"))


def _leads_somewhere(address: str | None) -> bool:
    return not address or "/" in address or "." in address  # else `redirect` takes it for the name of a view
