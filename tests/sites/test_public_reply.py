"""The public page: what a visitor sees, sends and gets back."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from mailer.models import EmailMessage
from registers.models import Contact
from sites.models import Capacity, FormVersion, NoticePage, Registration, RsvpPage, Submission
from sites.models.messages import MessageKind
from tests.sites.conftest import yes


@pytest.fixture
def visitor():
    return Client()


def test_it_opens_with_the_facts_and_a_form(event, visitor):
    response = visitor.get("/choir/summer-party/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "Summer party" in page
    assert 'name="email"' in page
    assert 'autocomplete="given-name"' in page
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "<script>" not in page


def test_it_says_by_when_to_reply_where_that_is_not_the_start(make_event, visitor):
    event = make_event(starts_at=dt.datetime(2037, 3, 20, 17, tzinfo=dt.UTC))
    assert "Reply by" not in visitor.get("/choir/summer-party/").content.decode()
    event.closes_at = dt.datetime(2037, 3, 14, 10, tzinfo=dt.UTC)
    event.save_revision().publish()
    page = visitor.get("/choir/summer-party/").content.decode()
    assert "<dt>Reply by</dt><dd>Saturday 14 March 2037, 12:00</dd>" in page


@pytest.mark.parametrize(
    ("zone", "named"),
    [("Asia/Kolkata", "Kolkata time, UTC+5:30"), ("America/New_York", "New York time"), ("", "12:00")],
)
def test_it_names_another_zone_and_its_hours_unless_they_change_meanwhile(make_event, visitor, zone, named):
    starts = dt.datetime(2037, 3, 7, 17, tzinfo=dt.UTC)
    ends, closes = starts + dt.timedelta(days=1, hours=-7), starts - dt.timedelta(days=1)
    make_event(starts_at=starts, ends_at=ends, closes_at=closes, time_zone=zone)
    page = visitor.get("/choir/summer-party/").content.decode()
    assert (f"({named})" in page) if zone else (f"{named}</dd>" in page)
    assert page.count(" time, UTC") + page.count("York time)") == (2 if zone else 0)  # the last moment to reply, too


def test_a_yes_leads_to_the_thank_you_by_redirect(event, visitor, mails):
    response = visitor.post("/choir/summer-party/", yes())
    assert (response.status_code, response["Location"]) == (303, "/choir/summer-party/thank-you/")
    registration = Registration.objects.get()
    assert (registration.state, registration.contact.email) == ("confirmed", "bo@example.org")
    assert Capacity.objects.get(page=event).taken == 1
    assert mails() == [("confirmation", "bo@example.org", "You are coming: Summer party")]
    notice = visitor.get(response["Location"])
    assert notice.status_code == 200
    assert b"bo@example.org" not in notice.content


def test_a_no_is_noted(event, visitor, mails):
    response = visitor.post("/choir/summer-party/", yes(answer="no"))
    assert response["Location"].endswith("/declined/")
    assert "Your seat is kept until you cancel it" in visitor.get(response["Location"]).content.decode()
    assert Registration.objects.get().state == "declined"
    assert mails() == []


def test_guests_come_with_names_and_answers_of_their_own(make_event, visitor):
    event = make_event(
        questions=[{"type": "text", "value": {"label": "Diet", "each_guest": True, "required": True}, "id": "d1"}]
    )
    data = yes(**{"party_size": "2", "q-d1": "Vegan", "guest-1-first_name": "Cia", "guest-1-q-d1": "Fish"})
    assert visitor.post("/choir/summer-party/", data).status_code == 303
    submission = Submission.objects.get()
    assert submission.answers == {"d1": "Vegan"}
    assert submission.guests == [{"first_name": "Cia", "last_name": "", "answers": {"d1": "Fish"}}]
    standing = Client().get(event.personal_url(submission.contact).removeprefix("http://localhost:8000"))
    assert "Diet: Fish" in standing.content.decode()


def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(make_event, visitor):
    town = {"type": "text", "value": {"label": "Town", "column": "city"}, "id": "t1"}
    make_event(questions=[{"type": "number", "value": {"label": "How old?", "required": True}, "id": "a1"}, town])
    data = yes(**{"email": "nonsense", "q-a1": "abc", "party_size": "2", "guest-1-last_name": "Öhman"})
    response = visitor.post("/choir/summer-party/", data)
    page = response.content.decode()
    assert response.status_code == 200
    for kept in ("nonsense", "abc", "Öhman", "Bo"):
        assert f'value="{kept}"' in page
    assert ">How old? Write a number" in page
    assert re.search(r'<input[^>]*autocomplete="address-level2"[^>]*id="id_q-t1"', page)
    assert ">Guest 1: First name: Write" in page
    assert page.index('id="problems"') < page.index("<h1>")  # without a script nothing leads there
    for target in ("#id_email", "#id_q-a1", "#id_guest-1-first_name"):
        assert f'href="{target}"' in page
        assert f'id="{target[1:]}"' in page
    assert Registration.objects.count() == Submission.objects.count() == Contact.objects.count() == 0


def test_without_javascript_the_number_of_guests_is_updated_and_nothing_is_saved(event, visitor):
    data = yes(party_size="3", email="")
    del data["answer"]
    page = visitor.post("/choir/summer-party/", {**data, "update": "guests"}).content.decode()
    assert 'name="guest-2-first_name"' in page
    assert "problems-title" not in page
    assert 'value="Bo"' in page
    assert Registration.objects.count() == 0


def test_the_same_form_sent_twenty_times_is_one_reply(event, visitor, mails):
    data = yes(form_token=str(uuid.uuid4()))
    places = {visitor.post("/choir/summer-party/", data)["Location"] for _ in range(20)}
    assert places == {"/choir/summer-party/thank-you/"}
    assert Registration.objects.count() == Contact.objects.count() == 1
    assert len(mails()) == 1


def test_a_stranger_with_a_known_address_sees_and_changes_nothing(event, anna, visitor, mails):
    visitor.post("/choir/summer-party/", yes(email="anna@example.org", first_name="Anna", last_name="Virtanen"))
    before = Registration.objects.get()
    stranger = Client()
    for _ in range(3):
        data = yes(email="ANNA@example.org", first_name="Mallory", party_size="2", **{"guest-1-first_name": "X"})
        response = stranger.post("/choir/summer-party/", data)
        assert response["Location"] == "/choir/summer-party/thank-you/"
    after = Registration.objects.get()
    assert (after.version, after.party_size) == (before.version, 1)
    anna.refresh_from_db()
    assert anna.first_name == "Anna"
    assert [kind for kind, _, _ in mails()] == ["confirmation", "link_reminder"]
    assert b"Virtanen" not in stranger.get(response["Location"]).content


@pytest.mark.parametrize(("capacity", "party", "says"), [(1, "1", 303), (2, "2", 200)])
def test_the_link_goes_to_a_known_address_though_no_seats_are_left(
    make_event, anna, visitor, mails, capacity, party, says
):
    make_event(capacity=capacity, waiting_list=False)
    visitor.post("/choir/summer-party/", yes(email="anna@example.org", first_name="Anna", last_name="Virtanen"))
    data = yes(party_size=party, **{"guest-1-first_name": "X"})
    known = Client().post("/choir/summer-party/", data | {"email": "anna@example.org"})
    newcomer = Client().post("/choir/summer-party/", data)
    assert known.status_code == newcomer.status_code == says
    assert known.headers.get("Location") == newcomer.headers.get("Location")
    assert [kind for kind, _, _ in mails()] == ["confirmation", "link_reminder"]
    assert Registration.objects.get().party_size == 1
    assert Contact.objects.count() == 1


def test_a_known_contact_who_replies_in_public_keeps_their_row(event, anna, visitor):
    visitor.post(
        "/choir/summer-party/", yes(email="anna@example.org", first_name="A.", last_name="V.", phone="0401234567")
    )
    anna.refresh_from_db()
    assert (anna.first_name, anna.phone) == ("Anna", "")
    assert Registration.objects.get().contact == anna


def test_a_party_larger_than_what_is_left_is_told_so_and_loses_nothing(make_event, visitor):
    event = make_event(capacity=2, waiting_list=False)
    response = visitor.post(
        "/choir/summer-party/", yes(**{"party_size": "3", "guest-1-first_name": "X", "guest-2-first_name": "Y"})
    )
    assert "Only 2 seats are left" in response.content.decode()
    assert 'value="bo@example.org"' in response.content.decode()
    assert Registration.objects.count() == Contact.objects.count() == 0
    assert visitor.post("/choir/summer-party/", yes(party_size="2", **{"guest-1-first_name": "X"})).status_code == 303
    assert Capacity.objects.get(page=event).left == 0
    late = visitor.post("/choir/summer-party/", yes(email="late@example.org"))
    assert late["Location"].endswith("/full/?not-saved")
    assert "All seats are taken" in visitor.get("/choir/summer-party/").content.decode()


def test_when_it_is_full_newcomers_wait(make_event, visitor, mails):
    make_event(capacity=1, largest_party=1)
    visitor.post("/choir/summer-party/", yes())
    assert "join the waiting list" in visitor.get("/choir/summer-party/").content.decode()
    response = visitor.post("/choir/summer-party/", yes(email="ci@example.org"))
    assert response["Location"].endswith("/waiting/")
    assert [kind for kind, _, _ in mails()] == ["confirmation", "waiting"]
    assert visitor.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("fields", "stage", "place"),
    [
        ({"closes_at": timezone.now() - dt.timedelta(minutes=1)}, "Replies are closed", "/closed/?not-saved"),
        ({"opens_at": timezone.now() + dt.timedelta(days=1)}, "Replies are not open yet", None),
    ],
)
def test_outside_its_times_it_takes_no_reply(make_event, visitor, fields, stage, place):
    make_event(**fields)
    assert stage in visitor.get("/choir/summer-party/").content.decode()
    response = visitor.post("/choir/summer-party/", yes())
    if place:
        assert response["Location"].endswith(place)
        assert stage in visitor.get(response["Location"]).content.decode()
    else:
        assert stage in response.content.decode()
    assert Registration.objects.count() == 0


def test_a_program_that_fills_every_field_is_not_taken_in(event, visitor):
    response = visitor.post("/choir/summer-party/", yes(subject="http://spam.example"))
    assert response.status_code == 303
    assert Registration.objects.count() == 0


@pytest.mark.parametrize("name", ["Win at https://spam.example", "WWW.spam.example"])
def test_nobody_is_sent_an_advertisement_for_a_name(event, visitor, name):
    for field in ("first_name", "last_name"):
        page = visitor.post("/choir/summer-party/", yes(**{field: name})).content.decode()
        assert "without the address of a web page" in page
        assert f'value="{name}"' in page
    assert not EmailMessage.unscoped.exists()


def test_too_many_from_one_network_are_asked_to_wait(event, visitor, settings):
    settings.REPLIES_PER_MINUTE = 2
    for n in range(2):
        assert visitor.post("/choir/summer-party/", yes(email=f"p{n}@example.org")).status_code == 303
    response = visitor.post("/choir/summer-party/", yes(email="p3@example.org"))
    assert response.status_code == 429
    assert 'value="p3@example.org"' in response.content.decode()


def test_a_browser_that_keeps_no_cookies_is_heard(event):
    """So is one that says nothing of where the form stood, as from a page that was kept for later."""
    strict = Client(enforce_csrf_checks=True, headers={"origin": "null"})
    assert not strict.get("/choir/summer-party/").cookies
    assert strict.post("/choir/summer-party/", yes()).status_code == 303
    link = Registration.objects.get().page.specific.personal_url(Registration.objects.get().contact)
    assert not strict.get(link).cookies
    assert strict.post(link, {"answer": "no"}).status_code == 303
    assert Registration.objects.get().state == "cancelled"


def test_a_draft_is_nobodys_to_see(event, visitor):
    event.unpublish()
    assert visitor.get("/choir/summer-party/").status_code == 404
    assert visitor.get("/choir/summer-party/thank-you/").status_code == 404
    assert visitor.post("/choir/summer-party/", yes()).status_code == 404


def test_an_event_comes_with_notices_and_mails(event):
    assert set(NoticePage.objects.child_of(event).values_list("kind", flat=True)) == {
        "thank_you", "waiting", "full", "closed", "cancelled", "declined", "event_cancelled",
    }  # fmt: skip
    assert event.messages.count() == len(MessageKind)
    assert RsvpPage.objects.get(pk=event.pk).get_children().count() == 7


def test_a_copy_has_notices_of_its_own_and_its_editor_opens(cast, event, choir):
    asked = {"new_title": "Again", "new_slug": "again", "new_parent_page": choir.home_page_id}
    original = f"/admin/pages/{event.pk}/edit/"
    copied = cast.editor.client.post(
        f"/admin/pages/{event.pk}/copy/?next={original}",
        {**asked, "copy_subpages": "on", "publish_copies": "on", "next": original},
    )
    copy = RsvpPage.objects.get(slug="again")
    assert copied.url == f"/admin/pages/{copy.pk}/edit/"
    says = cast.editor.client.get(copied.url).content.decode()
    assert f"“Again” still has the time of the original: {copy.when}. Give it its own." in says
    assert NoticePage.objects.child_of(copy).count() == 7
    assert copy.messages.count() == len(MessageKind)
    assert Client().post("/choir/again/", yes()).status_code == 303


def test_equal_forms_share_a_version(event, visitor):
    for n in range(3):
        visitor.post("/choir/summer-party/", yes(email=f"p{n}@example.org"))
    event.save_revision().publish()
    assert FormVersion.objects.count() == 1


def test_getting_pages_changes_nothing(event, visitor):
    for address in ("", "thank-you/", "full/", "calendar/"):
        for _ in range(3):
            assert visitor.get(f"/choir/summer-party/{address}").status_code == 200
    assert Registration.objects.count() == Submission.objects.count() == 0
