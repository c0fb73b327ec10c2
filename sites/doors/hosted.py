"""What all hosted pages share: whose page it is, in which language, and the headers it goes out with."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import translation

from guards.limits import over_limit
from organisations import scope
from organisations.models import Organisation


class SeeOther(HttpResponseRedirect):
    """After a POST: go and GET that, so that loading again sends nothing twice."""

    status_code = 303


def enter(request: HttpRequest, page: Any) -> None:
    """Bind the request to the organisation whose page is shown, and speak its language."""
    organisation: Organisation | None = getattr(request, "organisation", None)
    if organisation is None or organisation.pk != scope.current_or_none():
        organisation = Organisation.of_page(page)
        scope.bind(organisation.pk)
        request.organisation = organisation  # type: ignore[attr-defined]
    page.organisation = organisation
    speak(request, organisation)


def speak(request: HttpRequest, organisation: Organisation) -> None:
    """The words around an organisation's texts are in its language, whatever the browser asks for."""
    translation.activate(organisation.language)
    request.LANGUAGE_CODE = translation.get_language()


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200, personal: bool = False
) -> HttpResponse:
    """Render a page whose content depends on the moment; `personal` ones are nobody's to keep, index or pass on."""
    response = TemplateResponse(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store" if personal else "private, no-cache"
    if personal:
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def too_many(request: HttpRequest, event: Any) -> bool:
    """Whether this address has sent more forms to one event in a minute than any office or school would."""
    limit = settings.REPLIES_PER_MINUTE
    return bool(limit) and over_limit(request, group=f"reply-{event.pk}", rate=f"{limit}/m")


def content_security_policy(nonce: str) -> str:
    """Nothing from anywhere else, no script in the page; the one inline style is the theme's colour."""
    media = f" {origin}" if (origin := _origin(settings.MEDIA_URL)) else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'self' 'nonce-{nonce}'",
            "script-src 'self'",
            f"img-src 'self' data:{media}",
            "font-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'self'",
        )
    )


def _origin(url: str) -> str:
    return "/".join(url.split("/")[:3]) if url.startswith(("http://", "https://")) else ""


def headers(get_response: Any) -> Any:
    """Middleware: a page that wore the hosted look goes out with the policy that matches it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = get_response(request)
        nonce = getattr(request, "hosted_nonce", "")
        if nonce:
            response["Content-Security-Policy"] = content_security_policy(nonce)
            response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        return response

    return middleware
