"""Deleting what replies hang on, in the admin."""

import html

from django.test import Client
from django.urls import reverse

from mailer.models import EmailIndexPage
from registers.books import create_register
from registers.models import AccessLog, Contact, Register
from sites.models import Registration, RsvpPage, Submission
from tests.sites.conftest import yes


def test_an_event_is_deleted_with_its_replies_after_a_warning(event, cast):
    Client().post("/choir/summer-party/", yes())
    down = reverse("wagtailadmin_pages:unpublish", args=[event.pk])
    assert "1 person has replied and is not told" in cast.editor.client.get(down).content.decode()
    address = reverse("wagtailadmin_pages:delete", args=[event.pk])
    assert "1 reply is deleted with this event" in cast.editor.client.get(address).content.decode()
    assert cast.editor.client.post(address).status_code == 302
    assert not RsvpPage.objects.exists()
    assert not Registration.objects.exists()
    assert not Submission.objects.exists()
    assert Contact.objects.count() == 1


def test_who_takes_down_what_an_event_hangs_below_reads_that_its_links_lead_nowhere_then(event, cast):
    Client().post("/choir/summer-party/", yes())
    home, many = event.get_parent(), "/admin/bulk/wagtailcore/page/unpublish/?next=/admin/"
    for asks in (reverse("wagtailadmin_pages:unpublish", args=[home.pk]), f"{many}&id={home.pk}"):
        assert "subpages too, 1 event closes" in cast.editor.client.get(asks).content.decode()
    asked = cast.editor.client.get(f"{many}&id={event.pk}").content.decode()
    assert "1 person has replied and is not told" in asked
    assert "event closes" not in asked
    event.unpublish()
    assert "event closes" not in cast.editor.client.get(f"{many}&id={home.pk}").content.decode()


def test_what_all_pages_hang_below_stays(event, cast, choir):
    client, home = cast.editor.client, event.get_parent()
    mails = EmailIndexPage.objects.child_of(home).get()
    for page in (home, mails):
        for act in ("delete", "copy"):
            address = reverse(f"wagtailadmin_pages:{act}", args=[page.pk])
            answer = client.post(address, {"confirm_site_name": "Kokoon"}, follow=True)
            assert f"“{page.title}” stays" in html.unescape(answer.content.decode())
    several = f"/admin/bulk/wagtailcore/page/delete/?id={event.pk}&id={mails.pk}&next=/admin/"
    Client().post("/choir/summer-party/", yes())
    assert "1 reply is deleted with the events" in client.get(several).content.decode()
    assert client.post(several).status_code == 302
    assert home.get_children().count() == 2


def test_a_register_that_an_event_uses_stays_and_says_why(event, cast, register, anna):
    address = reverse("registers:delete", args=[register.pk])
    asked = cast.owner.client.get(address)
    answer = cast.owner.client.post(address, {"typed": register.name})
    assert (asked.status_code, answer.status_code) == (200, 422)
    for page in (asked.content.decode(), answer.content.decode()):
        assert "Event: Summer party" in page
        assert "will be gone" not in page
        assert "Delete 1 contact" not in page
    assert Register.objects.filter(pk=register.pk).exists()
    assert Contact.objects.filter(pk=anna.pk).exists()
    assert not AccessLog.objects.filter(action="delete").exists()


def test_an_event_that_came_in_between_keeps_the_register(event, cast, register, anna, monkeypatch):
    """The question was asked before there was an event: what decides is the deletion itself."""
    monkeypatch.setattr("registers.views.registers.users_of", lambda register: [])
    address = reverse("registers:delete", args=[register.pk])
    assert "Delete 1 contact" in cast.owner.client.get(address).content.decode()
    answer = cast.owner.client.post(address, {"typed": register.name})
    assert answer.status_code == 422
    assert "Event: Summer party" in answer.content.decode()
    assert Contact.objects.filter(pk=anna.pk).exists()
    assert not AccessLog.objects.filter(action="delete").exists()


def test_a_register_that_only_a_draft_names_stays_too(event, cast, choir, register):
    """The page could not be opened again, to name another one."""
    event.register = other = create_register(name="Friends")
    event.save_revision()
    answer = cast.owner.client.post(reverse("registers:delete", args=[other.pk]), {"typed": "Friends"})
    assert (answer.status_code, Register.objects.count()) == (422, 2)
    assert "Event: Summer party" in answer.content.decode()


def test_without_its_event_the_register_can_go(event, cast, register, anna):
    cast.editor.client.post(reverse("wagtailadmin_pages:delete", args=[event.pk]))
    address = reverse("registers:delete", args=[register.pk])
    assert cast.owner.client.post(address, {"typed": register.name}).status_code == 302
    assert not Register.objects.exists()
    assert not Contact.objects.exists()
