"""The SMTP transport tells truly what became of a letter."""

from base64 import b64encode

import pytest
from django.core.exceptions import ImproperlyConfigured

from mailer.transports import Fate, TransportError
from mailer.transports.smtp import SmtpTransport
from tests.smtp_server import DROP, Raw, SmtpServer

LETTER = b"Subject: x\r\nMessage-ID: <1@kokoon>\r\n\r\n.dot\r\n..dots\r\n"


@pytest.fixture
def server():
    with SmtpServer() as running:
        yield running


def push(transport, recipient="aino@example.com"):
    return transport.push(return_path="office@example.org", recipient=recipient, content=LETTER)


def test_many_letters_travel_on_one_connection_unaltered(server):
    transport = SmtpTransport(server.url)
    for number in range(30):
        assert push(transport, f"p{number}@example.com").fate is Fate.ACCEPTED
    transport.close()
    assert server.connections == 1
    assert [letter.recipient for letter in server.received] == [f"p{n}@example.com" for n in range(30)]
    assert {letter.content for letter in server.received} == {LETTER}


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "end"])
def test_a_temporary_refusal_defers_and_the_connection_goes_on(server, step):
    server.faults = lambda at, recipient, number: "451 4.3.0 later" if at == step and number == 1 else None
    transport = SmtpTransport(server.url)
    outcome = push(transport)
    assert (outcome.fate, outcome.code, outcome.answer) == (Fate.DEFERRED, 451, "4.3.0 later")
    assert push(transport).fate is Fate.ACCEPTED
    assert server.connections == 1


@pytest.mark.parametrize(
    ("answer", "dead"),
    [
        ("550 5.1.1 no such user", True),
        ("550 5.7.1 we do not like you", False),
        ("553 5.1.8 sender unknown", False),
        ("554 no", False),
    ],
)
def test_a_lasting_refusal_rejects_and_says_whether_the_address_is_dead(server, answer, dead):
    server.faults = lambda at, recipient, number: answer if at == "rcpt" else None
    outcome = push(SmtpTransport(server.url))
    assert outcome.fate is Fate.REJECTED
    assert outcome.dead_address is dead


@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_a_line_lost_before_the_letter_blames_nobody(server, step):
    server.faults = lambda at, recipient, number: DROP if at == step and number == 1 else None
    transport = SmtpTransport(server.url)
    with pytest.raises(TransportError) as caught:
        push(transport)
    assert not caught.value.permanent
    assert push(transport).fate is Fate.ACCEPTED
    assert len(server.received) == 1


def test_a_line_lost_before_the_answer_is_unknown(server):
    server.faults = lambda at, recipient, number: DROP if (at, recipient) == ("end", "aino@example.com") else None
    transport = SmtpTransport(server.url)
    assert push(transport).fate is Fate.UNKNOWN
    assert push(transport, "next@example.com").fate is Fate.ACCEPTED
    assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        "2",
        "25",
        "250",
        "250 2.0.0 O",
        "2\r\n",
        "4\r\n",
        "45",
        "451 4.3.0 la",
        "550",
        "OK queued as 1234\r\n",
        "OK queued as 1234",
        "2500 Ok\r\n",
        "250_Ok\r\n",
        "\r\n",
        "250-queued\r\n",
        "250-queued\r\n25",
        "250-queued\r\n451 later\r\n",
        "354 go on\r\n",
        "199 hm\r\n",
        "-250 Ok\r\n",
        "250 " + "x" * 10_000 + "\r\n",
        "250-queued\r\n" * 200,
    ],
)
def test_an_answer_to_the_letter_that_is_none_is_unknown(server, answer):
    server.faults = lambda at, recipient, number: (
        Raw(answer) if (at, recipient) == ("end", "aino@example.com") else None
    )
    transport = SmtpTransport(server.url)
    assert push(transport).fate is Fate.UNKNOWN
    # The line is out of step: the next letter gets a new one.
    assert push(transport, "next@example.com").fate is Fate.ACCEPTED
    assert server.connections == 2


@pytest.mark.parametrize(
    ("answer", "fate", "code"),
    [
        ("250", Fate.ACCEPTED, 250),
        ("250-2.0.0 Ok\r\n250 2.0.0 queued", Fate.ACCEPTED, 250),
        ("452-4.3.1 full\r\n452 4.3.1 later", Fate.DEFERRED, 452),
        ("421 4.3.2 closing", Fate.DEFERRED, 421),
        ("554 5.7.1 spam", Fate.REJECTED, 554),
    ],
)
def test_a_whole_answer_to_the_letter_is_taken_at_its_word(server, answer, fate, code):
    server.faults = lambda at, recipient, number: answer if (at, number) == ("end", 1) else None
    transport = SmtpTransport(server.url)
    outcome = push(transport)
    assert (outcome.fate, outcome.code) == (fate, code)
    assert push(transport).fate is Fate.ACCEPTED
    assert server.connections == (2 if code == 421 else 1)


@pytest.mark.parametrize("answer", ["252 perhaps", "OK", "25", "199 hm"])
@pytest.mark.parametrize("step", ["mail", "rcpt", "data"])
def test_an_odd_answer_before_the_letter_is_no_yes(server, step, answer):
    server.faults = lambda at, recipient, number: answer if at == step and number == 1 else None
    transport = SmtpTransport(server.url)
    assert push(transport).fate is Fate.DEFERRED
    assert server.received == []
    assert push(transport).fate is Fate.ACCEPTED


def test_a_server_that_closes_with_421_defers_and_is_called_again(server):
    server.faults = lambda at, recipient, number: "421 4.3.2 busy" if at == "rcpt" and number == 1 else None
    transport = SmtpTransport(server.url)
    assert push(transport).fate is Fate.DEFERRED
    assert push(transport).fate is Fate.ACCEPTED
    assert server.connections == 2


def test_a_refused_sender_is_no_fault_of_the_recipient(server):
    server.faults = lambda at, recipient, number: "553 5.7.1 not your address" if at == "mail" else None
    with pytest.raises(TransportError, match=r"does not let office@example\.org send") as caught:
        push(SmtpTransport(server.url))
    assert caught.value.permanent


def test_a_wrong_password_is_no_fault_of_the_recipient(server):
    server.auth = True
    server.faults = lambda at, recipient, number: "535 5.7.8 wrong" if at == "auth" else None
    with pytest.raises(TransportError, match="user name and password") as caught:
        push(SmtpTransport(f"smtp://me:p%40ss@{server.host}:{server.port}"))
    assert caught.value.permanent


def test_a_password_may_have_letters_beyond_ascii_and_is_not_quoted_where_they_cannot_be_said(server):
    server.auth = True
    url = f"smtp://m%C3%A4:p%C3%A4@{server.host}:{server.port}"
    assert push(SmtpTransport(url)).fate is Fate.ACCEPTED
    assert server.sign_ins == ["PLAIN " + b64encode("\0mä\0pä".encode()).decode()]
    with pytest.raises(TransportError, match="letters that cannot be said") as caught:
        push(SmtpTransport(f"smtp://me:p%C3%A4@{'a' * 70}.example"))
    assert caught.value.permanent


def test_nobody_at_the_door_is_said_in_words():
    with SmtpServer() as gone:
        pass
    with pytest.raises(TransportError, match="does not answer") as caught:
        push(SmtpTransport(gone.url))
    assert not caught.value.permanent


def test_a_server_without_encryption_is_not_talked_to_when_encryption_was_asked(server):
    with pytest.raises(TransportError, match="does not offer"):
        push(SmtpTransport(f"smtp+tls://{server.host}:{server.port}"))
    assert server.received == []


@pytest.mark.parametrize("url", ["", "http://x", "smtp://", "smtp://x?timeout=soon"])
def test_a_url_that_cannot_be_one_is_refused_in_words(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        SmtpTransport(url)
