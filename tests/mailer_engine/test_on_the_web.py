"""“Read on the web” shows the letter as it was sent, to the one it was sent to."""

import re
from html import unescape

import pytest
from django.test import Client

from guards.tokens import sign
from mailer.answers.tracking import CLICK, OPEN, UNSUBSCRIBE, WEB, Addresses
from mailer.models import EmailMessage, MessageEvent
from mailer.outbox.freezing import start_campaign
from mailer.outbox.sending import send_campaign, send_singles
from registers.contacts import delete_contacts
from tests.mailer_engine.conftest import add_contacts, draft_campaign
from tests.mailer_engine.test_doors import everything_but_events, path


@pytest.fixture
def sent(register, page, sender, memory):
    add_contacts(register, 2)
    campaign = draft_campaign(register, page, sender)
    campaign.state, campaign.scheduled_at = "scheduled", campaign.created_at
    campaign.save()
    start_campaign(campaign.pk)
    send_campaign(campaign.pk)
    return campaign


@pytest.fixture
def messages(sent):
    return list(EmailMessage.objects.filter(campaign=sent).order_by("address_key"))


def web(message):
    return path(Addresses(message.pk).web)


def test_the_letter_links_to_its_own_version_on_the_web(sent, messages, memory):
    sources = [parcel.content.decode() for parcel in memory.outbox]
    assert all(any(Addresses(message.pk).web in unescape(plain(source)) for source in sources) for message in messages)


def plain(source):
    return source.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")


def test_it_stays_as_it_was_sent_whatever_the_page_becomes(messages, page):
    before = Client().get(web(messages[0])).text
    page.body = [("heading", {"text": "Quite another concert", "size": "h1"})]
    page.save_revision().publish()
    after = Client().get(web(messages[0]))
    assert after.text == before
    assert "Spring concert" in before
    assert "Quite another concert" in Client().get(page.url).text
    page.unpublish()
    assert Client().get(web(messages[0])).text == before
    page.delete()
    assert Client().get(web(messages[0])).text == before
    assert after["X-Robots-Tag"] == "noindex"
    assert after["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in after["Content-Security-Policy"]


def test_each_sees_the_own_letter_only(messages):
    first, second = (Client().get(web(message)).text for message in messages)
    assert "Hei Aino0," in first
    assert "Hei Aino1," in second
    assert "Aino1" not in first
    assert Addresses(messages[0].pk).unsubscribe in first
    assert Addresses(messages[1].pk).unsubscribe not in first


def test_reading_changes_nothing(messages):
    before = everything_but_events()
    for _time in range(3):
        assert Client().get(web(messages[0])).status_code == 200
        assert Client().head(web(messages[0])).status_code == 200
    assert Client().post(web(messages[0])).status_code == 405
    assert everything_but_events() == before
    assert not MessageEvent.objects.exists()


def test_a_click_on_the_web_counts_as_one_in_the_letter(messages):
    html = unescape(Client().get(web(messages[0])).text)
    link = re.search(r'href="([^"]*/m/c/[^"]*)"', html)[1]
    assert Client().get(path(link))["Location"] == "https://choir.example/programme"
    assert MessageEvent.objects.get().message_id == messages[0].pk


def test_the_erased_leave_no_name(register, messages):
    delete_contacts(register=register, contacts=[messages[0].contact_id])
    html = Client().get(web(messages[0])).text
    assert "Hei there," in html
    assert "Aino0" not in html


def test_a_forged_address_is_not_found(messages, cast):
    good = sign(WEB, messages[0].pk)
    forged = [sign(other, messages[0].pk) for other in (OPEN, CLICK, UNSUBSCRIBE)]
    forged += [good.replace(str(messages[0].pk), str(messages[1].pk), 1), good[:-1], "x", sign(WEB, 10**9)]
    for token in forged:
        for client in (Client(), cast.stranger.client):
            assert client.get(f"/m/w/{token}/").status_code == 404, token


def test_a_test_letter_is_read_as_it_was_sent(cast, register, page, sender, memory):
    campaign = draft_campaign(register, page, sender)
    cast.sender.client.post(f"/admin/campaigns/{campaign.pk}/test/")
    send_singles(cast.choir.pk)
    message = EmailMessage.objects.get(traffic="test")
    assert "Hei Saara," in Client().get(web(message)).text
    EmailMessage.objects.update(letter={})
    assert Client().get(web(message)).status_code == 404


def test_an_automatic_letter_has_none(messages):
    EmailMessage.objects.filter(pk=messages[0].pk).update(traffic="transactional", letter={"html": "<p>secret</p>"})
    assert Client().get(web(messages[0])).status_code == 404
