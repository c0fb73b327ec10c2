"""The organiser's desk: events, replies by telephone, report and export; each organisation's own."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from mailer.models import EmailMessage
from registers.contacts import save_contact
from registers.models import AccessLog, Contact
from sites import by_hand, counters, seats
from sites.models import Registration, RsvpPage
from tests.sites.conftest import text, yes


@pytest.fixture
def full(make_event, register):
    event = make_event(capacity=1)
    bo = save_contact(register=register, values={"first_name": "Bo", "email": "bo@example.org"}, source="test")
    seats.reply(page_id=event.pk, contact_id=bo.pk, party=1, waiting_list=True)
    return event


def test_the_list_shows_state_and_numbers_and_an_empty_one_says_what_to_do(cast, choir):
    assert "Add your first event" in text(cast.editor.client.get("/admin/events/"))


def test_the_next_page_of_past_events_is_one_of_past_events(cast, event, make_event, monkeypatch):
    monkeypatch.setattr("sites.desk.events.PER_PAGE", 1)
    make_event(slug="another")
    RsvpPage.objects.update(starts_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC), ends_at=None)
    assert "?when=past&amp;p=2" in text(cast.editor.client.get("/admin/events/", {"when": "past"}))


def test_a_draft_leads_to_its_editor_and_invites_nobody(desk, event):
    client, url = desk
    opened = client.get(url)
    assert "Nobody has replied yet" in text(opened)
    assert reverse("wagtailadmin_pages:copy", args=[event.pk]) in opened.content.decode()  # next year's
    event.unpublish()
    page = text(client.get(url))
    assert "Nobody can reply before the page is published." in page
    assert "Invite people" not in page


def test_an_event_shows_its_replies_searched_and_filtered(desk, anna):
    client, url = desk
    Client().post(
        "/choir/summer-party/", yes(**{"party_size": "2", "guest-1-first_name": "Åke", "guest-1-last_name": "Öhman"})
    )
    Client().post("/choir/summer-party/", yes(answer="no", email="nea@example.org", first_name="Nea"))
    assert "Open" in text(client.get("/admin/events/"))
    page = text(client.get(url))
    assert "Bo Ek" in page
    assert "Nea Ek" in page
    assert "Nea" not in text(client.get(url, {"state": "confirmed"}))
    assert "Bo Ek" not in text(client.get(url, {"q": "nea"}))
    assert "No reply matches" in text(client.get(url, {"q": "nobody"}))
    at_the_door = text(client.get(url, {"q": "oh ake"}))
    assert "Bo Ek" in at_the_door
    assert "with Åke Öhman" in at_the_door
    assert "Nea" not in at_the_door
    assert "No reply matches" in text(client.get(url, {"q": "ke"}))
    assert AccessLog.objects.filter(action="list").exists()


def test_a_caller_who_is_known_is_found_and_answered_for(desk, event, anna, mails):
    client, url = desk
    found = text(client.get(f"{url}replies/add/", {"q": "virta"}))
    assert f"?contact={anna.pk}" in found
    response = client.post(
        f"{url}replies/new/?contact={anna.pk}", {"answer": "yes", "party_size": "2", "guest-1-first_name": "Kim"}
    )
    assert response.status_code == 302
    registration = Registration.objects.get()
    assert (registration.contact, registration.party_size, registration.submission.source) == (anna, 2, "hand")
    assert [kind for kind, _, _ in mails()] == ["confirmation"]
    reply = f"{url}replies/{registration.pk}/"
    opened = text(client.get(reply))
    assert 'value="Kim"' in opened
    seen = re.search(r'name="seen" value="(\d+)"', opened)[1]
    by_hand.cancel_by_hand(page=event, registration_id=registration.pk)
    late = {"answer": "yes", "party_size": "1", "seen": seen}
    asked = text(client.post(reply, late))
    assert "has been changed since you opened it" in asked
    assert Registration.objects.get().state == "cancelled"
    again = re.search(r'name="seen" value="(\d+)"', asked)[1]
    assert client.post(reply, late | {"seen": again}).status_code == 302
    assert Registration.objects.get().state == "confirmed"


def test_a_caller_without_an_address_is_added_to_the_register(desk, mails):
    client, url = desk
    assert 'autocomplete="given-name"' not in text(client.get(f"{url}replies/new/"))  # which is the organiser's own
    client.post(f"{url}replies/new/", {"answer": "yes", "first_name": "Old", "last_name": "Man", "party_size": "1"})
    assert Registration.objects.get().contact.full_name == "Old Man"
    assert mails() == []


def test_a_form_of_the_desk_that_is_sent_once_more_adds_nobody_twice(desk):
    """As where the line was lost before the answer came. Another name or address means somebody else."""
    client, url = desk
    form = {"answer": "yes", "first_name": "Old", "last_name": "Man", "party_size": "1"}
    form["form_token"] = re.search(r'name="form_token" value="([^"]+)"', text(client.get(f"{url}replies/new/")))[1]
    for more in (
        {},
        {},
        {"party_size": "2", "guest-1-first_name": "Kim"},
        {"first_name": "Young"},
        {"email": "old@x.fi"},
    ):
        assert client.post(f"{url}replies/new/", form | more).status_code == 302
    replied = Registration.objects.order_by("pk").values_list("contact__first_name", "contact__email", "party_size")
    assert list(replied) == [("Old", "", 2), ("Young", "", 1), ("Old", "old@x.fi", 1)]
    assert "needs" not in text(client.get(url))


def test_a_newcomer_with_the_address_of_a_contact_is_that_contact(desk, anna):
    client, url = desk
    known = {"answer": "yes", "first_name": "Anna", "last_name": "V", "email": "anna@example.org", "party_size": "1"}
    client.post(f"{url}replies/new/", known)
    assert Contact.objects.count() == 1
    page = text(client.post(f"{url}replies/new/", known | {"email": "bo@gmial.com"}, follow=True))
    assert "The address is bo@gmial.com. Did you mean bo@gmail.com?" in page
    assert f"/{Contact.objects.get(email='bo@gmial.com').pk}/edit/" in page


def test_who_telephones_is_told_at_once_that_it_is_full(cast, make_event, anna):
    event = make_event(capacity=1)
    new = f"/admin/events/{event.pk}/replies/new/?contact={anna.pk}"
    assert "All seats are taken" not in text(cast.editor.client.get(new))
    Client().post("/choir/summer-party/", yes())
    assert "a yes is put on the waiting list" in text(cast.editor.client.get(new))
    RsvpPage.objects.filter(pk=event.pk).update(waiting_list=False)
    full = cast.editor.client.get(new)
    assert "there is no waiting list" in text(full)
    assert "w-unsaved#confirm" in full.content.decode()


def test_the_desk_waits_like_everybody_unless_it_overrules(cast, full, anna):
    client, url = cast.editor.client, f"/admin/events/{full.pk}/"
    client.post(f"{url}replies/new/?contact={anna.pk}", {"answer": "yes", "party_size": "1"})
    registration = counters.find(full.pk, anna.pk)
    assert registration.is_waiting
    client.post(f"{url}replies/{registration.pk}/", {"answer": "yes", "party_size": "1", "overrule": "on"})
    assert counters.find(full.pk, anna.pk).is_coming
    assert "1 more guest than seats" in text(client.get(url))


def test_a_party_that_does_not_fit_is_offered_to_be_seated_nevertheless(cast, make_event, anna):
    event = make_event(capacity=1, waiting_list=False)
    client, url = cast.editor.client, f"/admin/events/{event.pk}/"
    data = {"answer": "yes", "party_size": "2", "guest-1-first_name": "Kim"}
    page = text(client.post(f"{url}replies/new/?contact={anna.pk}", data))
    assert "although there is no room" in page
    assert 'value="Kim"' in page
    assert "There is only 1 seat for them." in page
    assert client.post(f"{url}replies/new/?contact={anna.pk}", {**data, "overrule": "on"}).status_code == 302
    page = text(client.post(f"{url}replies/new/", {**data, "first_name": "Bo", "last_name": "Ek"}))
    assert "No seat is left for them." in page


def test_a_reply_is_cancelled_after_saying_what_happens(desk, event, mails):
    client, url = desk
    Client().post("/choir/summer-party/", yes())
    registration = Registration.objects.get()
    address = f"{url}replies/{registration.pk}/cancel/"
    assert "becomes free" in text(client.get(address))
    client.get(address)
    assert Registration.objects.get().is_coming
    client.post(address)
    assert Registration.objects.get().state == "cancelled"
    assert "Nothing was changed: this person is not coming anyway" in text(client.post(address, follow=True))
    assert [kind for kind, _, _ in mails()] == ["confirmation", "cancellation"]


def test_the_desk_promises_only_mails_that_leave(desk, event, anna, mails):
    client, url = desk
    event.messages.filter(kind="cancellation").update(enabled=False)
    new, coming = f"{url}replies/new/?contact={anna.pk}", {"answer": "yes", "party_size": "1"}
    assert "A confirmation is on its way." in text(client.post(new, coming, follow=True))
    again = text(client.post(new, coming, follow=True))
    assert "Anna Virtanen is confirmed, 1 person." in again
    assert "on its way" not in again
    assert len(mails()) == 1
    cancel = f"{url}replies/{Registration.objects.get().pk}/cancel/"
    assert "A mail that says so" not in text(client.get(cancel))
    assert "No mail says so to them: it is switched off" in text(client.post(cancel, follow=True))
    event.messages.filter(kind="confirmation").update(enabled=False)
    assert "No mail says so to them: it is switched off" in text(client.post(new, coming, follow=True))
    assert len(mails()) == 1


def test_the_whole_event_is_cancelled_after_saying_how_many_are_told(desk, event, monkeypatch):
    client, url = desk
    Client().post("/choir/summer-party/", yes())
    assert "tell 1 person" in text(client.get(f"{url}cancel/"))
    with monkeypatch.context() as patched:
        patched.setattr("organisations.templatetags.figures.number", "{},000".format)
        assert text(client.get(f"{url}cancel/")).count("1,000 person") == 2
        assert "(1,000)</a>" in text(client.get(url))
    assert client.post(f"{url}cancel/").status_code == 302
    assert "This event is cancelled" in text(client.get(url))
    assert "Nothing was changed: the event is cancelled already" in text(client.post(f"{url}cancel/", follow=True))


def test_the_desk_keeps_a_diet_that_is_offered_or_asked_no_more_and_needs_none_of_a_guest(make_event, cast):
    diet = {"label": "Diet", "each_guest": True, "required": True, "options": "Meat\nVegan"}
    event = make_event(questions=[{"type": "radio", "value": diet, "id": "d1"}])
    fed = {"party_size": "2", "q-d1": "Vegan", "guest-1-first_name": "Cia", "guest-1-q-d1": "Vegan"}
    Client().post("/choir/summer-party/", yes(**fed))
    event.questions = [{"type": "radio", "value": diet | {"options": "Meat\nFish"}, "id": "d1"}]
    event.save_revision().publish()
    address = f"/admin/events/{event.pk}/replies/{Registration.unscoped.get().pk}/"
    assert len(re.findall('value="Vegan"[^>]*checked', text(cast.editor.client.get(address)))) == 2
    another = {"answer": "yes", "guest-2-first_name": "Dan"}
    assert cast.editor.client.post(address, fed | another | {"party_size": "3"}).status_code == 302
    assert "Most often: “Vegan”, 2 of 2." in text(cast.viewer.client.get(f"/admin/events/{event.pk}/report/"))
    event.questions = []
    event.save_revision().publish()
    fewer = {"answer": "yes", "party_size": "2", "guest-1-first_name": "Cia"}
    assert cast.editor.client.post(address, fed | fewer).status_code == 302
    assert "Most often: “Vegan”, 2 of 2." in text(cast.viewer.client.get(f"/admin/events/{event.pk}/report/"))


def test_numbers_alone_are_served_for_the_live_view(desk):
    client, url = desk
    assert "desk-numbers" in text(client.get(f"{url}numbers/"))


def test_viewers_look_and_do_not_touch(cast, event, anna):
    seats.reply(page_id=event.pk, contact_id=anna.pk, party=1, waiting_list=True)
    client, url, pk = cast.viewer.client, f"/admin/events/{event.pk}/", Registration.objects.get().pk
    assert "Anna" in text(client.get(url))
    for address in (
        "replies/add/",
        "replies/new/",
        f"replies/{pk}/",
        f"replies/{pk}/cancel/",
        "export/",
        "badges/",
        "cancel/",
    ):
        for response in (client.get(url + address), client.post(url + address)):
            assert response.status_code in (302, 403)
    assert Registration.objects.get().is_coming


def test_a_stranger_finds_nothing(cast, event, anna):
    seats.reply(page_id=event.pk, contact_id=anna.pk, party=1, waiting_list=True)
    client, url, pk = cast.stranger.client, f"/admin/events/{event.pk}/", Registration.objects.get().pk
    assert "Summer party" not in text(client.get("/admin/events/"))
    addresses = (
        "", "numbers/", "report/", "export/", "badges/", "cancel/", "remind/", "replies/add/", "replies/new/",
        f"replies/new/?contact={anna.pk}", f"replies/{pk}/", f"replies/{pk}/cancel/",
    )  # fmt: skip
    for address in addresses:
        for response in (client.get(url + address), client.post(url + address, {"answer": "no"})):
            assert response.status_code == 404, address
            assert b"Summer party" not in response.content
    assert Registration.objects.get().is_coming


def test_lowering_the_seats_below_the_confirmed_is_said_in_words(cast, full, event_form):
    client = cast.editor.client
    by_hand.change_seats(page=full, count=3)
    type(full).objects.filter(pk=full.pk).update(capacity=3)
    full.refresh_from_db()
    for n in range(2):
        Client().post("/choir/summer-party/", yes(email=f"p{n}@example.org"))
    data = event_form(client, full)
    response = client.post(
        f"/admin/pages/{full.pk}/edit/", {**data, "capacity": "1", "largest_party": "1", "action-publish": "1"},
        follow=True,
    )  # fmt: skip
    assert "Nobody loses a seat" in response.content.decode()
    assert Registration.objects.seated().count() == 3
    assert EmailMessage.objects.filter(kind="event.cancellation").count() == 0


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("0001-01-01 00:00", "Look at the year"),
        ("9999-12-31 23:59", "Look at the year"),
        ("2037-03-29 03:30", "Choose 02:30 or 04:30"),
    ],
)
def test_a_time_that_cannot_be_is_told_in_words(cast, event, event_form, typed, told):
    client = cast.editor.client
    url = f"/admin/pages/{event.pk}/edit/"
    response = client.post(url, {**event_form(client, event), "starts_at": typed, "action-publish": "1"}, follow=True)
    assert told in str(response.context["form"].errors["starts_at"])


def test_people_and_replies_are_told_apart(cast, full, anna):
    seats.reply(page_id=full.pk, contact_id=anna.pk, party=2, waiting_list=True)
    for address in ("", "report/", "numbers/", "cancel/"):
        assert "2 people (1 reply)" in text(cast.editor.client.get(f"/admin/events/{full.pk}/{address}")), address


def test_one_word_stands_for_a_seat_everywhere(cast, full, anna):
    from campaigns.audiences import sources

    client, url = cast.editor.client, f"/admin/events/{full.pk}/"
    seats.reply(page_id=full.pk, contact_id=anna.pk, party=1, waiting_list=True)
    labels = {label for source in sources() if source.key == "event" for _, label in source.choices()}
    assert {"Summer party: confirmed", "Summer party: waiting", "Summer party: unanswered"} <= labels
    export = client.post(
        f"{url}export/", {"states": ["confirmed", "waiting"], "format": "csv", "purpose": "x", "columns": ["state"]}
    )
    table = b"".join(export.streaming_content).decode("utf-8-sig")
    for shown in (text(client.get(url)), text(client.get(f"{url}report/")), text(client.get(f"{url}export/")), table):
        assert "Confirmed" in shown
        assert "Waiting" in shown
        assert "Coming" not in shown
        assert "On the waiting list" not in shown


def test_the_home_page_outlives_an_event_that_is_deleted_while_it_is_drawn(cast, full, monkeypatch):
    monkeypatch.setattr("cms.home.RsvpPage.objects.in_bulk", lambda ids: {})
    assert "Came back" in text(cast.editor.client.get("/admin/"))


def test_the_first_page_has_an_event_begin_on_its_own_clock(make_event, cast):
    starts = dt.datetime(2037, 3, 7, 17, tzinfo=dt.UTC)
    make_event(starts_at=starts, time_zone="America/New_York")
    assert "Saturday 7 March, 12:00 (New York time, UTC-5)" in text(cast.editor.client.get("/admin/"))
