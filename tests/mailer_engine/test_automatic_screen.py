"""What became of automatic e-mails and tests is shown, and a person sends again what is not known."""

import pytest

from mailer.models import EmailMessage
from mailer.outbox.sending import send_singles
from mailer.outbox.transactional import kept_letters, queue_email
from mailer.rendering import Rendered
from organisations import scope
from registers.models import AccessLog
from tests.mailer_engine.conftest import running_campaign, words

LIST = "/admin/campaigns/automatic/"


def queue(number, *, state="queued", kind="event.confirmation", **fields):
    letter = Rendered(f"You are coming {number}", "<p>Hei</p>", "Hei")
    queue_email(to=f"a{number}@guests.example", kind=kind, unique_key=f"k{number}", letter=letter)
    EmailMessage.objects.filter(unique_key=f"k{number}").update(state=state, **fields)
    return EmailMessage.objects.get(unique_key=f"k{number}")


def resend(client, row, **kwargs):
    return client.post(f"{LIST}{row.pk}/resend/", **kwargs)


def test_an_empty_list_says_what_comes_here(cast):
    assert "Nothing yet: confirmations and reminders" in words(cast.viewer.client.get(LIST))
    assert f'href="{LIST}"' in cast.viewer.client.get("/admin/campaigns/").text


def test_each_is_shown_with_its_kind_its_state_and_why(cast, register, memory):
    queue(1, state="accepted")
    queue(2, state="rejected", code=550, error="5.1.1 no such user")
    queue(3, state="unknown", error="the line broke", kind="event.reminder_confirmed")
    queue(4, state="deferred", error="4.7.1 busy", due_at="2026-01-01T10:00Z")
    running_campaign(register, count=1)
    text = words(cast.sender.client.get(LIST))
    assert "a1@guests.example" in text
    assert "Confirmation" in text
    assert "Reminder to the confirmed" in text
    assert "You are coming 2" in text
    assert "550 5.1.1 no such user" in text
    assert "4.7.1 busy (next try at 12:00)" in text  # on the clocks in Helsinki
    assert "p0@singers.example" not in text
    assert text.count("Send again to") == 1
    unknown = words(cast.sender.client.get(LIST, {"state": "unknown"}))
    assert "a3@guests.example" in unknown
    assert "a1@guests.example" not in unknown
    assert AccessLog.objects.filter(action="list", subject="automatic e-mails", count=4).exists()
    assert "Send again to" not in words(cast.viewer.client.get(LIST))


def test_a_person_sends_again_the_same_letter_once(cast, memory):
    row = queue(1, state="unknown", error="the line broke", handed_at="2026-01-01T00:00Z")
    assert "a1@guests.example" in words(resend(cast.sender.client, row, follow=True))
    assert "nothing to send again" in words(resend(cast.sender.client, row, follow=True))
    send_singles(row.organisation_id)
    assert "nothing to send again" in words(resend(cast.sender.client, row, follow=True))
    send_singles(row.organisation_id)
    (letter,) = memory.outbox
    assert letter.recipient == "a1@guests.example"
    assert row.message_id.encode() in letter.content


@pytest.mark.parametrize("state", ["accepted", "rejected", "queued", "handing_off", "cancelled"])
def test_nothing_else_is_sent_again(cast, memory, state):
    leased = {"lease_until": "2999-01-01T00:00Z", "lease_token": "0" * 32} if state == "handing_off" else {}
    row = queue(1, state=state, **leased)
    resend(cast.sender.client, row)
    row.refresh_from_db()
    assert row.state == state


def test_a_forgotten_letter_cannot_be_sent_again(cast, memory):
    row = queue(1, state="unknown", letter={})
    assert resend(cast.sender.client, row).status_code == 404
    row.refresh_from_db()
    assert row.state == "unknown"


def test_a_campaigns_message_has_no_such_door(cast, register, memory):
    campaign = running_campaign(register, count=1)
    campaign.messages.update(state="unknown")
    assert resend(cast.sender.client, campaign.messages.get()).status_code == 404


def test_a_get_sends_nothing_and_a_viewer_may_not(cast, memory):
    row = queue(1, state="unknown")
    cast.sender.client.get(f"{LIST}{row.pk}/resend/")
    resend(cast.viewer.client, row)
    row.refresh_from_db()
    assert row.state == "unknown"


def test_a_stranger_finds_nothing(cast, memory):
    row = queue(1, state="unknown")
    assert resend(cast.stranger.client, row).status_code == 404
    assert "guests.example" not in cast.stranger.client.get(LIST).text
    assert "Automatic e-mails" not in cast.stranger.client.get("/admin/").text
    with scope.organisation(cast.theatre.pk):
        assert not kept_letters().exists()


def test_the_home_page_tells_of_what_is_not_known(cast, memory):
    row = queue(1, state="unknown")
    text = words(cast.editor.client.get("/admin/"))
    assert f'href="{LIST}?state=unknown"' in text
    assert "1 message may have left, or not" in text
    resend(cast.editor.client, row)
    assert f'href="{LIST}?state=unknown"' not in cast.editor.client.get("/admin/").text


def test_one_that_a_person_leaves_as_it_is_asks_for_nobody_any_more(cast, memory):
    row = queue(1, state="unknown")
    address = f"{LIST}{row.pk}/leave/"
    assert cast.stranger.client.post(address).status_code == 404
    cast.viewer.client.post(address)
    cast.sender.client.get(address)
    row.refresh_from_db()
    assert row.settled_at is None
    assert "is left as it is" in words(cast.sender.client.post(address, follow=True))
    text = words(cast.sender.client.get(LIST))
    assert "Left as it is (Saara" in text
    assert "Send again to" in text
    assert "Leave the e-mail to" not in text
    assert "may have left" not in words(cast.sender.client.get("/admin/"))
    row.refresh_from_db()
    assert (row.state, row.settled_by) == ("unknown", cast.sender.user)
