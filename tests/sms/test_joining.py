"""People join a register by one text message, and leave it by another."""

import datetime as dt
import threading
from functools import partial

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from organisations import scope
from registers.books import add_field
from registers.consents import newest_acts
from registers.contacts import save_contact
from registers.models import Activity, Channel, Contact, Group, GroupMembership, Suppression
from registers.suppression import suppressed
from sms.models import Inbound, Keyword, SmsMessage
from sms.receiving import do_waiting, receive
from sms.sweeps import find_stray_text_messages, forget_old_text_messages
from sms.words import name_after
from tests.sms.conftest import PHONE, answers

pytestmark = pytest.mark.django_db


def outcomes():
    return list(Inbound.objects.order_by("pk").values_list("outcome", flat=True))


def members(group):
    return list(GroupMembership.objects.filter(group=group).values_list("contact__phone", flat=True))


def stopped(choir, phone=PHONE):
    return suppressed(organisation_id=choir.pk, channel=Channel.SMS, addresses=[phone]).get(phone, set())


def test_who_sends_the_keyword_is_in_the_register(keywords, register, group, purpose, text):
    assert text("join").status_code == 200
    contact = Contact.objects.get()
    assert (contact.register_id, contact.phone, contact.source) == (register.pk, PHONE, "SMS: JOIN to 18230")
    assert members(group) == [PHONE]
    (act,) = newest_acts([contact.pk])
    assert (act.purpose, act.channel, act.granted) == (purpose, "sms", True)
    assert (act.text, act.how) == ("JOIN brings news.", "SMS: JOIN to 18230")
    kinds = list(Activity.objects.filter(contact=contact).values_list("kind", flat=True))
    assert {"added", "joined_group", "consent_granted", "sms.joined", "sms.sent"} <= set(kinds)
    assert answers() == ["Welcome!"]


@pytest.mark.parametrize("words", ["JOIN.", "“Join”", " join  please", "ＪＯＩＮ", "join\nthe choir", "JOIN!!"])
def test_the_keyword_is_found_as_people_write_it(keywords, group, text, words):
    text(words)
    assert members(group) == [PHONE]


def test_who_is_known_by_telephone_joins_as_they_are(keywords, register, group, text):
    anna = save_contact(register=register, values={"first_name": "Anna", "phone": PHONE}, source="test")
    save_contact(register=register, values={"first_name": "Her child", "phone": PHONE}, source="test")
    text("JOIN", sender="358401234567")  # gateways leave out the plus
    text("JOIN", sender="0401234567")
    assert Contact.objects.count() == 2
    assert list(GroupMembership.objects.values_list("contact", flat=True)) == [anna.pk]
    assert outcomes() == ["joined", "member"]


def test_a_telephone_in_another_column_is_theirs_too(keywords, register, group, choir, text):
    add_field(register=register, label="At work", type="phone")
    add_field(register=register, label="Others", type="phones")
    values = {"first_name": "Anna", "phone": "+358501234567", "attributes.others": f"+358451234567, {PHONE}"}
    anna = save_contact(register=register, values=values, source="test")
    text("JOIN")
    text("JOIN", sender="+358451234567")
    assert Contact.objects.get() == anna
    text("BYE")
    assert members(group) == []
    text("STOP")
    assert Inbound.objects.get(text="STOP").contact == anna
    assert (stopped(choir), stopped(choir, anna.phone)) == ({"stop"}, {"elsewhere"})
    text("JOIN")
    assert (stopped(choir), stopped(choir, anna.phone)) == (set(), set())


def test_the_name_follows_where_it_is_asked_for(keywords, text):
    Keyword.objects.update(takes_name=True)
    text("JOIN Aino von Virtanen")
    text("JOIN Somebody Else")
    contact = Contact.objects.get()
    assert (contact.first_name, contact.last_name) == ("Aino", "von Virtanen")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("JOIN Aino Virtanen -- Sent from my iPhone", "Aino Virtanen"),
        ("JOIN: Aino Virtanen\nSent from my iPhone", "Aino Virtanen"),
        ("JOIN - Anna-Liisa O'Hara", "Anna-Liisa O'Hara"),
        ("JOIN प्रिया शर्मा 😀", "प्रिया शर्मा"),
        ("JOIN +358401234567 Aino", ""),
        ("JOIN", ""),
    ],
)
def test_the_name_is_what_stands_there_as_one(words, name):
    assert name_after(words) == name


def test_a_dead_person_does_not_join(keywords, register, text):
    save_contact(register=register, values={"first_name": "Anna", "phone": PHONE, "deceased": True}, source="test")
    text("JOIN")
    assert Contact.objects.filter(deceased=False).get().first_name == ""
    assert answers() == ["Welcome!"]  # their telephone is somebody's who lives


def test_who_leaves_is_out_of_the_group_and_below_it(keywords, group, register, purpose, choir, text):
    text("JOIN")
    below = Group.objects.create(register=register, name="Close friends", parent=group)
    contact = Contact.objects.get()
    GroupMembership.objects.create(group=below, contact=contact)
    answers()
    text("Bye")
    assert GroupMembership.objects.count() == 0
    assert [act.granted for act in newest_acts([contact.pk])] == [False]
    assert stopped(choir) == set()  # they may still get what they have not left
    assert outcomes() == ["joined", "left"]
    assert answers() == ["Gone."]


def test_whoever_has_left_may_say_so_again(keywords, register, choir, text):
    text("JOIN")
    text("BYE")
    text("BYE")
    assert stopped(choir) == set()
    assert outcomes() == ["joined", "left", "stranger"]


def test_where_there_is_nothing_to_leave_no_campaign_writes_any_more(keywords, register, choir, text):
    save_contact(register=register, values={"first_name": "Anna", "phone": PHONE}, source="test")
    text("BYE")
    text("BYE", sender="+358501234567")
    assert stopped(choir) == {"stop"}
    assert stopped(choir, "+358501234567") == {"stop"}
    assert outcomes() == ["stopped", "stopped"]


@pytest.mark.parametrize("words", ["STOP", "Stop JOIN", "*STOP*", "St\u00adop!", "STOP,thanks", "Please STOP", "end"])
def test_stop_always_stops_and_is_answered(keywords, choir, text, words):
    text(words)
    assert stopped(choir) == {"stop"}
    assert answers() == ["You will get no more text messages from Kaamos Choir."]
    assert Contact.objects.count() == 0


def test_who_joins_again_wants_to_be_written_to(keywords, choir, text):
    text("STOP")
    text("JOIN")
    assert stopped(choir) == set()
    assert Suppression.objects.get().lifted_reason == "Joined again by text message (JOIN)."


def test_anything_else_gets_the_numbers_own_answer_and_is_on_the_timeline(keywords, register, text, cast):
    anna = save_contact(register=register, values={"first_name": "Anna", "phone": PHONE}, source="test")
    text("Hello there")
    assert answers() == ["Send JOIN or BYE."]
    assert Activity.objects.get(contact=anna, kind="sms.received").data == {"text": "Hello there"}
    assert "Hello there" in cast.editor.client.get(reverse("registers:contact", args=[anna.pk])).text


def test_a_sender_without_a_telephone_is_kept_and_not_answered(keywords, text):
    text("JOIN", sender="Bank")
    assert (outcomes(), answers(), Contact.objects.count()) == (["no_number"], [], 0)


def test_the_same_message_twice_is_one(keywords, text):
    text("JOIN", id="same")
    text("JOIN", id="same")
    assert outcomes() == ["joined"]
    text("STOP", id="same")  # a gateway whose ids are none loses nobody's no
    text("JOIN", id="same", sender="+358501234567")
    assert outcomes() == ["joined", "stopped", "joined"]
    assert len(answers()) == 3


def test_two_machines_that_answer_each_other_come_to_an_end(keywords, text):
    for _again in range(14):
        text("What?")
    assert len(answers()) == 10
    SmsMessage.objects.update(created_at=timezone.now() - dt.timedelta(hours=2))
    text("What?")
    assert len(answers()) == 1


def test_one_that_breaks_holds_up_nobody_and_can_be_done_again(keywords, text, cast, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("sms.joining.join", partial(dict, 1, 2, 3))
        text("JOIN")
        text("Hello", sender="+358501234567")
    assert outcomes() == ["failed", "other"]
    failed = Inbound.objects.get(outcome="failed")
    again = reverse("sms_received:again", args=[failed.pk])
    assert cast.viewer.client.post(again).status_code in (302, 403)
    assert outcomes()[0] == "failed"
    assert "Try again" in cast.editor.client.get(reverse("sms_received:index")).text
    cast.editor.client.post(again)
    do_waiting(failed.organisation_id)
    assert outcomes()[0] == "joined"


def test_what_was_said_since_counts_more_than_what_could_not_be_done(keywords, text, cast, choir, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("sms.joining.join", partial(dict, 1, 2, 3))
        text("JOIN")
    text("STOP")
    failed = Inbound.objects.get(outcome="failed")
    assert "Try again" not in cast.editor.client.get(reverse("sms_received:index")).text
    again = reverse("sms_received:again", args=[failed.pk])
    cast.editor.client.post(again)
    do_waiting(failed.organisation_id)
    assert (outcomes(), stopped(choir)) == (["failed", "stopped"], {"stop"})
    cast.editor.client.post(again, {"leave": "1"})
    assert outcomes() == ["dropped", "stopped"]


def test_whoever_stopped_too_early_is_found_by_the_sweep(keywords, number, group, swept):
    receive(number=number, provider_id="1", sender=PHONE, text="JOIN")  # its wake is lost with this transaction
    assert outcomes() == ["waiting"]
    scope.release()
    assert swept(find_stray_text_messages, "urgent") == 1
    with scope.organisation(number.organisation_id):
        assert members(group) == [PHONE]
    assert answers() == []  # that somebody is to send the answer is lost, too
    assert swept(find_stray_text_messages, "urgent") == 1
    assert answers() == ["Welcome!"]
    assert swept(find_stray_text_messages, "urgent") == 0


def test_what_is_erased_and_what_is_old_goes(keywords, text, number):
    text("Who are you?", sender="+358501234567")  # nobody's yet
    text("JOIN", sender="+358501234567")
    text("Somebody else", sender=PHONE)
    Contact.objects.all().delete()
    for row in Inbound.objects.exclude(phone=PHONE):
        assert (row.sender, row.phone, row.text) == ("", "", "")
        assert (row.answer.address, row.answer.address_key, row.answer.text) == ("", "", "")
    assert Inbound.objects.get(phone=PHONE).text == "Somebody else"
    text("Hello", sender="+358451234567")
    Inbound.objects.update(received_at=timezone.now() - dt.timedelta(days=100))
    forget_old_text_messages()
    assert Inbound.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_join_and_leave_are_done_in_their_order_by_any_number_of_workers(keywords, group, number):
    for turn in range(6):
        for words in ("JOIN", "BYE"):
            receive(number=number, provider_id=f"{words}{turn}", sender=PHONE, text=words)

    def run():
        do_waiting(number.organisation_id)
        connection.close()

    threads = [threading.Thread(target=run) for _worker in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    do_waiting(number.organisation_id)  # should those who left have left it to somebody who was through
    assert outcomes() == ["joined", "left"] * 6
    assert members(group) == []
    assert Contact.objects.count() == 1
