"""The two screens of duplicates in a real browser: axe finds nothing, wide and on the smallest phone, and the keyboard
is enough."""

import pytest
from django.urls import reverse

from registers.contacts import save_contact
from registers.duplicates.searching import start_search
from registers.models import Contact
from tests.axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def check(page, heading):
    page.get_by_role("heading", name=heading, exact=True).wait_for()
    page.wait_for_load_state("networkidle")
    problems = violations(page)
    assert not problems, [(problem["id"], [node["target"] for node in problem["nodes"]]) for problem in problems]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"


def test_found_and_compared_pass_axe_and_merge_by_keyboard(editor, register, page, live_server, settings):
    settings.BASE_URL = live_server.url
    settings.SECURE_CROSS_ORIGIN_OPENER_POLICY = None
    for phone in ("+358401234567", ""):
        values = {"first_name": "Anna", "last_name": "Ek", "email": "anna@example.fi", "phone": phone}
        save_contact(register=register, values=values, source="test", match_email=False)
    start_search(register=register)
    cookie = {"name": "sessionid", "value": editor.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(live_server.url + reverse("registers:duplicates", args=[register.pk]))
        check(page, "Duplicates")
        page.get_by_role("link", name="Compare").click()
        check(page, "Compare and merge")
    page.get_by_role("radio", name="stays").first.focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Merge 2 contacts into one").focus()
    page.keyboard.press("Enter")
    page.get_by_text("was merged into this one").wait_for()
    assert Contact.objects.count() == 1
