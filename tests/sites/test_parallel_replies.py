"""Hundreds of replies at the same moment, through HTTP, to four web workers: seats stay exact."""

import random
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
CONFLICT = 409  # tests.sites.unlocked_wsgi: stopped by a constraint


def forms(seed=1):
    rng = random.Random(seed)
    made = []
    for n in range(REPLIES):
        party = rng.randint(1, 3)
        form = {"answer": "yes", "first_name": f"P{n}", "last_name": "X", "email": f"p{n}@example.org"}
        form |= {"party_size": str(party)} | {f"guest-{g}-first_name": "G" for g in range(1, party)}
        made.append(form)
    return made


def seated(page):
    replies = Registration.objects.filter(page=page, state=State.CONFIRMED)
    return replies.aggregate(n=Sum("party_size"))["n"] or 0


def check(event, answers):
    """That each of the replies got what it should: the same for the product and for one without its lock."""
    capacity = Capacity.objects.get(page=event)
    assert {answer.status for answer in answers} <= {200, 303}
    assert seated(event) == capacity.taken <= SEATS
    (check_line if event.waiting_list else check_refusals)(event, answers, capacity)
    told = EmailMessage.objects.filter(kind__in=["event.confirmation", "event.waiting"])
    assert told.count() == Contact.objects.count() == Registration.objects.count(), "something was half done"


def check_refusals(event, answers, capacity):
    """Waiting list off: a party is refused only if it is larger than the seats left at that moment."""
    welcomed = [answer for answer in answers if answer.location.endswith("/thank-you/")]
    refused = [answer for answer in answers if answer not in welcomed]
    assert len(welcomed) == Registration.objects.count()
    assert sum(int(answer.form["party_size"]) for answer in welcomed) == capacity.taken
    for answer in refused:
        free = int(answer.headers["x-seats-free"])  # tests.sites.watched_wsgi
        assert int(answer.form["party_size"]) > free, "refused, and would have fitted at that moment"
        if answer.status == 200:
            assert f"Only {free} seat" in answer.body
        else:
            assert (free, answer.location[-16:]) == (0, "/full/?not-saved")


def check_line(event, answers, capacity):
    """Waiting list on: nobody is refused, and once somebody waits, every newcomer waits."""
    assert {answer.status for answer in answers} == {303}
    waiting = Registration.objects.filter(page=event).in_line()
    assert waiting.aggregate(n=Sum("party_size"))["n"] == capacity.waiting
    # Who is seated is inserted before the seats are taken, who waits after the place in the line: so where somebody
    # who is seated comes after somebody who waits, the seat was given to them after the line had begun.
    states = list(Registration.objects.filter(page=event).order_by("pk").values_list("state", flat=True))
    assert len(states) == REPLIES
    first = states.index(State.WAITING)
    assert set(states[first:]) == {State.WAITING}, "somebody overtook those who wait"
    numbers = list(waiting.values_list("queue_number", flat=True))
    assert numbers == sorted(set(numbers))
    assert waiting.first().party_size > capacity.left, "somebody waits for a seat that is free"


@pytest.fixture(scope="module")
def web(django_db_setup):
    with web_server(app="tests.sites.watched_wsgi:application") as base:
        yield base


@pytest.fixture(scope="module")
def unlocked(django_db_setup):
    with web_server(app="tests.sites.unlocked_wsgi:application") as base:
        yield base


def send_to(make_event, web, waiting_list, name):
    """To an event at an address of its own: the servers remember for a moment whose was which."""
    event = make_event(slug=f"{name}-{waiting_list}".lower(), capacity=SEATS, waiting_list=waiting_list)
    return event, send_all(web, f"/choir/{event.slug}/", forms(), at_once=REPLIES)


@pytest.mark.parametrize("waiting_list", [False, True])
def test_500_replies_to_100_seats(make_event, web, waiting_list):
    check(*send_to(make_event, web, waiting_list, "locked"))


@pytest.mark.parametrize("waiting_list", [False, True])
def test_the_same_fails_with_the_lock_switched_off(make_event, unlocked, waiting_list):
    """The negative control: replies that nobody set in order end in a constraint, or are decided wrongly."""
    event, answers = send_to(make_event, unlocked, waiting_list, "unlocked")
    statuses = Counter(answer.status for answer in answers)
    assert set(statuses) <= {200, 303, CONFLICT}, f"something else is broken: {statuses}"
    assert statuses[303] >= SEATS // 3, f"hardly a reply came through: {statuses}"
    with pytest.raises(AssertionError):
        check(event, answers)


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
