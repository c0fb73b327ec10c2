"""The organiser lets somebody pass others in the waiting line; seats still go to the head of the line, in its order."""

import random
import threading

import pytest
from django.db import connection, transaction
from django.test import Client

from organisations import scope
from registers.contacts import save_contact
from registers.models import AccessLog
from sites import seats
from sites.cancellation import cancel_event
from sites.models import Capacity, Registration
from sites.models.seats import State


def join(event, register, name, party=1):
    contact = save_contact(
        register=register, values={"first_name": name, "email": f"{name.lower()}@example.org"}, source="test"
    )
    with transaction.atomic():
        return seats.reply(page_id=event.pk, contact_id=contact.pk, party=party, waiting_list=True).registration


@pytest.fixture
def queue(make_event, register):
    """Sam has the one seat; Ann, Ben, Cia and Dan wait, in this order."""
    event = make_event(capacity=1)
    return event, {name: join(event, register, name) for name in ("Sam", "Ann", "Ben", "Cia", "Dan")}


def line(event):
    return list(Registration.objects.filter(page=event).in_line().values_list("contact__first_name", flat=True))


def up(client, event, registration, to="up"):
    response = client.post(f"/admin/events/{event.pk}/replies/{registration.pk}/up/", {"to": to}, follow=True)
    return response.content.decode()


def test_the_desk_shows_the_line_in_order_and_moves_people_up(cast, queue, mails):
    event, replies = queue
    before = len(mails())
    page = cast.editor.client.get(f"/admin/events/{event.pk}/?state=waiting").content.decode()
    assert [page.index(f"number {n}") for n in range(1, 5)] == sorted(page.index(f"number {n}") for n in range(1, 5))
    assert page.count("Place first") == 3
    assert "Dan is number 3 in line now" in up(cast.editor.client, event, replies["Dan"])
    assert line(event) == ["Ann", "Ben", "Dan", "Cia"]
    assert "Cia is number 1 in line now" in up(cast.editor.client, event, replies["Cia"], "first")
    assert line(event) == ["Cia", "Ann", "Ben", "Dan"]
    up(cast.editor.client, event, replies["Dan"], "first")
    assert line(event) == ["Dan", "Cia", "Ann", "Ben"]
    assert len(mails()) == before
    assert AccessLog.objects.filter(action="edit").count() == 3
    assert Registration.objects.get(pk=replies["Dan"].pk).version == 1


def test_who_leaves_and_who_comes_keep_their_places(cast, queue, register):
    event, replies = queue
    up(cast.editor.client, event, replies["Dan"], "first")
    join(event, register, "Eva")
    seats.reply(page_id=event.pk, contact_id=replies["Dan"].contact_id, party=2, waiting_list=True)
    assert line(event) == ["Dan", "Ann", "Ben", "Cia", "Eva"]
    up(cast.editor.client, event, replies["Cia"], "first")
    seats.leave(page_id=event.pk, contact_id=replies["Cia"].contact_id)
    up(cast.editor.client, event, replies["Ben"], "first")
    assert line(event) == ["Ben", "Dan", "Ann", "Eva"]
    assert Capacity.objects.get(page=event).waiting == 5


def test_a_new_head_of_the_line_that_fits_is_seated_and_told(cast, make_event, register, mails):
    event = make_event(capacity=3, show_seats_left=True)
    join(event, register, "Sam", 2)
    large, small = join(event, register, "Lot", 2), join(event, register, "Sol", 1)
    assert line(event) == ["Lot", "Sol"]
    numbers = f"/admin/events/{event.pk}/numbers/"
    held_up = "1 seat is free, but the first in line are 2 people"
    assert held_up in cast.viewer.client.get(numbers).content.decode()
    assert Client().get("/choir/summer-party/").context["seats_left"] == 0  # it is for those in line
    assert "has got its seats" in up(cast.editor.client, event, small)
    assert held_up not in cast.viewer.client.get(numbers).content.decode()
    assert line(event) == ["Lot"]
    assert Capacity.objects.get(page=event).left == 0
    assert ("promotion", "sol@example.org") in [(kind, to) for kind, to, _ in mails()]
    assert "Nothing was changed" in up(cast.editor.client, event, small)
    assert "Nothing was changed" in up(cast.editor.client, event, large)


def test_who_waits_keeps_their_place_also_where_nobody_may_join_the_line_any_more(make_event, register):
    """A smaller party that would fit passes nobody, and a larger one is not refused."""
    event = make_event(capacity=3)
    join(event, register, "Sam", 2)
    lot, sol = join(event, register, "Lot", 2), join(event, register, "Sol", 2)
    event.waiting_list = False
    event.save_revision().publish()
    answer = {"answer": "yes", "last_name": "Ek", "guest-1-first_name": "Kim", "guest-2-first_name": "Lee"}
    for waits, party in ((sol, "1"), (lot, "3")):
        link = event.personal_url(waits.contact).removeprefix("http://localhost:8000")
        reply = Client().post(link, {**answer, "first_name": waits.contact.first_name, "party_size": party})
        assert reply["Location"] == f"{link}done/"
        assert line(event) == ["Lot", "Sol"]
    seats.leave(page_id=event.pk, contact_id=Registration.objects.seated().get().contact_id)
    assert line(event) == ["Sol"]


def test_once_the_event_is_cancelled_the_line_stays_as_it_is(cast, queue):
    event, replies = queue
    cancel_event(page=event)
    assert "Nothing was changed" in up(cast.editor.client, event, replies["Dan"], "first")
    assert "Place first" not in cast.editor.client.get(f"/admin/events/{event.pk}/?state=waiting").content.decode()
    assert line(event) == ["Ann", "Ben", "Cia", "Dan"]


def test_a_get_a_viewer_and_a_stranger_move_nobody(cast, queue):
    event, replies = queue
    address = f"/admin/events/{event.pk}/replies/{replies['Dan'].pk}/up/"
    assert cast.editor.client.get(address)["Location"] == f"/admin/events/{event.pk}/?state=waiting"
    assert cast.stranger.client.post(address, {"to": "first"}).status_code == 404
    cast.viewer.client.post(address, {"to": "first"})
    assert "Place first" not in cast.viewer.client.get(f"/admin/events/{event.pk}/?state=waiting").content.decode()
    assert line(event) == ["Ann", "Ben", "Cia", "Dan"]


@pytest.mark.django_db(transaction=True)
def test_seats_go_to_the_head_of_the_line_while_it_is_being_reordered(make_event, register, choir):
    event = make_event(capacity=12)
    seated = [join(event, register, f"S{n}") for n in range(12)]
    waiting = [join(event, register, f"W{n}") for n in range(24)]
    done = []  # (operation, registration, first, promoted), in the order in which the seats were locked

    def work(operation, rows, seed):
        rng = random.Random(seed)
        try:
            with scope.organisation(choir.pk):
                for row in rows:
                    first = rng.random() < 0.5
                    with transaction.atomic():
                        if operation == "leave":
                            seating = seats.leave(page_id=event.pk, contact_id=row.contact_id)
                        else:
                            seating = seats.move_up(page_id=event.pk, registration_id=row.pk, first=first)
                        done.append((operation, row.pk, first, [promoted.pk for promoted in seating.promoted]))
        finally:
            connection.close()

    rng = random.Random(5)
    jobs = [("leave", seated[:6], 1), ("leave", seated[6:], 2)]
    jobs += [("up", rng.choices(waiting, k=25), seed) for seed in (3, 4)]
    threads = [threading.Thread(target=work, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 62
    order = [row.pk for row in waiting]
    for operation, pk, first, promoted in done:
        if operation == "up" and pk in order[1:]:
            place = order.index(pk)
            order.insert(0 if first else place - 1, order.pop(place))
        for seated_now in promoted:
            assert seated_now == order.pop(0), "somebody was promoted out of turn"
    assert list(Registration.objects.filter(page=event).in_line().values_list("pk", flat=True)) == order
    assert (len(order), Capacity.objects.get(page=event).taken) == (12, 12)
    assert Registration.objects.filter(state=State.CONFIRMED).count() == 12
