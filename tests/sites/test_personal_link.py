"""The personal link: known and prefilled; it shows, changes and cancels one reply, and is nobody else's."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from mailer.models import EmailMessage
from registers.activity import record
from registers.books import create_register
from registers.consents import record_consent
from registers.contacts import save_contact
from registers.models import Consent, Contact, Purpose
from sites import by_hand
from sites.by_hand import reply_by_hand
from sites.events import version_of
from sites.models import Capacity, Registration, Submission
from sites.replies import Answer
from tests.sites.conftest import yes


@pytest.fixture
def link(event, anna):
    return event.personal_url(anna).removeprefix("http://localhost:8000")


def known(**fields):
    return {"answer": "yes", "first_name": "Anna", "last_name": "Virtanen", "party_size": "1", **fields}


def test_it_opens_prefilled_and_is_kept_by_nobody(link, anna):
    response = Client().get(link)
    page = response.content.decode()
    assert 'value="Anna"' in page
    assert 'name="email"' not in page
    assert "This link is for Anna" in page
    assert '<a href="/choir/summer-party/">Reply here instead.' in page
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-store"
    assert "noindex" in response["X-Robots-Tag"]


def test_it_leads_on_when_the_event_gets_another_address(link, event, anna, django_capture_on_commit_callbacks):
    client = Client()
    event.slug = "garden-party"
    with django_capture_on_commit_callbacks(execute=True):
        event.save_revision().publish()
    new = link.replace("summer", "garden")
    assert client.get(link)["Location"] == new
    assert 'value="Anna"' in client.get(new).content.decode()
    assert client.post(link, known(), follow=True).redirect_chain == [(new, 307), (f"{new}done/", 303)]
    assert Registration.objects.get().state == "confirmed"
    event.slug = "summer-party"
    with django_capture_on_commit_callbacks(execute=True):
        event.save_revision().publish()
    event.unpublish()
    assert [client.get(path).status_code for path in (link, "/choir/summer-party/")] == [404, 404]


def test_yes_change_cancel_and_yes_again(link, event, mails):
    client = Client()
    response = client.post(link, known())
    assert (response.status_code, response["Location"]) == (303, f"{link}done/")
    done = client.get(response["Location"]).content.decode()
    assert "anna@example.org" in done
    assert "Change my reply" in client.get(link).content.decode()
    change = client.get(f"{link}change/").content.decode()
    assert "Save my reply" in change
    client.post(link, known(party_size="2", **{"guest-1-first_name": "Cia"}))
    assert Capacity.objects.get(page=event).taken == 2
    assert 'value="Cia"' in client.get(f"{link}change/").content.decode()
    client.post(link, {"answer": "no"})
    assert Registration.objects.get().state == "cancelled"
    assert Capacity.objects.get(page=event).taken == 0
    client.post(link, known())
    registration = Registration.objects.get()
    assert (registration.state, registration.version) == ("confirmed", 4)
    assert [kind for kind, _, _ in mails()] == ["confirmation", "confirmation", "cancellation", "confirmation"]


def test_the_timeline_names_the_event_and_the_letter(link, event, anna, cast):
    Client().post(link, known())
    letter = EmailMessage.objects.get()
    record(contact=anna, kind="email_sent", source=f"message:{letter.pk}")
    record(contact=anna, kind="email_sent", source="campaign:999")
    page = cast.editor.client.get(f"/admin/contacts/{anna.pk}/").content.decode()
    for told in (f"· {event.title}<", "· Confirmation<"):
        assert told in page
    for number in ("page:", "message:", "campaign:"):
        assert f"· {number}" not in page


def test_the_same_answer_twenty_times_is_one_reply_and_one_mail(link, mails):
    client = Client()
    for _ in range(20):
        assert client.post(link, known()).status_code == 303
    assert Registration.objects.get().version == 1
    assert Submission.objects.count() == 1
    assert len(mails()) == 1


def test_who_has_no_address_is_told_to_keep_the_link_for_no_mail_comes(link, anna, register):
    save_contact(register=register, contact=anna, values={"email": ""}, source="test")
    done = Client().post(link, known(), follow=True).content.decode()
    assert "so we cannot mail you. Keep the link" in done
    assert "cannot mail you" not in Client().post(link, {"answer": "no"}, follow=True).content.decode()


def test_a_no_before_any_yes_declines(link, mails):
    Client().post(link, {"answer": "no"})
    assert Registration.objects.get().state == "declined"
    assert mails() == []


def test_ten_gets_of_every_address_change_nothing(link, event):
    client = Client()
    client.post(link, known())
    before = list(Registration.objects.values())
    for address in ("", "change/", "done/", "calendar/"):
        for _ in range(10):
            assert client.get(link + address).status_code == 200
    assert list(Registration.objects.values()) == before


@pytest.mark.parametrize("who", ["signed out", "editor of another organisation"])
def test_forged_and_altered_links_lead_nowhere(link, event, register, cast, who):
    client = Client() if who == "signed out" else cast.stranger.client
    other = save_contact(register=register, values={"first_name": "B", "email": "b@example.org"}, source="test")
    token = link.rstrip("/").rsplit("/", 1)[1]
    number, _, signature = token.partition("-")
    forged = [
        f"{other.pk}-{signature}",
        f"{number}-{signature.swapcase()}",
        number,
        f"{number}-",
        "x-y",
        "0-" + signature,
    ]
    for text in forged:
        for address in ("", "change/", "done/", "calendar/"):
            answer = client.get(f"/choir/summer-party/r/{text}/{address}")
            assert answer.status_code == 404
            assert "the link is not whole" in answer.content.decode()
        assert client.post(f"/choir/summer-party/r/{text}/", known()).status_code == 404
    assert Registration.objects.count() == 0


def test_a_link_to_one_event_opens_no_other(link, make_event, cast):
    make_event(slug="other", title="Other")
    for client in (Client(), cast.stranger.client):
        assert client.get(link.replace("summer-party", "other")).status_code == 404


def test_the_link_of_an_erased_person_leads_nowhere(link, anna):
    anna.delete()
    assert Client().get(link).status_code == 404


def test_thirty_days_after_the_event_it_says_that_it_has_expired(link, event):
    Client().post(link, known())
    ended = timezone.now() - dt.timedelta(days=29)
    type(event).objects.filter(pk=event.pk).update(starts_at=ended, ends_at=ended)
    page = Client().get(link)
    assert page.status_code == 200
    assert "You are coming" in page.content.decode()
    ended -= dt.timedelta(days=2)
    type(event).objects.filter(pk=event.pk).update(starts_at=ended, ends_at=ended)
    opened = [Client().get(f"{link}{address}") for address in ("", "change/", "done/", "calendar/")]
    for response in (*opened, Client().post(link, {"answer": "no"})):
        assert response.status_code == 410
        assert "This link has expired" in response.content.decode()
        assert "Virtanen" not in response.content.decode()
    assert Registration.objects.get().state == "confirmed"


def test_too_many_from_one_network_are_asked_to_wait_and_lose_nothing_typed(link, settings):
    settings.REPLIES_PER_MINUTE = 2
    for party in ({}, {"party_size": "2", "guest-1-first_name": "Cia"}):
        assert Client().post(link, known(**party)).status_code == 303
    response = Client().post(link, known(party_size="2", **{"guest-1-first_name": "Dora"}))
    assert response.status_code == 429
    assert "Wait a minute, then send the form again." in response.content.decode()
    assert 'value="Dora"' in response.content.decode()
    assert Client().post(link, {"answer": "no"}).status_code == 429
    registration = Registration.objects.get()
    assert (registration.state, registration.version) == ("confirmed", 2)


def test_place_in_line_is_told_to_its_owner_only(link, make_event, event, register, anna):
    by_hand.change_seats(page=event, count=1)
    type(event).objects.filter(pk=event.pk).update(capacity=1)
    Client().post("/choir/summer-party/", yes())
    Client().post("/choir/summer-party/", yes(email="ci@example.org", first_name="Ci"))
    Client().post(link, known())
    assert "Your place in line" in Client().get(f"{link}done/").content.decode()
    assert "place in line</dt>" not in Client().get("/choir/summer-party/waiting/").content.decode()


def test_a_party_that_cannot_grow_keeps_its_reply(link, event, anna):
    client = Client()
    client.post(link, known())
    by_hand.change_seats(page=event, count=2)
    data = known(party_size="3", **{"guest-1-first_name": "A", "guest-2-first_name": "B"})
    page = client.post(link, data).content.decode()
    assert "at most 2 can be yours" in page
    assert 'value="A"' in page
    assert Registration.objects.get().party_size == 1


def test_after_closing_time_it_still_shows_and_cancels_but_changes_nothing(link, event, mails):
    client = Client()
    client.post(link, known())
    again = "You can reply again as long as there are seats."
    assert again in client.get(link).content.decode()
    type(event).objects.filter(pk=event.pk).update(closes_at=timezone.now() - dt.timedelta(hours=1))
    assert again not in client.get(link).content.decode()
    page = client.post(link, known(party_size="2", **{"guest-1-first_name": "A"})).content.decode()
    assert "Your reply stays as it was" in page
    assert client.get(f"{link}change/").status_code == 303
    client.post(link, {"answer": "no"})
    assert Registration.objects.get().state == "cancelled"


def test_the_owner_keeps_their_row_up_to_date(make_event, choir, register):
    event = make_event(
        questions=[{"type": "text", "value": {"label": "Diet", "column": "attributes.diet"}, "id": "d1"}]
    )
    anna = save_contact(register=register, values={"first_name": "Ana", "email": "ana@example.org"}, source="test")
    path = event.personal_url(anna).removeprefix("http://localhost:8000")
    Client().post(path, known(**{"q-d1": "Vegan", "phone": "040 1234567"}))
    anna = Contact.objects.get(pk=anna.pk)
    assert (anna.first_name, anna.phone, anna.attributes) == ("Anna", "+358401234567", {"diet": "Vegan"})
    friends = create_register(name="Friends")
    anna = save_contact(register=friends, values={"first_name": "Ana", "email": "ana@example.org"}, source="test")
    path = event.personal_url(anna).removeprefix("http://localhost:8000")
    Client().post(path, known(**{"q-d1": "Vegan"}))
    anna = Contact.objects.get(pk=anna.pk)
    assert (anna.first_name, anna.register, anna.attributes) == ("Anna", friends, {})
    assert Submission.objects.get(contact=anna).answers == {"d1": "Vegan"}


def test_a_calendar_entry_keeps_its_name_and_counts_up(link, anna):
    client = Client()
    client.post(link, known())
    first = client.get(f"{link}calendar/").content.decode()
    client.post(link, known(party_size="2", **{"guest-1-first_name": "A"}))
    second = client.get(f"{link}calendar/").content.decode()
    lines = [dict(line.split(":", 1) for line in text.splitlines() if ":" in line) for text in (first, second)]
    assert lines[0]["UID"] == lines[1]["UID"]
    assert (lines[0]["SEQUENCE"], lines[1]["SEQUENCE"]) == ("1", "2")
    assert lines[0]["METHOD"] == "PUBLISH"


def test_an_erased_person_leaves_a_seat_and_nothing_else(event, anna, cast):
    """What they and their guests wrote goes with them; the numbers stay right. Who erases is told before."""
    asked = f"/admin/contacts/{anna.pk}/delete/"
    assert "keeps its seats" not in cast.editor.client.get(asked).content.decode()
    version = version_of(event)
    answer = Answer(
        coming=True,
        version=version,
        person={"first_name": "Anna", "last_name": "Virtanen", "email": "anna@example.org"},
        party_size=2,
        answers={"x": "nut allergy"},
        guests=[{"first_name": "Olli", "last_name": "", "answers": {}}],
    )
    reply_by_hand(page=event, contact=anna, answer=answer)
    assert "1 reply to an event to come keeps its seats" in cast.editor.client.get(asked).content.decode()
    olli = save_contact(register=event.register, values={"first_name": "Olli", "last_name": "Ek"}, source="test")
    about_olli = f"/admin/contacts/{olli.pk}/delete/"
    assert "guest of the same name" not in cast.editor.client.get(about_olli).content.decode()
    Submission.objects.update(guests=[{"first_name": "Olli", "last_name": "Ek", "answers": {}}])
    assert "names a guest of the same name, and keeps it" in cast.editor.client.get(about_olli).content.decode()
    anna.delete()
    submission = Submission.objects.get()
    assert (submission.answers, submission.guests, submission.contact) == ({}, [], None)
    assert event.room.taken == 2


def test_a_yes_that_anybody_may_have_typed_outweighs_no_refusal(make_event, anna):
    news = Purpose.objects.create(name="News")
    agree = {"type": "consent", "value": {"label": "Send me news", "purpose": str(news.pk)}, "id": "c1"}
    event = make_event(questions=[agree])
    record_consent(contact=anna, purpose=news, channel="email", granted=False, how="On the phone")
    Client().post(
        "/choir/summer-party/", {**yes(email=anna.email, first_name="Anna", last_name="Virtanen"), "q-c1": "on"}
    )
    assert Registration.objects.get().contact == anna
    assert not Consent.objects.latest("pk").granted
    link = event.personal_url(anna).removeprefix("http://localhost:8000")
    assert "checked" not in Client().get(link).content.decode().partition('name="q-c1"')[2].partition(">")[0]
    Client().post(link, known(**{"q-c1": "on"}))
    act = Consent.objects.latest("pk")
    assert (act.contact, act.granted, act.how) == (anna, True, "event: Summer party")
