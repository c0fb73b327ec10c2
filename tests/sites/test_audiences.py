"""Whom a campaign can be written to by what they have answered."""

from django.urls import reverse

from campaigns.audiences import contacts_of, sources
from registers.contacts import save_contact
from sites import seats


def test_an_event_is_an_audience(event, anna, choir, register):
    bo = save_contact(register=register, values={"first_name": "Bo", "email": "bo@example.org"}, source="test")
    seats.reply(page_id=event.pk, contact_id=anna.pk, party=1, waiting_list=True)
    seats.leave(page_id=event.pk, contact_id=bo.pk)
    cai = save_contact(register=register, values={"first_name": "Cai", "email": "cai@example.org"}, source="test")
    seats.set_seats(page_id=event.pk, seats=1)
    seats.reply(page_id=event.pk, contact_id=cai.pk, party=1, waiting_list=True)
    assert list(contacts_of(f"event:{event.pk}:confirmed")) == [anna]
    assert list(contacts_of(f"event:{event.pk}:waiting")) == [cai]
    assert list(contacts_of(f"event:{event.pk}:declined")) == [bo]
    for nonsense in (
        "event:",
        "event:x:confirmed",
        f"event:{event.pk}",
        f"event:{event.pk}:all",
        "event:999999:waiting",
    ):
        assert not contacts_of(nonsense).exists()
    refs = [ref for source in sources() if source.key == "event" for ref, _ in source.choices()]
    assert f"event:{event.pk}:unanswered" in refs


def test_it_counts_those_who_can_be_written_to(event, anna, register, cast):
    bo = save_contact(register=register, values={"first_name": "Bo", "email": "bo@example.org"}, source="test")
    for contact in (anna, bo):
        seats.reply(page_id=event.pk, contact_id=contact.pk, party=1, waiting_list=True)
    bo.delete()
    cai = save_contact(register=register, values={"first_name": "Cai", "phone": "+358401234567"}, source="test")
    seats.reply(page_id=event.pk, contact_id=cai.pk, party=1, waiting_list=True)
    page = cast.editor.client.get(reverse("events:event", args=[event.pk])).text
    assert "Confirmed (1)" in page
