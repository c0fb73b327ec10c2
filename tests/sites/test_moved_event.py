"""An event is moved after people have replied: the organiser is told, and tells the guests, once."""

import base64
import datetime as dt
import html
import json
import re

import pytest
from django.test import Client
from django.utils import timezone

from mailer.models import EmailCampaign, EmailMessage
from registers.contacts import delete_contacts, save_contact
from sites import rounds, seats
from sites.doors import rush
from sites.models import Appointment, Registration, Round, RsvpPage
from tests.sites.conftest import yes

BLOCK = {
    "key": "a",
    "text": "Half an hour later.",
    "type": "unstyled",
    "depth": 0,
    "inlineStyleRanges": [],
    "entityRanges": [],
}
LATER = timezone.now().replace(microsecond=0) + dt.timedelta(days=30)


@pytest.fixture(autouse=True)
def no_memory(settings):
    settings.EVENT_MEMORY_SECONDS = 0
    yield
    rush.forget()


@pytest.fixture
def full(make_event, register, anna):
    """Anna has the seat, Bo waits, Cia (who has no address) too; Dora has said no."""
    event = make_event(capacity=1)
    for name, email in (("Bo", "bo@example.org"), ("Cia", ""), ("Dora", "dora@example.org")):
        save_contact(register=register, values={"first_name": name, "email": email}, source="test")
    contacts = {contact.first_name: contact for contact in type(anna).objects.all()}
    for name in ("Anna", "Bo", "Cia"):
        seats.reply(page_id=event.pk, contact_id=contacts[name].pk, party=1, waiting_list=True)
    seats.leave(page_id=event.pk, contact_id=contacts["Dora"].pk)
    return event


def publish(event, **changes):
    page = RsvpPage.objects.get(pk=event.pk)
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return RsvpPage.objects.get(pk=event.pk)


def text(response):
    assert response.status_code == 200, response
    return " ".join(html.unescape(response.content.decode()).split())


def tell(client, event, **changes):
    """Press the button of the page that tells, as it stands."""
    url = f"/admin/events/{event.pk}/change/"
    page = client.get(url)
    form = page.context["form"]
    body = json.dumps({"blocks": [BLOCK], "entityMap": {}})
    data = {"change": page.context["move"].now.pk, "subject": form["subject"].value(), "body": body, **changes}
    return lambda: client.post(url, data, follow=True)


def run_rounds():
    for round_ in Round.objects.filter(finished_at=None):
        rounds.run(round_.pk)


def news():
    return EmailMessage.objects.filter(kind="event.changed").order_by("address")


def test_the_desk_and_the_publishing_say_that_guests_do_not_know(cast, full, event_form):
    client = cast.editor.client
    assert "Tell them" not in text(client.get(f"/admin/events/{full.pk}/"))
    data = {
        **event_form(client, full),
        "starts_at": f"{LATER:%Y-%m-%d %H:%M}",
        "largest_party": "1",
        "action-publish": "1",
    }
    answer = text(client.post(f"/admin/pages/{full.pk}/edit/", data, follow=True))
    for page in (answer, text(client.get(f"/admin/events/{full.pk}/")), text(client.get("/admin/"))):
        assert "The time has changed since 3 people replied." in page
        assert f"/admin/events/{full.pk}/change/" in page
    assert not news().exists()


def test_who_was_erased_is_not_among_those_to_be_told_by_other_ways(cast, full, register):
    bo = Registration.objects.get(contact__first_name="Bo").contact_id
    delete_contacts(register=register, contacts=[bo])
    publish(full, starts_at=LATER)
    for act in ("change", "cancel"):
        page = text(cast.editor.client.get(f"/admin/events/{full.pk}/{act}/"))
        assert "1 has no e-mail address: tell them yourself. 1 was erased from the register" in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"place": "Boathouse"}, "The place has changed"),
        ({"starts_at": LATER, "address": "Merikatu 1"}, "Time and place have changed"),
    ],
)
def test_what_has_changed_is_named(cast, full, changes, says):
    publish(full, **changes)
    assert says in text(cast.editor.client.get(f"/admin/events/{full.pk}/"))


def test_everybody_who_counts_is_told_once_in_the_words_written(cast, full, register):
    client = cast.editor.client
    eeva = save_contact(register=register, values={"first_name": "Eeva", "email": "eeva@example.org"}, source="test")
    sent = {"state": "sent", "frozen_at": timezone.now(), "compiled": {}}
    EmailMessage.objects.create(
        campaign=EmailCampaign.objects.create(name="Invitation", invites_to=full, **sent),
        contact=eeva,
        address=eeva.email,
        address_key=eeva.email_key,
        state="accepted",
        traffic="bulk",
        message_id="eeva@test",
        handed_at=timezone.now(),
    )
    publish(full, starts_at=LATER, time_zone="Asia/Tokyo")
    page = text(client.get(f"/admin/events/{full.pk}/change/"))
    assert page.count("(Tokyo time, UTC+9)") == 2  # as they know it, and as it is now
    assert "Tell 2 people" in page
    assert "1 has no e-mail address: tell them yourself." in page
    assert "erased" not in page
    assert "1 person is invited and has not answered: this mail does not go there." in page
    press = tell(client, full, subject="Later: {{ event }}")
    assert "on its way to 2 people" in text(press())
    assert "done already" in text(press())
    run_rounds()
    run_rounds()
    assert [(row.address, row.letter["subject"]) for row in news()] == [
        ("anna@example.org", "Later: Summer party"),
        ("bo@example.org", "Later: Summer party"),
    ]
    assert "Half an hour later." in news()[0].letter["text"]
    assert "Tell them" not in text(client.get(f"/admin/events/{full.pk}/"))
    assert Round.objects.filter(kind="changed").count() == 1


def test_the_calendar_entry_of_the_confirmed_moves_with_a_higher_sequence(cast, full, choir):
    before = Client().get(f"{link_of(full)}calendar/").content.decode()
    event = publish(full, starts_at=LATER)
    tell(cast.editor.client, event)()
    run_rounds()
    anna, bo = news()
    (attached,) = attachments(anna)
    assert sequence(attached) > sequence(before)
    assert f"DTSTART:{LATER:%Y%m%dT%H%M%SZ}" in attached
    assert attachments(bo) == []
    cast.editor.client.post(f"/admin/events/{full.pk}/cancel/")
    run_rounds()
    (called_off,) = attachments(EmailMessage.objects.get(kind="event.event_cancelled", contact=anna.contact))
    assert "METHOD:CANCEL" in called_off
    assert sequence(called_off) > sequence(attached)
    assert Client().get(f"{link_of(full)}calendar/").status_code == 404
    assert Client().get(f"{link_of(full)}done/")["Location"] == link_of(full)


def test_who_knows_is_not_written_to(cast, full):
    client = cast.editor.client
    publish(full, starts_at=LATER)
    change = Appointment.objects.get(settled_at=None)
    answer = text(client.post(f"/admin/events/{full.pk}/change/known/", {"change": change.pk}, follow=True))
    assert "Nobody is written to" in answer
    assert "Tell them" not in answer
    run_rounds()
    assert not news().exists()


def test_who_replies_after_the_change_knows_and_a_second_change_is_news_again(cast, full, anna, monkeypatch):
    client = cast.editor.client
    publish(full, starts_at=LATER, capacity=10)
    Client().post("/choir/summer-party/", yes(email="new@example.org"))
    press = tell(client, full)
    publish(full, starts_at=LATER + dt.timedelta(hours=1))
    assert "changed once more" in text(press())
    assert not Round.objects.filter(kind="changed").exists()
    monkeypatch.setattr("organisations.templatetags.figures.number", "{},000".format)
    assert "Tell 3,000 people" in text(client.get(f"/admin/events/{full.pk}/change/"))
    tell(client, full)()
    run_rounds()
    assert [row.address for row in news()] == ["anna@example.org", "bo@example.org", "new@example.org"]
    publish(full, place="Boathouse")
    tell(client, full)()
    run_rounds()
    assert news().count() == 6


def test_who_replies_while_the_earlier_time_is_remembered_is_told_too(cast, full, settings):
    settings.EVENT_MEMORY_SECONDS = 600
    moved = publish(full, capacity=10)
    Client().post("/choir/summer-party/", yes(email="eeva@example.org"))
    moved = publish(moved, starts_at=LATER)
    Client().post("/choir/summer-party/", yes(email="late@example.org"))
    confirmed = EmailMessage.objects.get(address="late@example.org").letter["text"]
    assert full.when in confirmed
    assert moved.when not in confirmed
    assert "The time has changed since 5 people replied." in text(cast.editor.client.get(f"/admin/events/{full.pk}/"))
    tell(cast.editor.client, moved)()
    run_rounds()
    assert moved.when in news().get(address="late@example.org").letter["text"]


def test_so_is_the_first_of_all_who_replies(cast, event, settings):
    """What was sent before, and came to nothing, has let the earlier time be remembered."""
    settings.EVENT_MEMORY_SECONDS = 600
    before = event.when
    assert "Bo" in text(Client().post("/choir/summer-party/", yes(email="")))
    publish(event, starts_at=LATER)
    client, desk = cast.editor.client, f"/admin/events/{event.pk}/"
    assert "has changed since" not in text(client.get(desk))
    Client().post("/choir/summer-party/", yes())
    assert before in EmailMessage.objects.get().letter["text"]
    for page in (desk, "/admin/"):
        assert "The time has changed since 1 person replied." in text(client.get(page))


def test_what_changed_before_anybody_replied_is_not_what_the_guests_know(cast, event):
    moved = publish(event, starts_at=LATER)
    Client().post("/choir/summer-party/", yes())
    publish(event, starts_at=LATER + dt.timedelta(days=2))
    page = text(cast.editor.client.get(f"/admin/events/{event.pk}/change/"))
    assert moved.when in page
    assert event.when not in page


def test_what_needs_nobody_keeps_no_event_from_the_home_page(cast, full, make_event, monkeypatch):
    monkeypatch.setattr("cms.home.MOST", 1)
    unanswered = make_event(title="Unanswered", slug="unanswered", starts_at=LATER - dt.timedelta(days=20))
    publish(unanswered, place="Boathouse")
    for slug in ("over", "off"):
        event = make_event(title=slug, slug=slug, starts_at=LATER - dt.timedelta(days=20))
        Client().post(f"/choir/{slug}/", yes())
        publish(event, place="Boathouse")
    RsvpPage.objects.filter(slug="over").update(starts_at=timezone.now() - dt.timedelta(days=1))
    cast.editor.client.post(f"/admin/events/{event.pk}/cancel/")
    publish(full, place="Boathouse")
    assert "The place has changed since 3 people replied." in text(cast.editor.client.get("/admin/"))


def test_a_mistake_put_right_at_once_is_no_news(cast, full):
    first = RsvpPage.objects.get(pk=full.pk).starts_at
    publish(full, starts_at=LATER)
    publish(full, starts_at=first)
    assert "has changed since" not in text(cast.editor.client.get(f"/admin/events/{full.pk}/"))


def test_nothing_is_asked_where_nobody_has_replied_or_nothing_has_changed(cast, event, anna):
    publish(event, starts_at=LATER)
    seats.reply(page_id=event.pk, contact_id=anna.pk, party=1, waiting_list=True)
    publish(event, title="Summer ball")
    assert "has changed since" not in text(cast.editor.client.get(f"/admin/events/{event.pk}/"))
    assert Appointment.objects.filter(page=event).count() == 2


def test_the_desk_says_that_the_reminder_goes_out_again(cast, full):
    page = RsvpPage.objects.get(pk=full.pk)
    rounds.begin(page=page, kind="reminder_confirmed", before=timezone.now())
    publish(full, starts_at=LATER)
    assert "goes out once more, before the new one" in text(cast.editor.client.get(f"/admin/events/{full.pk}/"))


def test_only_editors_of_the_organisation_tell(cast, full):
    publish(full, starts_at=LATER)
    change = Appointment.objects.get(settled_at=None)
    for path in ("change/", "change/known/"):
        url = f"/admin/events/{full.pk}/{path}"
        assert cast.stranger.client.post(url, {"change": change.pk}).status_code == 404
        assert cast.viewer.client.post(url, {"change": change.pk}).status_code in (302, 403)
        assert cast.editor.client.post(url, {"change": "²"}).status_code == 302
        assert cast.editor.client.get(url).status_code in (200, 302)
    assert Appointment.objects.filter(settled_at=None).count() == 1
    assert not Round.objects.exists()


def link_of(event):
    registration = Registration.objects.seated().get()
    return "/choir" + event.personal_url(registration.contact).partition("/choir")[2]


def sequence(ics):
    return int(re.search(r"SEQUENCE:(\d+)", ics)[1])


def attachments(message):
    return [base64.b64decode(part["content"]).decode() for part in message.letter.get("attachments", [])]
