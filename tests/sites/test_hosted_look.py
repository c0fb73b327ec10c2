"""The hosted pages in a real browser: accessible, no wider than a telephone, by keyboard, with and without script."""

import pytest
from django.db import transaction
from django.test import Client
from playwright.sync_api import expect

from organisations.colours import contrast
from sites import seats
from sites.look import NIGHT, PAPER, readable_accent
from tests.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.takes(15)]
DIET = {"label": "Diet", "each_guest": True, "required": True, "options": "Meat\nVegan"}
QUESTIONS = [
    {"type": "radio", "value": DIET, "id": "d1"},
    {"type": "checkboxes", "value": {"label": "Days", "options": "Friday\nSaturday"}, "id": "c1"},
    {"type": "date", "value": {"label": "Arrival"}, "id": "a1"},
    {"type": "checkbox", "value": {"label": "I sing"}, "id": "s1"},
]


@pytest.fixture
def address(live_server, settings):
    settings.BASE_URL = live_server.url
    settings.SECURE_CROSS_ORIGIN_OPENER_POLICY = None
    return f"{live_server.url}/choir/summer-party/"


def check(page):
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        problems = violations(page)
        wrong = [(problem["id"], [node["target"] for node in problem["nodes"]]) for problem in problems]
        assert not wrong, scheme
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"


def test_pages_pass_axe_at_320_pixels(make_event, anna, page, address):
    event = make_event(questions=QUESTIONS, capacity=3, place="Boathouse", address="Merikatu 1", show_seats_left=True)
    page.set_viewport_size({"width": 320, "height": 800})
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: seen.append(f"console {message.text}") if message.type == "error" else None)
    link = event.personal_url(anna)
    page.goto(address)
    check(page)
    page.get_by_role("button", name="Yes, I am coming").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check(page)
    for path in (address + "thank-you/", link):
        page.goto(path)
        check(page)
    with transaction.atomic():
        seats.reply(page_id=event.pk, contact_id=anna.pk, party=2, waiting_list=True)
    for path in (link, link + "change/", link + "done/", address.replace("summer-party/", "")):
        page.goto(path)
        check(page)
    foreign = [url for url in seen if not url.startswith((address.split("/choir")[0], "data:"))]
    assert not foreign


def test_a_party_is_answered_by_keyboard_and_its_guests_appear(make_event, page, address):
    event = make_event(questions=QUESTIONS)
    page.goto(address)
    page.get_by_label("How many of you are coming?").select_option("3")
    expect(page.get_by_role("group", name="Guest 2")).to_be_visible()
    page.get_by_role("group", name="Guest 1").get_by_label("First name").fill("Cia")
    page.get_by_label("How many of you are coming?").select_option("2")
    expect(page.get_by_role("group", name="Guest 2")).to_have_count(0)
    page.get_by_label("First name").first.fill("Bo")
    page.get_by_label("Last name").first.fill("Ek")
    page.get_by_label("E-mail").fill("bo@gmial.com")
    page.get_by_label("Vegan").first.click()  # what appears meanwhile does not move it away from under the finger
    expect(page.get_by_label("Vegan").first).to_be_checked()
    page.get_by_role("button", name="Did you mean bo@gmail.com?").press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_value("bo@gmail.com")
    expect(page.get_by_text("Did you mean")).to_have_count(0)
    page.get_by_role("button", name="Yes, I am coming").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Guest 1: Diet").click()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Yes, I am coming").click()
    page.wait_for_url("**/thank-you/")
    assert event.registrations(manager="unscoped").get().party_size == 2


def test_guests_are_asked_about_again_on_the_way_back(make_event, page, address):
    make_event()
    page.goto(address)
    page.get_by_label("How many of you are coming?").select_option("3")
    page.goto(f"{address}thank-you/")
    page.go_back()
    expect(page.get_by_label("How many of you are coming?")).to_have_value("3")
    expect(page.get_by_role("group", name="Guest 2")).to_be_visible()


def test_without_script_the_form_has_a_button_for_guests(make_event, browser, address):
    make_event()
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(address)
    tab.get_by_label("How many of you are coming?").select_option("2")
    tab.get_by_role("button", name="Update the number of guests").click()
    expect(tab.get_by_role("group", name="Guest 1")).to_be_visible()
    expect(tab.get_by_role("alert")).to_have_count(0)
    context.close()


def test_the_accent_can_be_read_in_light_and_dark():
    for accent in ("#ffff00", "#000000", "#ffffff", "#2f5d50", "#ff0000"):
        for ground in (PAPER, NIGHT):
            assert contrast(readable_accent(accent, ground), ground) >= 4.5


def test_no_page_of_ours_runs_inline_script(event, db):
    for path in ("/choir/", "/choir/summer-party/", "/choir/summer-party/full/"):
        response = Client().get(path)
        assert "script-src 'self'" in response["Content-Security-Policy"]
        assert b"onclick" not in response.content
