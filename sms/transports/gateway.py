"""A gateway that takes each text message as an HTTP form under a name and password, as many do."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

import requests
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from campaigns.transport import Fate, Outcome, TransportError

CONNECT, ANSWER = 5, 20  # seconds
MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one company calls things: the path to post to ({user} in it is the name), and the fields of the form."""

    path: str
    originator: str
    recipient: str
    text: str


# https://46elks.com/docs/send-sms · https://www.twilio.com/docs/messaging/api/message-resource
DIALECTS = {
    "elks": Dialect("/a1/sms", "from", "to", "message"),
    "twilio": Dialect("/2010-04-01/Accounts/{user}/Messages.json", "From", "To", "Body"),
}
# Codes of the answer's body (Twilio's) that say that there is no such telephone.
_DEAD = frozenset({21211, 21614})


class GatewayTransport:
    """`SMS_URL` is `elks://user:password@api.46elks.com` or `twilio://sid:token@api.twilio.com`.

    With `+http` after the name it goes without TLS, to a gateway of one's own on the same host. Raises
    ImproperlyConfigured with a sentence that says what is wrong.
    """

    def __init__(self, url: str) -> None:
        if not url:
            raise ImproperlyConfigured("SMS_URL is not set, so no text message can leave.")
        parts = urlsplit(url)
        name, _plus, scheme = parts.scheme.partition("+")
        if name not in DIALECTS or scheme not in ("", "http"):
            raise ImproperlyConfigured(f"SMS_URL must start with one of {', '.join(DIALECTS)}, not {parts.scheme!r}.")
        if not (parts.hostname and parts.username and parts.password):
            raise ImproperlyConfigured("SMS_URL needs a name, a password and a host.")
        try:
            port = f":{parts.port}" if parts.port else ""
        except ValueError:  # its words could hold a part of the password
            raise ImproperlyConfigured("SMS_URL has a bad port: it is a number.") from None
        self.dialect = DIALECTS[name]
        user = unquote(parts.username)
        self.address = f"{scheme or 'https'}://{parts.hostname}{port}" + self.dialect.path.format(
            user=quote(user, safe="")
        )
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.auth = (user, unquote(parts.password))

    def open(self) -> None:
        pass

    def push(self, *, originator: str, recipient: str, text: str) -> Outcome:
        form = {self.dialect.originator: originator, self.dialect.recipient: recipient, self.dialect.text: text}
        try:
            response = self.session.post(self.address, data=form, timeout=(CONNECT, ANSWER), allow_redirects=False)
        except requests.ConnectTimeout as error:
            raise TransportError(_("The gateway does not answer")) from error
        except requests.ConnectionError as error:
            if _never_connected(error):
                raise TransportError(_("The gateway cannot be reached")) from error
            return Outcome(Fate.UNKNOWN, 0, _("The line broke before the gateway answered."))
        except requests.RequestException as error:
            return Outcome(Fate.UNKNOWN, 0, f"{type(error).__name__}")
        return _outcome(response)

    def close(self) -> None:
        self.session.close()


def _never_connected(error: requests.ConnectionError) -> bool:
    """Whether no byte can have left: there was no connection to write to."""
    cause = getattr(error.args[0], "reason", None) if error.args else None
    return type(cause).__name__ in {"NewConnectionError", "NameResolutionError", "ConnectTimeoutError"} or isinstance(
        error, requests.exceptions.SSLError
    )


def _outcome(response: requests.Response) -> Outcome:
    code, words = response.status_code, " ".join(response.text[:MOST_WORDS].split())
    if 200 <= code < 300:
        return Outcome(Fate.ACCEPTED, code, words)
    if code in (401, 402, 403):
        raise TransportError(
            _("The gateway refuses our name or password, or asks to be paid: %(code)d") % {"code": code}
        )
    if code in (404, 405) or 300 <= code < 400:
        raise TransportError(_("There is no gateway at the address that SMS_URL names (%(code)d)") % {"code": code})
    if code == 429:
        return Outcome(Fate.DEFERRED, code, words)
    if code in (500, 502, 504):
        return Outcome(Fate.UNKNOWN, code, words)  # it may have done it before something broke
    if code == 503:
        return Outcome(Fate.DEFERRED, code, words)
    return Outcome(Fate.REJECTED, code, words, dead_address=_says_dead(response))


def _says_dead(response: requests.Response) -> bool:
    try:
        return response.json().get("code") in _DEAD
    except (ValueError, AttributeError):
        return False
