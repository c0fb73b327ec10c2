"""Segments by what events know of people."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from registers.models import Contact
from registers.segments import compile_rule
from sites.models import Registration, RsvpPage
from tests.sites.conftest import yes


def found(register, key, op, days=None):
    condition = {"column": f"deed:{key}", "op": op} | ({"value": days} if days else {})
    people = Contact.objects.filter(compile_rule({"match": "all", "conditions": [condition]}, register))
    return "".join(sorted(contact.first_name for contact in people))


@pytest.fixture
def replies(make_event, register):
    """A has a seat, B waits, C has said no; D has not replied."""
    event = make_event(capacity=1)
    for name, answer in (("A", "yes"), ("B", "yes"), ("C", "no")):
        Client().post("/choir/summer-party/", yes(first_name=name, email=f"{name}@example.org", answer=answer))
    Contact.objects.create(register=register, first_name="D")
    return event


@pytest.mark.parametrize(
    ("key", "op", "days", "who"),
    [
        ("event_answered", "ever", None, "ABC"),
        ("event_answered", "never", None, "D"),
        ("event_yes", "within", 1, "AB"),
        ("event_no", "within", 1, "C"),
        ("event_seat", "ever", None, ""),
    ],
)
def test_who_replied_how(register, replies, key, op, days, who):
    assert found(register, key, op, days) == who


def test_a_seat_counts_when_the_event_has_been(register, replies):
    RsvpPage.objects.update(starts_at=timezone.now() - dt.timedelta(days=3))
    assert found(register, "event_seat", "within", 7) == "A"
    assert found(register, "event_seat", "within", 2) == ""
    assert found(register, "event_seat", "never") == "BCD"
    Registration.objects.filter(contact__first_name="A").update(created_at=timezone.now() - dt.timedelta(days=90))
    assert found(register, "event_answered", "not_within", 30) == "AD"
