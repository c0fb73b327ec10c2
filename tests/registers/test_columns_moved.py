"""The columns of a register in a real browser: axe finds nothing, and moving one up or down keeps them all."""

import pytest
from django.urls import reverse

from registers.books import create_register
from tests.registers.test_duplicates_look import check

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_columns_are_moved_by_keyboard_and_all_stay(editor, organisation, page, live_server, settings):
    settings.BASE_URL = live_server.url
    settings.SECURE_CROSS_ORIGIN_OPENER_POLICY = None
    register = create_register(name="R", fields=[{"label": "A"}, {"label": "B", "section": "S"}, {"label": "C"}])
    cookie = {"name": "sessionid", "value": editor.cookies["sessionid"].value, "url": live_server.url}
    page.context.add_cookies([cookie])
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(live_server.url + reverse("registers:edit", args=[register.pk]))
    check(page, "Settings and columns")
    page.get_by_role("button", name="Add column").click()
    page.locator('[name="fields-3-label"]').fill("D")
    page.get_by_role("button", name="Move up").nth(3).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Move down").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The register “R” is saved.").wait_for()
    assert [field.label for field in register.fields.filter(retired=False)] == ["B", "A", "D", "C"]
