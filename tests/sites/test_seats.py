"""Counters are sums and the line is a line, whatever happens in whatever order."""

import itertools
import random
from collections import Counter

import pytest
from django.db import connection, transaction
from django.db.models import Max, Sum

from organisations import scope
from registers.contacts import save_contact
from sites import by_hand, counters, seats
from sites.models import Capacity, Registration
from sites.models.seats import STANDING, State
from tests.cast import make_cast
from tests.sites.conftest import publish_event
from tests.stage import begins_with, stage

pytestmark = pytest.mark.takes(35)


def total(page, *states):
    return Registration.objects.filter(page=page, state__in=states).aggregate(n=Sum("party_size"))["n"] or 0


def check(page):
    capacity = Capacity.objects.get(page=page)
    assert capacity.taken == total(page, State.CONFIRMED)
    assert capacity.waiting == total(page, State.WAITING)
    if capacity.seats is None:
        assert capacity.ceiling is None
        assert capacity.waiting == 0
    else:
        assert capacity.ceiling == max(capacity.seats, capacity.taken)
        head = Registration.objects.filter(page=page).in_line().first()
        if head:
            assert head.party_size > capacity.left, "somebody waits for seats that are free"
    last = Registration.objects.filter(page=page).aggregate(n=Max("queue_number"))["n"]
    assert (last or 0) <= capacity.last_queue_number
    return capacity


@pytest.fixture
def check_counters(event):
    """The counters against the sums of the rows: planned once, for it is asked ten thousand times."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
        cursor.execute(
            """PREPARE counters AS
               SELECT taken, waiting,
                      sum(party_size) FILTER (WHERE state = %s), sum(party_size) FILTER (WHERE state = %s)
               FROM sites_capacity c LEFT JOIN sites_registration r ON r.page_id = c.page_id
               WHERE c.page_id = %s GROUP BY c.id""",
            [State.CONFIRMED, State.WAITING, event.pk],
        )

        def check():
            cursor.execute("EXECUTE counters")
            [(taken, waiting, seated, in_line)] = cursor.fetchall()
            assert (taken, waiting) == (seated or 0, in_line or 0)

        yield check


def sixty(register):
    return [
        save_contact(register=register, values={"first_name": f"P{n}", "email": f"p{n}@example.org"}, source="test")
        for n in range(60)
    ]


def make_people(stage):
    with scope.organisation(stage[make_cast].choir.pk):
        return sixty(stage[publish_event].register)


@pytest.fixture
@begins_with(make_cast, publish_event, make_people)
def people(event):
    return stage[make_people] if make_people in stage else sixty(event.register)


def test_what_is_decided_without_the_lock_is_what_would_be_decided_under_it(event, people):
    """Every state of an event that matters, and every party."""
    states = [(None, 0, 0)] + [(most, taken, waits) for most in (0, 3) for taken in (0, 2, 3, 4) for waits in (0, 1)]
    ask = {"page_id": event.pk, "contact_id": people[0].pk, "submission": None}
    for (most, taken, waits), party, line in itertools.product(states, (1, 2), (True, False)):
        ceiling = None if most is None else max(most, taken)
        Capacity.objects.filter(page=event).update(seats=most, taken=taken, waiting=waits, ceiling=ceiling)
        capacity = Capacity.objects.get(page=event)
        try:
            due = seats.place(capacity=capacity, held=0, waits=0, party=party, waiting_list=line)
        except seats.TooLarge:
            due = None
        assert seats.likely(capacity=capacity, party=party, waiting_list=line) == due
        assert takes(
            lambda party=party, line=line: counters.count_in(page_id=event.pk, party=party, waiting_list=line)
        ) == (due == State.CONFIRMED)
        if line:
            assert takes(lambda party=party: seats.wait_at_once(**ask, party=party)) == (due == State.WAITING)


def takes(at_once):
    """Whether it took the seats or the place in the line; taken back either way."""
    with transaction.atomic():
        try:
            at_once()
        except counters.NotAtOnce:
            return False
        finally:
            transaction.set_rollback(True)
    return True


class Newcomers:
    """Whoever has no reply yet, as in `replies`: at once where the room, as it was seen last, promises it."""

    def __init__(self, page):
        self.page_id = page.pk
        self.room = Capacity.objects.get(page=page)
        self.turn = itertools.count()
        self.at_once = Counter()

    def forget(self, contact):
        """They will come as somebody new."""
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM sites_registration WHERE contact_id = %s", [contact.pk])

    def reply(self, contact, party, waiting_list):
        if next(self.turn) % 4 == 0:
            self.room.refresh_from_db()
        sure = seats.likely(capacity=self.room, party=party, waiting_list=waiting_list)
        who = {"page_id": self.page_id, "contact_id": contact.pk, "party": party}
        if sure:
            try:
                seating = self._reply_at_once(sure, waiting_list, who | {"submission": None})
            except counters.NotAtOnce:
                self.at_once["in vain"] += 1
                self.room.refresh_from_db()
            else:
                self.at_once[sure] += 1
                return seating
        return seats.reply(**who, waiting_list=waiting_list, new=True)

    @transaction.atomic
    def _reply_at_once(self, sure, waiting_list, who):
        if sure == State.WAITING:
            return seats.wait_at_once(**who)
        seating = seats.reply_at_once(**who)
        counters.count_in(page_id=self.page_id, party=who["party"], waiting_list=waiting_list)
        return seating


@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_random_operations_keep_the_sums(event, people, check_counters, seed):
    """2,500 operations from each of four seeds."""
    rng = random.Random(seed)
    line = []  # contact ids in the order in which they must be served
    replies_of = {}  # (state, party) of each contact, as the operations have told
    limit = 10
    newcomers = Newcomers(event)
    for step in range(2_500):
        contact = rng.choice(people)
        party = rng.randint(1, 4)
        waiting_list = rng.random() < 0.85
        operation = rng.choices(["reply", "leave", "seats", "overrule", "up"], [54, 28, 8, 2, 8])[0]
        old_state, old_party = replies_of.get(contact.pk, (None, 0))
        if operation == "reply" and old_state not in (None, *STANDING) and rng.random() < 0.6:
            newcomers.forget(contact)
            del replies_of[contact.pk]
        somebody_waits = bool(line)
        seating = None
        if operation == "seats":
            limit = rng.choice([None, 0, 3, 10, 25, 40])
            seating = seats.set_seats(page_id=event.pk, seats=limit)
        elif operation == "up":
            mover, first = (rng.choice(line) if line else contact.pk), rng.random() < 0.4
            found = counters.find(event.pk, mover)
            seating = seats.move_up(page_id=event.pk, registration_id=found.pk if found else 0, first=first)
            assert seating.changed == (mover in line[1:])
            if seating.changed:
                place = line.index(mover)
                line.insert(0 if first else place - 1, line.pop(place))
        elif operation == "leave":
            seating = seats.leave(page_id=event.pk, contact_id=contact.pk)
            if contact.pk in line:
                line.remove(contact.pk)
        else:
            try:
                if operation == "reply" and contact.pk not in replies_of:
                    seating = newcomers.reply(contact, party, waiting_list)
                else:
                    seating = seats.reply(
                        page_id=event.pk,
                        contact_id=contact.pk,
                        party=party,
                        waiting_list=waiting_list,
                        overrule=operation == "overrule",
                    )
            except seats.TooLarge as refusal:
                capacity = Capacity.objects.get(page=event)
                held = old_party if old_state == State.CONFIRMED else 0
                if not waiting_list:
                    assert party - held > capacity.left, "refused although it fits"
                    assert refusal.left == held + capacity.left  # noqa: PT017 - one of many operations
                else:
                    assert held, "a newcomer is never refused while there is a line"
                    assert somebody_waits or party - held > capacity.left
                kept = counters.find(event.pk, contact.pk)
                assert (kept and (kept.state, kept.party_size)) == replies_of.get(contact.pk)
            else:
                state = seating.registration.state
                newcomer = old_state not in STANDING
                if newcomer and waiting_list and somebody_waits and limit is not None and operation == "reply":
                    assert state == State.WAITING, "a newcomer overtook those who wait"
                if state == State.WAITING and contact.pk not in line:
                    line.append(contact.pk)
                if state == State.CONFIRMED and contact.pk in line:
                    line.remove(contact.pk)
        check_counters()
        for promoted in seating.promoted if seating else ():
            assert promoted.contact_id == line.pop(0), "somebody was promoted out of turn"
        for told in (seating.registration, *seating.promoted) if seating else ():
            if told:
                replies_of[told.contact_id] = (told.state, told.party_size)
        if step % 100 == 0 or step > 2_490:
            check(event)
            waiting = Registration.objects.filter(page=event).in_line().values_list("contact_id", flat=True)
            assert list(waiting) == line
    kept = Registration.objects.filter(page=event).values_list("contact_id", "state", "party_size")
    assert {contact: (state, party) for contact, state, party in kept} == replies_of
    assert newcomers.at_once[State.CONFIRMED] > 10
    assert newcomers.at_once[State.WAITING] > 100
    assert newcomers.at_once["in vain"] > 5


def test_lowering_the_seats_evicts_nobody(event, people):
    for contact in people[:5]:
        seats.reply(page_id=event.pk, contact_id=contact.pk, party=2, waiting_list=True)
    seats.set_seats(page_id=event.pk, seats=4)
    capacity = check(event)
    assert (capacity.taken, capacity.ceiling, capacity.left, capacity.overbooked) == (10, 10, 0, 6)
    seats.leave(page_id=event.pk, contact_id=people[0].pk)
    assert (check(event).ceiling, Registration.objects.seated().count()) == (8, 4)


def test_a_line_stops_at_the_first_party_that_does_not_fit(event, people):
    a, b, c, d = people[:4]
    seats.reply(page_id=event.pk, contact_id=a.pk, party=10, waiting_list=True)
    seats.reply(page_id=event.pk, contact_id=b.pk, party=3, waiting_list=True)
    seats.reply(page_id=event.pk, contact_id=c.pk, party=1, waiting_list=True)
    assert not seats.reply(page_id=event.pk, contact_id=a.pk, party=8, waiting_list=True).promoted
    assert counters.find(event.pk, c.pk).state == State.WAITING
    assert seats.reply(page_id=event.pk, contact_id=d.pk, party=1, waiting_list=True).registration.is_waiting
    promoted = seats.leave(page_id=event.pk, contact_id=b.pk).promoted
    assert [registration.contact_id for registration in promoted] == [c.pk, d.pk]
    check(event)


def test_a_seated_party_that_cannot_grow_keeps_what_it_has(event, people):
    a, b = people[:2]
    seats.reply(page_id=event.pk, contact_id=a.pk, party=2, waiting_list=False)
    seats.reply(page_id=event.pk, contact_id=b.pk, party=7, waiting_list=False)
    with pytest.raises(seats.TooLarge) as refusal:
        seats.reply(page_id=event.pk, contact_id=a.pk, party=4, waiting_list=False)
    assert refusal.value.left == 3
    assert counters.find(event.pk, a.pk).party_size == 2
    assert seats.reply(page_id=event.pk, contact_id=a.pk, party=3, waiting_list=False).changed


def test_the_same_reply_again_is_no_change(event, people):
    first = seats.reply(page_id=event.pk, contact_id=people[0].pk, party=2, waiting_list=True)
    again = seats.reply(page_id=event.pk, contact_id=people[0].pk, party=2, waiting_list=True)
    assert (first.changed, again.changed) == (True, False)
    assert again.registration.version == 1


def test_more_seats_promote_in_order_and_mail_each_once(event, people, mails):
    event.capacity = 1
    by_hand.change_seats(page=event, count=1)
    for contact in people[:4]:
        seats.reply(page_id=event.pk, contact_id=contact.pk, party=1, waiting_list=True)
    by_hand.change_seats(page=event, count=3)
    assert [(kind, to) for kind, to, _ in mails()] == [
        ("promotion", "p1@example.org"),
        ("promotion", "p2@example.org"),
    ]
