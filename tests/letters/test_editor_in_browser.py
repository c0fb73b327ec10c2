"""The editor as an editor meets it: insert menus that write merge fields, and the preview that follows."""

from contextlib import suppress

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import TimeoutError  # noqa: A004

SHOWN_IN_PREVIEW = """
words => [...document.querySelectorAll("iframe")].some(frame => frame.contentDocument?.body?.innerText.includes(words))
"""

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.takes(10)]


@pytest.fixture
def tab(browser, cast, live_server, settings):
    settings.BASE_URL = live_server.url
    context = browser.new_context(viewport={"width": 1500, "height": 1000})
    context.set_default_timeout(20_000)
    session = cast.editor.client.cookies["sessionid"].value
    assert Session.objects.filter(pk=session).exists()
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    yield context.new_page()
    context.close()


@pytest.fixture
def email(page):
    page.save_revision().publish()
    return page


def test_a_field_is_inserted_where_the_cursor_was(tab, live_server, email, register):
    tab.goto(live_server.url + reverse("wagtailadmin_pages:edit", args=[email.pk]))
    tab.select_option("[name=register]", label="Members")
    subject = tab.locator("[name=subject]")
    subject.fill("Hello , welcome")
    subject.evaluate("input => { input.focus(); input.setSelectionRange(6, 6); }")
    menu = tab.locator("select.merge-fields").first
    menu.select_option("hobby")  # the focus stays in the subject, as Safari leaves it
    assert subject.input_value() == "Hello {{ hobby|your hobby }}, welcome"
    tab.keyboard.type("singer")
    assert subject.input_value() == "Hello {{ hobby|singer }}, welcome"

    text = tab.locator("[contenteditable=true]").first
    text.click()
    text.press("Control+End")
    menu = tab.locator(".Draftail-Editor select.merge-fields").first
    menu.focus()
    menu.select_option("city")
    text.get_by_text("{{ city|your city }}").wait_for()


def test_the_preview_follows_what_is_typed(tab, live_server, email):
    tab.goto(live_server.url + reverse("wagtailadmin_pages:edit", args=[email.pk]))
    tab.get_by_role("button", name="Toggle preview").click()
    tab.locator("iframe[title=Preview]").first.wait_for()
    subject = tab.locator("[name=subject]")
    for attempt in range(5):  # the form compares with how it was some seconds after it was opened
        subject.fill(f"Something quite new {attempt}")
        subject.press("Tab")
        with suppress(TimeoutError):
            tab.wait_for_function(SHOWN_IN_PREVIEW, arg="Something quite new", timeout=5_000)
            return
    raise AssertionError("The preview did not follow")
