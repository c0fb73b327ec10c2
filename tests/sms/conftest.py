"""The cast, a register with a group, a number, and the words that people send to it."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from campaigns.memory import accept
from organisations import scope
from registers.books import create_register
from registers.models import Group, Purpose
from sms.models import Keyword, ShortNumber
from sms.receiving import do_waiting
from sms.sending import send_answers
from sms.transports.memory import MemoryTransport

PHONE = "+358401234567"


@pytest.fixture
def choir(cast, settings):
    cache.clear()  # rate limits of one test are not those of the next
    settings.SMS_TRANSPORT = "sms.transports.memory.MemoryTransport"
    MemoryTransport.outbox.clear()
    with scope.organisation(cast.choir.pk):
        yield cast.choir
    MemoryTransport.answer = staticmethod(accept)


@pytest.fixture
def register(choir):
    return create_register(name="Members")


@pytest.fixture
def group(register):
    return Group.objects.create(register=register, name="Friends")


@pytest.fixture
def purpose(choir):
    return Purpose.objects.create(name="News by SMS")


@pytest.fixture
def number(choir):
    return ShortNumber.objects.create(number="18230", other_reply="Send JOIN or BYE.")


@pytest.fixture
def keywords(number, register, group, purpose):
    shared = {"number": number, "register": register, "group": group, "purpose": purpose}
    return {
        "JOIN": Keyword.objects.create(**shared, word="JOIN", promise="JOIN brings news.", reply="Welcome!"),
        "BYE": Keyword.objects.create(**shared, word="BYE", act="leave", reply="Gone."),
    }


@pytest.fixture
def text(number):
    """Send a text message through the gateway's door, and do all that follows; returns what the gateway is told."""
    ids = iter(range(10_000))

    def send(words, *, sender=PHONE, **fields):
        known = {"id": f"m{next(ids)}", "from": sender, "message": words}
        response = Client().post(reverse("sms:inbound", args=[number.key]), {**known, **fields})
        work(number)
        return response

    return send


def work(number):
    do_waiting(number.organisation_id)
    send_answers(number.organisation_id)


def answers():
    """What has come to telephones so far, taken away."""
    said = [message.text for message in MemoryTransport.outbox]
    MemoryTransport.outbox.clear()
    return said
