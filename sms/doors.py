"""Where a gateway delivers text messages: `/sms/<key>/`, an address that only it and the organisation know."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from guards.limits import over_limit
from organisations import scope
from sms.models import ShortNumber
from sms.receiving import receive

logger = logging.getLogger(__name__)

# What gateways call things, in small letters: 46elks, Twilio, Vonage, MessageBird, Sinch, Infobip's simple form.
SENDER = ("from", "msisdn", "originator", "sender", "source", "from_number")
TEXT = ("message", "body", "text", "content", "payload")
PROVIDER_ID = ("messagesid", "smssid", "messageid", "message_id", "message-id", "smsid", "uuid", "id")

# A vote in a hall: many in a minute through one gateway.
MOST = "6000/m"
MOST_WRONG = "60/m"  # of one visitor, without a key that we know
PLAIN = "text/plain; charset=utf-8"


@method_decorator(csrf_exempt, name="dispatch")
class InboundView(View):
    """Takes a form or JSON by POST. It is kept before it is answered with 200; whoever gets another answer tries again.

    The body of the answer is empty: some gateways would send it to the telephone. What is amiss stands in the log.
    """

    http_method_names = ["post"]

    def post(self, request: HttpRequest, key: str) -> HttpResponse:
        number = ShortNumber.unscoped.filter(key=key).first()
        if number is None:
            if over_limit(request, group="sms-key", rate=MOST_WRONG):
                return _answer(429)
            raise Http404
        if over_limit(request, group="sms", rate=MOST, key=str(number.pk)):
            return _answer(429)
        try:
            fields = _fields(request)
            sender, text = _first(fields, SENDER), _first(fields, TEXT)
        except (ValueError, BadRequest, SuspiciousOperation, MultiPartParserError) as error:
            logger.warning("A gateway of organisation %d sent no message: %s", number.organisation_id, error)
            return _answer(400)
        with scope.organisation(number.organisation_id):
            receive(number=number, provider_id=_first(fields, PROVIDER_ID, needed=False), sender=sender, text=text)
        return _answer(200)


def _answer(status: int) -> HttpResponse:
    return HttpResponse(status=status, content_type=PLAIN)


def _fields(request: HttpRequest) -> dict[str, str]:
    """What was posted, by names in small letters; raises ValueError where it is neither a form nor a JSON object."""
    posted: Mapping[str, Any] = request.POST
    if request.content_type == "application/json":
        try:
            posted = json.loads(request.body)
        except (ValueError, RecursionError):
            raise ValueError("This is no JSON.") from None
        if not isinstance(posted, dict):
            raise ValueError("A JSON object is wanted.")
    return {str(name).lower(): str(value) for name, value in posted.items() if isinstance(value, str | int)}


def _first(fields: Mapping[str, str], names: tuple[str, ...], *, needed: bool = True) -> str:
    for name in names:
        if name in fields:
            return fields[name]
    if needed:
        raise ValueError(f"One of these fields is wanted: {', '.join(names)}.")
    return ""
