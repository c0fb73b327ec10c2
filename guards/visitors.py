"""Who is knocking: the visitor's address, for limits."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def visitor_address(request: HttpRequest) -> str:
    """The address that the connection is from; behind our own proxy, the last one that the proxy has added.

    Earlier entries of X-Forwarded-For are the visitor's own words and count for nothing.
    """
    remote = _plain(request.META.get("REMOTE_ADDR") or "") or "127.0.0.1"  # a socket of this machine has none
    if settings.BEHIND_PROXY:
        return _plain(request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1]) or remote
    return remote


def _plain(text: str) -> str:
    """The address without the port that some proxies add; an IPv4 address as such where a socket of IPv6 says it in its
    own way, for else all of them were of one network. "" where it is none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)
