"""Who is knocking: the visitor's address, for limits."""

from django.conf import settings
from django.http import HttpRequest


def visitor_address(request: HttpRequest) -> str:
    """The address that the connection is from; behind our own proxy, the last one that the proxy has added.

    Earlier entries of X-Forwarded-For are the visitor's own words and count for nothing.
    """
    if settings.BEHIND_PROXY:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
        if forwarded:
            return forwarded
    return request.META.get("REMOTE_ADDR") or "127.0.0.1"
