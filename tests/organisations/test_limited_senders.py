"""Who sees a part only writes to the people of that part, whatever the audience is called."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from mailer.models import EmailCampaign, EmailMessage, MessageEvent
from mailer.outbox.freezing import start_campaign
from mailer.outbox.sending import send_campaign
from mailer.transports.memory import MemoryTransport
from organisations import reach
from organisations.models import Role
from organisations.roles import reach_of
from registers.books import create_register
from registers.contacts import save_contact
from registers.memberships import add_to_group
from registers.models import Contact, Group, GroupMembership, Segment
from sites.models import RsvpPage
from sites.seats import reply
from tests.cast import person
from tests.mailer_engine.conftest import make_page, words
from tests.mailer_engine.test_screens import NEW, form, seen
from tests.organisations.part import limit, plain
from tests.organisations.singers import recipients, refreshed

pytestmark = pytest.mark.django_db


def test_a_whole_register_is_the_part_of_it_that_is_seen(singers):
    client = singers.limited.client
    new = words(client.get(NEW))
    assert "Singers (in part)" in new
    assert "Altos (Singers)" in new
    refs = [singers.everybody, f"group:{singers.basses.pk}"]
    assert client.get(reverse("campaigns:sizes"), {"ref": refs}).json() == {"sizes": {singers.everybody: "2"}}
    assert "Basses" not in new
    assert "It reaches only people within Altos (Singers), whatever is ticked here." in new
    counted = client.get(reverse("campaigns:count"), {"include": singers.everybody}).json()
    assert counted["sentence"] == "2 people will get it."
    campaign = singers.make(client)
    page = words(client.get(reverse("campaigns:show", args=[campaign.pk])))
    assert "2 people will get this as soon as you confirm." in page
    assert "It reaches only people within Altos (Singers)" in page
    assert f"/admin/pages/{singers.page.pk}/" not in page
    assert "It is on its way" in singers.confirm(client, campaign)
    assert start_campaign(campaign.pk)  # the worker sees everything
    assert recipients(campaign) == {"anu", "aila"}


def test_nobody_beyond_is_counted_or_written_to_though_their_group_is_named(singers):
    client, beyond = singers.limited.client, f"group:{singers.basses.pk}"
    asked = {"include": [beyond, f"group:{singers.altos.pk}"]}
    assert client.get(reverse("campaigns:count"), asked).json()["sentence"] == "2 people will get it."
    refused = client.post(NEW, form(singers.register, singers.page, singers.sender, include=[beyond]))
    assert "is not one of the available choices" in words(refused)
    segment = Segment.objects.create(register=singers.register, name="All", rule={"match": "all", "conditions": []})
    asked = client.get(reverse("campaigns:count"), {"include": [f"segment:{segment.pk}"]})
    assert asked.json()["sentence"].startswith("0 people")


def test_leaving_out_what_one_does_not_see_tells_nothing_of_it(singers):
    add_to_group(group=singers.basses, contacts=[singers.anu.pk])
    segment = Segment.objects.create(register=singers.register, name="All", rule={"match": "all", "conditions": []})
    for beyond in (f"group:{singers.basses.pk}", f"segment:{segment.pk}"):
        asked = {"include": [singers.everybody], "exclude": [beyond]}
        counted = singers.limited.client.get(reverse("campaigns:count"), asked).json()["sentence"]
        assert counted == "2 people will get it."


def test_who_is_left_out_is_left_out_wherever_they_stand(singers):
    """Bo, whom Liisa does not see, shares Anu's address."""
    Contact.objects.filter(pk=singers.bo.pk).update(email="anu@singers.example", email_key="anu@singers.example")
    client = singers.limited.client
    other = create_register(name="Board")
    boss = save_contact(register=other, values={"first_name": "Boss", "email": "aila@singers.example"}, source="test")
    here = Group.objects.create(register=other, name="Here")
    add_to_group(group=here, contacts=[save_contact(register=other, values={"first_name": "C"}, source="test").pk])
    limit(singers.choir, singers.limited, f"group:{singers.altos.pk}", f"group:{here.pk}")
    campaign = singers.make(client, include=[f"group:{singers.altos.pk}"], exclude=[f"register:{other.pk}"])
    assert "1 person will get this" in words(client.get(reverse("campaigns:show", args=[campaign.pk])))
    singers.confirm(client, campaign)
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu"}
    assert EmailMessage.objects.get(campaign=campaign).contact_id == singers.anu.pk
    assert boss.pk not in EmailMessage.objects.filter(campaign=campaign).values_list("contact", flat=True)


def test_the_report_and_the_acts_are_there(singers):
    client = singers.limited.client
    campaign = singers.make(client)
    assert "A test is on its way to" in words(client.post(reverse("campaigns:test", args=[campaign.pk]), follow=True))
    assert "Test to liisa@choir.example" in words(client.get(reverse("campaigns:show", args=[campaign.pk])))
    singers.confirm(client, campaign)
    start_campaign(campaign.pk)
    for act, state in (("pause", "paused"), ("resume", "sending")):
        client.post(reverse(f"campaigns:{act}", args=[campaign.pk]))
        assert refreshed(campaign).state == state
    send_campaign(campaign.pk)
    assert {letter.recipient for letter in MemoryTransport.outbox} == {"anu@singers.example", "aila@singers.example"}
    link = campaign.links.model.objects.create(campaign=campaign, position=9, url="https://choir.example/notes")
    for message in EmailMessage.objects.filter(campaign=campaign, traffic="bulk"):
        for kind in ("open", "click"):
            MessageEvent.objects.create(campaign=campaign, message=message, kind=kind, link=link)
    report = words(client.get(reverse("campaigns:show", args=[campaign.pk])))
    assert "Of 2 people, 2 opened it, 2 clicked a link" in report
    people = reverse("campaigns:people", args=[campaign.pk, "opened"])
    assert "aila@singers.example" in words(client.get(people))
    assert "Singers" not in words(client.get(reverse("campaigns:automatic")))
    GroupMembership.objects.filter(contact=singers.aila).delete()  # she sings alto no more
    assert "aila@singers.example" not in words(client.get(people))
    report = words(client.get(reverse("campaigns:show", args=[campaign.pk])))
    assert "Of 1 person, 1 opened it, 1 clicked a link" in report
    charted = re.findall(r"</th><td>(\d+)</td><td>(\d+)</td></tr>", report)
    assert [sum(map(int, column)) for column in zip(*charted, strict=True)] == [1, 1]
    assert '<td>1</td><td>1</td><td><span class="campaign-quiet campaign-url">https://choir.example/notes' in report


def test_what_waits_is_cancelled_and_what_is_not_known_is_sent_again(singers):
    client = singers.limited.client
    campaign = singers.make(client)
    singers.confirm(client, campaign)
    start_campaign(campaign.pk)
    EmailMessage.objects.filter(campaign=campaign).update(state="unknown")
    client.post(reverse("campaigns:resend", args=[campaign.pk]))
    assert set(EmailMessage.objects.filter(campaign=campaign).values_list("state", flat=True)) == {"queued"}
    answer = client.post(reverse("campaigns:cancel", args=[campaign.pk]), follow=True)
    assert "Cancelled. 2 people will not get it." in words(answer)


def test_what_goes_beyond_is_not_there(singers):
    editor, client = singers.cast.editor.client, singers.limited.client
    campaign = singers.make(editor)
    assert "Autumn" not in words(client.get(reverse("campaigns:index")))
    missing = client.get(reverse("campaigns:show", args=[987_654])).content
    for name in ("show", "edit", "delete", "confirm", "test", "progress"):
        url = reverse(f"campaigns:{name}", args=[campaign.pk])
        for answer in (client.get(url), client.post(url, {"now": "1", "seen": seen(editor, campaign)})):
            assert answer.status_code in {404, 405}, url
            assert answer.status_code == 405 or answer.content == missing
    assert refreshed(campaign).state == "draft"


def test_no_screen_tells_of_anybody_beyond(singers):
    """All of them are the same, letter by letter, once whoever is beyond has been erased."""
    client = singers.limited.client
    campaign = singers.make(client)
    singers.confirm(client, campaign)
    start_campaign(campaign.pk)
    others = singers.make(singers.cast.editor.client, name="Others")
    urls = [NEW, reverse("campaigns:index"), f"{reverse('campaigns:count')}?include={singers.everybody}"]
    urls += [reverse(f"campaigns:{name}", args=[campaign.pk]) for name in ("show", "progress", "cancel", "resend")]
    urls.append(reverse("campaigns:people", args=[campaign.pk, "all"]))
    before = [plain(client.get(url)) for url in urls]
    others.delete()
    singers.bo.delete()
    Group.objects.filter(pk=singers.basses.pk).delete()
    assert [plain(client.get(url)) for url in urls] == before


def test_a_colleague_who_sees_the_same_or_more_sees_it_and_stays_within_it(singers):
    campaign = singers.make(singers.limited.client)
    narrow = person(singers.choir, Role.SENDER, "Nelli")
    limit(singers.choir, narrow, f"group:{singers.low.pk}", role=Role.SENDER)
    wide = person(singers.choir, Role.SENDER, "Wilma")
    limit(singers.choir, wide, singers.everybody, role=Role.SENDER)
    show, owner = reverse("campaigns:show", args=[campaign.pk]), singers.cast.owner.client
    assert narrow.again().client.get(show).status_code == 404
    for client in (wide.again().client, owner):
        assert "2 people will get this" in words(client.get(show))
    edit = reverse("campaigns:edit", args=[campaign.pk])
    assert "Singers (in part)" in words(owner.get(edit))
    asked = {"ref": singers.everybody, "campaign": campaign.pk}
    assert owner.get(reverse("campaigns:sizes"), asked).json() == {"sizes": {singers.everybody: "2"}}
    counting = {"include": singers.everybody, "campaign": campaign.pk}
    assert owner.get(reverse("campaigns:count"), counting).json()["sentence"] == "2 people will get it."
    owner.post(edit, form(singers.register, singers.page, singers.sender, name="Corrected"))
    singers.confirm(owner, campaign)
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu", "aila"}
    assert "Corrected" in words(singers.limited.client.get(reverse("campaigns:index")))


def test_a_letter_of_a_register_beyond_is_not_offered(singers):
    hidden = create_register(name="Board")
    letter = make_page(singers.choir, slug="board", title="To the board", register=hidden)
    client = singers.limited.client
    assert "To the board" not in words(client.get(NEW))
    assert client.get(NEW, {"page": letter.pk}).status_code == 404
    refused = client.post(NEW, form(singers.register, letter, singers.sender))
    assert "Select a valid choice" in words(refused)


def test_a_sender_who_sees_a_part_confirms_but_does_not_write(singers):
    campaign = singers.make(singers.limited.client)
    limit(singers.choir, singers.limited, f"group:{singers.altos.pk}", role=Role.SENDER)
    client = singers.limited.again().client
    assert client.get(NEW).status_code == 302
    assert "It is on its way" in singers.confirm(client, campaign)
    limit(singers.choir, singers.limited, f"group:{singers.altos.pk}", role=Role.VIEWER)
    viewer = singers.limited.again().client
    assert viewer.post(reverse("campaigns:unplan", args=[campaign.pk])).status_code == 302
    assert refreshed(campaign).state == "scheduled"


def test_what_is_written_down_is_what_was_given(singers):
    campaign = singers.make(singers.limited.client)
    assert campaign.reach == {"registers": [], "groups": [singers.altos.pk]}
    assert singers.make(singers.cast.editor.client).reach is None
    with reach.limited(reach_of(singers.limited.user, singers.choir.pk)):
        assert list(EmailCampaign.objects.all()) == [campaign]


def test_guests_of_an_event_are_an_audience_as_far_as_they_are_seen(singers):
    """Anu and Bo have said yes. Nobody whom Liisa sees was asked to the other event."""
    events = {}
    for title in ("Party", "Board meeting"):
        starts = timezone.now() + timedelta(days=9)
        event = RsvpPage(title=title, slug=slugify(title), starts_at=starts, register=singers.register)
        singers.choir.home_page.add_child(instance=event)
        event.save_revision().publish()
        events[title] = event.pk
    for contact in (singers.anu, singers.bo):
        reply(page_id=events["Party"], contact_id=contact.pk, party=1, waiting_list=False)
    reply(page_id=events["Board meeting"], contact_id=singers.bo.pk, party=1, waiting_list=False)
    hidden = create_register(name="Board")
    secret = RsvpPage(title="Secret", slug="secret", starts_at=starts, register=hidden)
    singers.choir.home_page.add_child(instance=secret)
    secret.save_revision().publish()
    client, coming = singers.limited.client, f"event:{events['Party']}:confirmed"
    new = words(client.get(NEW))
    assert "Party: confirmed" in new
    assert client.get(reverse("campaigns:sizes"), {"ref": coming}).json() == {"sizes": {coming: "1"}}
    assert "Board meeting: confirmed" not in new
    assert "Secret" not in new
    refused = client.post(NEW, form(singers.register, singers.page, singers.sender, invites_to=secret.pk))
    assert "Select a valid choice" in words(refused)
    campaign = singers.make(client, include=[coming], invites_to=events["Board meeting"])
    assert campaign.invites_to_id == events["Board meeting"]
    singers.confirm(client, campaign)
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu"}
    others = singers.make(client, name="Rest", exclude=[coming])
    singers.confirm(client, others)
    assert start_campaign(others.pk)
    assert recipients(others) == {"aila"}


def test_of_whom_no_open_was_seen_are_those_within_reach_of_ones_own_campaigns(singers):
    of_all, own = singers.make(singers.cast.owner.client), singers.make(singers.limited.client)
    for client, campaign in ((singers.cast.owner.client, of_all), (singers.limited.client, own)):
        singers.confirm(client, campaign)
        assert start_campaign(campaign.pk)
        campaign.messages.update(state="accepted", handed_at=timezone.now())
        EmailCampaign.objects.filter(pk=campaign.pk).update(state="sent")
    client, refs = singers.limited.client, [f"unopened:{campaign.pk}" for campaign in (of_all, own)]
    assert client.get(f"{NEW}?unopened={of_all.pk}").status_code == 404
    assert f"?unopened={own.pk}" in client.get(reverse("campaigns:show", args=[own.pk])).text
    assert client.get(reverse("campaigns:sizes"), {"ref": refs}).json() == {"sizes": {refs[1]: "2"}}
    refused = client.post(NEW, form(singers.register, singers.page, singers.sender, include=refs))
    assert "is not one of the available choices" in words(refused)
    again = singers.make(client, include=refs[1:])
    singers.confirm(client, again)
    GroupMembership.objects.filter(contact=singers.anu).delete()  # she goes out of reach
    assert start_campaign(again.pk)
    assert recipients(again) == {"aila"}


def test_who_sees_a_part_sends_tests_to_themselves_and_sees_no_others(singers):
    client = singers.limited.client
    campaign = singers.make(client)
    test = reverse("campaigns:test", args=[campaign.pk])
    assert "a test goes to your own address" in words(client.post(test, {"to": singers.bo.email}, follow=True))
    singers.cast.owner.client.post(test, {"to": singers.bo.email})
    assert f"Test to {singers.bo.email}" in words(
        singers.cast.owner.client.get(reverse("campaigns:show", args=[campaign.pk]))
    )
    client.post(test)
    shown = words(client.get(reverse("campaigns:show", args=[campaign.pk])))
    assert singers.bo.email not in shown
    assert f"Test to {singers.limited.user.email}" in shown
