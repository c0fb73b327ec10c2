"""Name badges of an event: everybody who has a seat, guests under their own names, and what is written down of it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registers.companies import employ, find_or_make_company
from registers.models import AccessLog, Contact, Export
from sites import seats
from tests.registers.exporting import pdf_text
from tests.sites.conftest import yes

LIKES = {"type": "text", "value": {"label": "Instrument", "each_guest": True}, "id": "i1"}
CHOSEN = {"purpose": "The door", "size": "90x60", "under": "brought_by", "above": "Summer party"}


@pytest.fixture
def party(make_event, cast, anna):
    """Anna with somebody unnamed; Bo with Cia, who plays; Nea who said no; a reply of somebody erased since."""
    event = make_event(questions=[LIKES], largest_party=3)
    seats.reply(page_id=event.pk, contact_id=anna.pk, party=2, waiting_list=True)
    guest = {"party_size": "2", "guest-1-first_name": "Cia", "guest-1-last_name": "Öst", "guest-1-q-i1": "Cello"}
    Client().post("/choir/summer-party/", yes(**guest, **{"q-i1": "Tuba"}))
    Client().post("/choir/summer-party/", yes(answer="no", email="nea@example.org", first_name="Nea"))
    Client().post("/choir/summer-party/", yes(email="gone@example.org", first_name="Gone"))
    Contact.objects.get(email_key="gone@example.org").delete()
    return cast.editor.client, f"/admin/events/{event.pk}/badges/"


def words(client, address, **chosen):
    answer = client.post(address, {**CHOSEN, **chosen})
    assert answer["Content-Type"] == "application/pdf", answer.content.decode()
    return " ".join(" ".join(pdf_text(b"".join(answer))).split())


def test_everybody_who_is_coming_wears_their_own_name(party):
    client, address = party
    with CaptureQueriesContext(connection) as asked:
        assert "a badge for each of the 4 people" in client.get(address).content.decode()
    assert not [query for query in asked if "guests" in query["sql"]]  # counted, not made
    printed = words(*party)
    for name in ("Anna Virtanen", "Guest with Anna Virtanen", "Bo Ek", "Cia Öst with Bo Ek"):
        assert name in printed, name
    for absent in ("Nea", "Gone", "Erased"):
        assert absent not in printed
    assert printed.count("Summer party") == 4
    export, entry = Export.objects.get(), AccessLog.objects.get(action="export")
    assert (export.format, export.purpose, export.subject) == ("badges", "The door", "Summer party")
    assert (export.count, export.left_out, entry.count, entry.purpose) == (4, 1, 4, "The door")


def test_under_the_name_stands_what_is_chosen(party, anna):
    employ(contact=anna, company=find_or_make_company(name="Öylätti Oy"), role="")
    played = words(*party, under="answer:i1", above="")
    assert "Cia Öst Cello" in played
    assert "Bo Ek Tuba" in played
    assert "Summer party" not in played
    assert "Öylätti" not in played
    assert "Öylätti Oy" in words(*party, under="company")
    assert "Cello" not in words(*party, under="")


def test_who_has_died_gets_none(party, anna):
    Contact.objects.filter(pk=anna.pk).update(deceased=True)
    assert "a badge for each of the 3 people" in party[0].get(party[1]).content.decode()
    assert "Bo Ek" in words(*party)
    assert Export.objects.get().count == 3


def test_without_a_purpose_nothing_leaves_the_house(party):
    client, address = party
    assert "what the list is for" in client.post(address, {**CHOSEN, "purpose": ""}).content.decode()
    assert client.post(address, {**CHOSEN, "under": "email"}).status_code == 200
    assert client.post(address, {**CHOSEN, "size": "A0"}).status_code == 200
    assert not Export.objects.exists()


def test_an_event_without_replies_says_so(cast, event):
    client, url = cast.editor.client, f"/admin/events/{event.pk}/"
    assert f"{url}badges/" in client.get(url).content.decode()
    page = client.get(f"{url}badges/").content.decode()
    assert "Nobody is confirmed yet" in page
    assert "Download" not in page
    assert client.post(f"{url}badges/", CHOSEN)["Content-Type"].startswith("text/html")
    assert not Export.objects.exists()
    assert f"{url}badges/" not in cast.viewer.client.get(url).content.decode()
