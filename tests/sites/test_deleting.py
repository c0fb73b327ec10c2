"""Deleting what replies hang on, in the admin."""

from django.test import Client
from django.urls import reverse

from registers.models import Contact, Register
from sites.models import Registration, RsvpPage, Submission
from tests.sites.conftest import yes


def test_an_event_is_deleted_with_its_replies_after_a_warning(event, cast):
    Client().post("/choir/summer-party/", yes())
    address = reverse("wagtailadmin_pages:delete", args=[event.pk])
    assert "1 reply is deleted with this event" in cast.editor.client.get(address).content.decode()
    assert cast.editor.client.post(address).status_code == 302
    assert not RsvpPage.objects.exists()
    assert not Registration.objects.exists()
    assert not Submission.objects.exists()
    assert Contact.objects.count() == 1


def test_a_register_that_an_event_uses_stays(event, cast, register):
    response = cast.owner.client.post(reverse("registers:delete", args=[register.pk]))
    assert response.status_code == 422
    assert Register.objects.filter(pk=register.pk).exists()
