"""Replies to events when two contacts turn out to be one person."""

import pytest
from django.db import connection, transaction

from registers.contacts import save_contact
from registers.duplicates.merging import merge
from registers.duplicates.undoing import undo_merge
from sites import replies, seats
from sites.models import Capacity, Registration, Submission
from sites.models.seats import State


@pytest.fixture
def other_anna(register):
    return save_contact(
        register=register,
        values={"first_name": "A.", "last_name": "Virtanen", "email": "av@example.org"},
        source="test",
    )


@pytest.fixture
def bo(register):
    return save_contact(register=register, values={"first_name": "Bo", "email": "bo@example.org"}, source="test")


def come(event, contact, party=1):
    with transaction.atomic():
        return seats.reply(page_id=event.pk, contact_id=contact.pk, party=party, waiting_list=True).registration


def everything():
    with connection.cursor() as cursor:
        found = []
        for table in ("registration", "submission", "capacity"):
            cursor.execute(f"SELECT to_jsonb(t)::text FROM sites_{table} AS t ORDER BY t.id")
            found.append([text for (text,) in cursor.fetchall()])
        return found


def exact(event):
    """The counters tell what the replies tell."""
    room = Capacity.objects.get(page=event)
    rows = Registration.objects.filter(page_id=event.pk)
    assert room.taken == sum(row.party_size for row in rows.seated())
    assert room.waiting == sum(row.party_size for row in rows.in_line())
    return room


@pytest.mark.parametrize("keep_first", [True, False])
def test_one_reply_moves_and_comes_back(event, anna, other_anna, keep_first):
    come(event, other_anna, party=2)
    before = everything()
    keep, gone = (anna, other_anna) if keep_first else (other_anna, anna)
    record = merge(keep=keep.pk, contacts=[keep.pk, gone.pk])
    assert Registration.objects.get().contact_id == keep.pk
    assert exact(event).taken == 2
    undo_merge(record=record)
    assert everything() == before


def test_of_two_replies_the_one_that_holds_more_stays_and_seats_stay_exact(event, anna, other_anna):
    come(event, anna, party=1)
    stays = come(event, other_anna, party=3)
    before = everything()
    record = merge(keep=anna.pk, contacts=[anna.pk, other_anna.pk])
    found = Registration.objects.get()
    assert (found.pk, found.contact_id, found.party_size) == (stays.pk, anna.pk, 3)
    assert exact(event).taken == 3
    undo_merge(record=record)
    assert everything() == before
    assert exact(event).taken == 4


def test_a_seat_stays_before_a_place_in_line_and_a_no(make_event, anna, other_anna, bo):
    event = make_event(capacity=1, waiting_list=True)
    seated = come(event, anna)
    waiting = come(event, other_anna)
    assert waiting.state == State.WAITING
    before = everything()
    record = merge(keep=other_anna.pk, contacts=[anna.pk, other_anna.pk])
    assert Registration.objects.get().pk == seated.pk
    assert exact(event).waiting == 0
    undo_merge(record=record)
    assert everything() == before
    exact(event)


def test_a_freed_seat_goes_to_the_line_and_taking_back_evicts_nobody(make_event, anna, other_anna, bo, mails):
    event = make_event(capacity=2, waiting_list=True)
    for contact in (anna, other_anna, bo):
        come(event, contact)
    record = merge(keep=anna.pk, contacts=[anna.pk, other_anna.pk])
    assert Registration.objects.get(contact=bo).state == State.CONFIRMED
    assert "bo@example.org" in [address for _kind, address, _subject in mails()]
    assert exact(event).taken == 2
    notes = undo_merge(record=record)
    assert exact(event).taken == 3
    assert exact(event).overbooked == 1
    assert any("Summer party" in note for note in notes)


def test_a_personal_link_to_the_merged_contact_opens_the_one_that_stays(event, anna, other_anna, client):
    link = event.personal_url(other_anna)
    record = merge(keep=anna.pk, contacts=[anna.pk, other_anna.pk])
    page = client.get(link)
    assert page.status_code == 200
    assert page.context["contact"].pk == anna.pk
    undo_merge(record=record)
    assert client.get(link).context["contact"].pk == other_anna.pk


def test_a_reply_that_began_before_the_merge_is_the_reply_of_who_stays(event, anna, other_anna):
    from sites.events import version_of

    merge(keep=anna.pk, contacts=[anna.pk, other_anna.pk])
    person = {"first_name": "Anna", "last_name": "Virtanen"}
    answer = replies.Answer(coming=True, version=version_of(event), person=person)
    replies.reply_by_link(page=event, contact=other_anna, answer=answer)
    assert Registration.objects.get().contact_id == anna.pk
    assert Submission.objects.get().contact_id == anna.pk
