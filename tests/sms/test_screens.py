"""Keywords and numbers in the admin, what has come in, and the practice telephone."""

import pytest
from django.urls import reverse

from organisations import scope
from organisations.access import set_member
from registers.books import create_register
from registers.contacts import save_contact
from registers.models import AccessLog, Contact, Group
from sms.models import Inbound, Keyword, ShortNumber
from tests.sms.conftest import answers, work

pytestmark = pytest.mark.django_db
KEYWORDS, RECEIVED, PRACTICE = (reverse(f"sms_{name}:index") for name in ("keywords", "received", "practice"))


def add(client, **values):
    return client.post(reverse("sms_keywords:add"), {"act": "join", "reply": "", **values})


def test_a_number_and_then_a_keyword_are_made(cast, choir, group):
    page = cast.editor.client.get(KEYWORDS).text
    assert "An owner of the organisation can add it" in page
    assert reverse("sms_numbers:add") not in page  # a button that does nothing
    assert reverse("sms_keywords:add") not in page
    assert reverse("sms_numbers:add") in cast.owner.client.get(KEYWORDS).text
    shown = cast.owner.client.post(
        reverse("sms_numbers:add"), {"number": "+358 (40) 123-4567", "other_reply": ""}, follow=True
    )
    number = ShortNumber.objects.get()
    assert number.number == "+358401234567"
    page = shown.text  # its own form, with the address that the operator has to know
    assert reverse("sms:inbound", args=[number.key]) in page
    assert reverse("sms_keywords:add") in cast.editor.client.get(KEYWORDS).text
    add(cast.editor.client, word="Jäsen", number=number.pk, register=group.register_id, group=group.pk, reply="Hei!")
    assert Keyword.objects.get().word == "JÄSEN"
    page = cast.editor.client.get(KEYWORDS).text
    assert "Join Members: Friends" in page
    assert "1 message" in page


def test_what_cannot_be_is_refused_where_it_stands(cast, number, register, group, purpose):
    other = Group.objects.create(register=create_register(name="Others"), name="Elsewhere")
    fits = {"word": "JOIN", "number": number.pk, "register": register.pk}
    for mistake, words in (
        ({"word": "STOP"}, "always works"),
        ({"word": "JOIN US"}, "Only one word"),
        ({"word": " "}, "This field is required"),
        ({"word": "\u200b"}, "Write a word"),
        ({"word": "ß" * 11}, "At most 20 letters"),
        ({"word": "«Stop»"}, "always works"),
        ({"act": "leave"}, "Say what people leave"),
        ({"group": other.pk}, "This group is of another register"),
        ({"reply": "a" * 460}, "This takes 4 messages, and 3 are the most"),
        ({"purpose": purpose.pk}, "Say what people were told"),
        ({"number": 99_999}, "Select a valid choice"),
    ):
        response = add(cast.editor.client, **{**fits, **mistake})
        assert words in response.text, mistake
        assert not response.context["form"].non_field_errors(), mistake  # it stands at its field
    response = cast.owner.client.post(reverse("sms_numbers:add"), {"number": "KAAMOS", "other_reply": ""})
    assert "three to fifteen digits" in response.context["form"].errors["number"][0]
    cast.owner.client.post(reverse("sms_numbers:add"), {"number": "040 123 4567", "other_reply": ""})
    assert ShortNumber.objects.filter(number="+358401234567").exists()
    assert Keyword.objects.count() == 0
    add(cast.editor.client, **fits)
    assert "has this keyword already" in add(cast.editor.client, **{**fits, "word": "join"}).text


def test_numbers_are_the_owners_and_nothing_is_a_viewers(cast, choir, number, keywords):
    edit = reverse("sms_numbers:edit", args=[number.pk])
    assert cast.editor.client.get(edit).status_code == 302  # its address is a secret
    former = number.key
    new_key = reverse("sms_numbers:new_key", args=[number.pk])
    cast.editor.client.post(new_key)
    number.refresh_from_db()
    assert number.key == former
    cast.owner.client.post(new_key)
    number.refresh_from_db()
    assert number.key != former
    assert number.key not in cast.editor.client.get(reverse("sms_numbers:index")).text
    for address in (KEYWORDS, RECEIVED, PRACTICE, edit):
        assert "18230" not in cast.viewer.client.get(address, follow=True).text
    set_member(organisation=choir, user=cast.sender.user, role="editor", limited=True)
    for address in (KEYWORDS, RECEIVED, PRACTICE, edit):
        assert cast.sender.client.get(address).status_code == 404


def test_what_has_come_in_is_listed_filtered_and_noted(cast, text, keywords):
    text("JOIN")
    text("Hello", sender="+358501234567")
    page = cast.editor.client.get(RECEIVED).text
    assert "Joined (JOIN)" in page
    assert "+358501234567" in page
    assert "Hello" not in cast.editor.client.get(RECEIVED, {"outcome": "joined"}).text
    save_contact(
        register=keywords["JOIN"].register, contact=Contact.objects.get(), values={"last_name": "Ö"}, source="test"
    )
    for wanted in ("hello", "050 1234567"):
        assert "Hello" in cast.editor.client.get(RECEIVED, {"q": wanted}).text
    assert "Joined (JOIN)" in cast.editor.client.get(RECEIVED, {"q": "ö"}).text  # as the list shows who sent it
    assert AccessLog.objects.filter(subject="text messages", user=cast.editor.user).exists()


def test_the_practice_telephone_is_answered_and_only_there_while_nothing_leaves(cast, number, keywords, settings):
    assert cast.editor.client.get(PRACTICE).status_code == 404
    settings.MAILBOX_ENABLED = True
    assert (
        "no telephone number"
        in cast.editor.client.post(PRACTICE, {"number": number.pk, "sender": "me", "text": "JOIN"}).text
    )
    said = {"number": number.pk, "sender": "040 1234567", "text": "JOIN"}
    shown = cast.editor.client.post(PRACTICE, said)
    work(number)
    page = cast.editor.client.get(shown.url).text
    assert "Welcome!" in page
    assert answers() == []  # it went to the practice telephone, not to the gateway
    with scope.organisation(cast.theatre.pk):
        foreign = ShortNumber.objects.create(number="18231")
    assert cast.editor.client.post(PRACTICE, {**said, "number": foreign.pk}).status_code == 422


def test_what_a_number_or_a_group_takes_with_it_is_said(cast, number, keywords, text, group, register):
    text("JOIN")
    page = cast.owner.client.get(reverse("sms_numbers:delete", args=[number.pk])).text
    assert "2 keywords go with it. 1 message that it has received goes with it." in page
    page = cast.owner.client.get(reverse("sms_keywords:delete", args=[keywords["BYE"].pk])).text
    assert "Who sends it to 18230 then gets the answer to anything else" in page
    page = cast.owner.client.get(reverse("registers:delete_group", args=[group.pk])).text
    assert "Keywords of text messages that lead to it go with it: “BYE”, “JOIN”." in page
    page = cast.owner.client.get(reverse("registers:delete", args=[register.pk])).text
    assert "Keyword: JOIN" in page
    cast.owner.client.post(reverse("sms_numbers:delete", args=[number.pk]))
    assert (Keyword.objects.count(), Inbound.objects.count()) == (0, 0)
