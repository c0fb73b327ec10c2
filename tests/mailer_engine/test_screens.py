"""An editor makes and confirms a campaign; others are kept out."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from wagtail.rich_text import RichText

from campaigns import schedule
from mailer.campaigns.base import campaign_url
from mailer.editing.defaults import default_body
from mailer.models import EmailCampaign, EmailMessage, Sender
from mailer.outbox.freezing import start_campaign
from mailer.outbox.sending import send_singles
from organisations import scope
from registers.access import shown_subjects
from registers.models import AccessLog, Automation, Contact, Group, Segment
from registers.suppression import suppress
from tests.mailer_engine.conftest import add_contacts, make_page, running_campaign, states, words

NEW = "/admin/campaigns/new/"


def form(register, page, sender, /, **changes):
    fields = {
        "name": "Autumn",
        "page": page.pk,
        "sender": sender.pk,
        "invites_to": "",
        "include": [f"register:{register.pk}"],
        "exclude": [],
        "when": "now",
        "day": "",
        "clock": "",
    }
    return fields | changes


def seen(client, campaign):
    """What the confirmation page that the client looks at stands for."""
    page = client.get(f"/admin/campaigns/{campaign.pk}/")
    return re.search(r'name="seen" value="(\w+)"', page.text)[1]


def test_an_empty_list_says_what_to_do_first(editor):
    text = words(editor.get("/admin/campaigns/"))
    assert "Make the first campaign" in text


def test_an_editor_sees_exact_numbers_and_sends(editor, register, page, sender, memory):
    add_contacts(register, 12)
    Contact.objects.create(register=register, first_name="No", email="")
    for number, kind in ((1, "unsubscribed"), (2, "unsubscribed"), (3, "hard_bounce")):
        address = f"p{number}@singers.example"
        suppress(organisation_id=register.organisation_id, channel="email", address=address, kind=kind)
    review = editor.post(NEW, form(register, page, sender), follow=True)
    text = words(review)
    assert "9 people will get this as soon as you confirm." in text
    assert "4 will not: 2 have unsubscribed, 1 address bounced, 1 has no e-mail address." in text.replace(
        "1 has no e-mail address, 1 address bounced", "1 address bounced, 1 has no e-mail address"
    )
    assert "Send to 9 people" in text
    campaign = EmailCampaign.objects.get()
    assert states(campaign) == {}
    asked = {"now": "1", "seen": seen(editor, campaign)}
    answer = editor.post(f"/admin/campaigns/{campaign.pk}/confirm/", asked, follow=True)
    campaign.refresh_from_db()
    assert campaign.state == "scheduled"
    assert "on its way" in words(answer)
    assert start_campaign(campaign.pk)
    entry = AccessLog.objects.get(action="send")
    assert (entry.user, entry.subject, entry.count) == (campaign.confirmed_by, f"emailcampaign:{campaign.pk}", 9)
    assert campaign_url("show", campaign.pk) in shown_subjects([entry.subject])[entry.subject]


def test_what_changed_since_the_numbers_were_shown_is_shown_again(editor, register, page, sender, memory):
    add_contacts(register, 2)
    editor.post(NEW, form(register, page, sender), follow=True)
    campaign = EmailCampaign.objects.get()
    shown = seen(editor, campaign)
    late = Contact.objects.create(register=register, first_name="Late", email="late@singers.example")
    answer = editor.post(f"/admin/campaigns/{campaign.pk}/confirm/", {"now": "1", "seen": shown}, follow=True)
    assert "have changed since you looked" in words(answer)
    assert "3 people will get this" in words(answer)
    campaign.refresh_from_db()
    assert campaign.state == "draft"
    late.delete()
    editor.post(f"/admin/campaigns/{campaign.pk}/confirm/", {"now": "1", "seen": shown})
    campaign.refresh_from_db()
    assert campaign.state == "scheduled"


@pytest.mark.parametrize("data", [{"now": "1"}, {"now": "1", "seen": ""}])
def test_nothing_is_sent_without_the_numbers_that_were_seen(editor, draft, memory, data):
    answer = editor.post(f"/admin/campaigns/{draft.pk}/confirm/", data, follow=True)
    assert "Nothing was sent" in words(answer)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_time_is_on_the_organisations_clocks(editor, choir, register, page, sender, memory):
    add_contacts(register, 2)
    choir.time_zone = "Europe/Helsinki"
    choir.save()
    day = timezone.now().date() + timedelta(days=40)
    data = form(register, page, sender, when="later", day=day.isoformat(), clock="11:07")
    text = words(editor.post(NEW, data, follow=True))
    assert "at 11:07, once you confirm." in text
    campaign = EmailCampaign.objects.get()
    wall = datetime(day.year, day.month, day.day, 11, 7, tzinfo=ZoneInfo("Europe/Helsinki"))
    assert campaign.scheduled_at == wall
    editor.post(f"/admin/campaigns/{campaign.pk}/confirm/", {"seen": seen(editor, campaign)})
    campaign.refresh_from_db()
    assert campaign.state == "scheduled"
    # A change is to be confirmed again.
    shown = words(editor.post(f"/admin/campaigns/edit/{campaign.pk}/", data | {"name": "Changed"}, follow=True))
    assert "Saved, and not planned any more" in shown
    campaign.refresh_from_db()
    assert (campaign.name, campaign.state) == ("Changed", "draft")


def test_a_campaign_whose_audience_has_become_empty_says_so(editor, draft, memory):
    schedule.plan(campaign=draft, at=timezone.now())
    Contact.objects.all().delete()
    assert not start_campaign(draft.pk)
    for page in (f"/admin/campaigns/{draft.pk}/", "/admin/campaigns/", "/admin/"):
        assert "Nobody was in its audience when it was to start, so nothing was sent." in words(editor.get(page))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"when": "later"}, "Choose a day and a time."),
        ({"when": "later", "day": "2020-01-01", "clock": "10:00"}, "This time has passed."),
        ({"when": "later", "day": "2027-03-28", "clock": "03:30"}, "does not exist"),
        ({"name": ""}, "This field is required."),
        ({"include": ["register:999999"]}, "is not one of the available choices"),
        ({"include": ["'; DROP TABLE"]}, "is not one of the available choices"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_keeps_the_rest(editor, register, page, sender, change, says):
    answer = editor.post(NEW, form(register, page, sender, **change))
    assert answer.status_code == 200
    assert says in words(answer)
    assert not EmailCampaign.objects.exists()


def test_what_is_missing_is_said_before_anything_can_be_sent(editor, register, page, sender, memory):
    review = editor.post(NEW, form(register, page, sender, page="", sender="", include=[]), follow=True)
    text = words(review)
    for says in ("Choose the e-mail to send.", "Choose a sender.", "Choose who gets it."):
        assert says in text
    assert "Send to" not in text
    campaign = EmailCampaign.objects.get()
    editor.post(f"/admin/campaigns/{campaign.pk}/confirm/", {"now": "1"})
    campaign.refresh_from_db()
    assert campaign.state == "draft"


def test_where_senders_are_made_is_said_while_there_is_none(editor, register, page, sender):
    sender.delete()
    assert "make one under Settings" in words(editor.get(NEW))
    review = editor.post(NEW, form(register, page, sender, sender=""), follow=True)
    assert "There is no sender yet. Make one under Settings, Senders" in words(review)


def test_words_left_from_a_new_e_mail_are_remarked_upon(editor, choir, register, sender, memory):
    add_contacts(register, 1)
    body = RichText("<p>Your name is on the list.</p><p>Warm regards,<br/>Your name</p>")
    new = [(block["type"], block["value"]) for block in default_body() if block["type"] != "event"]
    for letter, told in ((make_page(choir, body=new), True), (make_page(choir, slug="own"), False)):
        text = words(editor.post(NEW, form(register, letter, sender), follow=True))
        assert ("still says “A heading that says what this is about”, “Say in two" in text) is told
        assert "Send to 1 person" in text
    signed = make_page(choir, slug="signed", body=[("text", body)])
    assert "still says “Your name”, as" in words(editor.post(NEW, form(register, signed, sender), follow=True))


def test_a_page_of_another_organisation_cannot_be_chosen(cast, editor, register, sender):
    with scope.organisation(cast.theatre.pk):
        foreign = make_page(cast.theatre, slug="foreign", title="Secret premiere")
    answer = editor.post(NEW, form(register, foreign, sender))
    assert not EmailCampaign.objects.exists()
    assert "Secret premiere" not in answer.text


def test_a_test_goes_to_oneself_and_counts_nowhere(cast, editor, draft, memory):
    draft.page.sender_name = "Eeva of the choir"
    draft.page.save_revision().publish()
    editor.post(f"/admin/campaigns/{draft.pk}/test/")
    send_singles(draft.organisation_id)
    (letter,) = memory.outbox
    assert letter.recipient == cast.editor.user.email
    assert b"Subject: [Test] Hei Eero" in letter.content
    assert b"From: Eeva of the choir <" in letter.content
    assert b"List-Unsubscribe" not in letter.content
    assert states(draft) == {}
    assert "Test to" in words(editor.get(f"/admin/campaigns/{draft.pk}/"))


def test_a_test_goes_to_a_few_addresses_and_to_nobody_who_has_stopped_them(cast, editor, draft, memory):
    def test_to(text):
        memory.outbox.clear()
        answer = editor.post(f"/admin/campaigns/{draft.pk}/test/", {"to": text}, follow=True)
        send_singles(draft.organisation_id)
        return words(answer), [letter.recipient for letter in memory.outbox]

    own = cast.editor.user.email
    for email in (own, "p2@singers.example"):
        suppress(organisation_id=draft.organisation_id, channel="email", address=email, kind="unsubscribed")
    said, got = test_to(f"chair@choir.example, {own}; P1@singers.example,chair@choir.example")
    assert sorted(got) == sorted(["chair@choir.example", own, "P1@singers.example"])
    assert f"on its way to chair@choir.example, {own}, P1@singers.example." in said
    Contact.objects.get(email_key="p1@singers.example").delete()  # nothing of whom is left
    assert not EmailMessage.objects.filter(address_key="p1@singers.example").exists()
    for wrong, why in (
        ("chair@choir.example, nobody", "“nobody” is no e-mail address."),
        ("chair@choir.example, p2@singers.example", "must not be written to: p2@singers.example"),
        (",".join(f"a{number}@choir.example" for number in range(6)), "A test goes to 5 addresses at most."),
    ):
        said, got = test_to(wrong)
        assert why in said
        assert wrong in said  # what was typed is there to be put right
        assert got == []


def test_who_takes_away_an_email_reads_what_waits_for_it(editor, draft, register):
    page, at = draft.page, timezone.now() + timedelta(days=3)
    schedule.plan(campaign=draft, at=at)
    group = Group.objects.create(register=register, name="Newcomers")
    Automation.objects.create(group=group, name="Welcome", act="send_email", settings={"page": page.pk})
    for answer in (
        editor.get(f"/admin/pages/{page.pk}/delete/"),
        editor.get(f"/admin/bulk/wagtailcore/page/delete/?id={page.pk}"),
        editor.post(f"/admin/pages/{page.pk}/unpublish/", follow=True),
    ):
        shown = words(answer)
        assert f"The campaign “{draft.name}”, planned for" in shown
        assert "The automation “Welcome” of the group “Newcomers” sends this e-mail" in shown
    shown = words(editor.get(f"/admin/senders/delete/{draft.sender_id}/"))
    assert f"planned campaigns will wait for you: “{draft.name}”" in shown
    assert "referenced 0 times" not in shown


def test_who_deletes_a_group_or_a_segment_reads_what_needs_it(editor, draft, register):
    group, below, other = (Group.objects.create(register=register, name=name) for name in ("Choir", "Altos", "Guests"))
    Group.objects.filter(pk=below.pk).update(parent=group)
    Automation.objects.create(group=other, name="Join", act="add_to_group", settings={"group": below.pk})
    rule = {"match": "all", "conditions": [{"column": "group", "op": "in", "value": str(below.pk)}]}
    segment = Segment.objects.create(register=register, name="Low", rule={"match": "any", "conditions": [rule]})
    for audience, waits in (
        ({"include": [f"register:{register.pk}"]}, []),
        ({"include": [f"register:{register.pk}"], "exclude": [f"group:{below.pk}"]}, ["contact_groups"]),
        ({"include": [f"segment:{segment.pk}"]}, ["contact_groups", "segments"]),
    ):
        draft.audience = audience
        draft.save()
        schedule.plan(campaign=draft, at=timezone.now() + timedelta(days=3))
        for kind, row in (("contact_groups", group), ("segments", segment)):
            shown = words(editor.get(f"/admin/{kind}/{row.pk}/delete/"))
            assert "not sent yet" not in shown
            assert (f"Planned campaigns wait for you then: “{draft.name}”." in shown) is (kind in waits)
            assert ("Automations that add to it, or take out of it, do nothing then: “Join”." in shown) is (
                row == group
            )
            assert ("Segments that ask for it cannot be used any more then: “Low”." in shown) is (row == group)
        schedule.unplan(campaign=draft)
    shown = words(editor.get(f"/admin/segments/{segment.pk}/delete/"))
    assert f"Campaigns that are not sent yet need another audience then: “{draft.name}”." in shown
    assert "Planned campaigns" not in shown


def test_a_get_of_an_act_does_nothing(editor, draft, register, memory):
    campaign = running_campaign(register, count=2)
    for act in ("confirm", "unplan", "test"):
        editor.get(f"/admin/campaigns/{draft.pk}/{act}/")
    for act in ("pause", "resume", "cancel", "resend"):
        editor.get(f"/admin/campaigns/{campaign.pk}/{act}/")
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert states(campaign) == {"queued": 2}
    assert not EmailMessage.objects.filter(traffic="test").exists()


@pytest.mark.parametrize("part", ["include", "exclude"])
def test_a_segment_whose_group_is_gone_stops_the_campaign_and_no_screen(editor, register, page, sender, memory, part):
    add_contacts(register, 2)
    group = Group.objects.create(register=register, name="Altos")
    rule = {"match": "all", "conditions": [{"column": "group", "op": "in", "value": str(group.pk)}]}
    segment = Segment.objects.create(register=register, name="Altos now", rule=rule)
    audience = {"include": [f"register:{register.pk}"], part: [f"segment:{segment.pk}"]}
    editor.post(NEW, form(register, page, sender, **audience))
    group.delete()
    campaign = EmailCampaign.objects.get()
    assert editor.get(NEW).status_code == 200
    review = editor.get(f"/admin/campaigns/{campaign.pk}/")
    assert "The segment “Altos now” cannot be used" in words(review)
    editor.post(f"/admin/campaigns/{campaign.pk}/confirm/", {"now": "1"})
    assert not EmailMessage.objects.exists()


def test_a_campaign_that_starts_while_it_is_being_deleted_stays(editor, register, page, sender, monkeypatch):
    editor.post(NEW, form(register, page, sender))
    campaign = EmailCampaign.objects.get()

    def start_meanwhile(_view):
        EmailCampaign.objects.update(state="sending", frozen_at=timezone.now())
        return "/admin/campaigns/"

    monkeypatch.setattr("mailer.campaigns.viewsets.CampaignDeleteView.get_success_url", start_meanwhile)
    answer = editor.post(f"/admin/campaigns/delete/{campaign.pk}/", follow=True)
    assert "It was too late" in words(answer)
    assert EmailCampaign.objects.filter(pk=campaign.pk).exists()


def test_a_started_campaign_is_neither_changed_nor_deleted(editor, register, page, sender, memory):
    campaign = running_campaign(register, count=2)
    for url in (f"/admin/campaigns/edit/{campaign.pk}/", f"/admin/campaigns/delete/{campaign.pk}/"):
        assert "campaign has started" in words(editor.post(url, form(register, page, sender), follow=True))
    campaign.refresh_from_db()
    assert campaign.name == "Spring concert"


SCREENS = ("", "progress/", "cancel/", "resend/", "people/all/", "people/all/export/")
ACTS = ("confirm/", "unplan/", "test/", "pause/", "resume/", "cancel/", "resend/", "people/all/export/")


def test_a_stranger_finds_nothing(cast, draft, register, memory, sender):
    running = running_campaign(register, count=2)
    stranger = cast.stranger.client
    for campaign in (draft, running):
        for screen in SCREENS:
            assert stranger.get(f"/admin/campaigns/{campaign.pk}/{screen}").status_code == 404, screen
        for act in ACTS:
            assert stranger.post(f"/admin/campaigns/{campaign.pk}/{act}").status_code == 404, act
        for screen in ("edit", "delete", "history", "usage"):
            assert stranger.get(f"/admin/campaigns/{screen}/{campaign.pk}/").status_code == 404, screen
    assert stranger.get(f"/admin/senders/edit/{sender.pk}/").status_code == 404
    assert "Spring concert" not in stranger.get("/admin/campaigns/").text
    count = stranger.get("/admin/campaigns/count/", {"include": f"register:{register.pk}"})
    assert count.json()["sentence"].startswith("0 people")
    assert "Singers" not in stranger.get(NEW).text


def test_a_viewer_looks_and_does_nothing(cast, draft, register, memory):
    viewer = cast.viewer.client
    EmailCampaign.objects.filter(pk=draft.pk).update(state="late")
    assert f'href="/admin/campaigns/{draft.pk}/"' in viewer.get("/admin/").text  # of what needs somebody they see why
    EmailCampaign.objects.filter(pk=draft.pk).update(state="draft")
    text = words(viewer.get(f"/admin/campaigns/{draft.pk}/"))
    assert "Send to" not in text
    assert "people would get it.</h2> <p>It leaves once somebody confirms it who may" in text
    assert "you confirm" not in text
    for act in ("confirm", "test", "unplan"):
        viewer.post(f"/admin/campaigns/{draft.pk}/{act}/")
    draft.refresh_from_db()
    assert draft.state == "draft"
    assert not EmailMessage.objects.exists()
    assert "This field is required" not in words(viewer.get(NEW, follow=True))


def test_somebody_who_may_send_sends_and_changes_nothing(cast, draft, memory):
    sender = cast.sender.client
    sender.post(f"/admin/campaigns/{draft.pk}/confirm/", {"now": "1", "seen": seen(sender, draft)})
    draft.refresh_from_db()
    assert draft.state == "scheduled"
    sender.post(f"/admin/campaigns/edit/{draft.pk}/", {"name": "Mine"})
    draft.refresh_from_db()
    assert draft.name == "Spring concert"


def test_a_sender_is_an_address_that_mail_servers_take(editor):
    editor.post("/admin/senders/new/", {"name": "\u202eChoir", "email": "kuoro@kuoro.example", "reply_to": ""})
    assert str(Sender.objects.get()) == "Choir <kuoro@kuoro.example>"
    answer = editor.post("/admin/senders/new/", {"name": "Choir", "email": "käyrä@kuoro.example", "reply_to": ""})
    assert Sender.objects.count() == 1
    assert answer.status_code == 200


def test_what_cannot_be_sent_yet_is_not_promised(editor, draft):
    draft.sender = None
    draft.save()
    text = words(editor.get(f"/admin/campaigns/{draft.pk}/"))
    assert "This cannot be sent yet." in text
    assert "3 people would get it." in text
    assert "will get this" not in text
