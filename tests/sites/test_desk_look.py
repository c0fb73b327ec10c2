"""The desk's forms in a real browser: groups have names, and errors are read with their field."""

import datetime as dt

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import F
from playwright.sync_api import expect

from registers.contacts import save_contact
from sites import counters, seats
from sites.models import Registration
from tests.axe import violations
from tests.sites.test_hosted_look import QUESTIONS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(cast, make_event, live_server, page):
    """The editor's tab, and the address of an event that asks many things."""
    event = make_event(questions=QUESTIONS, largest_party=3)
    session = cast.editor.client.cookies[django_settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.event = event
    return page, f"{live_server.url}/admin/events/{event.pk}/"


def check(page):
    serious = [
        (problem["id"], [node["html"][:200] for node in problem["nodes"]])
        for problem in violations(page)
        if problem["impact"] in ("serious", "critical")
    ]
    assert not serious


def test_the_forms_of_replies_are_read_aloud_with_their_errors(desk, anna):
    page, url = desk
    with transaction.atomic():
        seats.reply(page_id=page.event.pk, contact_id=anna.pk, party=2, waiting_list=True)
    registration = counters.find(page.event.pk, anna.pk)
    for path in ("replies/new/", f"replies/{registration.pk}/", "export/"):
        page.goto(url + path)
        check(page)
    page.goto(f"{url}replies/new/")
    page.get_by_role("button", name="They are coming", exact=True).click()
    expect(page.get_by_text("2 things are to be mended")).to_be_visible()
    expect(page.get_by_role("group", name="Are they coming?")).to_be_visible()
    expect(page.get_by_role("group", name="Diet").first).to_be_visible()
    expect(page.get_by_role("group", name="Days")).to_be_visible()
    expect(page.get_by_label("First name").first).to_have_accessible_description("Write your first name.")
    check(page)


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1200, "light")])
def test_the_replies_fit_on_a_telephone_too(desk, anna, width, scheme):
    """And what stands above it, that the event was moved, is read in the dark as well."""
    page, url = desk
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    anna.email = "an.unusually.long.name.of.a.singer@singers-of-the-far-north.example"
    anna.save()
    with transaction.atomic():
        seats.reply(page_id=page.event.pk, contact_id=anna.pk, party=2, waiting_list=True)
    page.event.starts_at += dt.timedelta(hours=1)
    page.event.save_revision().publish()
    page.goto(url)
    expect(page.get_by_role("button", name="They know")).to_be_visible()
    check(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    bo = save_contact(register=page.event.register, values={"first_name": "Bo"}, source="test")
    with transaction.atomic():
        seats.reply(page_id=page.event.pk, contact_id=bo.pk, party=1, waiting_list=True)
    Registration.objects.update(state="waiting", queue_number=F("pk"))  # there most can be done with each
    page.goto(f"{url}?state=waiting")
    expect(page.get_by_role("button", name="Place Bo first in line")).to_be_visible()
    box = page.get_by_role("region", name="Replies")
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth"), "something of a reply stands beside the screen"


def test_on_a_telephone_the_name_of_the_event_and_its_acts_are_in_sight(desk):
    page, url = desk
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto(url)
    header = page.locator(".w-slim-header")
    for name in ("Summer party", "Add a reply", "Report", "Edit the page", "Export"):
        shown = header.get_by_role("link", name=name, exact=True)
        expect(shown).to_be_in_viewport(ratio=1)
        assert shown.evaluate("element => element.scrollWidth <= element.clientWidth + 1"), name
