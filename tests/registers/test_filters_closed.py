"""The drawer of filters above a list, by keyboard, in a real browser."""

import pytest
from django.urls import reverse

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_escape_gives_the_focus_back_to_the_button_that_opened_it(
    editor, organisation, register, page, live_server, settings
):
    settings.BASE_URL = live_server.url
    settings.SECURE_CROSS_ORIGIN_OPENER_POLICY = None
    cookie = {"name": "sessionid", "value": editor.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(live_server.url + reverse("registers:contacts", args=[register.pk]))
    button = page.get_by_role("button", name="Show filters")
    button.press("Enter")
    page.locator(".w-drilldown__toggle").first.press("Enter")
    page.locator(".w-drilldown__submenu :is(input, select)").first.press("Escape")
    page.locator(".w-drilldown__contents").wait_for(state="hidden")
    page.wait_for_function("button => button === document.activeElement", arg=button.element_handle(), timeout=5_000)
    button.press("Enter")
    page.locator(".w-drilldown__contents").wait_for(state="visible")
