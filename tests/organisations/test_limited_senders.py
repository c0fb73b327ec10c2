"""Who sees a part only writes to the people of that part, whatever the audience is called."""

from copy import copy
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from mailer.models import EmailCampaign, EmailMessage, MessageEvent, Sender
from mailer.outbox.freezing import start_campaign
from mailer.outbox.sending import send_campaign
from mailer.transports.memory import MemoryTransport
from organisations import reach, scope
from organisations.access import remove_member, set_member
from organisations.models import Role, User
from organisations.roles import reach_of
from registers.books import create_register
from registers.contacts import save_contact
from registers.memberships import add_to_group
from registers.models import Contact, Group, GroupMembership, Segment
from sites.models import RsvpPage
from sites.seats import reply
from tests.cast import Cast, make_cast, person
from tests.mailer_engine.conftest import make_page, words
from tests.mailer_engine.test_screens import NEW, form, seen
from tests.organisations.part import limit, plain
from tests.stage import Stage, begins_with, stage

pytestmark = pytest.mark.django_db


class House:
    """A register with the groups Altos (and below them Low altos) and Basses; Anu and Aila sing alto, Bo bass."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.choir = cast, cast.choir
        self.register = create_register(name="Singers")
        self.altos = Group.objects.create(register=self.register, name="Altos")
        self.low = Group.objects.create(register=self.register, name="Low altos", parent=self.altos)
        self.basses = Group.objects.create(register=self.register, name="Basses")
        self.anu, self.aila, self.bo = (
            self.sing(*who) for who in (("Anu", self.altos), ("Aila", self.low), ("Bo", self.basses))
        )
        self.page = make_page(self.choir)
        self.sender = Sender.objects.create(name="Choir", email="choir@choir.example")
        self.limited = person(self.choir, Role.EDITOR, "Liisa")
        limit(self.choir, self.limited, f"group:{self.altos.pk}")
        self.limited = self.limited.again()

    def sing(self, name: str, group: Group) -> Contact:
        values = {"first_name": name, "email": f"{name.lower()}@singers.example"}
        contact = save_contact(register=self.register, values=values, source="test")
        add_to_group(group=group, contacts=[contact.pk])
        return contact

    @property
    def everybody(self) -> str:
        return f"register:{self.register.pk}"

    def make(self, client, **changes) -> EmailCampaign:
        response = client.post(NEW, form(self.register, self.page, self.sender, **changes))
        assert response.status_code == 302, words(response)
        return EmailCampaign.objects.latest("pk")

    def confirm(self, client, campaign: EmailCampaign) -> str:
        asked = {"now": "1", "seen": seen(client, campaign)}
        return words(client.post(reverse("campaigns:confirm", args=[campaign.pk]), asked, follow=True))


def make_house(on: Stage) -> House:
    cast = on[make_cast].again() if make_cast in on else make_cast()
    with scope.organisation(cast.choir.pk):
        return House(cast)


@pytest.fixture
@begins_with(make_cast, make_house)
def house(open_stage, db, settings):
    made = copy(stage[make_house] if make_house in stage else make_house(stage))
    made.cast, made.limited = made.cast.again(), made.limited.again()
    settings.MAIL_TRANSPORT = "mailer.transports.memory.MemoryTransport"
    MemoryTransport.outbox.clear()
    with scope.organisation(made.choir.pk):
        yield made
    MemoryTransport.outbox.clear()


def recipients(campaign: EmailCampaign) -> set[str]:
    rows = EmailMessage.objects.filter(campaign=campaign, traffic="bulk")
    return {address.partition("@")[0] for address in rows.values_list("address", flat=True)}


def refreshed(campaign: EmailCampaign) -> EmailCampaign:
    return EmailCampaign.objects.get(pk=campaign.pk)


def test_a_whole_register_is_the_part_of_it_that_is_seen(house):
    client = house.limited.client
    new = words(client.get(NEW))
    assert "Singers (in part) · 2" in new
    assert "Altos (Singers) · 2" in new
    assert "Basses" not in new
    assert "It reaches only people within Altos (Singers), whatever is ticked here." in new
    counted = client.get(reverse("campaigns:count"), {"include": house.everybody}).json()
    assert counted["sentence"] == "2 people will get it."
    campaign = house.make(client)
    page = words(client.get(reverse("campaigns:show", args=[campaign.pk])))
    assert "2 people will get this as soon as you confirm." in page
    assert "It reaches only people within Altos (Singers)" in page
    assert f"/admin/pages/{house.page.pk}/" not in page
    assert "It is on its way" in house.confirm(client, campaign)
    assert start_campaign(campaign.pk)  # the worker sees everything
    assert recipients(campaign) == {"anu", "aila"}


def test_nobody_beyond_is_counted_or_written_to_though_their_group_is_named(house):
    client, beyond = house.limited.client, f"group:{house.basses.pk}"
    asked = {"include": [beyond, f"group:{house.altos.pk}"]}
    assert client.get(reverse("campaigns:count"), asked).json()["sentence"] == "2 people will get it."
    refused = client.post(NEW, form(house.register, house.page, house.sender, include=[beyond]))
    assert "is not one of the available choices" in words(refused)
    segment = Segment.objects.create(register=house.register, name="All", rule={"match": "all", "conditions": []})
    asked = client.get(reverse("campaigns:count"), {"include": [f"segment:{segment.pk}"]})
    assert asked.json()["sentence"].startswith("0 people")


def test_leaving_out_what_one_does_not_see_tells_nothing_of_it(house):
    add_to_group(group=house.basses, contacts=[house.anu.pk])
    segment = Segment.objects.create(register=house.register, name="All", rule={"match": "all", "conditions": []})
    for beyond in (f"group:{house.basses.pk}", f"segment:{segment.pk}"):
        asked = {"include": [house.everybody], "exclude": [beyond]}
        counted = house.limited.client.get(reverse("campaigns:count"), asked).json()["sentence"]
        assert counted == "2 people will get it."


def test_who_is_left_out_is_left_out_wherever_they_stand(house):
    """Bo, whom Liisa does not see, shares Anu's address."""
    Contact.objects.filter(pk=house.bo.pk).update(email="anu@singers.example", email_key="anu@singers.example")
    client = house.limited.client
    other = create_register(name="Board")
    boss = save_contact(register=other, values={"first_name": "Boss", "email": "aila@singers.example"}, source="test")
    here = Group.objects.create(register=other, name="Here")
    add_to_group(group=here, contacts=[save_contact(register=other, values={"first_name": "C"}, source="test").pk])
    limit(house.choir, house.limited, f"group:{house.altos.pk}", f"group:{here.pk}")
    campaign = house.make(client, include=[f"group:{house.altos.pk}"], exclude=[f"register:{other.pk}"])
    assert "1 person will get this" in words(client.get(reverse("campaigns:show", args=[campaign.pk])))
    house.confirm(client, campaign)
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu"}
    assert EmailMessage.objects.get(campaign=campaign).contact_id == house.anu.pk
    assert boss.pk not in EmailMessage.objects.filter(campaign=campaign).values_list("contact", flat=True)


def test_the_report_and_the_acts_are_there(house):
    client = house.limited.client
    campaign = house.make(client)
    assert "A test is on its way to" in words(client.post(reverse("campaigns:test", args=[campaign.pk]), follow=True))
    assert "Test to liisa@choir.example" in words(client.get(reverse("campaigns:show", args=[campaign.pk])))
    house.confirm(client, campaign)
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
    GroupMembership.objects.filter(contact=house.aila).delete()  # she sings alto no more
    assert "aila@singers.example" not in words(client.get(people))
    report = words(client.get(reverse("campaigns:show", args=[campaign.pk])))
    assert "Of 1 person, 1 opened it, 1 clicked a link" in report
    assert '<td>1</td><td>1</td><td><span class="campaign-quiet campaign-url">https://choir.example/notes' in report


def test_what_waits_is_cancelled_and_what_is_not_known_is_sent_again(house):
    client = house.limited.client
    campaign = house.make(client)
    house.confirm(client, campaign)
    start_campaign(campaign.pk)
    EmailMessage.objects.filter(campaign=campaign).update(state="unknown")
    client.post(reverse("campaigns:resend", args=[campaign.pk]))
    assert set(EmailMessage.objects.filter(campaign=campaign).values_list("state", flat=True)) == {"queued"}
    answer = client.post(reverse("campaigns:cancel", args=[campaign.pk]), follow=True)
    assert "Cancelled. 2 people will not get it." in words(answer)


def test_what_goes_beyond_is_not_there(house):
    editor, client = house.cast.editor.client, house.limited.client
    campaign = house.make(editor)
    assert "Autumn" not in words(client.get(reverse("campaigns:index")))
    missing = client.get(reverse("campaigns:show", args=[987_654])).content
    for name in ("show", "edit", "delete", "confirm", "test", "progress"):
        url = reverse(f"campaigns:{name}", args=[campaign.pk])
        for answer in (client.get(url), client.post(url, {"now": "1", "seen": seen(editor, campaign)})):
            assert answer.status_code in {404, 405}, url
            assert answer.status_code == 405 or answer.content == missing
    assert refreshed(campaign).state == "draft"


def test_no_screen_tells_of_anybody_beyond(house):
    """All of them are the same, letter by letter, once whoever is beyond has been erased."""
    client = house.limited.client
    campaign = house.make(client)
    house.confirm(client, campaign)
    start_campaign(campaign.pk)
    others = house.make(house.cast.editor.client, name="Others")
    urls = [NEW, reverse("campaigns:index"), f"{reverse('campaigns:count')}?include={house.everybody}"]
    urls += [reverse(f"campaigns:{name}", args=[campaign.pk]) for name in ("show", "progress", "cancel", "resend")]
    urls.append(reverse("campaigns:people", args=[campaign.pk, "all"]))
    before = [plain(client.get(url)) for url in urls]
    others.delete()
    house.bo.delete()
    Group.objects.filter(pk=house.basses.pk).delete()
    assert [plain(client.get(url)) for url in urls] == before


def test_a_colleague_who_sees_the_same_or_more_sees_it_and_stays_within_it(house):
    campaign = house.make(house.limited.client)
    narrow = person(house.choir, Role.SENDER, "Nelli")
    limit(house.choir, narrow, f"group:{house.low.pk}", role=Role.SENDER)
    wide = person(house.choir, Role.SENDER, "Wilma")
    limit(house.choir, wide, house.everybody, role=Role.SENDER)
    show, owner = reverse("campaigns:show", args=[campaign.pk]), house.cast.owner.client
    assert narrow.again().client.get(show).status_code == 404
    for client in (wide.again().client, owner):
        assert "2 people will get this" in words(client.get(show))
    edit = reverse("campaigns:edit", args=[campaign.pk])
    assert "Singers (in part) · 2" in words(owner.get(edit))
    counting = {"include": house.everybody, "campaign": campaign.pk}
    assert owner.get(reverse("campaigns:count"), counting).json()["sentence"] == "2 people will get it."
    owner.post(edit, form(house.register, house.page, house.sender, name="Corrected"))
    house.confirm(owner, campaign)
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu", "aila"}
    assert "Corrected" in words(house.limited.client.get(reverse("campaigns:index")))


def planned(house, **changes) -> EmailCampaign:
    """One that Liisa has confirmed for a later day, and which is due now."""
    campaign = house.make(house.limited.client, **changes)
    house.confirm(house.limited.client, campaign)
    EmailCampaign.objects.filter(pk=campaign.pk).update(scheduled_at=timezone.now() - timedelta(seconds=5))
    return campaign


def test_a_plan_follows_the_group_until_it_starts(house):
    campaign = planned(house)
    newer = Group.objects.create(register=house.register, name="New altos", parent=house.low)
    house.sing("Arja", newer)
    GroupMembership.objects.filter(contact=house.anu).delete()
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"aila", "arja"}


@pytest.mark.parametrize("places", [["low"], ["low", "basses"]])
def test_whoever_may_see_less_by_then_reaches_less(house, places):
    campaign = planned(house, include=[house.everybody, f"group:{house.altos.pk}"])
    limit(house.choir, house.limited, *(f"group:{getattr(house, place).pk}" for place in places))
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"aila"}
    assert house.limited.again().client.get(reverse("campaigns:show", args=[campaign.pk])).status_code == 200


def test_whoever_may_see_more_by_then_reaches_no_more(house):
    campaign = planned(house)
    set_member(organisation=house.choir, user=house.limited.user, role=Role.OWNER)
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu", "aila"}


def test_what_was_made_for_all_goes_to_all_though_whoever_confirmed_it_sees_a_part_by_then(house):
    editor = house.cast.editor
    campaign = house.make(editor.client)
    house.confirm(editor.client, campaign)
    limit(house.choir, editor, f"group:{house.basses.pk}")
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu", "aila", "bo"}


def leaves(house):
    remove_member(organisation=house.choir, user=house.limited.user)


def may_look_only(house):
    set_member(organisation=house.choir, user=house.limited.user, role=Role.VIEWER)


def is_deleted(house):
    User.objects.get(pk=house.limited.user.pk).delete()


def is_switched_off(house):
    User.objects.filter(pk=house.limited.user.pk).update(is_active=False)


@pytest.mark.parametrize("happens", [leaves, may_look_only, is_deleted, is_switched_off])
def test_the_plan_of_somebody_who_may_not_send_any_more_stops_and_says_so(house, happens):
    campaign = planned(house)
    happens(house)
    assert not start_campaign(campaign.pk)
    assert recipients(campaign) == set()
    owner = house.cast.owner.client
    who = "Somebody" if happens is is_deleted else "Liisa"
    said = f"{who} confirmed it, and may not send campaigns any more."
    assert said in words(owner.get(reverse("campaigns:show", args=[campaign.pk])))
    assert said in words(owner.get(reverse("wagtailadmin_home")))
    house.confirm(owner, campaign)
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu", "aila"}


def test_a_plan_that_reaches_nobody_any_more_stops(house):
    campaign = planned(house)
    limit(house.choir, house.limited, f"group:{house.basses.pk}")
    assert not start_campaign(campaign.pk)
    assert "may not see anybody in the audience any more" in refreshed(campaign).problem


def test_a_segment_of_a_register_that_is_seen_in_part_by_then_is_the_part(house):
    limit(house.choir, house.limited, house.everybody)
    rule = {"match": "all", "conditions": []}
    segment = Segment.objects.create(register=house.register, name="All", rule=rule)
    campaign = planned(house, include=[f"segment:{segment.pk}"])
    limit(house.choir, house.limited, f"group:{house.low.pk}")
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"aila"}


def test_a_campaign_of_places_that_are_gone_is_seen_by_who_sees_everything(house):
    campaign = house.make(house.limited.client)
    limit(house.choir, house.limited, f"group:{house.basses.pk}")
    Group.objects.filter(pk=house.altos.pk).delete()
    assert house.limited.again().client.get(reverse("campaigns:show", args=[campaign.pk])).status_code == 404
    page = words(house.cast.owner.client.get(reverse("campaigns:show", args=[campaign.pk])))
    assert "Nobody would get it" in page


def test_a_letter_of_a_register_beyond_is_not_offered(house):
    hidden = create_register(name="Board")
    letter = make_page(house.choir, slug="board", title="To the board", register=hidden)
    client = house.limited.client
    assert "To the board" not in words(client.get(NEW))
    assert client.get(NEW, {"page": letter.pk}).status_code == 404
    refused = client.post(NEW, form(house.register, letter, house.sender))
    assert "Select a valid choice" in words(refused)


def test_a_sender_who_sees_a_part_confirms_but_does_not_write(house):
    campaign = house.make(house.limited.client)
    limit(house.choir, house.limited, f"group:{house.altos.pk}", role=Role.SENDER)
    client = house.limited.again().client
    assert client.get(NEW).status_code == 302
    assert "It is on its way" in house.confirm(client, campaign)
    limit(house.choir, house.limited, f"group:{house.altos.pk}", role=Role.VIEWER)
    viewer = house.limited.again().client
    assert viewer.post(reverse("campaigns:unplan", args=[campaign.pk])).status_code == 302
    assert refreshed(campaign).state == "scheduled"


def test_what_is_written_down_is_what_was_given(house):
    campaign = house.make(house.limited.client)
    assert campaign.reach == {"registers": [], "groups": [house.altos.pk]}
    assert house.make(house.cast.editor.client).reach is None
    with reach.limited(reach_of(house.limited.user, house.choir.pk)):
        assert list(EmailCampaign.objects.all()) == [campaign]


def test_guests_of_an_event_are_an_audience_as_far_as_they_are_seen(house):
    """Anu and Bo have said yes. Nobody whom Liisa sees was asked to the other event."""
    events = {}
    for title in ("Party", "Board meeting"):
        starts = timezone.now() + timedelta(days=9)
        event = RsvpPage(title=title, slug=slugify(title), starts_at=starts, register=house.register)
        house.choir.home_page.add_child(instance=event)
        event.save_revision().publish()
        events[title] = event.pk
    for contact in (house.anu, house.bo):
        reply(page_id=events["Party"], contact_id=contact.pk, party=1, waiting_list=False)
    reply(page_id=events["Board meeting"], contact_id=house.bo.pk, party=1, waiting_list=False)
    hidden = create_register(name="Board")
    secret = RsvpPage(title="Secret", slug="secret", starts_at=starts, register=hidden)
    house.choir.home_page.add_child(instance=secret)
    secret.save_revision().publish()
    client, coming = house.limited.client, f"event:{events['Party']}:confirmed"
    new = words(client.get(NEW))
    assert "Party: confirmed · 1" in new
    assert "Board meeting: confirmed" not in new
    assert "Secret" not in new
    refused = client.post(NEW, form(house.register, house.page, house.sender, invites_to=secret.pk))
    assert "Select a valid choice" in words(refused)
    campaign = house.make(client, include=[coming], invites_to=events["Board meeting"])
    assert campaign.invites_to_id == events["Board meeting"]
    house.confirm(client, campaign)
    assert start_campaign(campaign.pk)
    assert recipients(campaign) == {"anu"}
    others = house.make(client, name="Rest", exclude=[coming])
    house.confirm(client, others)
    assert start_campaign(others.pk)
    assert recipients(others) == {"aila"}
