"""Hundreds of replies at the same moment, through HTTP, to four web workers: seats stay exact."""

import random
import re
from collections import Counter

import pytest
from django.db.models import Sum

from mailer.models import EmailMessage
from registers.models import Contact
from sites.models import Capacity, Registration
from sites.models.seats import State
from tests.sites.web import send_all, web_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes, pytest.mark.takes(30)]
REPLIES, SEATS = 500, 100
FEWER = 200  # they still ask for four times as many seats as there are: enough to get in each other's way
CONFLICT = 409  # tests.sites.unlocked_wsgi: stopped by a constraint


def forms(count=REPLIES, seed=1):
    rng = random.Random(seed)
    made = []
    for n in range(count):
        party = rng.randint(1, 3)
        form = {"answer": "yes", "first_name": f"P{n}", "last_name": "X", "email": f"p{n}@example.org"}
        form |= {"party_size": str(party)} | {f"guest-{g}-first_name": "G" for g in range(1, party)}
        made.append(form)
    return made


def seated(page):
    replies = Registration.objects.filter(page=page, state=State.CONFIRMED)
    return replies.aggregate(n=Sum("party_size"))["n"] or 0


def check_without_waiting_list(event, answers):
    capacity = Capacity.objects.get(page=event)
    assert seated(event) == capacity.taken <= SEATS
    assert {answer.status for answer in answers} <= {200, 303}
    welcomed = [answer for answer in answers if answer.location.endswith("/thank-you/")]
    assert sum(int(answer.form["party_size"]) for answer in welcomed) == capacity.taken
    refused = [answer for answer in answers if not answer.location.endswith("/thank-you/")]
    assert len(welcomed) + len(refused) == REPLIES
    for answer in refused:
        party = int(answer.form["party_size"])
        assert party > capacity.left, "refused, and would have fitted even at the end"
        if answer.status == 200:
            told = int(re.search(r"Only (\d+) seats? (?:is|are) left", answer.body)[1])
            assert party > told, "refused although it fitted at that moment"
        else:
            assert answer.location.endswith("/full/?not-saved")
    assert Contact.objects.count() == Registration.objects.count() == len(welcomed), "something was half done"


def check_with_waiting_list(event, answers):
    capacity = Capacity.objects.get(page=event)
    assert {answer.status for answer in answers} == {303}
    assert seated(event) == capacity.taken <= SEATS
    waiting = Registration.objects.filter(page=event, state=State.WAITING)
    assert waiting.aggregate(n=Sum("party_size"))["n"] == capacity.waiting
    # A registration is inserted under the lock, so ids are the order of the decisions.
    states = list(Registration.objects.filter(page=event).order_by("pk").values_list("state", flat=True))
    assert len(states) == REPLIES
    first = states.index(State.WAITING)
    assert set(states[first:]) == {State.WAITING}, "somebody overtook those who wait"
    queue = list(waiting.order_by("pk").values_list("queue_number", flat=True))
    assert queue == sorted(set(queue))
    head = waiting.in_line().first()
    assert head.party_size > capacity.left


@pytest.fixture(scope="module")
def web(django_db_setup):
    with web_server() as base:
        yield base


@pytest.fixture(scope="module")
def unlocked(django_db_setup):
    with web_server(app="tests.sites.unlocked_wsgi:application") as base:
        yield base


def party(make_event, waiting_list, name):
    """An event at an address of its own: the servers remember for a moment whose was which."""
    event = make_event(slug=f"{name}-{waiting_list}".lower(), capacity=SEATS, waiting_list=waiting_list)
    return event, f"/choir/{event.slug}/"


@pytest.mark.parametrize("waiting_list", [False, True])
def test_500_replies_to_100_seats(make_event, web, waiting_list):
    event, address = party(make_event, waiting_list, "locked")
    answers = send_all(web, address, forms(), at_once=REPLIES)
    (check_with_waiting_list if waiting_list else check_without_waiting_list)(event, answers)
    mails = EmailMessage.objects.filter(kind__in=["event.confirmation", "event.waiting"])
    assert mails.count() == Registration.objects.count()


@pytest.mark.parametrize("waiting_list", [False, True])
def test_with_the_lock_switched_off_replies_get_in_each_others_way(make_event, unlocked, waiting_list):
    """The negative control: replies that nobody set in order end in a constraint, or are decided wrongly."""
    event, address = party(make_event, waiting_list, "unlocked")
    answers = send_all(unlocked, address, forms(FEWER), at_once=FEWER)
    statuses = Counter(answer.status for answer in answers)
    assert set(statuses) <= {200, 303, CONFLICT}, f"something else is broken: {statuses}"
    assert statuses[303] >= SEATS // 3, f"hardly a reply came through: {statuses}"
    assert 0 < seated(event) == Capacity.objects.get(page=event).taken, "each reply is still whole, or not there"
    wrong = statuses[CONFLICT] + decided_wrongly(event, answers, waiting_list=waiting_list)
    assert wrong, f"without the lock nothing went wrong, so the test above shows nothing: {statuses}"


def decided_wrongly(event, answers, *, waiting_list):
    """How many replies got what they should not: seats sold twice, overtaken in the line, refused with seats left."""
    capacity = Capacity.objects.get(page=event)
    oversold = max(0, seated(event) - SEATS)
    if waiting_list:
        states = list(Registration.objects.filter(page=event).order_by("pk").values_list("state", flat=True))
        first = states.index(State.WAITING) if State.WAITING in states else len(states)
        return oversold + states[first:].count(State.CONFIRMED)
    refused = [answer for answer in answers if answer.status == 200 or answer.location.endswith("/full/?not-saved")]
    return oversold + sum(int(answer.form["party_size"]) <= capacity.left for answer in refused)


def test_one_invitee_and_one_newcomer_posting_twenty_times_at_once(event, anna, web):
    link = event.personal_url(anna).removeprefix("http://localhost:8000")
    known = {"answer": "yes", "first_name": "Anna", "last_name": "Virtanen", "party_size": "1"}
    newcomer = {**known, "first_name": "Bo", "email": "bo@example.org"}
    once = {**newcomer, "email": "cia@example.org", "form_token": "7c1f4a1e-3f50-4f4e-9a53-0a1b2c3d4e5f"}
    by_link = send_all(web, link, [known] * 20, at_once=20)
    in_public = send_all(web, "/choir/summer-party/", [newcomer] * 20, at_once=20)
    same_form = send_all(web, "/choir/summer-party/", [once] * 20, at_once=20)
    assert {answer.location for answer in by_link} == {f"{link}done/"}
    assert {answer.location for answer in in_public + same_form} == {"/choir/summer-party/thank-you/"}
    assert Registration.objects.count() == Contact.objects.count() == 3
    assert set(Registration.objects.values_list("version", flat=True)) == {1}
    sent = EmailMessage.objects.values_list("address", "kind").order_by("address", "kind")
    assert list(sent) == [
        ("anna@example.org", "event.confirmation"),
        ("bo@example.org", "event.confirmation"),
        ("bo@example.org", "event.link_reminder"),
        ("cia@example.org", "event.confirmation"),
    ]
