"""The gateway's door, and what a gateway may be told and may answer."""

import datetime as dt
import json
import re
import threading
from html import unescape
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Message
from campaigns.transport import Fate, Outcome, TransportError
from registers.models import Channel, Contact
from registers.suppression import suppressed
from sms.models import Inbound, ShortNumber, SmsMessage
from sms.sending import send_answers
from sms.sweeps import find_stray_text_messages
from sms.transports.gateway import GatewayTransport
from sms.transports.memory import MemoryTransport
from tests.sms.conftest import PHONE, answers, work

pytestmark = pytest.mark.django_db


def door(number):
    return reverse("sms:inbound", args=[number.key])


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "1", "from": PHONE, "to": "18230", "message": "JOIN"},
        {"MessageSid": "SM1", "From": PHONE, "To": "18230", "Body": "JOIN"},
        {"msisdn": PHONE[1:], "to": "18230", "messageId": "1", "text": "JOIN"},
    ],
)
def test_forms_and_json_of_several_gateways_are_understood(keywords, number, fields):
    for turn, content_type in enumerate(("form", "application/json")):
        sent = {
            name: f"{value}-{turn}" if "id" in name.lower() and name != "msisdn" else value
            for name, value in fields.items()
        }
        response = (
            Client().post(door(number), sent)
            if content_type == "form"
            else Client().post(door(number).rstrip("/"), json.dumps(sent), content_type=content_type)
        )
        assert (response.status_code, response.content) == (200, b"")
    work(number)
    assert list(Inbound.objects.values_list("outcome", flat=True).order_by("pk")) == ["joined", "member"]


def test_nobody_without_the_key_gets_in(number, keywords):
    posted = {"from": PHONE, "message": "JOIN"}
    known = door(number)
    for address in (known[:-2] + ("x/" if known[-2] != "x" else "y/"), "/sms/18230/", "/sms/"):
        assert Client().post(address, posted).status_code == 404
    assert Client().get(known).status_code == 405
    assert Inbound.objects.count() == 0


def test_one_who_guesses_keys_is_turned_back(number, monkeypatch):
    monkeypatch.setattr("sms.doors.MOST_WRONG", "3/d")
    answered = [Client().post("/sms/" + "0" * 32 + "/", {}).status_code for _guess in range(5)]
    assert answered == [404] * 3 + [429] * 2


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"[1]", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"from": {"a": 1}, "message": "x"}', "application/json"),
        (b"from=%2B358401234567", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/json"),
        (b"x", "text/plain"),
        (b"x" * 3_000_000, "application/json"),
        (b"a=1&" * 11_000, "application/x-www-form-urlencoded"),
        (b"x", "multipart/form-data; boundary="),
    ],
)
def test_what_is_no_message_is_refused_and_said_in_the_log(number, body, content_type, caplog):
    response = Client().post(door(number), body, content_type=content_type)
    assert (response.status_code, response.content) == (400, b"")  # words might be sent to the telephone
    assert "sent no message" in caplog.text


def test_odd_texts_are_kept(number, keywords):
    for turn, text in enumerate(["", "\x00JOIN", "J" * 50_000, "\u202eJOIN", "😀" * 3_000, "' OR 1=1 --"]):
        posted = {"from": "\x00" + PHONE, "message": text, "id": f"\x00{turn}" * 500}
        assert Client().post(door(number), posted).status_code == 200
    work(number)
    assert Inbound.objects.exclude(outcome__in=["other", "joined", "member"]).count() == 0
    assert Contact.objects.count() == 1


def test_an_answer_that_is_refused_for_now_leaves_later_and_one_that_is_unknown_does_not(text, keywords, settings):
    settings.DEFER_SECONDS = 0
    fates = iter([Outcome(Fate.DEFERRED, 429, "slower"), Outcome(Fate.ACCEPTED, 200), Outcome(Fate.UNKNOWN)])
    MemoryTransport.answer = staticmethod(lambda _message: next(fates))
    text("JOIN")
    send_answers(Inbound.objects.get().organisation_id)
    text("BYE")
    work(ShortNumber.objects.get())
    assert list(SmsMessage.objects.order_by("pk").values_list("state", flat=True)) == ["accepted", "unknown"]
    assert answers() == ["Welcome!"]


def test_a_telephone_that_does_not_exist_is_not_written_to_again(text, keywords, choir):
    MemoryTransport.answer = staticmethod(lambda _message: Outcome(Fate.REJECTED, 400, "none", dead_address=True))
    text("JOIN")
    assert suppressed(organisation_id=choir.pk, channel=Channel.SMS, addresses=[PHONE]) == {PHONE: {"hard_bounce"}}
    text("JOIN")
    assert SmsMessage.objects.latest("pk").state == Message.State.SUPPRESSED


def test_an_answer_whose_worker_died_is_unknown_until_somebody_settles_it(text, keywords, cast):
    text("JOIN")
    SmsMessage.objects.update(state="handing_off", lease_token="0" * 32, lease_until="2000-01-01T00:00Z")
    find_stray_text_messages()
    assert SmsMessage.objects.get().state == "unknown"
    assert "may have left" in cast.editor.client.get("/admin/").text
    cast.editor.client.handler.enforce_csrf_checks = True
    page = cast.editor.client.get(reverse("sms_received:index"), {"answer": "doubt", "p": "1"}).text
    assert "Send again" in page
    settle = reverse("sms_received:settle", args=[Inbound.objects.get().pk])
    hidden = dict(
        re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page[page.index(settle) :].split("</form>")[0])
    )
    answers()
    shown = cast.editor.client.post(
        settle, {"act": "resend", **{name: unescape(value) for name, value in hidden.items()}}
    )
    assert shown.url == reverse("sms_received:index") + "?answer=doubt&p=1"  # the list as it was
    cast.editor.client.handler.enforce_csrf_checks = False
    work(ShortNumber.objects.get())
    assert answers() == ["Welcome!"]
    SmsMessage.objects.update(state="unknown")
    cast.editor.client.post(settle, {"act": "leave"})
    assert "may have left" not in cast.editor.client.get("/admin/").text


class Gateway(HTTPServer):
    """A gateway on loopback that notes what it is asked and answers as it is told to."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.status, self.body = 201, b'{"sid": "SM1"}'

    def url(self, kind="twilio"):
        return f"{kind}+http://AC1:p%40ss@127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append((self.path, self.headers["Authorization"], form))
        if self.server.status == 0:
            return  # the line is cut
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_words):
        pass


@pytest.fixture
def gateway():
    server = Gateway()
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def push(url):
    return GatewayTransport(url).push(originator="18230", recipient=PHONE, text="Tervetuloa, päivää €")


def test_it_is_posted_as_the_gateway_wants_it(gateway):
    assert push(gateway.url()).fate is Fate.ACCEPTED
    assert push(gateway.url("elks")).fate is Fate.ACCEPTED
    (path, name, form), (elks, _name, other) = gateway.asked
    assert (path, elks) == ("/2010-04-01/Accounts/AC1/Messages.json", "/a1/sms")
    assert name == "Basic QUMxOnBAc3M="
    assert form == {"From": ["18230"], "To": [PHONE], "Body": ["Tervetuloa, päivää €"]}
    assert other == {"from": ["18230"], "to": [PHONE], "message": ["Tervetuloa, päivää €"]}


@pytest.mark.parametrize(
    ("status", "body", "fate", "dead"),
    [
        (400, b'{"code": 21211, "message": "not a phone number"}', Fate.REJECTED, True),
        (400, b'{"code": 21608}', Fate.REJECTED, False),
        (400, b"nonsense", Fate.REJECTED, False),
        (429, b"", Fate.DEFERRED, False),
        (503, b"", Fate.DEFERRED, False),
        (500, b"", Fate.UNKNOWN, False),
        (0, b"", Fate.UNKNOWN, False),
    ],
)
def test_what_it_answers_is_what_became_of_it(gateway, status, body, fate, dead):
    gateway.status, gateway.body = status, body
    outcome = push(gateway.url())
    assert (outcome.fate, outcome.dead_address) == (fate, dead)
    assert len(gateway.asked) == 1  # nothing is sent twice by itself


def test_answers_wait_while_the_gateway_is_away_or_refuses_us(gateway, text, keywords, settings, cast):
    settings.SMS_TRANSPORT = "sms.transports.gateway.GatewayTransport"
    settings.SMS_URL = "twilio+http://AC1:secret@127.0.0.1:1"
    text("JOIN")
    assert SmsMessage.objects.get().state == "queued"
    assert "The gateway cannot be reached" in cast.editor.client.get("/admin/").text
    settings.SMS_URL, gateway.status, settings.DEFER_SECONDS = gateway.url(), 401, 0
    SmsMessage.objects.update(due_at="2000-01-01T00:00Z")
    work(ShortNumber.objects.get())
    assert SmsMessage.objects.get().state == "queued"
    gateway.status = 201
    work(ShortNumber.objects.get())
    assert SmsMessage.objects.get().state == "accepted"


def test_an_answer_that_nobody_waits_for_any_more_does_not_leave(text, keywords, settings):
    settings.SMS_URL, settings.SMS_TRANSPORT = "", "sms.transports.gateway.GatewayTransport"
    text("JOIN")
    text("JOIN", sender="+358501234567")
    text("STOP", sender="+358501234567")
    settings.SMS_TRANSPORT = "sms.transports.memory.MemoryTransport"
    long_ago = timezone.now() - dt.timedelta(days=2)
    SmsMessage.objects.filter(address=PHONE).update(created_at=long_ago)
    SmsMessage.objects.update(due_at=long_ago)
    work(ShortNumber.objects.get())
    rows = SmsMessage.objects.order_by("pk").values_list("state", "suppressed_by")
    assert list(rows) == [("suppressed", "too_late"), ("suppressed", "stop"), ("accepted", "")]


@pytest.mark.parametrize("status", [302, 401, 402, 404])
def test_what_is_amiss_with_us_is_no_fault_of_the_telephone(gateway, status):
    gateway.status = status
    with pytest.raises(TransportError, match=str(status)):
        push(gateway.url())


def test_a_gateway_that_is_silent_is_left_alone(text, keywords):
    asked = []
    MemoryTransport.answer = staticmethod(lambda message: asked.append(message) or Outcome(Fate.UNKNOWN))
    for _message in range(5):
        text("JOIN")
    assert len(asked) == 3


@pytest.mark.parametrize("url", ["", "http://a:b@c", "twilio://api", "twilio+ftp://a:b@c", "elks://a:b@c:x"])
def test_a_bad_address_is_said(url):
    with pytest.raises(ImproperlyConfigured, match="SMS_URL"):
        GatewayTransport(url)
