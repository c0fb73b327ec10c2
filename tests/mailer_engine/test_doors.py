"""The addresses in a letter: a GET changes nothing but the log, a POST unsubscribes, a forged one is not found."""

import pytest
from django.apps import apps
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from guards.tokens import sign
from mailer.answers.reports import figures_of, people_of
from mailer.answers.tracking import CLICK, OPEN, UNSUBSCRIBE, Addresses
from mailer.models import EmailMessage, MessageEvent
from registers.models import Contact, Suppression
from registers.suppression import suppress, suppressed
from tests.mailer_engine.conftest import running_campaign


@pytest.fixture
def message(register):
    return running_campaign(register, count=2).messages.order_by("pk").first()


@pytest.fixture
def visitor():
    cache.clear()
    return Client(enforce_csrf_checks=True, HTTP_USER_AGENT="Mozilla/5.0")


def path(url):
    return "/" + url.split("/", 3)[3]


def everything_but_events():
    """Every row of every table but the log of events."""
    rows = {}
    for model in apps.get_models():
        if model not in (MessageEvent,) and model._meta.managed and not model._meta.proxy:
            manager = getattr(model, "unscoped", model._base_manager)
            rows[model._meta.label] = list(manager.order_by("pk").values_list())
    return rows


def test_addresses_are_what_the_urls_read(message, settings):
    addresses = Addresses(message.pk)
    assert addresses.pixel == settings.BASE_URL + reverse("mailer:open", args=[sign(OPEN, message.pk)])
    assert addresses.link(0) == settings.BASE_URL + reverse("mailer:click", args=[sign(CLICK, message.pk), 0])
    assert addresses.unsubscribe == settings.BASE_URL + reverse(
        "mailer:unsubscribe", args=[sign(UNSUBSCRIBE, message.pk)]
    )


def test_ten_gets_of_every_address_change_nothing_but_the_log(message, visitor):
    addresses = Addresses(message.pk)
    before = everything_but_events()
    for _time in range(10):
        pixel = visitor.get(path(addresses.pixel))
        assert (pixel.status_code, pixel["Content-Type"]) == (200, "image/gif")
        click = visitor.get(path(addresses.link(0)))
        assert (click.status_code, click["Location"]) == (302, "https://choir.example/programme")
        page = visitor.get(path(addresses.unsubscribe))
        assert page.status_code == 200
        assert "Stop these e-mails?" in page.text
    assert everything_but_events() == before
    kinds = list(MessageEvent.objects.values_list("kind", flat=True))
    assert (kinds.count("open"), kinds.count("click"), len(kinds)) == (10, 10, 20)


def test_a_head_request_is_not_even_logged(message, visitor):
    visitor.head(path(Addresses(message.pk).pixel))
    visitor.head(path(Addresses(message.pk).link(0)))
    assert not MessageEvent.objects.exists()


@pytest.mark.parametrize("purpose", [OPEN, CLICK, UNSUBSCRIBE])
def test_a_forged_address_is_not_found(message, visitor, purpose):
    address = {OPEN: "/m/o/{}.gif", CLICK: "/m/c/{}/0/", UNSUBSCRIBE: "/m/u/{}/"}[purpose]
    good = sign(purpose, message.pk)
    forged = [sign(other, message.pk) for other in (OPEN, CLICK, UNSUBSCRIBE) if other != purpose]
    forged += [good.replace(str(message.pk), str(message.pk + 1), 1), good[:-1], good + "x", "x", "1.2"]
    forged += [sign(purpose, 999_999_999), sign(purpose, "x"), sign(purpose, message.pk, 2)]
    for token in forged:
        assert visitor.get(address.format(token)).status_code == 404, token
        assert visitor.post(address.format(token)).status_code in (403, 404, 405), token
    assert not MessageEvent.objects.exists()
    assert not Suppression.objects.exists()


def test_a_click_leads_only_to_links_of_the_same_campaign(message, visitor):
    for position in (1, 7, 9999):
        assert visitor.get(path(Addresses(message.pk).link(position))).status_code == 404
    for url in ("javascript:alert(1)", "https://[name]/"):
        message.campaign.links.update(url=url)
        assert visitor.get(path(Addresses(message.pk).link(0))).status_code == 404
    assert not MessageEvent.objects.exists()


def test_a_mail_program_unsubscribes_with_one_post(message, visitor):
    address = path(Addresses(message.pk).unsubscribe)
    answer = visitor.post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    known = suppressed(organisation_id=message.organisation_id, channel="email", addresses=[message.address])
    assert known == {message.address_key: {"unsubscribed"}}
    visitor.post(address, {"List-Unsubscribe": "One-Click"})
    assert [event.kind for event in MessageEvent.objects.all()] == ["unsubscribe"]


def test_a_person_unsubscribes_and_changes_their_mind(message, visitor):
    address = path(Addresses(message.pk).unsubscribe)
    answer = visitor.post(address, {"act": "unsubscribe"}, follow=True)
    assert "You have unsubscribed" in answer.text
    assert message.address not in answer.text
    assert "p0•••@singers.example" in answer.text
    assert figures_of(message.campaign).unsubscribed == people_of(message.campaign, "unsubscribed").count() == 1
    answer = visitor.post(address, {"act": "resubscribe"}, follow=True)
    assert "Stop these e-mails?" in answer.text
    assert figures_of(message.campaign).unsubscribed == people_of(message.campaign, "unsubscribed").count() == 0
    assert not suppressed(organisation_id=message.organisation_id, channel="email", addresses=[message.address])


def test_an_old_letter_unsubscribes_at_the_address_of_today_too(message, visitor):
    Contact.objects.filter(pk=message.contact_id).update(email="new@x.example", email_key="new@x.example")
    both = [message.address_key, "new@x.example"]
    address = path(Addresses(message.pk).unsubscribe)
    visitor.post(address, {"act": "unsubscribe"})
    assert set(suppressed(organisation_id=message.organisation_id, channel="email", addresses=both)) == set(both)
    visitor.post(address, {"act": "resubscribe"})
    assert not suppressed(organisation_id=message.organisation_id, channel="email", addresses=both)


def test_subscribing_again_lifts_no_bounce(message, visitor):
    suppress(
        organisation_id=message.organisation_id,
        channel="email",
        address=message.address,
        kind="hard_bounce",
        source="x",
    )
    address = path(Addresses(message.pk).unsubscribe)
    visitor.post(address, {"act": "unsubscribe"})
    visitor.post(address, {"act": "resubscribe"})
    known = suppressed(organisation_id=message.organisation_id, channel="email", addresses=[message.address])
    assert known == {message.address_key: {"hard_bounce"}}


def test_a_test_letter_unsubscribes_nobody(message, visitor):
    EmailMessage.objects.filter(pk=message.pk).update(traffic="test", letter={})
    answer = visitor.post(path(Addresses(message.pk).unsubscribe), {"act": "unsubscribe"}, follow=True)
    assert "This was a test" in answer.text
    assert not Suppression.objects.exists()


def test_knocking_too_often_is_refused(message, visitor):
    address = path(Addresses(message.pk).unsubscribe)
    answers = [visitor.post(address, {"act": "unsubscribe"}).status_code for _time in range(25)]
    assert answers[0] == 302
    assert answers[-1] == 429
