"""An invitation carries a link of its own for each recipient, and a click leads there."""

import re
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.rich_text import RichText

from campaigns import schedule
from mailer.campaigns.review import problems_of
from mailer.models import MessageEvent
from mailer.outbox.freezing import start_campaign
from mailer.outbox.sending import send_campaign
from sites.cancellation import cancel_event
from sites.models import ContentPage, RsvpPage
from tests.mailer_engine.conftest import add_contacts, draft_campaign, make_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def invitation(choir):
    body = [
        ("text", RichText("<p>Hei {{ first_name|there }}</p>")),
        ("button", {"label": "Reply", "target": "event", "page": None, "url": ""}),
    ]
    return make_page(choir, slug="invitation", body=body)


def test_each_click_leads_to_the_recipients_own_reply(register, invitation, sender, event, memory):
    contacts = add_contacts(register, 2)
    campaign = draft_campaign(register, invitation, sender, invites_to=event.page_ptr)
    schedule.plan(campaign=campaign, at=timezone.now())
    assert start_campaign(campaign.pk)
    send_campaign(campaign.pk)
    visitor = Client()
    places = {}
    for letter in memory.outbox:
        mail = message_from_bytes(letter.content, policy=policy.default)
        text = mail.get_body(("plain",)).get_content()
        (click,) = re.findall(r"https?://[^/\s]+(/m/c/\S+)", text)
        places[letter.recipient] = visitor.get(click)["Location"]
    assert places == {contact.email: event.personal_url(contact) for contact in contacts}
    assert MessageEvent.objects.filter(kind="click").count() == 2


def test_an_invitation_without_its_event_is_not_ready(register, invitation, sender, memory):
    add_contacts(register, 1)
    campaign = draft_campaign(register, invitation, sender)
    schedule.plan(campaign=campaign, at=timezone.now())
    assert start_campaign(campaign.pk) is False
    campaign.refresh_from_db()
    assert campaign.state == "blocked"


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (lambda event: cancel_event(page=event), "“Summer party” is cancelled"),
        (lambda event: event.unpublish(), "“Summer party” is not published"),
    ],
    ids=["cancelled", "unpublished"],
)
def test_nobody_is_invited_to_what_they_cannot_reply_to(
    cast, register, invitation, sender, event, memory, happens, words
):
    add_contacts(register, 2)
    campaign = draft_campaign(register, invitation, sender, invites_to=event.page_ptr)
    happens(event)
    shown = cast.editor.client.get(reverse("campaigns:show", args=[campaign.pk])).content.decode()
    assert words in shown
    assert "Send to 2 people" not in shown
    schedule.plan(campaign=campaign, at=timezone.now())
    assert start_campaign(campaign.pk) is False
    campaign.refresh_from_db()
    assert campaign.state == "blocked"
    assert words in campaign.problem
    shown = cast.editor.client.get(reverse("campaigns:show", args=[campaign.pk])).content.decode()
    assert "could not start when it was due." in shown
    assert shown.count(words) == 1


def test_the_screens_that_end_an_event_name_the_campaigns_that_will_wait(
    cast, register, page, invitation, sender, event
):
    add_contacts(register, 2)
    at = timezone.now() + timedelta(days=3)
    for name, letter in (("Come & see", invitation), ("Without a link", page)):
        campaign = draft_campaign(register, letter, sender, invites_to=event.page_ptr, name=name)
        schedule.plan(campaign=campaign, at=at)
    draft_campaign(register, invitation, sender, invites_to=event.page_ptr, name="Not planned")
    section = event.get_parent().add_child(instance=ContentPage(title="Season", slug="season"))
    event.move(section, "last-child")
    client = cast.editor.client
    unpublish, delete = (reverse(f"wagtailadmin_pages:{act}", args=[section.pk]) for act in ("unpublish", "delete"))
    for answer in (
        client.get(reverse("events:cancel_event", args=[event.pk])),
        client.get(reverse("wagtailadmin_pages:delete", args=[event.pk])),
        client.get(delete),
        client.post(unpublish, {"include_descendants": "on"}, follow=True),
    ):
        shown = answer.content.decode()
        assert "Come &amp; see" in shown
        assert "planned for" in shown
        assert "will wait for you" in shown
        assert "Without a link" not in shown
        assert "Not planned" not in shown


def test_an_event_that_is_published_before_the_campaign_leaves_is_in_time(register, invitation, sender, event, memory):
    add_contacts(register, 2)
    event.unpublish()
    event.go_live_at = timezone.now() + timedelta(hours=2)
    event.save_revision().publish()
    campaign = draft_campaign(register, invitation, sender, invites_to=event.page_ptr)
    for hours, problems in ((1, 1), (3, 0)):
        schedule.plan(campaign=campaign, at=timezone.now() + timedelta(hours=hours))
        assert len(problems_of(campaign)[0]) == problems


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ({"opens_at": timedelta(days=2)}, "after this has left"),
        ({"closes_at": timedelta(hours=-1)}, "are closed by then"),
        ({"opens_at": timedelta(hours=-1), "closes_at": timedelta(days=2)}, ""),
    ],
)
def test_an_invitation_outside_the_time_of_replies_is_remarked_upon(
    cast, register, invitation, sender, event, memory, times, words
):
    add_contacts(register, 2)
    now = timezone.now()
    RsvpPage.objects.filter(pk=event.pk).update(**{name: now + by for name, by in times.items()})
    campaign = draft_campaign(register, invitation, sender, invites_to=event.page_ptr)
    shown = cast.editor.client.get(reverse("campaigns:show", args=[campaign.pk])).content.decode()
    assert words in shown
    assert ("Replies to “Summer party”" in shown) is bool(words)
    assert "Send to 2 people" in shown


def test_a_letter_without_a_way_to_the_event_it_invites_to_is_remarked_upon(
    cast, choir, register, page, invitation, sender, event, memory
):
    """Such as last year's letter, whose card still names last year's event."""
    add_contacts(register, 2)
    another = event.copy(update_attrs={"slug": "last-year", "title": "Last year"}, keep_live=True)
    card = make_page(choir, slug="card", body=[("event", {"page": another.page_ptr, "button": "Reply"})])
    for letter, told in ((page, True), (card, True), (invitation, False)):
        campaign = draft_campaign(register, letter, sender, invites_to=event.page_ptr)
        shown = cast.editor.client.get(reverse("campaigns:show", args=[campaign.pk])).content.decode()
        assert ("no personal link to “Summer party”" in shown) is told
        assert "Send to 2 people" in shown


def test_a_second_invitation_to_the_same_people_is_remarked_upon(cast, register, invitation, sender, event, memory):
    add_contacts(register, 2)
    first, again, rest = (draft_campaign(register, invitation, sender, invites_to=event.page_ptr) for _n in range(3))
    schedule.plan(campaign=first, at=timezone.now())
    assert start_campaign(first.pk)
    send_campaign(first.pk)
    type(rest).objects.filter(pk=rest.pk).update(audience={"include": [f"event:{event.pk}:unanswered"], "exclude": []})
    for campaign, told in ((again, True), (rest, False)):
        shown = cast.editor.client.get(reverse("campaigns:show", args=[campaign.pk])).content.decode()
        assert "Send to 2 people" in shown
        assert ("has invited to the same event on" in shown) is told


def test_a_campaign_whose_event_was_deleted_stops_and_blames_nobody(register, invitation, sender, event, memory):
    add_contacts(register, 3)
    campaign = draft_campaign(register, invitation, sender, invites_to=event.page_ptr)
    schedule.plan(campaign=campaign, at=timezone.now())
    assert start_campaign(campaign.pk)
    type(campaign).objects.filter(pk=campaign.pk).update(invites_to=None)
    send_campaign(campaign.pk)
    campaign.refresh_from_db()
    assert campaign.state == "paused"
    assert "is gone" in campaign.problem
    assert set(campaign.messages.values_list("state", flat=True)) == {"queued"}
