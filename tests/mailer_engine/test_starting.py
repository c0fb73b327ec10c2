"""A campaign starts once, at its minute, with what was live and who was there; late or not ready, it waits."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page
from wagtail.rich_text import RichText

from campaigns import headcount, schedule
from mailer.models import EmailCampaign, EmailMessage, EmailPage, Link
from mailer.outbox import freezing
from mailer.outbox.freezing import from_identity, start_campaign
from mailer.outbox.sending import send_campaign
from mailer.outbox.sweeps import find_stray_messages, start_due_campaigns
from organisations import scope
from registers.books import create_register
from registers.models import Contact, Group
from registers.suppression import suppress
from tests.mailer_engine.conftest import add_contacts, draft_campaign, states

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.takes(5)]


def plan_now(campaign):
    schedule.plan(campaign=campaign, at=timezone.now() - timedelta(seconds=1))


def test_it_freezes_the_letter_and_one_message_per_address(draft, memory, page):
    page.sender_name = "Eeva of the choir"
    page.save_revision().publish()
    plan_now(draft)
    assert start_campaign(draft.pk) is True
    draft.refresh_from_db()
    assert draft.state == "sending"
    assert states(draft) == {"queued": 3}
    assert [link.url for link in Link.objects.all()] == ["https://choir.example/programme"]
    ids = list(EmailMessage.objects.values_list("message_id", flat=True))
    assert len(set(ids)) == 3
    assert all(message_id.endswith("@choir.example") for message_id in ids)
    page.subject = "Changed afterwards"
    page.save()
    add_contacts(Contact.objects.first().register, 1, start=50)
    send_campaign(draft.pk)
    assert len(memory.outbox) == 3
    assert not any(b"Changed afterwards" in letter.content for letter in memory.outbox)
    assert all(b"From: Eeva of the choir <choir@choir.example>" in letter.content for letter in memory.outbox)


def test_it_starts_once_however_often_it_is_asked(draft, memory, swept):
    plan_now(draft)
    assert swept(find_stray_messages, "urgent") == 1
    before = list(EmailMessage.objects.order_by("pk").values_list("pk", "message_id"))
    assert start_campaign(draft.pk) is False
    assert swept(start_due_campaigns, "urgent") == 0
    assert list(EmailMessage.objects.order_by("pk").values_list("pk", "message_id")) == before
    assert swept(find_stray_messages, "bulk")
    assert states(draft) == {"accepted": 3}
    assert swept(find_stray_messages, "bulk") == 0


def test_an_unplanned_campaign_does_not_start(draft, memory):
    assert start_campaign(draft.pk) is False
    schedule.plan(campaign=draft, at=timezone.now() + timedelta(hours=1))
    assert start_campaign(draft.pk) is False
    assert states(draft) == {}


def test_a_campaign_that_missed_its_time_waits_for_a_person(draft, memory, settings):
    schedule.plan(campaign=draft, at=timezone.now() - settings.SEND_GRACE - timedelta(seconds=1))
    assert start_campaign(draft.pk) is False
    start_due_campaigns()
    draft.refresh_from_db()
    assert draft.state == "late"
    assert states(draft) == {}
    plan_now(draft)
    assert start_campaign(draft.pk) is True


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"page": None}, "Choose the e-mail"),
        ({"sender": None}, "Choose a sender"),
        ({"audience": {"include": [], "exclude": []}}, "Choose who gets it"),
        ({"audience": {"include": ["group:99999"], "exclude": []}}, "does not exist any more"),
    ],
)
def test_a_campaign_that_is_not_ready_says_what_to_do(draft, memory, change, words):
    for name, value in change.items():
        setattr(draft, name, value)
    draft.save()
    plan_now(draft)
    assert start_campaign(draft.pk) is False
    draft.refresh_from_db()
    assert draft.state == "blocked"
    assert words in draft.problem
    assert states(draft) == {}


def test_an_e_mail_that_is_only_a_draft_is_not_sent(draft, memory, page):
    page.unpublish()
    plan_now(draft)
    assert start_campaign(draft.pk) is False
    draft.refresh_from_db()
    assert "not ready" in draft.problem


def test_what_the_e_mail_shows_or_leads_to_and_that_is_gone_stops_it_in_words(draft, memory, page, editor):
    programme = page.get_parent().add_child(instance=EmailPage(title="Programme", slug="programme", subject="x"))
    button = {"label": "See", "target": "page", "page": programme, "url": ""}
    page.body = [
        ("columns", {"left": [("button", button)], "right": [("picture", {"picture": None})]}),
        ("text", RichText(f'<p><a linktype="page" id="{programme.pk}">see</a></p>')),
    ]
    page.save()
    for happens, words in (
        (lambda: None, ["picture of the e-mail has been deleted"]),
        (lambda: Page.objects.filter(title="Programme").update(live=False), ["“Programme” is not published"]),
        (programme.delete, ["A button of the e-mail leads to a page", "A link in the text leads to a page"]),
    ):
        happens()
        plan_now(draft)
        assert start_campaign(draft.pk) is False
        draft.refresh_from_db()
        assert draft.state == "blocked"
        shown = editor.get(reverse("campaigns:show", args=[draft.pk])).content.decode()
        assert [shown.count(each) for each in words if each in draft.problem] == [1] * len(words)


def test_a_merge_field_that_the_register_does_not_have_stops_it_in_words(draft, memory, page):
    page.subject = "Hei {{ nickname|there }}"
    page.save()
    plan_now(draft)
    assert start_campaign(draft.pk) is False
    draft.refresh_from_db()
    assert draft.state == "blocked"
    assert "“nickname”" in draft.problem


def test_an_installation_without_a_mail_server_says_so(draft, settings):
    settings.EMAIL_URL = ""
    plan_now(draft)
    assert start_campaign(draft.pk) is False
    draft.refresh_from_db()
    assert "EMAIL_URL is not set" in draft.problem


def test_one_message_per_address_and_the_oldest_living_contact_gets_it(register, page, sender, memory):
    other = create_register(name="Friends")
    dead = Contact.objects.create(register=register, first_name="Dead", email="a@x.example", deceased=True)
    old = Contact.objects.create(register=other, first_name="Old", email="A@X.example")
    Contact.objects.create(register=register, first_name="Young", email="a@x.example")
    Contact.objects.create(register=register, first_name="Nobody", email="")
    campaign = draft_campaign(
        register, page, sender, audience={"include": [f"register:{register.pk}", f"register:{other.pk}"], "exclude": []}
    )
    plan_now(campaign)
    start_campaign(campaign.pk)
    (message,) = EmailMessage.objects.all()
    assert message.contact_id == old.pk
    assert dead.pk < old.pk


def test_whoever_is_left_out_is_left_out_by_address(register, page, sender, memory):
    add_contacts(register, 4)
    other = create_register(name="Board")
    twin = Contact.objects.create(register=other, first_name="Twin", email="P1@singers.example")
    group = Group.objects.create(register=other, name="Have answered")
    group.memberships.create(contact=twin)
    audience = {"include": [f"register:{register.pk}"], "exclude": [f"group:{group.pk}"]}
    count = headcount.count(audience)
    assert (count.chosen, count.sendable, count.excluded) == (4, 3, 1)
    campaign = draft_campaign(register, page, sender, audience=audience)
    plan_now(campaign)
    start_campaign(campaign.pk)
    assert set(EmailMessage.objects.values_list("address", flat=True)) == {
        "p0@singers.example", "p2@singers.example", "p3@singers.example",
    }  # fmt: skip


def test_a_group_to_leave_out_that_is_deleted_while_it_starts_stops_it(register, page, sender, memory, monkeypatch):
    add_contacts(register, 4)
    group = Group.objects.create(register=register, name="Have answered")
    group.memberships.create(contact=Contact.objects.first())
    audience = {"include": [f"register:{register.pk}"], "exclude": [f"group:{group.pk}"]}
    campaign = draft_campaign(register, page, sender, audience=audience)
    plan_now(campaign)

    def meanwhile(campaign):
        group.delete()
        return from_identity(campaign)

    monkeypatch.setattr(freezing, "from_identity", meanwhile)
    assert start_campaign(campaign.pk) is False
    campaign.refresh_from_db()
    assert campaign.state == "blocked"
    assert "does not exist any more" in campaign.problem
    assert not EmailMessage.objects.exists()


def test_who_is_suppressed_is_counted_and_listed_and_gets_nothing(draft, register, memory):
    suppress(
        organisation_id=register.organisation_id, channel="email", address="p1@singers.example", kind="unsubscribed"
    )
    Contact.objects.filter(email_key="p2@singers.example").update(deceased=True)
    count = headcount.count(draft.audience)
    assert (count.sendable, dict(count.suppressed)) == (1, {"unsubscribed": 1, "deceased": 1})
    plan_now(draft)
    start_campaign(draft.pk)
    assert states(draft) == {"queued": 1, "suppressed": 2}
    send_campaign(draft.pk)
    draft.refresh_from_db()
    assert draft.state == "sent"
    assert [letter.recipient for letter in memory.outbox] == ["p0@singers.example"]


def test_an_audience_never_reaches_into_another_organisation(cast, draft):
    with scope.organisation(cast.theatre.pk):
        foreign = create_register(name="Actors")
        add_contacts(foreign, 5, start=100)
    audience = {"include": [f"register:{foreign.pk}"], "exclude": []}
    assert headcount.count(audience).chosen == 0
    EmailCampaign.objects.filter(pk=draft.pk).update(audience=audience)
    draft.refresh_from_db()
    plan_now(draft)
    assert start_campaign(draft.pk) is False


def test_six_thousand_recipients_are_frozen_in_seconds(register, page, sender, memory):
    add_contacts(register, 6_000)
    campaign = draft_campaign(register, page, sender)
    plan_now(campaign)
    begun = timezone.now()
    start_campaign(campaign.pk)
    assert states(campaign) == {"queued": 6_000}
    assert timezone.now() - begun < timedelta(seconds=5)
