"""Segments by what e-mail knows of people."""

import datetime as dt

import pytest
from django.utils import timezone

from mailer.models import EmailMessage, MessageEvent
from registers.models import Contact
from registers.segments import compile_rule
from tests.mailer_engine.conftest import add_contacts, running_campaign


def found(register, key, op, days=None):
    condition = {"column": f"deed:{key}", "op": op} | ({"value": days} if days else {})
    people = Contact.objects.filter(compile_rule({"match": "all", "conditions": [condition]}, register))
    return "".join(sorted(contact.email[1] for contact in people))


@pytest.fixture
def campaign(register):
    """Messages to p0 … p3: p0 opened long ago, p1 clicked now, p2 did nothing, p3 was refused; p4 got none."""
    campaign = running_campaign(register, count=4)
    add_contacts(register, 1, start=4)
    EmailMessage.objects.update(state="accepted", handed_at=timezone.now() - dt.timedelta(days=10))
    messages = {message.address[1]: message for message in EmailMessage.objects.all()}
    EmailMessage.objects.filter(pk=messages["3"].pk).update(state="rejected")
    long_ago = timezone.now() - dt.timedelta(days=40)
    MessageEvent.objects.create(campaign=campaign, message=messages["0"], kind="open", at=long_ago)
    MessageEvent.objects.create(campaign=campaign, message=messages["1"], kind="click")
    MessageEvent.objects.create(campaign=campaign, message=messages["2"], kind="unsubscribe")
    return campaign


@pytest.mark.parametrize(
    ("key", "op", "days", "who"),
    [
        ("email_sent", "ever", None, "012"),
        ("email_sent", "never", None, "34"),
        ("email_sent", "within", 5, ""),
        ("email_sent", "within", 11, "012"),
        ("email_opened", "ever", None, "01"),
        ("email_opened", "within", 30, "1"),
        ("email_opened", "not_within", 30, "0234"),
        ("email_clicked", "ever", None, "1"),
        ("email_clicked", "never", None, "0234"),
    ],
)
def test_who_was_sent_opened_and_clicked(register, campaign, key, op, days, who):
    assert found(register, key, op, days) == who


def test_erased_people_do_not_hide_the_others(register, campaign):
    Contact.objects.filter(email__startswith="p1").delete()
    assert found(register, "email_clicked", "never") == "0234"
