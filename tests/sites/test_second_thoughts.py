"""Replies that come twice, from the wrong address, under another name, or to an event that is off."""

import threading
import uuid

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from mailer.models import EmailMessage
from organisations import scope
from registers.contacts import save_contact
from registers.models import Contact
from sites.cancellation import cancel_event
from sites.models import Capacity, Registration, Submission
from tests.sites.conftest import yes

ADDRESS = "/choir/summer-party/"


def send(token=None, **fields):
    extra = {"form_token": str(token)} if token else {}
    return Client().post(ADDRESS, yes(**extra, **fields))


@pytest.fixture
def anna(register):
    values = {"first_name": "Anna", "last_name": "Oja", "email": "anna@example.org"}
    return save_contact(register=register, values=values, source="test")


def test_the_way_back_corrects_the_address(event):
    token = uuid.uuid4()
    send(token, email="tyop@example.org")
    assert send(token, email="typo@example.org").status_code == 303
    assert set(Registration.objects.values_list("contact__email", flat=True)) == {
        "tyop@example.org",
        "typo@example.org",
    }


def test_the_way_back_corrects_the_party_and_a_double_click_changes_nothing(event):
    token = uuid.uuid4()
    guest = {"guest-1-first_name": "Cia"}
    for party, extra in (("1", {}), ("2", guest), ("2", guest), ("2", guest)):
        assert send(token, party_size=party, **extra).status_code == 303
    registration = Registration.objects.get()
    assert (registration.party_size, registration.version) == (2, 2)
    assert Capacity.objects.get().taken == 2
    assert Submission.objects.count() == 2
    send(token, answer="no")
    send(token, answer="no")
    assert Registration.objects.get().state == "cancelled"
    assert Submission.objects.count() == 3


def test_a_form_sent_once_more_does_not_undo_what_the_owner_changed_since(event):
    token = uuid.uuid4()
    send(token)
    contact = Registration.objects.get().contact
    link = event.personal_url(contact).removeprefix("http://localhost:8000")
    Client().post(link, yes(party_size="2", **{"guest-1-first_name": "Cia"}))
    assert send(token)["Location"].endswith("/thank-you/")
    assert Registration.objects.get().party_size == Capacity.objects.get().taken == 2


@pytest.mark.django_db(transaction=True)
def test_one_copy_of_a_form_for_two_addresses_at_once(make_event):
    make_event()
    token = uuid.uuid4()
    statuses = []

    def work(name):
        try:
            statuses.append(send(token, email=f"{name}@example.org").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b", "a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [303] * 4
    assert Registration.objects.count() == Contact.objects.count() == 2


def test_a_name_typed_with_somebody_elses_address_is_kept_for_the_organiser(event, anna, cast):
    send(first_name="Kalle", last_name="Vieras", email="ANNA@example.org")
    registration = Registration.objects.get()
    assert registration.contact == anna
    assert registration.submission.typed_name == "Kalle Vieras"
    anna.refresh_from_db()
    assert anna.full_name == "Anna Oja"
    page = cast.editor.client.get(reverse("events:event", args=[event.pk])).content.decode()
    assert "replied as Kalle Vieras" in page
    anna.delete()
    assert Submission.objects.get().typed_name == ""


@pytest.mark.parametrize("name", [("Anna", "Oja"), (" anna ", "OJA")])
def test_ones_own_name_is_not_noted_twice(event, anna, name):
    send(first_name=name[0], last_name=name[1], email="anna@example.org")
    assert Registration.objects.get().submission.typed_name == ""


class TestDesk:
    @pytest.fixture
    def new(self, event, cast):
        def new(**fields):
            return cast.editor.client.post(reverse("events:add_reply", args=[event.pk]), yes(**fields))

        return new

    def test_it_does_not_overwrite_the_reply_of_whoever_has_the_address(self, event, anna, new):
        send(
            first_name="Anna", last_name="Oja", email="anna@example.org", party_size="2", **{"guest-1-first_name": "C"}
        )
        before = Registration.objects.values().get()
        page = new(first_name="Brand", last_name="New", email="anna@example.org")
        assert page.status_code == 200
        assert "This is the address of Anna Oja" in page.content.decode()
        assert f"?contact={anna.pk}" in page.content.decode()
        assert Registration.objects.values().get() == before
        same = new(first_name="Anna", last_name="Oja", email="anna@example.org")
        assert "This is the address of Anna Oja" in same.content.decode()

    def test_somebody_else_may_share_the_address(self, event, anna, new):
        assert new(first_name="Brand", last_name="New", email="anna@example.org").status_code == 200
        assert not Registration.objects.exists()
        new(first_name="Brand", last_name="New", email="anna@example.org", somebody_else="on")
        assert Registration.objects.get().contact.full_name == "Brand New"
        assert Contact.objects.filter(email_key="anna@example.org").count() == 2

    def test_the_same_person_is_found(self, event, anna, new):
        assert new(first_name="anna", last_name="oja", email="anna@example.org").status_code == 302
        assert Registration.objects.get().contact == anna


class TestCancelled:
    @pytest.fixture
    def cancelled(self, make_event):
        event = make_event(capacity=1)
        send(first_name="Eva", email="eva@example.org")
        send(first_name="Will", email="will@example.org")
        cancel_event(page=event)
        return event

    def test_the_desk_takes_no_reply(self, cancelled, cast):
        for name in ("find_person", "add_reply"):
            page = cast.editor.client.get(reverse(f"events:{name}", args=[cancelled.pk]), follow=True)
            assert "The event is cancelled" in page.content.decode()
        cast.editor.client.post(reverse("events:add_reply", args=[cancelled.pk]), yes())
        assert Registration.objects.count() == 2
        desk = cast.editor.client.get(reverse("events:event", args=[cancelled.pk])).content.decode()
        assert reverse("events:find_person", args=[cancelled.pk]) not in desk

    def test_nobody_is_promoted_any_more(self, cancelled, cast, mails):
        first = Registration.objects.get(contact__first_name="Eva")
        cast.editor.client.post(reverse("events:cancel_reply", args=[cancelled.pk, first.pk]))
        assert Registration.objects.get(contact__first_name="Will").state == "waiting"
        assert not mails("event.promotion")

    def test_the_personal_link_does_not_say_that_they_are_coming(self, cancelled):
        for name in ("Eva", "Will"):
            contact = Registration.objects.get(contact__first_name=name).contact
            page = Client().get(cancelled.personal_url(contact).removeprefix("http://localhost:8000")).content.decode()
            assert "This event is cancelled." in page
            assert "You are coming" not in page
            assert "place in line" not in page


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("door", ["public", "link"])
def test_a_reply_that_races_the_cancellation_is_not_confirmed(make_event, register, choir, door):
    event = make_event()
    contact = save_contact(register=register, values={"first_name": "Bo", "email": "link@example.org"}, source="test")
    address = event.personal_url(contact).removeprefix("http://localhost:8000") if door == "link" else ADDRESS
    locked, sent = threading.Event(), threading.Event()
    answers = []

    def cancel():
        try:
            with scope.organisation(choir.pk), transaction.atomic():
                Capacity.objects.select_for_update().get(page=event)
                locked.set()
                sent.wait(2)
                Capacity.objects.filter(page=event).update(cancelled_at=timezone.now())
        finally:
            connection.close()

    def reply():
        try:
            answers.append(Client().post(address, yes()))
        finally:
            connection.close()

    threads = [threading.Thread(target=cancel), threading.Thread(target=reply)]
    threads[0].start()
    locked.wait(10)
    threads[1].start()
    sent.wait(1)
    sent.set()
    for thread in threads:
        thread.join()
    if door == "public":
        assert answers[0]["Location"].endswith("/event-cancelled/?not-saved")
    else:
        assert b"This event is cancelled" in answers[0].content
    assert not Registration.objects.exists()
    assert not EmailMessage.objects.filter(kind="event.confirmation").exists()
