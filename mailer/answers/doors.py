"""What the addresses in a letter lead to. A GET changes nothing but the log of events: mail scanners open every
link."""

from base64 import b64decode
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from campaigns.models import Message
from guards.limits import over_limit
from mailer.answers import tracking, unsubscribing
from mailer.answers.clicks import as_sent, destination
from mailer.editing.previews import POLICY
from mailer.models import EmailMessage, MessageEvent
from mailer.outbox.parcels import MissingAddress
from organisations import scope

# The smallest transparent picture there is.
PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
WEB = ("http://", "https://")
Kind = MessageEvent.Kind


@require_safe
@never_cache
def opened(request: HttpRequest, token: str) -> HttpResponse:
    message = _message(tracking.OPEN, token)
    with scope.organisation(message.organisation_id):
        if request.method == "GET" and message.traffic == Message.Traffic.BULK:
            tracking.record(message=message, kind=Kind.OPEN, user_agent=_user_agent(request))
    return HttpResponse(PIXEL, content_type="image/gif")


@require_safe
@never_cache
def clicked(request: HttpRequest, token: str, position: str) -> HttpResponse:
    """On to where the link leads: one of the campaign's own, so this is no open redirect."""
    message = _message(tracking.CLICK, token)
    with scope.organisation(message.organisation_id):
        try:
            found = destination(message, int(position))
        except MissingAddress:  # the page it invited to was deleted
            raise Http404 from None
        if found is None or not found[1].lower().startswith(WEB):
            raise Http404
        link, url = found
        try:
            response = HttpResponseRedirect(url)
        except ValueError:  # nothing that can be followed: “https://[name]/”
            raise Http404 from None
        if request.method == "GET":
            tracking.record(message=message, kind=Kind.CLICK, link=link, user_agent=_user_agent(request))
    return _personal(response)


@require_safe
@never_cache
def on_the_web(request: HttpRequest, token: str) -> HttpResponse:
    """The letter in a browser, as it was sent, whatever its page has become since."""
    message = _message(tracking.WEB, token)
    organisation = message.organisation
    with scope.organisation(organisation.pk), translation.override(organisation.language):
        html = as_sent(message)
    if not html:
        raise Http404
    response = HttpResponse(html)
    response["Content-Security-Policy"] = POLICY
    return _personal(response)


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class UnsubscribeView(View):
    """GET says what will happen, POST does it; mail programs post by themselves (RFC 8058).

    Without CSRF token: the mail program has none, and the address itself is what only the recipient knows.
    """

    http_method_names = ["get", "head", "options", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.message = _message(tracking.UNSUBSCRIBE, kwargs["token"])
        organisation = self.message.organisation
        request.organisation = organisation  # type: ignore[attr-defined]
        with scope.organisation(organisation.pk), translation.override(organisation.language):
            return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._page(request)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if over_limit(request, group="unsubscribe", key=token, rate="20/m"):
            return self._page(request, status=429, too_often=True)
        one_click = request.POST.get("List-Unsubscribe") == "One-Click"
        with transaction.atomic():
            if request.POST.get("act") == "resubscribe" and not one_click:
                unsubscribing.resubscribe(self.message, user_agent=_user_agent(request))
            else:
                unsubscribing.unsubscribe(self.message, user_agent=_user_agent(request))
        if one_click:
            return HttpResponse("OK", content_type="text/plain")
        return redirect(request.path, permanent=False)

    def _page(self, request: HttpRequest, status: int = 200, **context: Any) -> HttpResponse:
        context |= {
            "organisation": self.message.organisation,
            "address": unsubscribing.masked(self.message.address),
            "is_test": self.message.traffic == Message.Traffic.TEST,
            "unsubscribed": unsubscribing.is_unsubscribed(self.message),
        }
        return _personal(render(request, "mailer/doors/unsubscribe.html", context, status=status))


def _personal(response: HttpResponse) -> HttpResponse:
    """The address names a person: it is told neither to where links lead nor to those who search."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _message(purpose: str, token: str) -> EmailMessage:
    message = tracking.find_message(purpose, token)
    if message is None:
        raise Http404
    return message


def _user_agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "").replace("\x00", "")
