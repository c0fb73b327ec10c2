"""The desk promises a mail only where one gets through, and says whom to call instead."""

import pytest
from django.urls import reverse

from mailer.answers.tracking import record
from mailer.campaigns import wording
from mailer.models import EmailCampaign, EmailMessage
from registers.contacts import save_contact
from registers.suppression import suppress
from sites import seats
from sites.audiences import unanswered
from tests.mailer_engine.conftest import running_campaign
from tests.sites.conftest import text


@pytest.fixture
def guests(event, register):
    """By name: of whose addresses one works, one is dead, one has complained; and one person has died."""
    made = {}
    for name in ("Works", "Bounced", "Complained", "Deceased"):
        values = {"first_name": name, "email": f"{name.lower()}@example.org"}
        made[name] = save_contact(register=register, values=values, source="test")
    for name, kind in (("Bounced", "hard_bounce"), ("Complained", "complaint")):
        suppress(organisation_id=event.organisation.pk, channel="email", address=made[name].email, kind=kind)
    save_contact(register=register, contact=made["Deceased"], values={"deceased": True}, source="test")
    return made


def seat(event, guests):
    for guest in guests.values():
        seats.reply(page_id=event.pk, contact_id=guest.pk, party=1, waiting_list=True)


@pytest.mark.parametrize("name", ["Bounced", "Complained", "Deceased", "Works"])
def test_of_one_reply(cast, event, guests, name):
    desk, contact = cast.editor.client, guests[name]
    form = {"answer": "yes", "first_name": name, "last_name": "", "email": contact.email, "party_size": 1}
    added = desk.post(f"{reverse('events:add_reply', args=[event.pk])}?contact={contact.pk}", form, follow=True)
    assert f"{name} is confirmed, 1 person." in text(added)
    assert ("No e-mail reaches them: call them." in text(added)) == (name != "Works")
    assert ("A confirmation is on its way." in text(added)) == (name == "Works")
    reply = event.registrations.get(contact=contact)
    url = reverse("events:cancel_reply", args=[event.pk, reply.pk])
    assert ("A mail that says so goes to" in text(desk.get(url))) == (name == "Works")
    assert ("No e-mail reaches them" in text(desk.post(url, follow=True))) == (name != "Works")


def test_of_a_whole_event(cast, event, guests):
    seat(event, guests)
    url = reverse("events:cancel_event", args=[event.pk])
    asked = text(cast.editor.client.get(url))
    assert "Cancel the event and tell 1 person" in asked
    assert "No e-mail reaches 3, who are marked in the list: call them." in asked
    assert "1 person is being told." in text(cast.editor.client.post(url, follow=True))


def test_whoever_opened_the_invitation_has_it(cast, event, register):
    """Whatever its server has said, or not said."""
    campaign = running_campaign(register, count=4)
    EmailCampaign.objects.filter(pk=campaign.pk).update(invites_to=event.page_ptr, state="sent")
    unknown, deferred, rejected, silent = campaign.messages.order_by("pk")
    for message in (unknown, deferred, rejected):
        record(message=message, kind="click")
    for message, state in ((unknown, "unknown"), (deferred, "deferred"), (rejected, "rejected"), (silent, "unknown")):
        EmailMessage.objects.filter(pk=message.pk).update(state=state)
    assert {contact.pk for contact in unanswered(event.pk)} == {
        message.contact_id for message in (unknown, deferred, rejected)
    }
    reached = wording.people(3)
    for screen in ("/admin/campaigns/", f"/admin/campaigns/{campaign.pk}/"):
        assert reached in text(cast.editor.client.get(screen))
