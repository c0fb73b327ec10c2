"""An editor makes, confirms, watches and reads a campaign; others are kept out."""

import re
from datetime import datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from mailer.models import EmailCampaign, EmailMessage, MessageEvent, Sender
from mailer.outbox.sending import send_campaign, send_singles
from organisations import scope
from registers.models import AccessLog, Contact, Group, Segment
from registers.suppression import suppress
from tests.mailer_engine.conftest import add_contacts, make_page, running_campaign, states

NEW = "/admin/campaigns/new/"


@pytest.fixture
def editor(cast):
    return cast.editor.client


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


def words(response):
    return " ".join(response.text.split())


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
    assert "at 11:07." in text
    campaign = EmailCampaign.objects.get()
    wall = datetime(day.year, day.month, day.day, 11, 7, tzinfo=ZoneInfo("Europe/Helsinki"))
    assert campaign.scheduled_at == wall
    editor.post(f"/admin/campaigns/{campaign.pk}/confirm/", {"seen": seen(editor, campaign)})
    campaign.refresh_from_db()
    assert campaign.state == "scheduled"
    # A change is to be confirmed again.
    editor.post(f"/admin/campaigns/edit/{campaign.pk}/", data | {"name": "Changed"})
    campaign.refresh_from_db()
    assert (campaign.name, campaign.state) == ("Changed", "draft")


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


def test_a_page_of_another_organisation_cannot_be_chosen(cast, editor, register, sender):
    with scope.organisation(cast.theatre.pk):
        foreign = make_page(cast.theatre, slug="foreign", title="Secret premiere")
    answer = editor.post(NEW, form(register, foreign, sender))
    assert not EmailCampaign.objects.exists()
    assert "Secret premiere" not in answer.text


def test_a_test_goes_to_oneself_and_counts_nowhere(cast, editor, draft, memory):
    editor.post(f"/admin/campaigns/{draft.pk}/test/")
    send_singles(draft.organisation_id)
    (letter,) = memory.outbox
    assert letter.recipient == cast.editor.user.email
    assert b"Subject: [Test] Hei Eero" in letter.content
    assert b"List-Unsubscribe" not in letter.content
    assert states(draft) == {}
    assert "Test to" in words(editor.get(f"/admin/campaigns/{draft.pk}/"))


def test_a_report_shows_the_numbers_and_the_people(editor, register, memory, cast):
    campaign = running_campaign(register, count=6)
    send_campaign(campaign.pk)
    rows = list(campaign.messages.order_by("pk"))
    MessageEvent.objects.create(campaign=campaign, message=rows[0], kind="open")
    MessageEvent.objects.create(campaign=campaign, message=rows[0], kind="open")
    MessageEvent.objects.create(campaign=campaign, message=rows[0], kind="click", link=campaign.links.get())
    EmailMessage.objects.filter(pk=rows[5].pk).update(state="unknown")
    text = words(editor.get(f"/admin/campaigns/{campaign.pk}/"))
    assert "Sent to 5 people." in text
    assert "Of 5 people, 1 opened it, 1 clicked a link and 0 unsubscribed." in text
    assert "<svg" in text
    people = words(editor.get(f"/admin/campaigns/{campaign.pk}/people/opened/"))
    assert "p0@singers.example" in people
    assert "p1@singers.example" not in people
    assert AccessLog.objects.filter(action="list", subject=f"campaign:{campaign.pk}").exists()


def test_a_report_speaks_of_its_links_its_email_and_its_event_in_words(editor, register, page, memory, cast):
    campaign = running_campaign(register, count=1)
    event = make_page(cast.choir, slug="party", title="Summer party")
    EmailCampaign.objects.update(page=page, invites_to=event)
    campaign.links.model.objects.create(campaign=campaign, position=1, url="{{ personal_url }}", label="Reply")
    report = editor.get(f"/admin/campaigns/{campaign.pk}/")
    text = words(report)
    assert "The personal link" in text
    assert "{{" not in text
    assert "https://choir.example/programme" in text
    assert f'<a href="/admin/pages/{page.pk}/edit/">Spring concert</a>' in text
    assert f'<a href="/admin/pages/{event.pk}/edit/">Summer party</a>' in text
    for figure in ("unknown", "refused"):
        assert f'data-figure="{figure}">0<' in text


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_an_export_says_what_for_and_is_logged(editor, register, memory, fmt):
    campaign = running_campaign(register, count=3)
    Contact.objects.filter(email_key="p0@singers.example").update(first_name="=HYPERLINK(1)", last_name="")
    url = f"/admin/campaigns/{campaign.pk}/people/all/export/"
    refused = editor.post(url, {"columns": ["address"], "format": fmt})
    assert "Say in a few words what the list is for." in words(refused)
    answer = editor.post(url, {"purpose": "Annual report", "columns": ["address", "name"], "format": fmt})
    content = b"".join(answer.streaming_content)
    if fmt == "csv":
        assert b"'=HYPERLINK(1)" in content
        assert b"p2@singers.example" in content
    else:
        sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
        assert sheet[0] == ["E-mail", "Name"]
        assert len(sheet) == 4
    entry = AccessLog.objects.get(action="export")
    assert (entry.purpose, entry.count, entry.fields) == ("Annual report", 3, ["address", "name"])


def test_only_a_person_sends_again_what_is_not_known(editor, register, memory):
    campaign = running_campaign(register, count=3)
    campaign.messages.filter(address="p0@singers.example").update(state="unknown")
    campaign.messages.filter(address="p1@singers.example").update(state="unknown")
    campaign.messages.filter(address="p2@singers.example").update(state="accepted")
    EmailCampaign.objects.update(state="sent")
    one = campaign.messages.get(address="p1@singers.example")
    url = f"/admin/campaigns/{campaign.pk}/resend/"
    assert "p1@singers.example" in words(editor.get(f"{url}?message={one.pk}"))
    assert states(campaign)["unknown"] == 2
    editor.post(url, {"message": one.pk})
    send_campaign(campaign.pk)
    (letter,) = memory.outbox
    assert letter.recipient == "p1@singers.example"
    assert one.message_id.encode() in letter.content
    editor.post(url)
    send_campaign(campaign.pk)
    assert states(campaign) == {"accepted": 3}
    campaign.refresh_from_db()
    assert campaign.state == "sent"


@pytest.mark.parametrize(
    ("state", "says"), [("paused", "The campaign is paused."), ("cancelled", "The campaign was cancelled")]
)
def test_sending_again_starts_no_campaign_that_was_stopped(editor, register, memory, state, says):
    campaign = running_campaign(register, count=4)
    one = campaign.messages.get(address="p1@singers.example")
    EmailMessage.objects.filter(pk=one.pk).update(state="unknown")
    EmailCampaign.objects.update(state=state)
    base = f"/admin/campaigns/{campaign.pk}/"
    for screen in ("", "people/unknown/", f"resend/?message={one.pk}"):
        text = words(editor.get(base + screen))
        assert says in text, screen
        assert f'href="{base}resend/' not in text, screen
        assert "Send again to" not in text, screen
    assert says in words(editor.post(f"{base}resend/", {"message": one.pk}, follow=True))
    send_campaign(campaign.pk)
    campaign.refresh_from_db()
    assert campaign.state == state
    assert states(campaign) == {"queued": 3, "unknown": 1}
    assert memory.outbox == []


def test_sending_nothing_again_changes_nothing(editor, register, memory):
    campaign = running_campaign(register, count=2)
    campaign.messages.update(state="accepted")
    finished = timezone.now() - timedelta(days=3)
    EmailCampaign.objects.update(state="sent", finished_at=finished)
    for data in ({}, {"message": campaign.messages.first().pk}, {"message": "0"}, {"message": "x"}):
        answer = editor.post(f"/admin/campaigns/{campaign.pk}/resend/", data, follow=True)
        if answer.status_code == 200:
            assert "nothing to send again" in words(answer)
        campaign.refresh_from_db()
        assert (campaign.state, campaign.finished_at) == ("sent", finished)


def test_pause_resume_and_cancel(editor, register, memory):
    campaign = running_campaign(register, count=4)
    base = f"/admin/campaigns/{campaign.pk}"
    editor.post(f"{base}/pause/")
    send_campaign(campaign.pk)
    assert states(campaign) == {"queued": 4}
    editor.post(f"{base}/resume/")
    campaign.refresh_from_db()
    assert campaign.state == "sending"
    assert "4 people will not get it" in words(editor.get(f"{base}/cancel/"))
    editor.post(f"{base}/cancel/")
    send_campaign(campaign.pk)
    assert states(campaign) == {"cancelled": 4}
    assert memory.outbox == []
    assert "Cancelled: it had reached 0 people." in words(editor.get(f"{base}/"))


def test_progress_is_told_to_the_script(editor, register, memory):
    campaign = running_campaign(register, count=4)
    answer = editor.get(f"/admin/campaigns/{campaign.pk}/progress/").json()
    assert answer["sentence"] == "Sending: 0 of 4 are done."
    assert (answer["percent"], answer["figures"]["queued"]) == (0, "4")


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
    text = words(viewer.get(f"/admin/campaigns/{draft.pk}/"))
    assert "Send to" not in text
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
    editor.post("/admin/senders/new/", {"name": "Choir", "email": "kuoro@kuoro.example", "reply_to": ""})
    assert Sender.objects.get().email == "kuoro@kuoro.example"
    answer = editor.post("/admin/senders/new/", {"name": "Choir", "email": "käyrä@kuoro.example", "reply_to": ""})
    assert Sender.objects.count() == 1
    assert answer.status_code == 200
