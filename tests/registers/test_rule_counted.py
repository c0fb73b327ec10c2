"""The live count of the rule builder in a real browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from registers.contacts import save_contact

PASTE = """(input, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text', text);
    input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
}"""
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_is_of_the_rule_that_stands_there(editor, organisation, register, page, live_server, settings):
    settings.BASE_URL = live_server.url
    settings.SECURE_CROSS_ORIGIN_OPENER_POLICY = None
    save_contact(register=register, values={"first_name": "Aino", "email": "aino@example.fi"}, source="test")
    cookie = {"name": "sessionid", "value": editor.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.goto(live_server.url + reverse("registers:add_segment", args=[register.pk]))
    row, found = page.locator("[data-condition]"), page.locator("[data-found]")
    row.locator("[data-column]").select_option("email")
    row.locator("[data-operator]").select_option("any_of")
    many = ", ".join(f"{at:040}@example.fi" for at in range(150))  # too long for an address
    row.locator("[data-value] input").fill(f"aino@example.fi, {many}")
    expect(found).to_have_text("1 contactAino")
    row.locator("[data-value] input").fill("")
    row.locator("[data-value] input").evaluate(PASTE, "bo@example.fi\r\nEk, Bo\naino@example.fi\n")
    expect(row.locator("[data-value] input")).to_have_value('bo@example.fi, "Ek, Bo", aino@example.fi')
    expect(found).to_have_text("1 contactAino")
    page.route("**/count/**", lambda route: route.abort())
    row.locator("[data-value] input").fill("bo@example.fi")
    expect(found).to_have_text("How many fit could not be found out just now.")
