"""An editor watches a campaign that is sending or sent, reads its report, and sends again what is not known."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from mailer.answers.tracking import record
from mailer.models import EmailCampaign, EmailMessage, MessageEvent
from mailer.outbox.sending import send_campaign
from registers.models import AccessLog, Contact
from tests.mailer_engine.conftest import make_page, running_campaign, states, words


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
    assert "<dt>From</dt><dd>Kaamos Choir &lt;choir@choir.example&gt;</dd>" in text
    assert "Hei there" in text
    assert "<dt>To</dt><dd>Singers</dd>" in text
    assert "Of 5 people, 1 opened it, 1 clicked a link and 0 unsubscribed." in text
    assert "<svg" in text
    people = words(editor.get(f"/admin/campaigns/{campaign.pk}/people/opened/"))
    assert "p0@singers.example" in people
    assert "p1@singers.example" not in people
    assert AccessLog.objects.filter(action="list", subject=f"campaign:{campaign.pk}").exists()


def test_a_campaign_whose_whole_audience_is_left_out_says_so(editor, register, memory):
    campaign = running_campaign(register, count=3)
    register.contacts.update(deceased=True)
    send_campaign(campaign.pk)
    report = words(editor.get(f"/admin/campaigns/{campaign.pk}/"))
    assert "Nobody got it: all 3 people in its audience were left out." in report
    assert "Not sent: 3 have died." in report
    assert "0 of 3" in words(editor.get("/admin/campaigns/"))
    assert "nobody got it" in words(editor.get("/admin/"))


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
    for figure in ("unknown", "bounced"):
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
    assert (entry.purpose, entry.count, entry.fields) == ("Annual report", 3, ["E-mail", "Name"])


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
    for address, state in (("p0@singers.example", "accepted"), ("p1@singers.example", "deferred")):
        campaign.messages.filter(address=address).update(state=state)
    answer = editor.get(f"/admin/campaigns/{campaign.pk}/progress/").json()
    assert answer["text"] == "Sending: 1 of 4 are done."
    assert (answer["percent"], answer["figures"]["queued"]) == (25, "2")


@pytest.mark.parametrize("state", ["sent", "cancelled", "paused"])
def test_what_is_not_known_is_left_as_it_is_once_a_person_has_looked(cast, register, memory, state):
    campaign = running_campaign(register, count=4)
    campaign.messages.update(state="unknown")
    arrived = campaign.messages.get(address="p3@singers.example")
    record(message=arrived, kind="open")  # about which nobody has to decide
    EmailCampaign.objects.update(state=state)
    one = campaign.messages.get(address="p1@singers.example")
    base = f"/admin/campaigns/{campaign.pk}/"
    assert "3 messages may have left" in words(cast.sender.client.get("/admin/"))
    cast.sender.client.get(f"{base}leave/")
    assert cast.viewer.client.post(f"{base}leave/").status_code != 200
    assert cast.stranger.client.post(f"{base}leave/").status_code == 404
    assert not campaign.messages.exclude(settled_at=None).exists()
    assert "1 e-mail is left as it is" in words(
        cast.sender.client.post(f"{base}leave/", {"message": one.pk}, follow=True)
    )
    text = words(cast.sender.client.get(f"{base}people/unknown/"))
    assert "Left as it is (Saara" in text
    assert "Leave all 2 as they are" in text
    assert "2 messages may have left" in words(cast.sender.client.get("/admin/"))
    cast.sender.client.post(f"{base}leave/", {"seen": "2"})
    assert "may have left" not in words(cast.sender.client.get("/admin/"))
    report = words(cast.sender.client.get(base))
    assert "Of 4 e-mails nobody knows" in report
    assert "Nothing is left to decide" in report
    assert "Of 1 person, 1 opened it" in report  # a share of what has arrived, whatever the server said
    assert "100 %" in report
    assert states(campaign)["unknown"] == 4
    one.refresh_from_db()
    assert one.settled_by == cast.sender.user


def test_sending_again_to_all_leaves_out_what_a_person_has_left(editor, register, memory):
    campaign = running_campaign(register, count=4)
    campaign.messages.update(state="unknown")
    EmailCampaign.objects.update(state="sent")
    record(message=campaign.messages.get(address="p3@singers.example"), kind="open")
    base = f"/admin/campaigns/{campaign.pk}/"
    left = campaign.messages.get(address="p1@singers.example")
    editor.post(f"{base}leave/", {"message": left.pk})
    editor.post(f"{base}resend/")
    send_campaign(campaign.pk)
    assert {letter.recipient for letter in memory.outbox} == {"p0@singers.example", "p2@singers.example"}
    # Who thinks better of it presses the button of that one; should it be unknown again, it is asked about again.
    editor.post(f"{base}resend/", {"message": left.pk})
    left.refresh_from_db()
    assert (left.state, left.settled_at, left.settled_by) == ("queued", None, None)


@pytest.mark.parametrize(("screen", "act"), [("people/unknown/", "leave/"), ("resend/", "resend/")])
def test_who_decides_about_all_decides_about_those_they_saw(editor, register, memory, screen, act):
    campaign = running_campaign(register, count=3)
    campaign.messages.exclude(address="p2@singers.example").update(state="unknown")
    EmailCampaign.objects.update(state="sent")
    base = f"/admin/campaigns/{campaign.pk}/"

    def decide(before=lambda: None):
        seen = re.search(r'name="seen" value="(\d+)"', editor.get(base + screen).content.decode())[1]
        before()
        return words(editor.post(base + act, {"seen": seen}, follow=True))

    # Meanwhile a worker dies, and nobody has looked at the third one yet.
    assert "their number has changed" in decide(lambda: campaign.messages.update(state="unknown"))
    assert states(campaign) == {"unknown": 3}
    assert not campaign.messages.exclude(settled_at=None).exists()
    assert "3 e-mails are" in decide()
