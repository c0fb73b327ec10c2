"""A form that was opened in time and sent too late: its sender reads why, and nothing is half done."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from mailer.models import EmailMessage
from registers.models import Consent, Contact
from sites.cancellation import cancel_event
from sites.models import Registration, RsvpPage, Submission
from tests.sites.conftest import yes

NOT_SAVED = "The reply you have just sent was not saved."


def run_out(event):
    RsvpPage.objects.filter(pk=event.pk).update(closes_at=timezone.now() - dt.timedelta(seconds=1))


def close(event):
    """The organiser publishes an earlier end of replies."""
    event.closes_at = timezone.now() - dt.timedelta(minutes=1)
    event.save_revision().publish()


def fill(event):
    event.waiting_list = False
    event.capacity = 0
    event.save_revision().publish()


def cancel(event):
    cancel_event(page=event)


def unpublish(event):
    event.unpublish()


MEANWHILE = [
    (run_out, "Replies are closed"),
    (close, "Replies are closed"),
    (fill, "All seats are taken"),
    (cancel, "This event is cancelled"),
    (unpublish, "the page has been taken away, or the link is not whole"),
]


def traces():
    return [model.objects.count() for model in (Registration, Submission, Contact, Consent, EmailMessage)]


@pytest.mark.parametrize(("happens", "reason"), MEANWHILE)
def test_a_form_opened_in_time_and_sent_too_late(event, happens, reason):
    visitor = Client()
    assert 'name="email"' in visitor.get("/choir/summer-party/").content.decode()
    before = traces()
    happens(RsvpPage.objects.get(pk=event.pk))
    response = visitor.post("/choir/summer-party/", yes(), follow=True)
    page = response.content.decode()
    assert reason in page
    assert NOT_SAVED in page or happens is unpublish
    assert response.status_code == (404 if happens is unpublish else 200)
    assert traces() == before


@pytest.mark.parametrize(("happens", "reason"), MEANWHILE)
def test_an_invitation_opened_in_time_and_answered_too_late(event, anna, happens, reason):
    link = event.personal_url(anna).removeprefix("http://localhost:8000")
    guest = Client()
    assert 'value="Anna"' in guest.get(link).content.decode()
    before = traces()
    happens(RsvpPage.objects.get(pk=event.pk))
    page = guest.post(link, yes(first_name="Anneli")).content.decode()
    assert reason in page
    assert NOT_SAVED in page or happens is unpublish
    assert traces() == before
    anna.refresh_from_db()
    assert anna.first_name == "Anna"


@pytest.mark.parametrize(
    ("happens", "reason"), [(close, "Your reply stays as it was"), (cancel, "cancelled meanwhile, so nothing")]
)
def test_a_change_opened_in_time_and_sent_too_late(event, anna, happens, reason):
    link = event.personal_url(anna).removeprefix("http://localhost:8000")
    guest = Client()
    guest.post(link, yes(first_name="Anna"))
    assert "Save my reply" in guest.get(f"{link}change/").content.decode()
    before = Registration.objects.values().get()
    happens(RsvpPage.objects.get(pk=event.pk))
    page = guest.post(link, yes(party_size="2", **{"guest-1-first_name": "Cia"})).content.decode()
    assert reason in page
    assert Registration.objects.values().get() == before


def test_a_no_after_the_event_changes_nothing(event, anna):
    """It would free a seat that was used. Whoever has not answered is turned away as well."""
    link = event.personal_url(anna).removeprefix("http://localhost:8000")
    ended = timezone.now() - dt.timedelta(seconds=1)
    during = {"starts_at": ended - dt.timedelta(hours=2), "ends_at": timezone.now() + dt.timedelta(hours=1)}
    guest = Client()
    guest.post(link, yes(first_name="Anna"))
    RsvpPage.objects.filter(pk=event.pk).update(**during)
    assert "Cancel my seat" in guest.get(link).content.decode()
    RsvpPage.objects.filter(pk=event.pk).update(ends_at=ended)
    assert "Cancel my seat" not in guest.get(link).content.decode()
    before = traces(), Registration.objects.values().get()
    answer = guest.post(link, {"answer": "no"})
    assert answer.status_code == 200
    assert "Replies are closed, so nothing could be changed. Your reply stays as it was." in answer.content.decode()
    assert (traces(), Registration.objects.values().get()) == before
    Registration.objects.all().delete()
    assert NOT_SAVED in guest.post(link, {"answer": "no"}).content.decode()
    assert not Registration.objects.exists()


@pytest.mark.parametrize(("happens", "reason"), MEANWHILE[1:4])
def test_who_has_said_no_and_would_come_after_all_reads_why_they_cannot(event, anna, happens, reason):
    link = event.personal_url(anna).removeprefix("http://localhost:8000")
    guest = Client()
    guest.post(link, {"answer": "no"})
    happens(RsvpPage.objects.get(pk=event.pk))
    assert reason in guest.get(link).content.decode()
    again = guest.post(link, yes(first_name="Anna")).content.decode()
    assert reason in again
    assert ("Replies are closed, so nothing" in again) is (happens is close)
    assert not Registration.objects.get().is_active


def test_a_notice_that_is_opened_by_itself_speaks_of_no_reply(event):
    assert NOT_SAVED not in Client().get("/choir/summer-party/closed/").content.decode()
    assert NOT_SAVED not in Client().get("/choir/summer-party/thank-you/?not-saved").content.decode()


def test_a_party_that_the_form_never_offered_is_refused_and_nothing_typed_is_lost(event):
    before = traces()
    page = Client().post("/choir/summer-party/", yes(party_size="9", last_name="Öhman")).content.decode()
    assert 'href="#id_party_size"' in page
    assert 'value="Öhman"' in page
    assert 'value="bo@example.org"' in page
    assert traces() == before
